"""Answers as public reports have them, with the right reading beside each: `kiosk pse explain` is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kiosk.cooperative.money import Money
from kiosk.pse.drivers import DRIVERS
from kiosk.pse.explain import Operation, RecordedCall, explain

HERE = Path(__file__).parent / "cases/gateway_answers"
CASES: list[dict[str, Any]] = json.loads((HERE / "cases.json").read_text("utf-8"))
REFERENCE = "26112600418837205164"


def explained(gateway: str, operation: str, http: int, body: bytes, amount: str) -> dict[str, object]:
    driver = DRIVERS[gateway].load()
    return explain(
        driver, Operation(operation), RecordedCall(http, body), reference=REFERENCE, amount=Money.of(amount)
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_the_answer_is_read_rightly(case: dict[str, Any]) -> None:
    body = (HERE / f"{case['id']}.body").read_bytes()
    assert case["reference"] == REFERENCE

    row = explained(case["gateway"], case["operation"], case["http"], body, case["amount"])

    assert {name: row[name] for name in case["right"]} == case["right"], case["why"]


def test_a_zero_date_is_no_date_and_the_approval_counts() -> None:
    body = (HERE / "01_wompi_approved_zero_time.json").read_bytes()

    row = explained("wompi", "query", 200, body, "146300")

    assert (row["status"], row["credit_obligation"]) == ("APPROVED", True)


@pytest.mark.parametrize(
    "name",
    ["02_placetopay_open_attempt_unknown", "02_placetopay_rejected_newer_pending_older"],
)
def test_an_open_session_whose_attempts_are_not_all_over_goes_on(name: str) -> None:
    body = (HERE / f"{name}.json").read_bytes()

    row = explained("placetopay", "query", 200, body, "146300")

    assert (row["status"], row["final"], row["ask_again"]) == ("PENDING", False, True)


def test_a_conflict_tells_staff_what_was_paid() -> None:
    body = (HERE / "w12_approved_notauth_extra.body").read_bytes()

    row = explained("wompi", "query", 200, body, "146300")

    assert (row["answer"], row["alert_staff"]) == ("conflict", True)
    assert (row["cus"], row["approved_amount"]) == ("884100221", "146300.00")
