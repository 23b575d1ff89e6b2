"""PlacetoPay WebCheckout (Evertec), restricted to PSE.

Sources: placetopay-org/placetopay-docs (checkout API, authentication, create session, query,
cancel) and the fixtures of dnetix/redirection. Where they are silent: the reason of an expired
session is known by its message only (`EX` is a guess), nothing says what happens to a debit that
still waits at the bank when its session expires, a repeated `reference` is not refused, and the
codes of PPT documents are unknown (such a document is left out of the buyer's data). A lost
creation can not be looked up: there is no search by reference.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

from kiosk.cooperative.bogota import BOGOTA
from kiosk.cooperative.member import AccountHolder, DocumentType, HolderKind
from kiosk.pse.declaration import Declaration
from kiosk.pse.gateway import (
    Abilities,
    Answer,
    Bank,
    Charge,
    Connection,
    Created,
    Creation,
    ErrorKind,
    Expected,
    NotCreated,
    NoVerdict,
    Terms,
    UnknownIfCreated,
    Verdict,
    account_of,
)
from kiosk.pse.gateway_line import GatewayLine, patient
from kiosk.pse.placetopay_reading import (
    Said,
    attempts_of,
    conflict,
    failure,
    not_ours,
    session_verdict,
)
from kiosk.pse.wire import (
    mapping,
    read_object,
    refused_before_work,
    same_place,
    text,
    web_address,
    written,
)

log = logging.getLogger(__name__)

_DOCUMENTS = {
    DocumentType.CC: ("CC", r"[1-9][0-9]{3,9}"),
    DocumentType.CE: ("CE", r"([a-zA-Z]{1,5})?[1-9][0-9]{3,7}"),
    DocumentType.TI: ("TI", r"[1-9][0-9]{4,11}"),
    DocumentType.NIT: ("NIT", r"[1-9][0-9]{6,9}"),
    DocumentType.PA: ("PPN", r"[a-zA-Z0-9_]{4,16}"),
}
"""The gateway's words and published patterns. What it would refuse is left out: its page asks the payer."""


class PlacetoPay:
    """One merchant at one PlacetoPay site. `clock` tells aware instants; secrets never leave `_auth`."""

    name = "placetopay"
    declares = Declaration(
        title="PlacetoPay",
        address="https://checkout.placetopay.com",
        login_is="the site's login",
        key_is="its secretKey",
        test_hosts=frozenset({"checkout-test.placetopay.com"}),
        clock_off=timedelta(minutes=5),  # authentication: the seed's difference to their clock
        shortest_session=timedelta(minutes=5),  # create session: `expiration`
    )
    abilities = Abilities(
        picks_bank_here=False,
        finds_by_reference=False,
        absence_proves_unpaid=False,
        idempotent_create=False,
        cancels=True,
        other_device=True,
        address_only_ours=True,  # processUrl is in the answer to us and nowhere else
        names_beneficiary=True,
    )

    def __init__(self, connection: Connection) -> None:
        self._line = GatewayLine(connection.transport, connection.clock)
        self._login, self._secret = connection.login, connection.secret
        self._return_url = connection.return_url
        self._hosts = connection.page_hosts
        self._financial_services = connection.financial_services
        self.account = account_of(self.name, self._line.base_url, self._login)

    def __repr__(self) -> str:
        return f"PlacetoPay({self._line.base_url})"

    @property
    def skew(self) -> timedelta | None:
        """How far the gateway's clock is ahead of ours; None before its first answer."""
        return self._line.skew

    def measure_skew(self) -> None:
        """Ask the gateway's host for the hour."""
        self._line.measure_skew()

    def banks(self) -> tuple[Bank, ...]:
        """None: the payer picks the bank on the hosted page."""
        return ()

    def terms(self) -> tuple[Terms, ...]:
        """None: the hosted page shows its own."""
        return ()

    def create(self, charge: Charge) -> Creation:
        """Open a session. Repeated once only where a refusal says that our clock is wrong."""
        return self._create(charge, again=False)

    def _create(self, charge: Charge, *, again: bool) -> Creation:
        if self._financial_services and (charge.opened_on is None or charge.beneficiary is None):
            log.error("%s: the core must name openingDate and document of the member", charge.reference)
            return NotCreated(ErrorKind.INVALID_REQUEST)
        reply = self._line.create("/api/session", self._signed(self._session(charge)))
        if isinstance(reply, NotCreated | UnknownIfCreated):
            return reply
        created = self.read_creation(reply.status, reply.body, charge.reference)
        if created == NotCreated(ErrorKind.CLOCK) and not again:
            return self._create(charge, again=True)
        return created

    def query(self, gateway_id: str, expected: Expected) -> Answer:
        """The session's state. A clock fault is corrected by the server's date, once."""
        path = f"/api/session/{quote(gateway_id, safe='')}"
        answer = self._ask_state(path, expected)
        wrong_clock = isinstance(answer, NoVerdict) and answer.kind is ErrorKind.CLOCK
        return self._ask_state(path, expected) if wrong_clock else answer

    def _ask_state(self, path: str, expected: Expected) -> Answer:
        reply = self._line.ask("POST", path, self._signed({}))
        if isinstance(reply, NoVerdict):
            return reply
        return patient(self.read_query(reply.status, reply.body, expected), reply)

    def find(self, expected: Expected) -> Answer:  # noqa: ARG002 - the contract has no such search
        """There is no search by reference."""
        return NoVerdict(ErrorKind.UNKNOWN_PAYMENT)

    def cancel(self, gateway_id: str) -> None:
        """Ask to close an open session; refused while a debit waits at the bank."""
        path = f"/api/session/{quote(gateway_id, safe='')}/cancel"
        if isinstance(self._line.ask("POST", path, self._signed({})), NoVerdict):
            log.warning("cancel: no answer")

    @staticmethod
    def read_creation(status: int, body: bytes, reference: str) -> Creation:  # noqa: ARG004 - not in it
        """What an answer to a creation means.

        A refusal says that nothing was made, whoever wrote it: the gateway, its framework, or a firewall in
        front of it. Only where the request may have been carried out all the same nobody knows.
        """
        found = read_object(body)
        said = Said.of(found)
        if found is not None and status < 300 and said.word == "OK":
            gateway_id, url = text(found.get("requestId")), web_address(found.get("processUrl"))
            if gateway_id and url:
                return Created(gateway_id, url)
            return UnknownIfCreated(ErrorKind.GARBAGE)
        kind = failure(status, found)
        refused = refused_before_work(status)
        if refused or (found is not None and said.word == "FAILED" and status < 500):
            return NotCreated(ErrorKind.INVALID_REQUEST if kind is ErrorKind.UNKNOWN_PAYMENT else kind)
        return UnknownIfCreated(kind if status >= 400 else ErrorKind.GARBAGE)

    @staticmethod
    def read_query(status: int, body: bytes, expected: Expected) -> Answer:
        """What an answer to a query says of our payment. Never raises; never believes what is not ours."""
        found = read_object(body)
        if found is None or status != 200:
            return NoVerdict(failure(status, found))
        said = Said.of(found)
        if said.word in ("FAILED", "OK", ""):
            return NoVerdict(failure(status, found) if said.word == "FAILED" else ErrorKind.UNKNOWN_STATUS)
        attempts = attempts_of(found.get("payment"))
        if kind := not_ours(mapping(found.get("request")), expected):
            return conflict(kind, attempts)
        answer = session_verdict(said, attempts, expected)
        if isinstance(answer, Verdict):
            return replace(answer, gateway_id=text(found.get("requestId")) or None)
        return answer

    @staticmethod
    def read_found(status: int, body: bytes, expected: Expected) -> Answer:  # noqa: ARG004
        """No such answer exists: there is no search by reference."""
        return NoVerdict(ErrorKind.UNKNOWN_PAYMENT)

    def is_return(self, url: str) -> bool:
        """Whether it is our return address; parameters are not looked at."""
        return same_place(url, self._return_url)

    def allowed_hosts(self) -> frozenset[str]:
        """The gateway's own host and those of PSE and banks in the settings."""
        return self._hosts | {self._line.host}

    # -- wire -----------------------------------------------------------------------------

    def _signed(self, content: Mapping[str, object]) -> bytes:
        return written({"auth": self._auth(), **content})

    def _auth(self) -> dict[str, str]:
        seed = self._line.clock.now().astimezone(BOGOTA).isoformat(timespec="seconds")
        return authentication(self._login, self._secret, secrets.token_hex(16), seed)

    def _session(self, charge: Charge) -> dict[str, object]:
        back = f"{self._return_url}?ref={quote(charge.reference, safe='')}"
        ends = charge.expires_at + (self._line.clock.now() - self._line.clock.ours())
        return {
            "locale": "es_CO",
            "buyer": _buyer(charge.holder),
            "payment": {
                "reference": charge.reference,
                "description": charge.description,
                "amount": {"currency": charge.amount.currency, "total": charge.amount},
                "allowPartial": False,
            },
            "paymentMethod": "pse",
            "expiration": ends.astimezone(BOGOTA).isoformat(timespec="seconds"),
            "skipResult": True,
            "returnUrl": back,
            "cancelUrl": back,
            "ipAddress": charge.ip_address,
            "userAgent": charge.user_agent,
            **self._metadata(charge),
        }

    def _metadata(self, charge: Charge) -> dict[str, object]:
        """What PSE wants of merchants of «Servicios Financieros» (checkout/metadata of the documentation)."""
        if not (self._financial_services and charge.opened_on and charge.beneficiary):
            return {}
        opened, owner = charge.opened_on.isoformat(), charge.beneficiary.number
        return {"metadata": {"openingDate": opened, "beneficiaryId": owner}}


def authentication(login: str, secret_key: str, raw: str, seed: str) -> dict[str, str]:
    """The `auth` member: tranKey = Base64(SHA-256(raw nonce + seed + secret)), nonce in Base64."""
    digest = hashlib.sha256((raw + seed + secret_key).encode()).digest()
    return {
        "login": login,
        "tranKey": base64.b64encode(digest).decode(),
        "nonce": base64.b64encode(raw.encode()).decode(),
        "seed": seed,
    }


def _buyer(holder: AccountHolder) -> dict[str, str]:
    words = holder.name.split()
    middle = max(1, len(words) // 2)
    company = holder.kind is HolderKind.COMPANY or len(words) < 2
    buyer = {
        "name": (holder.name if company else " ".join(words[:middle]))[:60],
        "email": holder.email,
        "mobile": holder.mobile,
    }
    if not company:
        buyer["surname"] = " ".join(words[middle:])[:60]
    word, pattern = _DOCUMENTS.get(holder.document.type, ("", ""))
    if word and re.fullmatch(pattern, holder.document.number):
        buyer |= {"documentType": word, "document": holder.document.number}
    return buyer
