"""PlacetoPay's WebCheckout API over the book: create, query and cancel a session.

Source: the gateway's public API description. Where it is silent (a debit waiting at the bank
when the session is cancelled, the reason of an expired session) this sandbox picks the answer
that is hardest on a driver: a waiting debit stays and cannot be cancelled, "EX" is only a word.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from flask import Blueprint, Response, request, url_for

from kiosk.cooperative.money import Money
from kiosk.sandbox.pse.banks import bank_of
from kiosk.sandbox.pse.book import Book, Debit, DebitState, PaymentSession, SessionState
from kiosk.sandbox.pse.checkout_request import RefusedRequest, authenticate, new_session, read_json
from kiosk.sandbox.pse.faults import Faults, GatewayOperation
from kiosk.sandbox.pse.settings import DEMO_LOGIN, LiveSettings, Profile

COLOMBIA = timezone(timedelta(hours=-5))

_SESSION_WORDS = {
    SessionState.OPEN: ("PENDING", "PC", "La petición se encuentra activa"),
    SessionState.AT_BANK: ("PENDING", "PT", "La petición se encuentra pendiente"),
    SessionState.PENDING: ("PENDING", "PT", "La petición se encuentra pendiente"),
    SessionState.APPROVED: ("APPROVED", "00", "La petición ha sido aprobada exitosamente"),
    SessionState.CANCELLED_BY_PAYER: ("REJECTED", "?C", "La petición ha sido cancelada por el usuario"),
    SessionState.CANCELLED_BY_MERCHANT: ("REJECTED", "MC", "La petición ha sido cancelada por el comercio"),
    SessionState.EXPIRED: ("REJECTED", "EX", "La petición ha expirado"),
    SessionState.EXHAUSTED: ("REJECTED", "XN", "Se alcanzó el número máximo de intentos permitidos"),
}
_WAITING = (
    "PENDING",
    "?-",
    "Transacción pendiente. Por favor verificar si el débito fue realizado en el Banco.",
)
_DEBIT_WORDS = {
    DebitState.AT_BANK: _WAITING,
    DebitState.PENDING: _WAITING,
    DebitState.APPROVED: ("APPROVED", "00", "Aprobada"),
    DebitState.DECLINED: ("REJECTED", "05", "Rechazada por la entidad financiera"),
    DebitState.NO_FUNDS: ("REJECTED", "51", "Fondos insuficientes"),
    DebitState.FAILED: ("REJECTED", "?5", "La transacción no se realizó en el banco"),
    DebitState.ABANDONED: ("REJECTED", "?5", "La transacción no fue concluida en el banco"),
    DebitState.CANCELLED: ("REJECTED", "?C", "La transacción fue cancelada por el usuario"),
}
_OVER = {
    SessionState.APPROVED,
    SessionState.CANCELLED_BY_PAYER,
    SessionState.CANCELLED_BY_MERCHANT,
    SessionState.EXPIRED,
    SessionState.EXHAUSTED,
}


def profile(secret: str) -> Profile:
    """The one merchant."""
    return Profile("", DEMO_LOGIN, secret)


def api(book: Book, live: LiveSettings, faults: Faults) -> Blueprint:
    """The API's three calls, each open to the faults set for it."""
    routes = Blueprint("checkout_api", __name__)

    def authentic_body() -> dict[str, Any]:
        body = read_json(request.get_data(), request.mimetype)
        authenticate(body, live.now.login, live.now.secret_key, datetime.now(UTC))
        return body

    def existing(number: int) -> PaymentSession:
        session = book.session(number)
        if session is None:
            raise RefusedRequest(404, "request_not_valid", "No existe la sesión")
        return session

    def create() -> Response:
        category = live.now.financial_services
        session = book.open(
            new_session(authentic_body(), datetime.now(COLOMBIA), financial_services=category)
        )
        return _answer(
            {
                "status": _status("OK", "PC", "La petición se ha procesado correctamente"),
                "requestId": session.number,
                "processUrl": _process_url(session),
            }
        )

    def query(number: int) -> Response:
        authentic_body()
        return _answer(_session_as_told(existing(number), live.now.amount_as_text))

    def cancel(number: int) -> Response:
        authentic_body()
        existing(number)
        if not book.cancel_by_merchant(number):
            raise RefusedRequest(
                400, "action_not_allowed", "La sesión no se puede cancelar en su estado actual"
            )
        told = _session_as_told(existing(number), live.now.amount_as_text)
        return _answer({"status": _status("OK", "00", "La sesión ha sido cancelada"), "session": told})

    @routes.errorhandler(RefusedRequest)
    def refused(refusal: RefusedRequest) -> Response:
        return _answer({"status": _status("FAILED", refusal.reason, refusal.message)}, refusal.http)

    calls = (
        ("/api/session", GatewayOperation.CREATE, create),
        ("/api/session/<int:number>", GatewayOperation.QUERY, query),
        ("/api/session/<int:number>/cancel", GatewayOperation.CANCEL, cancel),
    )
    for rule, operation, view in calls:
        routes.add_url_rule(rule, operation.value, faults.in_the_way(operation, view), methods=["POST"])
    refuse = _no_transaction(authentic_body)
    routes.add_url_rule("/api/reverse", "reverse", refuse, methods=["POST"])
    routes.add_url_rule("/api/transaction", "transaction", refuse, methods=["POST"])
    return routes


def _no_transaction(authentic_body: Callable[[], object]) -> Callable[[], Response]:
    """A debit of PSE can neither be taken back nor asked for by the transaction's number."""

    def refuse() -> Response:
        authentic_body()
        raise RefusedRequest(400, "request_not_valid", "No existe la transacción que busca")

    return refuse


def _status(word: str, reason: int | str, message: str, at: datetime | None = None) -> dict[str, object]:
    date = (at or datetime.now(UTC)).astimezone(COLOMBIA).isoformat(timespec="seconds")
    return {"status": word, "reason": reason, "message": message, "date": date}


def _process_url(session: PaymentSession) -> str:
    return url_for("pages.hosted", number=session.number, page_key=session.page_key, _external=True)


def _session_as_told(session: PaymentSession, as_text: bool) -> dict[str, object]:
    process = {"keyword": "_processUrl_", "value": _process_url(session), "displayOn": "none"}
    asked = dict(session.asked.request)
    asked["payment"] = {**asked["payment"], "amount": _amount(session.asked.amount, as_text)}
    asked["fields"] = [*asked["fields"], process]
    tried = [_transaction(session, debit, as_text) for debit in session.debits]
    return {
        "requestId": session.number,
        "status": _status(
            *_SESSION_WORDS[session.state], at=session.since if session.state in _OVER else None
        ),
        "request": asked,
        "payment": tried or None,
        "subscription": None,
    }


def _transaction(session: PaymentSession, debit: Debit, as_text: bool) -> dict[str, object]:
    bank = bank_of(debit.bank)
    amount = _amount(session.asked.amount, as_text)
    return {
        "status": _status(*_DEBIT_WORDS[debit.state], at=debit.decided_at or debit.started_at),
        "internalReference": debit.number,
        "reference": session.asked.reference,
        "paymentMethod": "pse",
        "paymentMethodName": "Cuentas débito ahorro y corriente (PSE)",
        "issuerName": bank.name if bank else "",
        "amount": {"from": amount, "to": amount, "factor": 1},
        "authorization": debit.cus,
        "receipt": str(debit.number),
        "franchise": "_PSE_",
        "refunded": False,
        "processorFields": [
            {"keyword": "merchantCode", "value": "860000000", "displayOn": "none"},
            {"keyword": "terminalNumber", "value": "00057742", "displayOn": "none"},
            {"keyword": "transactionCycle", "value": 1, "displayOn": "none"},
            {"keyword": "trazabilyCode", "value": debit.cus, "displayOn": "none"},
        ],
    }


class _Number(str):
    """A decimal text that goes out as a JSON number: no float in between."""


def _amount(money: Money, as_text: bool) -> dict[str, object]:
    text = money.wire()
    return {"currency": money.currency, "total": text if as_text else _Number(text.removesuffix(".00"))}


def _answer(told: dict[str, object], http: int = 200) -> Response:
    # json cannot write a Decimal; numbers travel as marked texts and lose their quotes at the end.
    mark = secrets.token_hex(8)

    def marked(value: object) -> object:
        if isinstance(value, _Number):
            return f"{mark}{value}"
        if isinstance(value, dict):
            return {name: marked(each) for name, each in value.items()}
        return [marked(each) for each in value] if isinstance(value, list) else value

    text = json.dumps(marked(told), ensure_ascii=False)
    body = re.sub(rf'"{mark}([0-9.]+)"', r"\1", text)
    return Response(body.encode(), http, mimetype="application/json")
