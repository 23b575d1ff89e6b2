"""What every gateway driver must do, against its own sandbox. A new one in DRIVERS is tested as it is."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from urllib.parse import urlsplit

import pytest
import requests
from counterparts import HOLDER
from sandbox_servers import PATIENCE, SECRETS, decide, fault, free_port, pay, sessions, setting, until
from sandbox_servers import _process as process

from kiosk.cooperative.member import Document, DocumentType
from kiosk.cooperative.money import Money
from kiosk.cooperative.payment import Event
from kiosk.pse import gateway_line
from kiosk.pse.drivers import DRIVERS
from kiosk.pse.gateway import (
    Answer,
    Bank,
    Charge,
    Conflict,
    Connection,
    Created,
    ErrorKind,
    ExistsAlready,
    Expected,
    Gateway,
    NotCreated,
    NoVerdict,
    Status,
    UnknownIfCreated,
    Verdict,
)  # fmt: skip
from kiosk.sandbox.pse.server import profile
from kiosk.transport import Timeouts, Transport

RETURN = "https://kiosco.invalid/retorno"
SECRET = SECRETS["KIOSK_SANDBOX_SECRET"]
HASTY = Timeouts(connect=2, answer=0.4)
TOO_LATE = 1.5


class Counter:
    """A kiosk at the sandbox of one gateway, and the member who pays there."""

    def __init__(self, name: str, base: str) -> None:
        self.name, self.base = name, base
        self.driver = self.kiosk()
        self.can = self.driver.abilities

    def kiosk(
        self, *, secret: str = SECRET, base: str = "", without: str = "", financial_services: bool = False
    ) -> Gateway:
        merchant = profile(self.name, secret)
        secrets_, options = (
            {name: value for name, value in named.items() if name != without}
            for named in (merchant.secrets, merchant.options)
        )
        return DRIVERS[self.name].load()(
            Connection(
                Transport((base or self.base) + merchant.path), login=merchant.login, secret=merchant.secret,
                return_url=RETURN, page_hosts=frozenset({"pse.example"}), clock=lambda: datetime.now(UTC),
                secrets=secrets_, options=options, financial_services=financial_services,
            )
        )  # fmt: skip

    def charge(self, pesos: str = "187450.35") -> Charge:
        reference = f"KSK{uuid.uuid4().hex[:12].upper()}"
        until_ = datetime.now(UTC) + timedelta(minutes=15)
        bank = Bank("1902", "Banco del Valle Andino") if self.can.picks_bank_here else None
        return Charge(
            reference, Money.of(pesos), "Aportes y crédito", HOLDER, until_, "127.0.0.1", "Kiosk/1", bank
        )

    def created(self, charge: Charge) -> Created:
        created = self.driver.create(charge)
        assert isinstance(created, Created), created
        assert created.gateway_id
        return created

    def pays(self, created: Created, outcome: str) -> str:
        """Where the browser is sent in the end."""
        assert created.redirect_url
        walk = decide if self.can.picks_bank_here else pay
        return walk(created.redirect_url, outcome)

    def asks(self, created: Created, charge: Charge) -> Verdict:
        return verdict(self.driver.query(created.gateway_id, expected(charge)))

    def ended(self, created: Created, charge: Charge) -> Verdict:
        """As the checkout asks: an attempt that is over is closed where the gateway lets us."""
        answer = self.asks(created, charge)
        if answer.attempt_over and not answer.status.final and self.can.cancels:
            self.driver.cancel(created.gateway_id)
            return self.asks(created, charge)
        return answer

    def sessions(self, charge: Charge) -> int:
        return len(sessions(self.base, charge.reference))

    @property
    def untouched(self) -> Status:
        """Where the page of a new payment is the bank's own, the member is at the bank already."""
        return Status.PENDING if self.can.picks_bank_here else Status.CREATED


def expected(charge: Charge) -> Expected:
    return Expected(charge.reference, charge.amount)


def verdict(answer: Answer) -> Verdict:
    assert isinstance(answer, Verdict), answer
    return answer


@pytest.fixture(scope="module", params=list(DRIVERS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def base(name: str) -> Iterator[str]:
    with process("kiosk.sandbox.pse", "--gateway", name, "--late-seconds", "1") as url:
        yield url


@pytest.fixture
def counter(name: str, base: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    # Only a driver that waits for its page has such a pause.
    monkeypatch.setattr(import_module(DRIVERS[name].module), "_PAGE_PAUSE", 0.1, raising=False)
    yield Counter(name, base)
    setting(base, faults=None, banks="full", financial_services=False)


def hurry(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    """Make a time-out of the drivers' line small: `_CREATE` or `_ASK`."""
    monkeypatch.setattr(gateway_line, limit, HASTY)


# -- what it says of itself ----------------------------------------------------------------------


def test_driver_is_what_it_is_registered_as(counter: Counter) -> None:
    assert counter.driver.name == counter.name
    assert SECRET not in repr(counter.driver)
    assert counter.driver.allowed_hosts() == {"pse.example", urlsplit(counter.base).netloc}


def test_setting_that_is_missing_is_named(counter: Counter) -> None:
    merchant = profile(counter.name, SECRET)
    for kind, named in (("secrets", merchant.secrets), ("options", merchant.options)):
        for each in named:
            with pytest.raises(ValueError, match=rf"^gateway\.{kind}\.{each} "):
                counter.kiosk(without=each)


def test_lists_are_there_where_the_abilities_say_so(counter: Counter) -> None:
    banks, terms = counter.driver.banks(), counter.driver.terms()
    assert not isinstance(banks, NoVerdict)
    assert not isinstance(terms, NoVerdict)
    assert bool(banks) is counter.can.picks_bank_here
    assert bool(terms) is counter.can.wants_terms
    assert all(bank.code.strip("0") and bank.name for bank in banks), "the prompt is no bank"
    assert all(term.title and requests.get(term.url, timeout=PATIENCE).ok for term in terms)


def test_bank_list_that_does_not_come_is_no_verdict(counter: Counter) -> None:
    if not counter.can.picks_bank_here:
        pytest.skip("its page asks for the bank")
    for kind in ("http_500", "html_500", "garbage", "cut_body", "drop_before", "drop_after"):
        fault(counter.base, "banks", kind)
        assert isinstance(counter.driver.banks(), NoVerdict)
    setting(counter.base, banks="empty")
    assert isinstance(counter.driver.banks(), NoVerdict)
    assert isinstance(counter.driver.create(counter.charge()), Created)


# -- a payment -----------------------------------------------------------------------------------


@pytest.mark.parametrize("pesos", ["1000", "187450.35", "9999999.99"])
def test_created_payment_is_open_and_asks_for_this_sum(counter: Counter, pesos: str) -> None:
    charge = counter.charge(pesos)
    created = counter.created(charge)
    (session,) = sessions(counter.base, charge.reference)
    assert (session["amount"], session["currency"]) == (charge.amount.wire(), "COP")
    assert counter.driver.is_return(session["return_url"])
    assert urlsplit(created.redirect_url or "").netloc in counter.driver.allowed_hosts()
    answer = counter.asks(created, charge)
    assert (answer.status, answer.event()) == (counter.untouched, Event.SEEN_PENDING)
    assert (answer.gateway_id, answer.approved_amount) == (created.gateway_id, None)


OUTCOMES = {
    "approve": ({Status.APPROVED}, Event.SEEN_OK),
    "never": ({Status.APPROVED}, Event.SEEN_OK),
    "decline": ({Status.REJECTED}, Event.SEEN_NOT_AUTHORISED),
    "funds": ({Status.REJECTED}, Event.SEEN_NOT_AUTHORISED),
    "fail": ({Status.FAILED, Status.REJECTED}, Event.SEEN_FAILED),
    "pending": ({Status.PENDING}, Event.SEEN_PENDING),
}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_banks_word_is_the_verdict(counter: Counter, outcome: str) -> None:
    statuses, event = OUTCOMES[outcome]
    charge = counter.charge()
    created = counter.created(charge)
    reached = counter.pays(created, outcome)
    assert counter.driver.is_return(reached) is (outcome != "never")
    answer = counter.ended(created, charge)
    assert answer.status in statuses
    assert (answer.event(), answer.final) == (event, outcome != "pending")
    (debit,) = sessions(counter.base, charge.reference)[0]["debits"]
    assert answer.cus == debit["cus"]
    assert answer.bank == debit["bank_name"] or counter.can.picks_bank_here
    assert answer.approved_amount == (charge.amount if event is Event.SEEN_OK else None)
    if event is Event.SEEN_OK:
        assert answer.decided_at
        assert abs(answer.decided_at - datetime.fromisoformat(debit["decided_at"])) < timedelta(seconds=1)
        assert counter.asks(created, charge) == answer, "the same answer every time"


def test_late_approval_is_pending_until_it_comes(counter: Counter) -> None:
    charge = counter.charge()
    created = counter.created(charge)
    counter.pays(created, "late")
    seen: list[Status] = []

    def approved() -> bool:
        seen.append(counter.asks(created, charge).status)
        return seen[-1] is Status.APPROVED

    until(approved)
    assert set(seen) <= {Status.PENDING, Status.APPROVED}


def test_second_attempt_on_one_page_counts(counter: Counter) -> None:
    if counter.can.picks_bank_here:
        pytest.skip("one creation is one debit")
    charge = counter.charge()
    created = counter.created(charge)
    counter.pays(created, "decline")
    counter.pays(created, "approve")
    answer = counter.asks(created, charge)
    debits = sessions(counter.base, charge.reference)[0]["debits"]
    assert (answer.status, answer.approved_amount) == (Status.APPROVED, charge.amount)
    assert (answer.cus, len(debits)) == (debits[0]["cus"], 2)


def test_cancel_ends_an_open_payment_where_it_can(counter: Counter) -> None:
    charge = counter.charge()
    created = counter.created(charge)
    counter.driver.cancel(created.gateway_id)
    wanted = Status.CANCELLED if counter.can.cancels else counter.untouched
    assert counter.asks(created, charge).status is wanted


def test_paid_or_waiting_payment_is_not_cancelled(counter: Counter) -> None:
    for outcome, status in (("approve", Status.APPROVED), ("pending", Status.PENDING)):
        charge = counter.charge()
        created = counter.created(charge)
        counter.pays(created, outcome)
        counter.driver.cancel(created.gateway_id)
        assert counter.asks(created, charge).status is status


# -- ours and not ours ---------------------------------------------------------------------------


def test_payment_is_found_by_reference_where_it_can(counter: Counter) -> None:
    charge = counter.charge()
    absent = counter.driver.find(expected(charge))
    created = counter.created(charge)
    assert absent == NoVerdict(ErrorKind.UNKNOWN_PAYMENT)
    for outcome in ("", "approve"):
        if outcome:
            counter.pays(created, outcome)
        found = counter.driver.find(expected(charge))
        known = counter.asks(created, charge) if counter.can.finds_by_reference else absent
        assert found == known
    assert counter.asks(created, charge).status is Status.APPROVED


def test_repeated_reference_never_makes_a_second_payment_unseen(counter: Counter) -> None:
    charge = counter.charge()
    first = counter.created(charge)
    again = counter.driver.create(charge)
    assert isinstance(again, ExistsAlready | Created)
    assert counter.sessions(charge) == (1 if isinstance(again, ExistsAlready) else 2)
    if counter.can.idempotent_create:
        assert again == ExistsAlready()
    else:
        assert again != first


def test_answer_to_another_payment_is_never_a_verdict(counter: Counter) -> None:
    mine, theirs = counter.charge(), counter.charge("187450.36")
    paid = counter.created(theirs)
    counter.pays(paid, "approve")
    assert isinstance(counter.driver.query(paid.gateway_id, expected(mine)), Conflict | NoVerdict)
    cheaper = Expected(theirs.reference, mine.amount)
    wanted = Conflict(ErrorKind.AMOUNT_MISMATCH)
    assert counter.driver.query(paid.gateway_id, cheaper) == wanted
    if counter.can.finds_by_reference:
        assert counter.driver.find(cheaper) == wanted


def test_return_address_is_known_and_its_parameters_prove_nothing(counter: Counter) -> None:
    charge = counter.charge()
    created = counter.created(charge)
    forged = f"?id={created.gateway_id}&id_pago={charge.reference}&status=APPROVED&transactionState=OK"
    for here in ("", "/", forged, f"/{forged}#paid", "#paid", f"?ref={'A' * 9000}"):
        assert counter.driver.is_return(RETURN + here)
    assert counter.driver.is_return(RETURN.replace("kiosco", "KIOSCO"))
    for elsewhere in ("http://kiosco.invalid/retorno", f"{RETURN}2", f"{RETURN}/..", "https://kiosco.invalid/",
                      "https://kiosco.invalid:8443/retorno", "https://kiosco.invalid@pse.example/retorno",
                      f"https://pse.example/?{RETURN}", "https://[", "retorno", ""):  # fmt: skip
        assert not counter.driver.is_return(elsewhere)
    assert counter.asks(created, charge).status is counter.untouched


# -- when things go wrong ------------------------------------------------------------------------

# What is known then, and whether the gateway did it all the same.
TROUBLE = {
    "drop_before": (ErrorKind.NO_ANSWER, False),
    "http_500": (ErrorKind.SERVER, False),
    "html_500": (ErrorKind.SERVER, False),
    "drop_after": (ErrorKind.NO_ANSWER, True),
    "cut_body": (ErrorKind.NO_ANSWER, True),
    "delay": (ErrorKind.NO_ANSWER, True),
    "garbage": (ErrorKind.GARBAGE, True),
}


@pytest.mark.parametrize("kind", TROUBLE)
def test_spoilt_creation_may_exist_and_is_sent_once(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    error, made = TROUBLE[kind]
    charge = counter.charge()
    with monkeypatch.context() as meanwhile:
        if kind == "delay":
            hurry(meanwhile, "_CREATE")
        fault(counter.base, "create", kind, times=3, seconds=TOO_LATE)
        assert counter.driver.create(charge) == UnknownIfCreated(error)
    (waiting,) = setting(counter.base)["faults"]
    assert waiting["times"] == 2, "sent once"
    setting(counter.base, faults=None)
    assert counter.sessions(charge) == made
    found = counter.driver.find(expected(charge))
    if made and counter.can.finds_by_reference:
        assert verdict(found).event() is Event.SEEN_PENDING
        assert verdict(found).gateway_id
    else:
        assert found == NoVerdict(ErrorKind.UNKNOWN_PAYMENT)


@pytest.mark.parametrize("kind", TROUBLE)
def test_spoilt_query_says_nothing_and_the_next_one_does(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    charge = counter.charge()
    created = counter.created(charge)
    counter.pays(created, "approve")
    questions = [lambda: counter.driver.query(created.gateway_id, expected(charge))]
    if counter.can.finds_by_reference:
        questions.append(lambda: counter.driver.find(expected(charge)))
    for ask in questions:
        with monkeypatch.context() as meanwhile:
            if kind == "delay":
                hurry(meanwhile, "_ASK")
            fault(counter.base, "query", kind, seconds=TOO_LATE)
            assert ask() == NoVerdict(TROUBLE[kind][0])
        assert verdict(ask()).status is Status.APPROVED


def test_wrong_secret_creates_nothing_and_is_told_apart(counter: Counter) -> None:
    charge, other = counter.charge(), counter.kiosk(secret="of somebody else")
    refused = other.create(charge)
    assert isinstance(refused, NotCreated)
    assert refused.kind.staff_must_act
    assert counter.sessions(charge) == 0
    created = counter.created(charge)
    ours = expected(charge)
    asked = other.find(ours) if counter.can.finds_by_reference else other.query(created.gateway_id, ours)
    assert asked == NoVerdict(ErrorKind.AUTHENTICATION)


def test_server_that_is_away_was_asked_nothing(counter: Counter) -> None:
    away = counter.kiosk(base=f"http://127.0.0.1:{free_port()}")
    charge = counter.charge()
    assert away.create(charge) == NotCreated(ErrorKind.NOT_SENT)
    assert away.query("7", expected(charge)) == NoVerdict(ErrorKind.NOT_SENT)
    not_sent: tuple[object, ...] = (NoVerdict(ErrorKind.NOT_SENT),)
    assert (away.find(expected(charge)) in not_sent) is counter.can.finds_by_reference
    assert (away.banks() in not_sent) is counter.can.picks_bank_here
    assert (away.terms() in not_sent) is counter.can.wants_terms
    away.cancel("7")


# -- merchants of «Servicios Financieros» ---------------------------------------------------------


def test_a_merchant_of_that_category_names_the_beneficiary(counter: Counter) -> None:
    setting(counter.base, financial_services=True)
    charge = counter.charge()
    plain = counter.driver.create(charge)
    assert isinstance(plain, NotCreated) is counter.can.names_beneficiary
    if not counter.can.names_beneficiary:
        return
    driver = counter.kiosk(financial_services=True)
    nameless = driver.create(counter.charge())
    assert nameless == NotCreated(ErrorKind.INVALID_REQUEST), "the core did not say since when"
    named = replace(
        counter.charge(), opened_on=date(2015, 3, 9), beneficiary=Document(DocumentType.CC, "1900100101")
    )
    assert isinstance(driver.create(named), Created)
    assert (counter.sessions(charge), counter.sessions(named)) == (0, 1)


def test_a_merchant_of_no_category_says_no_more_than_before(counter: Counter) -> None:
    named = replace(
        counter.charge(), opened_on=date(2015, 3, 9), beneficiary=Document(DocumentType.CC, "1900100101")
    )
    assert isinstance(counter.driver.create(named), Created)
    assert "1900100101" not in str(sessions(counter.base, named.reference))
