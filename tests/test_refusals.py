"""Many who can not begin are one alarm, not many cases; one member's trouble is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from counterparts import HOLDER, MEMBER, MORNING, order
from till import PENDING, Till, till_at

from kiosk.cooperative.payment import Payment, State
from kiosk.cooperative.refusals import refused_alike
from kiosk.health import Level, accounts
from kiosk.pse.gateway import (
    OF_ALL_PAYMENTS,
    Created,
    Creation,
    ErrorKind,
    NotCreated,
    UnknownIfCreated,
)
from kiosk.pse.placetopay import PlacetoPay
from kiosk.pse.wompi import Wompi
from kiosk.pse.zonapagos import ZonaPagos

FIREWALL = b"<html><body>403 Forbidden: policy</body></html>"
PAGE = Created("900123", "https://pse.example/session/900123")


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with till_at(tmp_path) as till:
        yield till


def come(till: Till, members: int, creation: Creation, first: int = 0) -> list[Payment]:
    """One after the other, three minutes apart."""
    till.gateway.creation, payments = creation, []
    for number in range(first, first + members):
        who = replace(MEMBER, member_id=f"M-{number}")
        payments.append(till.checkout.start(order(f"OB-{number}"), who, HOLDER))
        till.clock.forward(minutes=3)
    return payments


@pytest.mark.parametrize("driver", [PlacetoPay, Wompi, ZonaPagos])
@pytest.mark.parametrize("status", [301, 403, 405, 429, 407])
def test_twenty_behind_a_firewall_are_free_and_one_alarm(
    till: Till, caplog: pytest.LogCaptureFixture, driver: type[PlacetoPay], status: int
) -> None:
    payments = come(till, 20, driver.read_creation(status, FIREWALL, ""))

    assert {(each.state, each.review) for each in payments} == {(State.FAILED, None)}
    assert caplog.text.count("no payment can be begun") == 1
    found = refused_alike(till.journal.find(), OF_ALL_PAYMENTS)
    assert found is not None
    assert (found.payments, found.members, found.since) == (20, 20, MORNING)
    doctor = accounts.beginnings(till.path, till.clock())
    assert (doctor.level, "could not be begun" in doctor.said) == (Level.BROKEN, True)

    come(till, 1, PAGE, first=20)
    assert refused_alike(till.journal.find(), OF_ALL_PAYMENTS) is None
    assert accounts.beginnings(till.path, till.clock()).level is Level.HEALTHY
    come(till, 4, driver.read_creation(status, FIREWALL, ""), first=21)
    assert caplog.text.count("no payment can be begun") == 2


def test_creations_without_an_answer_count_too(till: Till, caplog: pytest.LogCaptureFixture) -> None:
    come(till, 2, UnknownIfCreated(ErrorKind.SERVER))
    come(till, 1, NotCreated(ErrorKind.NOT_SENT), first=2)
    assert caplog.text.count("no payment can be begun: 3 members in a row (not_sent)") == 1


def test_a_creation_that_lapsed_since_counts_still(till: Till) -> None:
    till.gateway.abilities = replace(till.gateway.abilities, address_only_ours=True)
    come(till, 4, UnknownIfCreated(ErrorKind.SERVER))
    till.rounds(hours=0.8)
    assert {each.error for each in till.journal.find()} == {"lapsed"}
    assert accounts.beginnings(till.path, till.clock()).level is Level.BROKEN


@pytest.mark.parametrize("kind", [ErrorKind.LIMIT, ErrorKind.BANK_UNREACHABLE, ErrorKind.DUPLICATE_REFERENCE])
def test_what_is_of_one_payment_is_no_alarm(
    till: Till, caplog: pytest.LogCaptureFixture, kind: ErrorKind
) -> None:
    come(till, 6, NotCreated(kind))
    assert "no payment can be begun" not in caplog.text


def test_one_member_who_tries_again_and_again_is_no_alarm(
    till: Till, caplog: pytest.LogCaptureFixture
) -> None:
    till.gateway.creation = NotCreated(ErrorKind.INVALID_REQUEST)
    for _ in range(6):
        till.start()
    assert "no payment can be begun" not in caplog.text


def test_what_was_refused_hours_ago_is_over(till: Till) -> None:
    come(till, 6, NotCreated(ErrorKind.GARBAGE))
    assert accounts.beginnings(till.path, till.clock()).level is Level.BROKEN
    till.clock.forward(hours=3)
    assert accounts.beginnings(till.path, till.clock()).level is Level.HEALTHY


def test_a_payment_that_was_opened_and_ended_unpaid_ends_the_run(till: Till) -> None:
    come(till, 2, NotCreated(ErrorKind.GARBAGE))
    till.gateway.answers = [PENDING]
    come(till, 1, PAGE, first=2)
    come(till, 2, NotCreated(ErrorKind.GARBAGE), first=3)
    found = refused_alike(till.journal.find(), OF_ALL_PAYMENTS)
    assert found is not None
    assert (found.payments, found.alarms) == (2, False)
    assert found.since == MORNING + timedelta(minutes=9)
