"""The Member Core API driver against the sandbox core: every operation and every problem."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests
from contract import CheckedTransport, ContractBroken
from counterparts import together
from sandbox_servers import (
    MARIA,
    MARIAS_KEY,
    PATIENCE,
    movements,
    paid,
    puts,
    raw_server,
    reply,
    setting,
    terminal,
)

from kiosk.cooperative.member import Document, DocumentType, Member, MemberSession
from kiosk.cooperative.money import Money
from kiosk.cooperative.obligation import ObligationKind
from kiosk.cooperative.payment import State
from kiosk.member_core import connector
from kiosk.member_core.connector import (
    CoreMisconfigured,
    CoreUnreachable,
    MemberBlocked,
    MemberLocked,
    Posting,
    PostingStatus,
    SessionOver,
    WrongKey,
)
from kiosk.member_core.core_api import CoreApi
from kiosk.transport import Reply, Transport

BOGOTA = timedelta(hours=-5)
BEARER = {"Authorization": "Bearer t"}
JSON, PROBLEM = "Content-Type: application/json", "Content-Type: application/problem+json"
TAKEN = b'{"status": "accepted", "maskedEmail": null, "expiresInMinutes": 30}'
LATER = b'{"type": "about:blank", "title": "-", "status": 503, "code": "core-unavailable"}'


def cc(number: str) -> Document:
    return Document(DocumentType.CC, number)


# -- every operation -----------------------------------------------------------------------------


def test_status(core: CoreApi, url: str) -> None:
    found = core.status()
    assert found.availability is connector.Availability.AVAILABLE
    assert found.business_date == (datetime.now(UTC) + BOGOTA).date()
    assert found.recovery_enabled
    assert found.key_policy == connector.KeyPolicy(4, 12, "digits")
    assert found.message is None
    for availability, word in [("unavailable", "cierre"), ("payments_queued", "se aplican")]:
        setting(url, availability=availability)
        found = core.status()
        assert found.availability == availability
        assert word in (found.message or "")


def test_sign_in_and_out(core: CoreApi) -> None:
    session = core.sign_in(MARIA, MARIAS_KEY)
    assert session.member == Member(
        "A-100101", "María Fernanda Ospina Castillo", "******0101", "ma***@correo.example", date(2014, 3, 17)
    )
    assert not session.must_change_key
    assert timedelta(minutes=9) < session.expires_at - datetime.now(UTC) <= timedelta(minutes=10)
    assert session.token not in repr(session) + repr(core)
    core.sign_out(session)
    core.sign_out(session)
    with pytest.raises(SessionOver):
        core.obligations(session)


def test_obligations_of_all_kinds(core: CoreApi, maria: MemberSession) -> None:
    found = {each.obligation_id: each for each in core.obligations(maria)}
    assert [*found] == ["CR-881204", "AP-100101", "FV-100101", "FF-100101", "SA-7701"]
    assert [each.kind for each in found.values()] == [
        ObligationKind.LOAN, ObligationKind.CONTRIBUTION, ObligationKind.LIFE_FUND,
        ObligationKind.FUNERAL_FUND, ObligationKind.ADDITIONAL_SERVICE,
    ]  # fmt: skip
    loan, today = found["CR-881204"], core.status().business_date
    assert (loan.name, loan.reference, loan.payable) == ("Crédito libre inversión", "88-1204", True)
    assert (loan.overdue, loan.overdue_since) == (Money.of(318300), today - timedelta(days=18))
    assert loan.balance == Money.of(5092800)
    assert (loan.other.allowed, loan.other.minimum, loan.other.maximum) == (
        True,
        Money.of(10000),
        loan.balance,
    )
    funeral = found["FF-100101"]
    assert (funeral.overdue, funeral.overdue_since) == (Money.of(0), None)
    assert funeral.next_due is not None
    assert (funeral.next_due.amount, funeral.next_due.due_date) == (
        Money.of(21500), today + timedelta(days=26))  # fmt: skip
    assert found["AP-100101"].other.maximum is None


def test_obligations_come_from_all_pages_and_may_be_none(core: CoreApi) -> None:
    many = core.obligations(core.sign_in(cc("1900100109"), "9417"))
    assert len({each.obligation_id for each in many}) == len(many) == 30
    assert core.obligations(core.sign_in(cc("1900100108"), "3905")) == []
    closed = {each.obligation_id: each for each in core.obligations(core.sign_in(cc("1900100110"), "6582"))}
    assert (closed["CR-610455"].payable, closed["CR-610455"].not_payable_reason) == (
        False,
        "legal_collection",
    )


def test_recovery_sends_a_key_that_must_be_changed(core: CoreApi, url: str) -> None:
    assert core.recover_key(MARIA) == connector.Recovery("ma***@correo.example", 30)
    (message,) = requests.get(f"{url}/sandbox/outbox", timeout=PATIENCE).json()["items"]
    session = core.sign_in(MARIA, message["temporary_key"])
    assert session.must_change_key
    with pytest.raises(connector.KeyChangeRequired):
        core.obligations(session)
    core.change_key(session, message["temporary_key"], "735291")
    assert len(core.obligations(session)) == 5
    setting(url, disclosure="uniform")
    assert core.recover_key(cc("1900100102")) == connector.Recovery(None, 30)


def test_change_key(core: CoreApi, maria: MemberSession) -> None:
    with pytest.raises(WrongKey) as wrong:
        core.change_key(maria, "0000", "735291")
    assert wrong.value.remaining == 4
    for new, codes in [("12", ("too-short",)), ("abcdefghijklmn", ("too-long", "wrong-alphabet")),
                       (MARIAS_KEY, ("used-before",))]:  # fmt: skip
        with pytest.raises(connector.KeyRefused) as refused:
            core.change_key(maria, MARIAS_KEY, new)
        assert refused.value.codes == codes
    core.change_key(maria, MARIAS_KEY, "735291")
    assert core.sign_in(MARIA, "735291").member == maria.member


def test_posting_twice_applies_once(core: CoreApi, url: str) -> None:
    payment = paid()
    assert core.posting(payment.payment_id) is None
    first = core.post(payment)
    assert first.status is PostingStatus.POSTED
    assert re.fullmatch(r"RC-\d{4}-\d{6}", first.receipt_number or "")
    # What the journal adds later must not make it another payment.
    later = replace(payment, state=State.POSTED, version=9, core_receipt=first.receipt_number, asks=4)
    assert [core.post(later), terminal(url).post(payment), core.posting(payment.payment_id)] == [first] * 3
    assert puts(url, payment.payment_id) == 3
    assert movements(url, payment.payment_id) == [("AP-100101", "60000.00")]


def test_a_long_bank_name_stops_no_posting(core: CoreApi, url: str) -> None:
    assert core.post(paid(bank="B" * 81)).status is PostingStatus.POSTED
    (item,) = requests.get(f"{url}/sandbox/payments", timeout=PATIENCE).json()["items"]
    assert item["collection"]["bankName"] == "B" * 80


def test_posting_at_once_from_two_lanes_applies_once(url: str) -> None:
    payment = paid(pesos="60000.50")
    answers = together(*[lambda: terminal(url).post(payment)] * 4)
    assert len(set(answers)) == 1
    assert isinstance(answers[0], Posting)
    assert movements(url, payment.payment_id) == [("AP-100101", "60000.50")]


def test_what_the_core_is_told_of_a_payment(core: CoreApi, url: str) -> None:
    bare = paid(cus=None, bank=None, gateway_id=None, decided_at=None)
    for payment in (paid(), bare):
        core.post(payment)
    full, least = requests.get(f"{url}/sandbox/payments", timeout=PATIENCE).json()["items"]
    assert (full["memberId"], full["totalAmount"], full["valueDate"]) == (
        "A-100101",
        "60000.00",
        "2026-03-02",
    )
    assert full["collection"]["approvedAt"] == "2026-03-02T09:18:00-05:00"
    assert (full["collection"]["trackingCode"], full["collection"]["bankName"]) == (
        "3271840055", "Banco Cordillera")  # fmt: skip
    assert least["collection"] == {
        "channel": "kiosk", "kioskId": "DEMO01", "rail": "PSE", "gateway": "placetopay",
        "gatewayTransactionId": bare.reference, "approvedAt": "2026-03-02T09:15:00-05:00",
    }  # fmt: skip


def test_a_payment_that_staff_reversed_says_so(core: CoreApi, maria: MemberSession, url: str) -> None:
    payment = paid("FF-100101", "21500")
    receipt = core.post(payment).receipt_number
    reversal = requests.post(
        f"{url}/sandbox/reverse", json={"paymentId": payment.payment_id}, timeout=PATIENCE
    )
    assert reversal.json()["lines"][0]["reason"] == "reversed_by_staff"
    assert core.posting(payment.payment_id) == Posting(PostingStatus.REVERSED, receipt)
    assert core.post(payment) == Posting(PostingStatus.REVERSED, receipt), "nothing is applied again"
    (listed,) = recorded_now(core)
    assert (listed.status, listed.total, listed.unapplied) == (
        PostingStatus.REVERSED, payment.total, payment.total)  # fmt: skip
    owed = {each.obligation_id: each for each in core.obligations(maria)}["FF-100101"]
    assert owed.next_due is not None
    assert owed.next_due.amount == Money.of(21500 * 2)


def test_uniform_recovery_tells_nobody_apart(core: CoreApi, url: str) -> None:
    setting(url, disclosure="uniform")
    known, without_email, unknown = "1900100101", "1900100104", "1900999999"
    answers = {core.recover_key(cc(number)) for number in (known, without_email, unknown)}
    assert answers == {connector.Recovery(None, 30)}
    setting(url, disclosure="informative")
    assert core.recover_key(cc(unknown)) == connector.Recovery(None, 30), "as if it had gone out"
    with pytest.raises(connector.EmailNotRegistered):
        core.recover_key(cc(without_email))


# -- reconciliation ------------------------------------------------------------------------------


def recorded_now(core: CoreApi, days: int = 1) -> list[connector.RecordedPayment]:
    now = datetime.now(UTC)
    return core.recorded(now - timedelta(days=days), now + timedelta(days=days))


def test_recorded_payments_say_what_reconciliation_needs(core: CoreApi, url: str) -> None:
    assert core.status().lists_payments
    assert recorded_now(core) == []
    plain, bare, stuck = paid(pesos="60000.50"), paid(cus=None), paid("CR-640118")
    for payment in (plain, bare, stuck):
        core.post(payment)
        setting(url, advance_seconds=1)
    first, second, third = recorded_now(core)
    assert first == connector.RecordedPayment(
        plain.payment_id, PostingStatus.POSTED, first.receipt_number, Money.of("60000.50"), Money.of(0),
        "DEMO01", "placetopay", plain.gateway_id or "", "3271840055", first.received_at,
    )  # fmt: skip
    assert re.fullmatch(r"RC-\d{4}-\d{6}", first.receipt_number or "")
    assert abs(first.received_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert (second.payment_id, second.cus) == (bare.payment_id, None)
    assert (third.status, third.receipt_number, third.unapplied) == (
        PostingStatus.NEEDS_ATTENTION, None, stuck.total)  # fmt: skip
    assert core.recorded(first.received_at, second.received_at) == [first], "until is not included"
    assert core.recorded(second.received_at, second.received_at) == []


def test_recorded_payments_come_from_all_pages_and_windows(url: str) -> None:
    asked = Asked(f"{url}/v1")
    core = terminal(url, api=asked)
    before, posted = datetime.now(UTC) - timedelta(minutes=1), []
    setting(url, availability="payments_queued")
    for day in range(3):
        for _ in range(105 if day == 0 else 1):
            payment = paid(pesos="100")
            core.post(payment)
            posted.append(payment.payment_id)
        setting(url, advance_seconds=31 * 86400)
    core.status()  # a new token: ours ended long ago
    asked.queries.clear()
    found = core.recorded(before, before + timedelta(days=70))
    assert [each.payment_id for each in found] == posted
    assert {each.status for each in found} == {PostingStatus.RECEIVED}
    windows = [(query["receivedFrom"], query["receivedTo"]) for query in asked.queries]
    assert ["cursor" in query for query in asked.queries] == [False, True, False, False]
    assert windows[0] == windows[1]
    ends = [datetime.fromisoformat(bound) for window in windows[1:] for bound in window]
    assert ends == [before, *(before + timedelta(days=n) for n in (31, 31, 62, 62)), ends[-1]]
    assert ends[-1] == before + timedelta(days=70)


class Asked(CheckedTransport):
    """Remembers what was asked for."""

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        self.queries: list[dict[str, str]] = []

    def request(self, method: str, path: str, **more: Any) -> Reply:
        self.queries.append(dict(more["query"] or {}))
        return super().request(method, path, **more)


def test_recorded_needs_instants_that_mean_the_same_everywhere(core: CoreApi) -> None:
    with pytest.raises(ValueError, match="aware"):
        core.recorded(datetime(2026, 3, 1), datetime(2026, 3, 2))  # noqa: DTZ001


# -- what is not posted at once ------------------------------------------------------------------


def test_what_can_not_be_applied_is_kept_for_staff(core: CoreApi, url: str) -> None:
    elsewhere = paid("CR-640118")
    assert core.post(elsewhere) == Posting(PostingStatus.NEEDS_ATTENTION, None)
    assert movements(url, elsewhere.payment_id) == []
    setting(url, availability="payments_queued")
    waiting = paid()
    assert core.post(waiting) == Posting(PostingStatus.RECEIVED, None)
    setting(url, availability="available")
    applied = core.post(waiting)
    assert (applied.status, applied == core.posting(waiting.payment_id)) == (PostingStatus.POSTED, True)
    assert movements(url, waiting.payment_id) == [("AP-100101", "60000.00")]


# -- every problem -------------------------------------------------------------------------------


def test_wrong_key_counts_down_to_a_lock(core: CoreApi, url: str) -> None:
    left = []
    for _ in range(5):
        with pytest.raises(WrongKey) as wrong:
            core.sign_in(MARIA, "0000")
        left.append(wrong.value.remaining)
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(MemberLocked) as locked:
        core.sign_in(MARIA, MARIAS_KEY)
    assert locked.value.until is not None
    assert timedelta(minutes=14) < locked.value.until - datetime.now(UTC) <= timedelta(minutes=15)
    setting(url, advance_seconds=901)
    assert core.sign_in(MARIA, MARIAS_KEY).member.member_id == "A-100101"


def test_members_who_can_not_enter(core: CoreApi) -> None:
    with pytest.raises(MemberLocked):
        core.sign_in(cc("1900100106"), "5279")
    with pytest.raises(MemberBlocked) as blocked:
        core.sign_in(cc("1900100107"), "8163")
    assert blocked.value.contact == connector.Contact(
        "Acérquese a la ventanilla de atención de su agencia.", "6015550100"
    )
    with pytest.raises(WrongKey):
        core.sign_in(Document(DocumentType.CE, MARIA.number), MARIAS_KEY)
    with pytest.raises(connector.EmailNotRegistered) as without:
        core.recover_key(cc("1900100104"))
    assert without.value.contact is not None
    assert without.value.contact.phone == "6015550100"
    first = core.sign_in(cc("1900100105"), "2468")
    assert first.must_change_key
    with pytest.raises(connector.KeyChangeRequired):
        core.obligations(first)


def test_session_over_is_not_a_forgotten_terminal(core: CoreApi, maria: MemberSession, url: str) -> None:
    setting(url, advance_seconds=601)
    for call in (lambda: core.obligations(maria), lambda: core.change_key(maria, MARIAS_KEY, "735291")):
        with pytest.raises(SessionOver):
            call()
    core.sign_out(maria)


def test_rate_limit_is_a_pause(core: CoreApi, url: str) -> None:
    for rates, call in [({"calls": 0}, core.status), ({"sign_ins": 0}, lambda: core.sign_in(MARIA, "4821"))]:
        setting(url, rates=rates)
        with pytest.raises(CoreUnreachable) as pause:
            call()
        assert pause.value.retry_after == 60
    setting(url, rates={})
    for _ in range(3):
        setting(url, advance_seconds=301)
        core.recover_key(MARIA)
    setting(url, advance_seconds=301)
    with pytest.raises(CoreUnreachable) as often:
        core.recover_key(MARIA)
    assert (often.value.retry_after or 0) > 1000


def test_closed_core_says_when_to_come_back(core: CoreApi, maria: MemberSession, url: str) -> None:
    setting(url, availability="unavailable")
    payment = paid()
    for call in (
        lambda: core.obligations(maria),
        lambda: core.post(payment),
        lambda: core.sign_in(MARIA, "4821"),
    ):
        with pytest.raises(CoreUnreachable) as closed:
            call()
        assert closed.value.retry_after == 120
    core.sign_out(maria)
    setting(url, availability="available")
    assert core.posting(payment.payment_id) is None


def test_unknown_terminal_is_for_it_to_mend(url: str) -> None:
    for call in (lambda core: core.status(), lambda core: core.post(paid())):
        with pytest.raises(CoreMisconfigured):
            call(terminal(url, secret="wrong"))


def test_posting_conflicts_and_refusals(core: CoreApi, url: str) -> None:
    payment = paid()
    core.post(payment)
    other_order = paid(pesos="70000").order
    for clash in (replace(payment, order=other_order), replace(payment, cus="1"),
                  paid(gateway_id=payment.gateway_id)):  # fmt: skip
        with pytest.raises(connector.PostingConflict):
            core.post(clash)
    for refused in (paid(payment_id="NOT-A-UUID"), paid(gateway_id="x" * 65), paid(cus="1" * 33)):
        with pytest.raises(ContractBroken):
            core.post(refused)
        with pytest.raises(connector.PostingRefused):
            terminal(url, api=Transport(f"{url}/v1")).post(refused)
    assert movements(url, payment.payment_id) == [("AP-100101", "60000.00")]


# -- the contract itself -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(reply(b'{"status": "accepted"}', "202 Accepted", JSON), id="a field is missing"),
        pytest.param(reply(TAKEN.replace(b"30", b'"30"'), "202 Accepted", JSON), id="a wrong type"),
        pytest.param(reply(TAKEN, "202 Accepted", "Content-Type: text/html"), id="another kind of body"),
        pytest.param(reply(TAKEN, "204 No Content", JSON), id="a status it does not know"),
        pytest.param(reply(LATER, "503 Away", PROBLEM), id="a header is missing"),
    ],
)  # fmt: skip
def test_an_answer_outside_the_contract_fails_its_test(url: str, answer: bytes) -> None:
    with raw_server(lambda line: line.sendall(answer)) as server, pytest.raises(ContractBroken):
        terminal(url, api=CheckedTransport(server.url)).recover_key(MARIA)


def test_a_call_outside_the_contract_is_not_even_sent(url: str) -> None:
    with raw_server(lambda line: line.sendall(reply())) as server:
        strange = CheckedTransport(server.url)
        for method, path, more in [
            ("GET", "/nothing", {}), ("PATCH", "/status", {}), ("GET", "/status", {}),
            ("POST", "/password-recoveries", {"json": {"documentType": "CC"}, "headers": BEARER}),
            ("GET", "/members/me/obligations", {"headers": BEARER}),
        ]:  # fmt: skip
            with pytest.raises(ContractBroken):
                strange.request(method, path, **more)
        assert server.requests == []
