"""Each operation of each driver under every HTTP status, whoever wrote the answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from itertools import permutations

import pytest
import test_wompi as wompi
import test_zonapagos as zonapagos
from sandbox_servers import raw_server, reply
from test_gateway_conformance import Counter, expected

from kiosk.pse.drivers import DRIVERS
from kiosk.pse.gateway import NotCreated, NoVerdict, Status, UnknownIfCreated, Verdict
from kiosk.pse.wompi import Wompi
from kiosk.pse.zonapagos import ZonaPagos

STATUSES = [200, 201, 202, 204, 206, 300, 301, 302, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407,
            408, 409, 410, 413, 415, 418, 421, 422, 425, 426, 429, 431, 451, 499, 500, 501, 502, 503, 504,
            507, 511, 520, 522, 599]  # fmt: skip
MAY_BE_THERE = {408, 409, 499}
"""Of refusals: nobody can say that nothing was made."""
BODIES = {
    "nothing": b"",
    "an object": b"{}",
    "a page": b"<html><body>Request blocked. Reference #18.2d</body></html>",
    "a framework's": b'{"type":"https://tools.ietf.org/html/rfc9110","title":"No","status":400,"traceId":"00-1"}',
    "another's": b'{"message":"Forbidden"}',
}


@pytest.fixture(params=list(DRIVERS))
def counter(request: pytest.FixtureRequest) -> Iterator[tuple[Counter, dict[str, bytes]]]:
    said: dict[str, bytes] = {"now": b""}

    def answer(connection: socket.socket) -> None:
        connection.sendall(said["now"])

    with raw_server(answer) as server:
        yield Counter(request.param, server.url), said


@pytest.mark.parametrize("body", BODIES)
def test_no_status_is_a_verdict_by_itself(counter: tuple[Counter, dict[str, bytes]], body: str) -> None:
    gate, said = counter
    charge = gate.charge()
    for status in STATUSES:
        said["now"] = reply(BODIES[body], f"{status} Said", "Retry-After: 7")
        banks, terms = gate.driver.banks(), gate.driver.terms()
        assert banks == () or isinstance(banks, NoVerdict), status
        assert terms == () or isinstance(terms, NoVerdict), status
        gate.driver.cancel("900123")  # only a later question says what became of it
        assert isinstance(gate.driver.query("900123", expected(charge)), NoVerdict), status
        assert isinstance(gate.driver.find(expected(charge)), NoVerdict), status
        created = gate.driver.create(charge)
        assert isinstance(created, NotCreated | UnknownIfCreated), status
        raw = type(gate.driver).read_creation(status, BODIES[body], charge.reference)
        refused = 300 <= status < 500 and status not in MAY_BE_THERE
        assert isinstance(raw, NotCreated) is refused, (status, raw)


# -- several attempts, in every order --------------------------------------------------------------

ZONA = {
    "refused": zonapagos.record("1000", "0", attempt="1"),
    "waiting": zonapagos.record("999", "0", attempt="2"),
    "approved": zonapagos.record(attempt="3"),
}
OUTCOMES = {
    frozenset({"refused"}): Status.REJECTED,
    frozenset({"waiting"}): Status.PENDING,
    frozenset({"refused", "waiting"}): Status.PENDING,
    frozenset({"approved"}): Status.APPROVED,
    frozenset({"refused", "approved"}): Status.APPROVED,
    frozenset({"waiting", "approved"}): Status.APPROVED,
    frozenset({"refused", "waiting", "approved"}): Status.APPROVED,
}


WOMPI = {"refused": "DECLINED", "waiting": "PENDING", "approved": "APPROVED"}


@pytest.mark.parametrize("words", OUTCOMES, ids=lambda words: "+".join(sorted(words)))
def test_attempts_say_the_same_in_every_order(words: frozenset[str]) -> None:
    for order in permutations(sorted(words)):
        listed = zonapagos.listed(*(ZONA[word] for word in order))
        transactions = [wompi.told(WOMPI[word], id=f"T-{word}") for word in order]
        for answer in (
            ZonaPagos.read_found(200, zonapagos.told(listed), zonapagos.OURS),
            Wompi.read_found(200, wompi.body(transactions), wompi.OURS),
        ):
            assert isinstance(answer, Verdict), (order, answer)
            assert answer.status is OUTCOMES[words], order


# -- numbers in texts -------------------------------------------------------------------------------

IN_TEXTS = {
    "18745035": True, "18745035.0": True, "18745035.00": True, 18745035: True, "1,8745035": False,
    "18.745.035": False, "1.8745035e7": False, "": False, "187450.35": False, "NaN": False, None: False,
    "0x11E0BCB": False, "-18745035": False, "18745034": False, "１８７４５０３５": False,
}  # fmt: skip


@pytest.mark.parametrize("number", IN_TEXTS, ids=repr)
def test_an_amount_of_wompi_in_a_text_is_ours_or_none(number: object) -> None:
    data = wompi.told(amount_in_cents=number)
    for answer in (wompi.read(data), Wompi.read_found(200, wompi.body([data]), wompi.OURS)):
        approved = isinstance(answer, Verdict) and answer.status is Status.APPROVED
        assert approved is IN_TEXTS[number], answer


@pytest.mark.parametrize(
    ("paid", "ours"),
    [("187450", True), ("187450.00", True), ("187450.0", True), ("187450,00", False), ("187.450", False),
     ("187,450.00", False), ("1.8745e5", False), ("", False), ("187450.35", False), ("-187450", False),
     ("187449", False), ("NaN", False)],
)  # fmt: skip
def test_an_amount_of_zonapagos_is_ours_or_none(paid: str, ours: bool) -> None:
    answer = zonapagos.read(zonapagos.record(paid=paid))
    assert (isinstance(answer, Verdict) and answer.status is Status.APPROVED) is ours, answer


@pytest.mark.parametrize("state", [1, "1", "01", " 1 ", "1.0", "uno", ""])
def test_a_state_of_zonapagos_is_a_listed_one_or_unknown(state: object) -> None:
    answer = zonapagos.read(zonapagos.record(str(state)))
    approved = isinstance(answer, Verdict) and answer.status is Status.APPROVED
    assert approved is (str(state).strip() == "1"), answer
