"""Wompi (Bancolombia): PSE by its transactions API. The bank is picked at the kiosk.

Sources: Wompi's documentation for Colombia (payment methods, acceptance tokens, sandbox data, keys,
errors, queries) and raw answers of its sandbox that others recorded. Where they are silent: how long
a pending PSE transaction lives, whether `payment_description` may have more than 30 characters,
whether a PSE debit can be voided, and in which order a search by reference answers. A repeated
reference is refused, so a lost creation is found by searching for ours with the private key; an
empty search proves nothing, because nobody says how soon a transaction can be found.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from kiosk.cooperative.member import HolderKind
from kiosk.cooperative.money import Money
from kiosk.pse.declaration import Declaration, Further
from kiosk.pse.gateway import (
    Abilities,
    Answer,
    Bank,
    Charge,
    Conflict,
    Connection,
    Created,
    Creation,
    ErrorKind,
    ExistsAlready,
    Expected,
    NotCreated,
    NoVerdict,
    Terms,
    UnknownIfCreated,
    Verdict,
    account_of,
    bank_list,
)
from kiosk.pse.gateway_line import GatewayLine, patient
from kiosk.pse.wire import (
    mapping,
    read_object,
    refused_before_work,
    rows,
    same_place,
    text,
    web_address,
    written,
)
from kiosk.pse.wompi_reading import (
    UNPAID,
    approved_of,
    failure,
    page_of,
    said_cus,
    said_of,
    transaction_verdict,
    word_of,
)
from kiosk.transport import Reply, Timeouts

log = logging.getLogger(__name__)

_SOON = Timeouts(connect=3, answer=5)
_PAGE_TRIES, _PAGE_PAUSE, _PAGE_WITHIN = 20, 1.0, 20.0
"""The bank's address comes with a later query: seen after 0.2 to 5 seconds."""
_USED_ALREADY = re.compile(r"\bya\b|usad|utilizad|used|taken|existe|duplica", re.IGNORECASE)
"""Against a complaint about the reference's form («No cumple con el formato»)."""
_DOCUMENTS = (
    ("presigned_acceptance", "acceptance_token", "Reglamento de usuarios de Wompi"),
    ("presigned_personal_data_auth", "accept_personal_auth", "Autorización de datos personales de Wompi"),
)
"""Member of the merchant's data, field of the creation, and what the payer is asked to accept."""


class Wompi:
    """One merchant. `login` is the public key, `secret` the private one, `integrity` signs creations."""

    name = "wompi"
    declares = Declaration(
        title="Wompi",
        address="https://production.wompi.co/v1",
        login_is="the public key",
        key_is="the private key",
        test_hosts=frozenset({"sandbox.wompi.co"}),
        secrets=(Further("integrity", "Secreto de integridad de Wompi", "Wompi: signs creations"),),
    )
    abilities = Abilities(
        picks_bank_here=True,
        finds_by_reference=True,
        absence_proves_unpaid=False,
        idempotent_create=True,
        cancels=False,
        other_device=True,
        wants_terms=True,
        address_only_ours=True,  # the bank's address is in answers to our own queries only
        names_beneficiary=True,
    )

    def __init__(self, connection: Connection, pause: Callable[[float], None] = time.sleep) -> None:
        self._line = GatewayLine(connection.transport, connection.clock)
        self._public, self._private = connection.login, connection.secret
        self._integrity = connection.secret_named("integrity")
        self._return_url = connection.return_url
        self._hosts = connection.page_hosts
        self._pause = pause
        self._financial_services = connection.financial_services
        self.account = account_of(self.name, self._line.base_url, self._public)

    @property
    def skew(self) -> timedelta | None:
        """How far the gateway's clock is ahead of ours; None before its first answer."""
        return self._line.skew

    def measure_skew(self) -> None:
        """Ask the gateway's host for the hour."""
        self._line.measure_skew()

    def __repr__(self) -> str:
        return f"Wompi({self._line.base_url})"

    def banks(self) -> tuple[Bank, ...] | NoVerdict:
        """PSE's institutions as Wompi lists them."""
        reply = self._get_answer("/pse/financial_institutions", self._public)
        if isinstance(reply, NoVerdict):
            return reply
        found = rows(mapping(read_object(reply.body)).get("data"))
        if reply.status != 200 or not found:
            return NoVerdict(failure(reply.status, read_object(reply.body)))
        return bank_list(
            (text(bank.get("financial_institution_code")), text(bank.get("financial_institution_name")))
            for bank in found
        )

    def terms(self) -> tuple[Terms, ...] | NoVerdict:
        """The two documents that come with the acceptance tokens."""
        merchant = self._merchant()
        if isinstance(merchant, NoVerdict):
            return merchant
        found = [(title, web_address(mapping(merchant.get(part)).get("permalink")))
                 for part, _, title in _DOCUMENTS]  # fmt: skip
        terms = tuple(Terms(title, url) for title, url in found if url)
        return terms if len(terms) == len(_DOCUMENTS) else NoVerdict(ErrorKind.GARBAGE)

    def create(self, charge: Charge) -> Creation:
        """Fetch fresh acceptance tokens, create once, then ask for the bank's address."""
        if charge.bank is None:
            return NotCreated(ErrorKind.INVALID_REQUEST)
        if self._financial_services and (charge.opened_on is None or charge.beneficiary is None):
            log.error("%s: the core must name openingDate and document of the member", charge.reference)
            return NotCreated(ErrorKind.INVALID_REQUEST)
        merchant = self._merchant()
        if isinstance(merchant, NoVerdict):
            return NotCreated(merchant.kind)  # nothing was asked for yet
        tokens = {
            field: text(mapping(merchant.get(part)).get("acceptance_token")) for part, field, _ in _DOCUMENTS
        }
        body = written({**tokens, **self._transaction(charge, charge.bank)})
        reply = self._line.create("/transactions", body, _bearer(self._public))
        if isinstance(reply, NotCreated | UnknownIfCreated):
            return reply
        created = self.read_creation(reply.status, reply.body, charge.reference)
        if isinstance(created, Created) and created.redirect_url is None:
            return self._with_page(created, Expected(charge.reference, charge.amount))
        return created

    def _with_page(self, created: Created, expected: Expected) -> Created | NotCreated:
        """The same with the bank's address. A refusal by the scheme itself is final and moved nothing."""
        until = time.monotonic() + _PAGE_WITHIN  # the member stands and waits, and so does the money lane
        for _ in range(_PAGE_TRIES):
            if time.monotonic() > until:
                break
            answer = self._query(created.gateway_id, expected, _SOON)
            if isinstance(answer, Verdict) and answer.refused and not answer.redirect_url:
                return NotCreated(answer.refused)
            if isinstance(answer, Verdict) and (answer.redirect_url or answer.final):
                return Created(created.gateway_id, answer.redirect_url)
            if isinstance(answer, Conflict):
                break
            self._pause(_PAGE_PAUSE)
        return created

    def query(self, gateway_id: str, expected: Expected) -> Answer:
        """The transaction's state."""
        return self._query(gateway_id, expected)

    def _query(self, gateway_id: str, expected: Expected, timeouts: Timeouts | None = None) -> Answer:
        reply = self._get_answer(
            f"/transactions/{quote(gateway_id, safe='')}", self._public, timeouts=timeouts
        )
        if isinstance(reply, NoVerdict):
            return reply
        return patient(self.read_query(reply.status, reply.body, expected), reply)

    def find(self, expected: Expected) -> Answer:
        """The transactions of our reference; wants the private key."""
        reply = self._get_answer("/transactions", self._private, {"reference": expected.reference})
        if isinstance(reply, NoVerdict):
            return reply
        return patient(self.read_found(reply.status, reply.body, expected), reply)

    def cancel(self, gateway_id: str) -> None:
        """The contract has no such call: an abandoned debit ends by itself."""

    @staticmethod
    def read_creation(status: int, body: bytes, reference: str) -> Creation:
        """201 with an id is created. A refusal says that nothing was made, whoever wrote it: the gateway, or
        a firewall in front of it. Where the request may have been carried out nobody knows.

        An empty `reference` is not compared.
        """
        found = read_object(body)
        made = mapping(mapping(found).get("data"))
        if status in (200, 201):
            gateway_id = text(made.get("id"))
            if gateway_id and (not reference or text(made.get("reference")) == reference):
                return Created(gateway_id, page_of(made))
            return UnknownIfCreated(ErrorKind.REFERENCE_MISMATCH if gateway_id else ErrorKind.GARBAGE)
        error = mapping(mapping(found).get("error"))
        kind = failure(status, found)
        if not refused_before_work(status):
            return UnknownIfCreated(kind)
        if _USED_ALREADY.search(said_of(error, "reference")):
            return ExistsAlready()
        return NotCreated(ErrorKind.INVALID_REQUEST if kind is ErrorKind.UNKNOWN_PAYMENT else kind)

    @staticmethod
    def read_query(status: int, body: bytes, expected: Expected) -> Answer:
        """One transaction under `data`."""
        found = read_object(body)
        data = mapping(found).get("data")
        if status != 200 or not isinstance(data, dict):
            return NoVerdict(failure(status, found))
        return transaction_verdict(data, expected)

    @staticmethod
    def read_found(status: int, body: bytes, expected: Expected) -> Answer:
        """A list under `data`: every transaction of ours counts, not the newest.

        Approved ones decide; else one that is open, annulled or of an unlisted word keeps it from ending.
        """
        found = read_object(body)
        data = mapping(found).get("data")
        if status != 200 or not isinstance(data, list):
            return NoVerdict(failure(status, found))
        ours = [each for each in rows(data) if text(each.get("reference")) == expected.reference]
        if not ours:
            return NoVerdict(ErrorKind.UNKNOWN_PAYMENT)
        ours.sort(key=lambda each: text(each.get("created_at")), reverse=True)
        ended = frozenset(cus for each in ours if word_of(each) in UNPAID for cus in said_cus(each))
        if approved := [each for each in ours if word_of(each) == "APPROVED"]:
            voided = [each for each in ours if word_of(each) == "VOIDED"]
            return _with_ended(approved_of(approved, voided, expected), ended)
        going = [each for each in ours if word_of(each) not in UNPAID]  # it may hold the money
        going.sort(key=lambda each: word_of(each) != "PENDING")
        return _with_ended(transaction_verdict((going or ours)[0], expected), ended)

    def is_return(self, url: str) -> bool:
        """Whether it is our return address; the id that Wompi adds is not looked at."""
        return same_place(url, self._return_url)

    def allowed_hosts(self) -> frozenset[str]:
        """The gateway's own host, and PSE's and the banks' from the settings."""
        return self._hosts | {self._line.host}

    # -- wire -----------------------------------------------------------------------------

    def _get_answer(
        self, path: str, key: str, query: Mapping[str, str] | None = None, timeouts: Timeouts | None = None
    ) -> Reply | NoVerdict:
        return self._line.ask("GET", path, query=query, headers=_bearer(key), timeouts=timeouts)

    def _merchant(self) -> Mapping[str, Any] | NoVerdict:
        # The public key is part of the path, which is logged: it is public by its name and use.
        reply = self._get_answer(f"/merchants/{quote(self._public, safe='')}", self._public)
        if isinstance(reply, NoVerdict):
            return reply
        data = mapping(mapping(read_object(reply.body)).get("data"))
        tokens = [text(mapping(data.get(part)).get("acceptance_token")) for part, *_ in _DOCUMENTS]
        if reply.status == 200 and all(tokens):
            return data
        return NoVerdict(failure(reply.status, read_object(reply.body)))

    def _transaction(self, charge: Charge, bank: Bank) -> dict[str, object]:
        holder = charge.holder
        return {
            "amount_in_cents": _cents(charge.amount),
            "currency": charge.amount.currency,
            "customer_email": holder.email,
            "reference": charge.reference,
            "signature": signature(charge.reference, charge.amount, self._integrity),
            "redirect_url": self._return_url,
            "payment_method": {
                "type": "PSE",
                "user_type": 1 if holder.kind is HolderKind.COMPANY else 0,
                "user_legal_id_type": holder.document.type.value,
                "user_legal_id": holder.document.number,
                "financial_institution_code": bank.code,
                "payment_description": charge.description[:30],
                "reference_one": charge.ip_address,
                **self._beneficiary(charge),
            },
            "customer_data": {"full_name": holder.name, "phone_number": holder.mobile},
        }

    def _beneficiary(self, charge: Charge) -> dict[str, str]:
        """What PSE wants of merchants of «Servicios Financieros» beside the payer's address."""
        if not (self._financial_services and charge.opened_on and charge.beneficiary):
            return {}
        opened = charge.opened_on.strftime("%Y%m%d")
        return {"reference_two": opened, "reference_three": charge.beneficiary.number}


def _with_ended(answer: Answer, ended: frozenset[str]) -> Answer:
    return replace(answer, ended_cus=ended) if isinstance(answer, Verdict) else answer


def signature(reference: str, amount: Money, integrity: str) -> str:
    """Lower-case hex SHA-256 of reference, cents, currency and the integrity secret, joined."""
    return hashlib.sha256(f"{reference}{_cents(amount)}{amount.currency}{integrity}".encode()).hexdigest()


def _cents(amount: Money) -> int:
    return int(amount.amount * 100)


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
