"""What the drivers declare is what init asks, the documents say, and the terminal goes by."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from instruments import gateway_settings
from kiosk.app.assembly import former_gateways, gateway_of
from kiosk.provisioning.questions import Question, questions
from kiosk.pse.declaration import Declaration, Further
from kiosk.pse.drivers import DRIVERS, declarations, no_money_moves
from kiosk.sandbox.pse.server import profile
from kiosk.settings import GatewaySection, Settings, SettingsError
from kiosk.teller.desk import CLOCK_MAY_BE_OFF

ROOT = Path(__file__).resolve().parent.parent
KNOWN = list(DRIVERS)


@pytest.mark.parametrize("file", list(gateway_settings.FILES), ids=lambda file: file.name)
def test_the_files_say_what_is_declared(file: Path) -> None:
    text = file.read_text("utf-8")
    assert gateway_settings.written(text, gateway_settings.FILES[file]) == text, (
        "python -m instruments.gateway_settings"
    )


def test_a_file_without_the_marks_is_left_alone() -> None:
    with pytest.raises(ValueError, match="marks"):
        gateway_settings.written("[gateway]\n", "file:{}")


@pytest.mark.parametrize("driver", KNOWN)
def test_what_a_merchant_needs_is_declared_and_nothing_else(driver: str) -> None:
    """The sandbox's one merchant is what its driver can be built from (test_gateway_conformance)."""
    declared, merchant = declarations()[driver], profile(driver, "s" * 16)
    assert {each.name for each in declared.secrets} == set(merchant.secrets)
    assert {each.name for each in declared.options} == set(merchant.options)
    for each in declared.options:
        assert re.fullmatch(each.pattern, merchant.options[each.name])
        assert not each.example or re.fullmatch(each.pattern, each.example)


@pytest.mark.parametrize("driver", KNOWN)
def test_addresses_and_limits_are_sensible(driver: str) -> None:
    declared = declarations()[driver]
    assert declared.address.startswith("https://")
    assert not no_money_moves(driver, declared.address)
    assert all(no_money_moves(driver, f"https://{host}/v1") for host in declared.test_hosts)
    assert not any(no_money_moves(driver, f"https://{host}.example/") for host in declared.test_hosts)
    # The desk lets nobody pay with a clock further off than this; a gateway must not be stricter.
    assert declared.clock_off is None or declared.clock_off > CLOCK_MAY_BE_OFF


def asked(gateways: dict[str, Declaration]) -> tuple[Question, ...]:
    return questions({"pampalinda": {}}, gateways)


def test_no_two_questions_share_a_flag_or_a_file() -> None:
    """Of two gateways they may: one terminal has one."""
    for name, declared in declarations().items():
        rows = asked({name: declared})
        assert len({each.name for each in rows}) == len(rows)
        files = [each.file for each in rows if each.secret] + ["receipt-key", "journal-key"]
        assert len(set(files)) == len(files)


def test_two_gateways_may_want_a_setting_of_one_name() -> None:
    both = {
        "one": Declaration(
            "One", "https://one.example", "", "", options=(Further("shop", "Tienda en One", ""),)
        ),
        "two": Declaration(
            "Two", "https://two.example/api", "", "", page_hosts=("pay.two.example",),
            options=(Further("shop", "Local en Two", "", "7", "[0-9]"),),
        ),
    }  # fmt: skip
    rows = asked(both)
    answers = {"gateway": "two", "gateway_url": "https://two.example/api"}
    (shop,) = [each for each in rows if each.name == "shop" and each.when(answers)]
    proposals = {each.name: each.proposal(answers) for each in rows if each.proposal}

    assert (shop.asks, shop.problem("7"), shop.problem("x")) == ("Local en Two", "", "se escribe como 7")
    assert proposals["gateway_url"] == "https://two.example/api"
    assert proposals["page_hosts"] == "two.example, pay.two.example"


def settings(**gateway: object) -> Settings:
    driver = str(gateway.get("driver", "wompi"))
    return Settings.of(
        {
            "terminal": {"demonstration": True},
            "gateway": {"driver": driver, "secret": "env:SECRET", **gateway},
        }
    )


def test_a_session_that_the_gateway_will_not_take_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "s" * 16)
    first = next(iter(DRIVERS))
    merchant = profile(first, "s" * 16)
    strict = DRIVERS[first].load().declares
    monkeypatch.setattr(
        DRIVERS[first].load(), "declares",
        Declaration(strict.title, strict.address, "", "", shortest_session=timedelta(minutes=10)),
    )  # fmt: skip
    named = {"driver": first, "login": merchant.login, "options": dict(merchant.options)}
    assert gateway_of(settings(**named, session_minutes=10)).name == first
    with pytest.raises(SettingsError, match=r"^gateway\.session_minutes: .* takes no less than 10$"):
        gateway_of(settings(**named, session_minutes=9))
    left = settings(**named, session_minutes=9).gateway  # nothing is begun at an account that was left
    before = msgspec.structs.replace(settings(**named, session_minutes=10), gateway_before=(left,))
    assert [each.name for each in former_gateways(before)] == [first]


def test_no_gateway_is_paid_at_anothers_address() -> None:
    """The built-in address is that of the built-in driver only."""
    real = {
        "terminal": {"id": "PAM01"}, "cooperative": {"nit": "890.000.000-1"},
        "core": {"client_secret": "file:/x"},
    }  # fmt: skip
    other = next(name for name in KNOWN if name != GatewaySection().driver)
    with pytest.raises(SettingsError, match=r"gateway\.url: the built-in address is not that of"):
        Settings.of({**real, "gateway": {"driver": other}})
    left = {"driver": GatewaySection().driver}
    with pytest.raises(SettingsError, match=r"gateway_before\[0\]\.url: the built-in address is not that of"):
        Settings.of({**real, "gateway": left, "gateway_before": [{"driver": other}]})
    address = declarations()[other].address
    assert Settings.of({**real, "gateway": {"driver": other, "url": address}}).gateway.url == address


def test_the_built_in_address_is_as_its_driver_declares() -> None:
    ours = GatewaySection()
    assert ours.url == declarations()[ours.driver].address
