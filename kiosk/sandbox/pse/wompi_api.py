"""Wompi's transactions API over the book: merchant, banks, create, query, search.

Source: Wompi's documentation for Colombia and answers of its sandbox that others recorded. Here the
bank's page decides, not the bank's number; the page's address comes a moment after the creation, as
it does there. Keys: the public one is the login, the others are made of the secret, see `profile`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for

from kiosk.cooperative.money import InvalidAmount, Money
from kiosk.sandbox.pse.banks import BANKS, PLACEHOLDER, PLACEHOLDER_CODE, bank_of
from kiosk.sandbox.pse.book import Book, Debit, DebitState, NewSession, PaymentSession
from kiosk.sandbox.pse.faults import Faults, GatewayOperation
from kiosk.sandbox.pse.settings import BankList, LiveSettings, Profile

_MERCHANT = 1190001
_LIFE = timedelta(minutes=30)
_PAGE_AFTER = timedelta(seconds=0.4)
_WORDS = {
    DebitState.AT_BANK: ("PENDING", None),
    DebitState.PENDING: ("PENDING", None),
    DebitState.APPROVED: ("APPROVED", None),
    DebitState.DECLINED: ("DECLINED", "Transacción rechazada por la entidad financiera"),
    DebitState.NO_FUNDS: ("DECLINED", "Fondos insuficientes"),
    DebitState.ABANDONED: ("DECLINED", "La transacción no fue terminada"),
    DebitState.CANCELLED: ("DECLINED", "La transacción fue cancelada por el usuario"),
    DebitState.FAILED: ("ERROR", "La transacción no se pudo realizar en el banco"),
}


def profile(secret: str) -> Profile:
    """The keys of a sandbox merchant, made of one secret."""
    return Profile(
        "/v1", "pub_test_kioskdemo", f"prv_test_{secret}", {"integrity": f"test_integrity_{secret}"}
    )


class _Refused(Exception):
    """An error answer: HTTP status and the `error` object."""

    def __init__(self, http: int, kind: str, **said: object) -> None:
        super().__init__(kind)
        self.http, self.error = http, {"type": kind, **said}


def _invalid(field: str, message: str) -> _Refused:
    return _Refused(422, "INPUT_VALIDATION_ERROR", messages={field: [message]})


class _Tokens:
    """Acceptance tokens: each is good for one creation. Thread-safe."""

    def __init__(self) -> None:
        self._good: set[str] = set()
        self._lock = threading.Lock()

    def fresh(self) -> str:
        token = f"eyJ{secrets.token_urlsafe(24)}"
        with self._lock:
            self._good.add(token)
        return token

    def burn(self, token: object) -> bool:
        """Whether it was good; it is not any more."""
        with self._lock:
            try:
                self._good.remove(str(token))
            except KeyError:
                return False
            return True


def api(book: Book, live: LiveSettings, faults: Faults) -> Blueprint:
    """The API under /v1, open to the faults set for it."""
    routes = Blueprint("wompi_api", __name__, url_prefix="/v1")
    calls = _Calls(book, live)
    routes.add_url_rule("/merchants/<key>", "merchant", calls.merchant)
    for method, rule, operation, view in (
        ("GET", "/pse/financial_institutions", GatewayOperation.BANKS, calls.banks),
        ("POST", "/transactions", GatewayOperation.CREATE, calls.create),
        ("GET", "/transactions", GatewayOperation.QUERY, calls.search),
        ("GET", "/transactions/<transaction>", GatewayOperation.QUERY, calls.query),
    ):
        routes.add_url_rule(rule, view.__name__, faults.in_the_way(operation, view), methods=[method])

    @routes.errorhandler(_Refused)
    def refused(refusal: _Refused) -> Response:
        answer = jsonify(error=refusal.error)
        answer.status_code = refusal.http
        return answer

    return routes


class _Calls:
    """One method per call."""

    def __init__(self, book: Book, live: LiveSettings) -> None:
        self._book, self._live = book, live
        self._tokens = _Tokens()

    def merchant(self, key: str) -> Response:
        if key != self._live.now.login:
            raise _Refused(404, "NOT_FOUND_ERROR", reason="La entidad solicitada no existe")
        return _answer(
            {
                "id": _MERCHANT,
                "name": self._live.now.merchant,
                "public_key": key,
                **_acceptances(self._tokens),
            }
        )

    def banks(self) -> Response:
        # Measured by others: any well-formed public key is given the list.
        self._bearer(self._live.now.login, like="pub_")
        entries = [(PLACEHOLDER_CODE, PLACEHOLDER), *((bank.code, bank.name) for bank in BANKS)]
        shown = [] if self._live.now.banks == BankList.EMPTY else entries
        return _answer([{"financial_institution_code": c, "financial_institution_name": n} for c, n in shown])

    def create(self) -> Response:
        self._bearer(self._live.now.login)
        body = _body()
        # The documentation asks for both; others measured that the second is not missed where it is absent.
        for field, needed in (("acceptance_token", True), ("accept_personal_auth", False)):
            if (needed or field in body) and not self._tokens.burn(body.get(field)):
                raise _invalid(field, "El token de aceptación no es válido o ya fue usado")
        asked = _new_session(body, self._keys.secrets["integrity"])
        if self._live.now.financial_services:
            _check_beneficiary(asked.request)
        if any(session.asked.reference == asked.reference for session in self._book.sessions()):
            raise _invalid("reference", "La referencia ya ha sido usada")
        session = self._book.open(asked)
        self._book.begin_debit(session.number, asked.request["financial_institution_code"], asked.company)
        return _answer(self._transaction_as_told(session.number), 201)

    def query(self, transaction: str) -> Response:
        number = transaction.rpartition("-")[2]
        session = self._book.session(int(number)) if number.isascii() and number.isdigit() else None
        if session is None or _id(session) != transaction:
            raise _Refused(404, "NOT_FOUND_ERROR", reason="La entidad solicitada no existe")
        return _answer(self._transaction_as_told(session.number))

    def search(self) -> Response:
        self._bearer(self._keys.secret)
        wanted = request.args.get("reference", "")
        found = [each.number for each in self._book.sessions() if each.asked.reference == wanted]
        return _answer([self._transaction_as_told(number) for number in found])

    def _transaction_as_told(self, number: int) -> dict[str, object]:
        told, code = _transaction_as_told(self._book, number), self._live.now.return_code
        if code != "SUCCESS":  # PSE would not begin it: final at once, and there is no page
            method = {**_part(told, "payment_method"), "extra": {"return_code": code}}
            told |= {"status": "ERROR", "status_message": "No se pudo crear", "payment_method": method}
        return told

    @property
    def _keys(self) -> Profile:
        return profile(self._live.now.secret_key)

    def _bearer(self, wanted: str, like: str = "") -> None:
        """Only this key, or any that looks `like` it."""
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if like and given.startswith(like):
            return
        if not hmac.compare_digest(given.encode(), wanted.encode()):
            raise _Refused(401, "INVALID_ACCESS_TOKEN", reason=f"La llave no es válida: {given}")


def _answer(data: object, http: int = 200) -> Response:
    answer = jsonify(data=data, meta={})
    answer.status_code = http
    return answer


def _acceptances(tokens: _Tokens) -> dict[str, object]:
    def one(kind: str, page: str) -> dict[str, str]:
        link = url_for("pages.document", name=page, _external=True)
        return {"acceptance_token": tokens.fresh(), "permalink": link, "type": kind}

    return {
        "presigned_acceptance": one("END_USER_POLICY", "reglamento"),
        "presigned_personal_data_auth": one("PERSONAL_DATA_AUTH", "datos"),
    }


def _body() -> dict[str, Any]:
    try:
        found = json.loads(request.get_data(), parse_float=Decimal)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _Refused(422, "UNPROCESSABLE", reason="El cuerpo no es un objeto JSON")
    return found


def _text(body: dict[str, Any], field: str, longest: int) -> str:
    value = body.get(field)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise _invalid(field, "Es obligatorio y de un largo permitido")
    return value


def _part(body: dict[str, Any], field: str) -> dict[str, Any]:
    value = body.get(field)
    if not isinstance(value, dict):
        raise _Refused(422, "UNPROCESSABLE", reason=f"Falta {field}")
    return value


def _check_beneficiary(method: dict[str, Any]) -> None:
    """What PSE wants of merchants of «Servicios Financieros»."""
    for field, pattern in (("reference_two", "[0-9]{8}"), ("reference_three", "[0-9A-Za-z]{4,20}")):
        if not re.fullmatch(pattern, str(method.get(field, ""))):
            raise _invalid(field, "Es obligatorio para comercios de Servicios Financieros")


def _new_session(body: dict[str, Any], integrity: str) -> NewSession:
    reference, currency = _text(body, "reference", 255), _text(body, "currency", 3)
    cents = body.get("amount_in_cents")
    if isinstance(cents, bool) or not isinstance(cents, int) or cents <= 0 or currency != "COP":
        raise _invalid("amount_in_cents", "Debe ser un entero positivo de centavos en COP")
    expected = hashlib.sha256(f"{reference}{cents}{currency}{integrity}".encode()).hexdigest()
    if not hmac.compare_digest(str(body.get("signature", "")).encode(), expected.encode()):
        raise _invalid("signature", "La firma es inválida")
    method, customer = _part(body, "payment_method"), _part(body, "customer_data")
    if method.get("type") != "PSE" or method.get("user_type") not in (0, 1):
        raise _invalid("payment_method", "Debe ser PSE de una persona (0) o una empresa (1)")
    if bank_of(_text(method, "financial_institution_code", 10)) is None:
        raise _invalid("financial_institution_code", "La entidad financiera no existe")
    for field, longest in (("user_legal_id", 20), ("user_legal_id_type", 4), ("payment_description", 30)):
        _text(method, field, longest)
    for field in ("full_name", "phone_number"):
        _text(customer, field, 100)
    now = datetime.now(UTC)
    back = f"{_text(body, 'redirect_url', 500)}?id={_MERCHANT}-{int(now.timestamp())}-{{number}}&env=test"
    try:
        amount = Money(Decimal(cents) / 100, currency)
    except InvalidAmount:
        raise _invalid("amount_in_cents", "El monto no es válido") from None
    return NewSession(
        reference=reference,
        description=method["payment_description"],
        amount=amount,
        return_url=back,
        cancel_url=back,
        expires_at=now + _LIFE,
        email=_text(body, "customer_email", 100),
        company=method["user_type"] == 1,
        request=method,
    )


def _id(session: PaymentSession) -> str:
    asked_at = session.asked.expires_at - _LIFE
    return f"{_MERCHANT}-{int(asked_at.timestamp())}-{session.number}"


def _transaction_as_told(book: Book, number: int) -> dict[str, object]:
    session = book.session(number)
    assert session is not None  # it was just written or read
    debit = session.debits[0]
    word, message = _WORDS[debit.state]
    asked = session.asked
    return {
        "id": _id(session),
        "created_at": _time(session.created_at),
        "finalized_at": _time(debit.decided_at) if word != "PENDING" else None,
        "amount_in_cents": int(asked.amount.amount * 100),
        "reference": asked.reference,
        "currency": asked.amount.currency,
        "customer_email": asked.email,
        "payment_method_type": "PSE",
        "payment_method": {**asked.request, "extra": _extra(session, debit)},
        "status": word,
        "status_message": message,
        "redirect_url": asked.return_url.partition("?")[0],
        "payment_link_id": None,
        "payment_source_id": None,
    }


def _extra(session: PaymentSession, debit: Debit) -> dict[str, object]:
    if datetime.now(UTC) - session.created_at < _PAGE_AFTER:
        return {}
    page = url_for("pages.bank", page_key=session.page_key, cus=debit.cus, _external=True)
    return {
        "ticket_id": str(debit.number),
        "return_code": "SUCCESS",
        "async_payment_url": page,
        "traceability_code": debit.cus,
        "external_identifier": debit.cus,
        "transaction_cycle": "1",
    }


def _time(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
