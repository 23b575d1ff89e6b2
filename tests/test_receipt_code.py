"""The signed token: what is ours is read, what is not is refused."""

from __future__ import annotations

import base64
import string
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from receipt_cases import ISSUER, KEY, LINES, NOW, PAID

from kiosk.cooperative.money import Money
from kiosk.cooperative.order import Order
from kiosk.cooperative.payment import Review, State
from kiosk.cooperative.standing import Standing, standing_of
from kiosk.receipt.code import Claim, check, token, token_in
from kiosk.receipt.document import receipt_of

ALPHABET = string.ascii_letters + string.digits + "-_"


def payload(signed: str) -> str:
    part = signed.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("utf-8")


@given(
    reference=st.text(string.ascii_uppercase + string.digits + "-", min_size=1, max_size=30),
    cus=st.none() | st.text(min_size=1, max_size=20),
    pesos=st.integers(1, 10**12),
    state=st.sampled_from(State),
    decided=st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1)),  # noqa: DTZ001 - made aware below
    review=st.none() | st.sampled_from(Review),
)
def test_what_was_signed_is_read_back(
    reference: str, cus: str | None, pesos: int, state: State, decided: datetime | None, review: Review | None
) -> None:
    amount = Money.of(pesos)
    instant = decided.replace(microsecond=0, tzinfo=UTC) if decided else None
    payment = replace(
        PAID,
        reference=reference,
        cus=cus,
        state=state,
        decided_at=instant,
        review=review,
        order=Order((replace(LINES[0], amount=amount),)),
    )
    disputed = standing_of(state, review) is Standing.DISPUTED
    wanted = Claim(reference, cus, amount, state, instant, disputed)
    assert check(token(payment, KEY), KEY) == wanted


@given(st.integers(0), st.sampled_from(ALPHABET + "."))
def test_one_changed_character_is_refused(place: int, other: str) -> None:
    signed = token(PAID, KEY)
    place %= len(signed)
    assume(signed[place] != other)
    assert check(signed[:place] + other + signed[place + 1 :], KEY) is None


@given(st.binary(min_size=16, max_size=64))
def test_another_key_opens_nothing(key: bytes) -> None:
    assume(key != KEY)
    assert check(token(PAID, KEY), key) is None
    assert check(token(PAID, key), KEY) is None


@given(st.text() | st.from_regex(r"\AK1\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}\Z"))
def test_noise_is_refused_without_a_fuss(noise: str) -> None:
    assert check(noise, KEY) is None


@pytest.mark.parametrize("part", ["", "=", "\n", ".", "K1."])
def test_nothing_may_be_added(part: str) -> None:
    signed = token(PAID, KEY)
    assert check(signed + part, KEY) is None or not part
    assert check(part + signed, KEY) is None or not part


def test_a_short_key_signs_nothing() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        token(PAID, b"short")


def test_it_carries_no_personal_data() -> None:
    facts = payload(token(PAID, KEY))
    assert facts == '["PAM01A7K2M9Q4","3501777","412300.00","COP","POSTED",1795496358,0]'


def test_it_fits_a_code_that_a_phone_reads() -> None:
    assert len(token(PAID, KEY)) < 130


@pytest.mark.parametrize("url", ["", "https://verificar.example/c/", "https://verificar.example/?t="])
def test_it_is_found_in_what_a_camera_reads(url: str) -> None:
    receipt = receipt_of(PAID, replace(ISSUER, verification_url=url), now=NOW)
    found = token_in(receipt.qr_text + "\n")
    assert found == token(PAID, KEY)
    assert token_in("Cooperativa Solidarios") is None
