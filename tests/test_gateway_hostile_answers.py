"""Whatever a gateway answers, no driver raises, and none calls paid what is not our payment, paid in full."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from sandbox_servers import _process as process
from test_gateway_conformance import Counter, expected

from kiosk.cooperative.money import Money
from kiosk.pse.drivers import DRIVERS
from kiosk.pse.gateway import (
    Answer,
    Conflict,
    Created,
    Creation,
    Expected,
    Gateway,
    NotCreated,
    NoVerdict,
    Status,
    UnknownIfCreated,
    Verdict,
)
from kiosk.transport import Reply, Transport

Path = tuple[Any, ...]
Change = tuple[int, object]
GONE = object()
OUTCOMES = ("", "pending", "decline", "approve")
"""What had become of the payment when the answer was recorded; nothing yet where empty."""


# -- what the real servers say -------------------------------------------------------------------


@dataclass(frozen=True)
class Recorded:
    """One payment's answers: to its creation, to a query, to a search."""

    ours: Expected
    creation: Reply
    query: Reply
    found: Reply


@dataclass(frozen=True)
class Gate:
    """A driver and the answers it had from its sandbox, by outcome."""

    name: str
    driver: type[Gateway]
    said: dict[str, Recorded] = field(repr=False)


@contextmanager
def listening() -> Iterator[list[Reply]]:
    """Every HTTP answer that comes meanwhile."""
    heard: list[Reply] = []
    request = Transport.request

    def heard_too(*arguments: Any, **named: Any) -> Reply:
        heard.append(request(*arguments, **named))
        return heard[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Transport, "request", heard_too)
        yield heard


def recorded(counter: Counter, outcome: str) -> Recorded:
    charge = counter.charge()
    with listening() as heard:
        created = counter.created(charge)
        read = counter.driver.read_creation
        creation = next(
            each for each in heard if isinstance(read(each.status, each.body, charge.reference), Created)
        )
        if outcome:
            counter.pays(created, outcome)
        counter.driver.query(created.gateway_id, expected(charge))
        query = heard[-1]
        counter.driver.find(expected(charge))
    return Recorded(expected(charge), creation, query, heard[-1])


@pytest.fixture(scope="module", params=list(DRIVERS))
def gate(request: pytest.FixtureRequest) -> Gate:
    name = str(request.param)
    with process("kiosk.sandbox.pse", "--gateway", name) as url:
        counter = Counter(name, url)
        said = {outcome: recorded(counter, outcome) for outcome in OUTCOMES}
    return Gate(name, DRIVERS[name].load(), said)


# -- an approval, read in the plainest way -------------------------------------------------------


def exactly(value: Any, wanted: Decimal) -> bool:
    try:
        return not isinstance(value, bool) and Decimal(str(value)) == wanted
    except InvalidOperation:
        return False


def word(owner: Any) -> str:
    return str(owner.get("status")).upper() if isinstance(owner, dict) else ""


def placetopay(body: Any, ours: Expected) -> bool:
    def all_of_it(amount: Any) -> bool:
        return amount["currency"] == ours.amount.currency and exactly(amount["total"], ours.amount.amount)

    asked, attempts = body["request"]["payment"], body["payment"]
    paid = [each for each in attempts if isinstance(each, dict) and word(each.get("status")) == "APPROVED"]
    return (
        word(body["status"]) == "APPROVED"
        and (asked["reference"], len(paid)) == (ours.reference, 1)
        and all_of_it(asked["amount"])
        and all_of_it(paid[0]["amount"]["from"])
    )


def wompi(body: Any, ours: Expected) -> bool:
    data = body["data"]
    mine = [each for each in (data if isinstance(data, list) else [data]) if isinstance(each, dict)]
    paid = [
        each for each in mine if word(each) == "APPROVED" and str(each.get("reference")) == ours.reference
    ]
    return (
        len(paid) == 1
        and paid[0]["currency"] == ours.amount.currency
        and exactly(paid[0]["amount_in_cents"], ours.amount.amount * 100)
    )


def zonapagos(body: Any, ours: Expected) -> bool:
    said = re.split(r"(?:^|\|)\s*;\s*", str(body["str_res_pago"]))
    rows = [each.removeprefix("|") if place else each for place, each in enumerate(said)]
    records = [[column.strip() for column in each.split("|")] for each in rows]
    attempts = [each for each in records if any(each) and len(each) > 7]  # a broken one hides no other
    marks = {column for each in attempts for column in each[9:17] if column.startswith("KIOSK:")}
    paid = [Decimal(each[5]) for each in attempts if each[4] == "1"]
    return (
        str(body["int_estado"]) == "1"
        and marks <= {f"KIOSK:{ours.reference}"}
        and all(exactly(each[6], ours.amount.amount) for each in attempts if each[4] == "1" or each[6])
        and bool(paid)
        and sum(paid) == ours.amount.amount
    )


PLAIN: dict[str, Callable[[Any, Expected], bool]] = {
    "placetopay": placetopay, "wompi": wompi, "zonapagos": zonapagos,
}  # fmt: skip


def truly_approved(gate: Gate, body: bytes, ours: Expected) -> bool:
    """By the contract. What can not be read this way is no approval."""
    try:
        return PLAIN[gate.name](json.loads(body), ours)
    except (TypeError, LookupError, AttributeError, InvalidOperation, ValueError):
        return False


# -- spoiling ------------------------------------------------------------------------------------

TEMPTING = ["APPROVED", "approved", "OK", "PENDING", "1", "2", "999", 1, 2, 0, -1, True, False, None, "",
            [], {}, 187450.35, "187450.35", "187450.36", 18745035, "18745035", 18745036, "187.450,35", 10**40,
            1e300, "COP", "USD", "KSK2026000124", "KIOSK:KSK2026000124", "|;|", ";", "|", "https://[",
            "javascript:alert(1)", "9999-12-31T23:59:59-05:00"]  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
CHANGES = st.lists(
    st.tuples(st.integers(0, 10**6), st.just(GONE) | st.sampled_from(TEMPTING) | ANYTHING), max_size=3
)


def places(value: object, path: Path = ()) -> Iterator[Path]:
    """Where something can be changed: members, items, and the columns of a text with separators."""
    keys: Any = ()
    if isinstance(value, dict):
        keys = value.keys()
    elif isinstance(value, list):
        keys = range(len(value))
    elif isinstance(value, str) and "|" in value:
        keys = range(value.count("|") + 1)
        yield from ((*path, key) for key in keys)
        return
    for key in keys:
        yield (*path, key)
        yield from places(value[key], (*path, key))  # type: ignore[index]


def spoilt(value: Any, path: Path, new: object) -> Any:
    """The same with something else in this place, or nothing."""
    key, *deeper = path
    if isinstance(value, str):
        columns = value.split("|")
        columns[key : key + 1] = [] if new is GONE else [str(new)]
        return "|".join(columns)
    copy = value.copy()
    if not deeper and new is GONE:
        del copy[key]
    else:
        copy[key] = spoilt(value[key], tuple(deeper), new) if deeper else new
    return copy


def changed(body: bytes, changes: list[Change]) -> bytes:
    value = json.loads(body)
    for number, new in changes:
        if where := list(places(value)):
            value = spoilt(value, where[number % len(where)], new)
    return json.dumps(value).encode()


# -- what must hold ------------------------------------------------------------------------------


def sound(answer: Answer) -> Answer:
    """Whatever it carries can be written down."""
    if isinstance(answer, Verdict):
        answer.event()
        for text, longest in ((answer.cus, 32), (answer.bank, 80), (answer.cause, 200)):
            assert text is None or (text.encode() and len(text) <= longest)
        if answer.decided_at:
            answer.decided_at.astimezone(UTC)
        told_amount = answer.status in (Status.APPROVED, Status.PARTIAL, Status.REVERSED)
        assert answer.approved_amount is None or told_amount
        assert answer.approved_amount is not None or answer.status is not Status.APPROVED
    return answer


def usable(creation: Creation) -> Creation:
    """What is created can be asked about, and its page is a page."""
    if isinstance(creation, Created):
        assert creation.gateway_id.encode()
        assert creation.redirect_url is None or urlsplit(creation.redirect_url).scheme in ("http", "https")
    return creation


def test_undisturbed_answers_are_read(gate: Gate) -> None:
    for outcome, said in gate.said.items():
        paid = outcome == "approve"
        answer = sound(gate.driver.read_query(said.query.status, said.query.body, said.ours))
        assert isinstance(answer, Verdict)
        assert (answer.status is Status.APPROVED) is paid
        assert truly_approved(gate, said.query.body, said.ours) is paid
        assert truly_approved(gate, said.found.body, said.ours) is paid


def ways(gate: Gate, outcome: str) -> list[tuple[Callable[[int, bytes, Expected], Answer], bytes]]:
    """Each reading with the answer that is meant for it."""
    said = gate.said[outcome]
    return [(gate.driver.read_query, said.query.body), (gate.driver.read_found, said.found.body)]


def believed_rightly(gate: Gate, answer: Answer, body: bytes, ours: Expected) -> None:
    sound(answer)
    if isinstance(answer, Verdict) and answer.status is Status.APPROVED:
        assert truly_approved(gate, body, ours), body
        assert answer.approved_amount == ours.amount


@pytest.mark.parametrize("outcome", ["decline", "approve"])
def test_no_single_change_makes_an_approval(gate: Gate, outcome: str) -> None:
    ours = gate.said[outcome].ours
    for read, body in ways(gate, outcome):
        for number in range(len(list(places(json.loads(body))))):
            for new in (GONE, *TEMPTING):
                other = changed(body, [(number, new)])
                believed_rightly(gate, read(200, other, ours), other, ours)


UNPAID = (Status.REJECTED, Status.CANCELLED, Status.EXPIRED, Status.FAILED)
UNLISTED = ["HELD", "IN_REVIEW", "555", 555, "Zurückgestellt", "0001-01-01T00:00:00Z", "31/12/9999 23:59:59"]


@pytest.mark.parametrize("outcome", ["pending", "approve"])
def test_no_unlisted_word_or_absurd_date_in_any_place_calls_it_unpaid(gate: Gate, outcome: str) -> None:
    ours = gate.said[outcome].ours
    for read, body in ways(gate, outcome):
        for number in range(len(list(places(json.loads(body))))):
            for new in UNLISTED:
                answer = sound(read(200, changed(body, [(number, new)]), ours))
                assert not (isinstance(answer, Verdict) and answer.status in UNPAID), (number, new)


FRAMEWORKS = [
    b"", b"{}", b"null", b"<html><title>403 Forbidden</title></html>", b"upstream request timeout",
    b'{"message":"Server Error","exception":"ErrorException"}', b'{"error":{"type":"X","reason":"Y"}}',
    b'{"type":"https://tools.ietf.org/html/rfc7231#section-6.6.1","title":"One or more errors","status":500}',
]  # fmt: skip


@pytest.mark.parametrize("body", FRAMEWORKS)
def test_every_status_at_every_operation(gate: Gate, body: bytes) -> None:
    """What a framework or a firewall says in the gateway's place, under every status there is."""
    said = gate.said["approve"]
    for http in range(100, 600):
        creation = usable(gate.driver.read_creation(http, body, said.ours.reference))
        assert not isinstance(creation, Created)
        if http >= 500 or http in (408, 499):
            assert isinstance(creation, UnknownIfCreated), (http, "it may have been made")
        if http in (400, 403, 405, 413, 429):
            assert isinstance(creation, NotCreated), (http, "nothing was made")
        for read, _ in ways(gate, "approve"):
            assert isinstance(sound(read(http, body, said.ours)), NoVerdict), http


def test_text_that_no_file_can_hold_gets_nowhere(gate: Gate) -> None:
    ours = gate.said["approve"].ours
    for read, body in ways(gate, "approve"):
        for number in range(len(list(places(json.loads(body))))):
            sound(read(200, changed(body, [(number, "no \ud800")]), ours))


@effort(max_examples=400, deadline=None)
@given(outcome=st.sampled_from(OUTCOMES), changes=CHANGES)
def test_only_our_own_full_payment_is_approved(gate: Gate, outcome: str, changes: list[Change]) -> None:
    ours = gate.said[outcome].ours
    for read, body in ways(gate, outcome):
        other = changed(body, changes)
        believed_rightly(gate, read(200, other, ours), other, ours)


@effort(max_examples=50, deadline=None)
@given(changes=CHANGES, http=st.sampled_from([201, 204, 302, 400, 401, 404, 422, 500, 503]))
def test_approval_under_another_status_line_is_none(gate: Gate, changes: list[Change], http: int) -> None:
    for read, body in ways(gate, "approve"):
        assert isinstance(read(http, changed(body, changes), gate.said["approve"].ours), NoVerdict)


@effort(max_examples=200, deadline=None)
@given(changes=CHANGES, http=st.sampled_from([200, 201, 400, 401, 422, 500]))
def test_spoilt_creation_is_usable_or_none(gate: Gate, changes: list[Change], http: int) -> None:
    said = gate.said[""]
    body = changed(said.creation.body, changes)
    creation = usable(gate.driver.read_creation(http, body, said.ours.reference))
    assert not isinstance(creation, Created) or http < 300


@effort(max_examples=100, deadline=None)
@given(http=st.sampled_from([200, 201, 302, 401, 404, 422, 500]), value=ANYTHING)
def test_any_json_is_read_and_never_approves(gate: Gate, http: int, value: object) -> None:
    nothing_read(gate, http, json.dumps(value).encode())


@effort(max_examples=100, deadline=None)
@given(body=st.binary(max_size=60))
def test_any_bytes_are_read_and_never_approve(gate: Gate, body: bytes) -> None:
    nothing_read(gate, 200, body)


@effort(max_examples=60, deadline=None)
@given(at=st.integers(0, 10**6))
def test_answer_cut_anywhere_is_no_verdict(gate: Gate, at: int) -> None:
    for _, body in ways(gate, "approve"):
        nothing_read(gate, 200, body[: at % len(body.rstrip())])


HOLES = [b"[" * 100_000, b'{"data":' * 100_000, b"9" * 5000, b"1e99999999999999999999", b"NaN", b"-Infinity",
         b"\xef\xbb\xbf{}", '{"status":"APPROVED"}'.encode("utf-16"), b'"\\ud800"', b"\x00", b'{"a":1,"a":2}',
         b'["\\u0000"]', b'{"status": 1e400, "id": 1e400}']  # fmt: skip


@pytest.mark.parametrize("hole", HOLES, ids=range(len(HOLES)))
def test_known_holes_of_parsers_are_shut(gate: Gate, hole: bytes) -> None:
    for body in (hole, b'{"status": %b}' % hole, b'{"data": %b}' % hole, b'{"str_res_pago": %b}' % hole):
        nothing_read(gate, 200, body)


def nothing_read(gate: Gate, http: int, body: bytes) -> None:
    """No verdict at all, and nothing that was surely made."""
    ours = gate.said[""].ours
    assert isinstance(gate.driver.read_query(http, body, ours), NoVerdict | Conflict)
    assert isinstance(gate.driver.read_found(http, body, ours), NoVerdict | Conflict)
    creation = gate.driver.read_creation(http, body, ours.reference)
    assert not isinstance(creation, Created)
    assert isinstance(creation, UnknownIfCreated) or http >= 300


TOO_OFTEN = (
    b'{"status": {"status": "FAILED", "reason": "429", "message": "Too Many Requests"}}',
    b'{"error": {"type": "RATE_LIMIT", "reason": "Too many requests"}}',
    b"",
)


@pytest.mark.parametrize("body", TOO_OFTEN)
@pytest.mark.parametrize("driver", list(DRIVERS))
def test_being_asked_too_often_says_nothing_and_passes(driver: str, body: bytes) -> None:
    answer = DRIVERS[driver].load().read_query(429, body, Expected("PAM012603020001", Money.of(1000)))
    assert isinstance(answer, NoVerdict)
    assert not answer.kind.staff_must_act
