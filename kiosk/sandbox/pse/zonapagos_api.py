"""ZonaPAGOS' REST "ciclo de pago" over the book: InicioPago and VerificacionPago.

Source: the vendor's documentation repository (endpoints, formats, states, common errors). The
hosted page, PSE's portal and the bank are the sandbox's own. As there, HTTP 200 carries success and
refusal, every attempt is one record of text, and a page nobody began answers 888.
"""

from __future__ import annotations

import hmac
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for

from kiosk.cooperative.money import InvalidAmount, Money
from kiosk.sandbox.pse.banks import bank_of
from kiosk.sandbox.pse.book import Book, Debit, DebitState, NewSession, PaymentSession
from kiosk.sandbox.pse.faults import Faults, GatewayOperation
from kiosk.sandbox.pse.settings import LiveSettings, Profile

_MERCHANT, _SERVICE = 90001, "2701"
_LIFE = timedelta(minutes=30)
_COLOMBIA = timezone(timedelta(hours=-5))
_SERVICE_CODE, _RETURN_URL = 50, 104
_STATES = {
    DebitState.AT_BANK: "999",
    DebitState.PENDING: "999",
    DebitState.APPROVED: "1",
    DebitState.DECLINED: "1000",
    DebitState.NO_FUNDS: "1000",
    DebitState.CANCELLED: "1000",
    DebitState.ABANDONED: "1000",
    DebitState.FAILED: "1001",
}
_TEXTS = {"str_descripcion_pago": 70, "str_email": 70, "str_id_cliente": 30, "str_nombre_cliente": 50}


def profile(secret: str) -> Profile:
    """The one merchant."""
    options = {"merchant": str(_MERCHANT), "service_code": _SERVICE}
    return Profile("/Apis_CicloPago/api", "CoopDemo01", secret, options=options)


class _NotTaken(Exception):
    """InicioPago answers code 2."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


_NO_CLUE = "Object reference not set to an instance of an object."


def api(book: Book, live: LiveSettings, faults: Faults) -> Blueprint:
    """Both calls, each open to the faults set for it."""
    routes = Blueprint("zonapagos_api", __name__, url_prefix="/Apis_CicloPago/api")

    def start() -> Response:
        body = _body()
        if isinstance(body, Response):
            return body
        try:
            asked = _new_session(body, live)
            if any(session.asked.reference == asked.reference for session in book.sessions()):
                raise _NotTaken("str_id_pago ya existe")
        except _NotTaken as refusal:
            return _started(2, None, refusal.said)
        session = book.open(asked)
        page = url_for("pages.hosted", number=session.number, page_key=session.page_key, _external=True)
        return _started(1, page)

    def verify() -> Response:
        body = _body()
        if isinstance(body, Response):
            return body
        given = {name.lower(): value for name, value in body.items()}  # the real one ignores case
        known = (given.get("int_id_comercio"), given.get("str_usr_comercio"), given.get("str_pwd_comercio"))
        if not _authentic(live, *known):
            return jsonify(int_estado=2, int_error=-1, str_detalle="Credenciales inválidas",
                           int_cantidad_pagos=0, str_res_pago=None)  # fmt: skip
        wanted = str(given.get("str_id_pago"))
        session = next((each for each in book.sessions() if each.asked.reference == wanted), None)
        records = _records(session) if session else []
        listed = "|;|".join(["|".join(record) for record in records] + [""]) if records else ""
        return jsonify(int_estado=1, int_error=0, str_detalle=None, int_cantidad_pagos=len(records),
                       str_res_pago=listed)  # fmt: skip

    for rule, operation, view in (
        ("/InicioPago", GatewayOperation.CREATE, start),
        ("/VerificacionPago", GatewayOperation.QUERY, verify),
    ):
        routes.add_url_rule(rule, view.__name__, faults.in_the_way(operation, view), methods=["POST"])
    return routes


def _started(code: int, url: str | None, said: str = "") -> Response:
    return jsonify(int_codigo=code, str_cod_error="", str_descripcion_error=said, str_url=url)


def _body() -> dict[str, Any] | Response:
    if request.mimetype != "application/json":
        return Response("Unsupported Media Type", 415)
    try:
        found = json.loads(request.get_data(), parse_float=Decimal)
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else Response("Bad Request", 400)


def _authentic(live: LiveSettings, merchant: object, user: object, password: object) -> bool:
    now = live.now
    return merchant == _MERCHANT and user == now.login and hmac.compare_digest(
        str(password).encode(), now.secret_key.encode()
    )  # fmt: skip


def _part(body: dict[str, Any], name: str, kind: type) -> Any:
    value = body.get(name)
    if not isinstance(value, kind):
        raise _NotTaken(_NO_CLUE)
    return value


def _new_session(body: dict[str, Any], live: LiveSettings) -> NewSession:
    payment = _part(body, "InformacionPago", dict)
    security = _part(body, "InformacionSeguridad", dict)
    _part(body, "AdicionalesPago", list)
    configured = _part(body, "AdicionalesConfiguracion", list)
    reference = payment.get("str_id_pago")
    amount = _amount(payment.get("flt_total_con_iva"))
    texts = {name: payment.get(name) for name in _TEXTS}
    if (
        amount is None
        or not isinstance(reference, str)
        or not all(_fits(texts[n], _TEXTS[n]) for n in _TEXTS)
    ):
        raise _NotTaken(_NO_CLUE)
    user, password = security.get("str_usuario"), security.get("str_clave")
    if not _authentic(live, security.get("int_id_comercio"), user, password):
        raise _NotTaken(_NO_CLUE)
    options = {each.get("int_codigo"): each.get("str_valor") for each in configured if isinstance(each, dict)}
    if options.get(_SERVICE_CODE) != _SERVICE:
        raise _NotTaken("Código 50 requerido")
    if not isinstance(options.get(_RETURN_URL), str):
        raise _NotTaken(_NO_CLUE)
    if not re.fullmatch(r"[1-9A-Za-z][0-9A-Za-z-]{0,29}", reference):  # the vendor's examples carry hyphens
        raise _NotTaken("str_id_pago no es válido")
    back = f"{options[_RETURN_URL]}?id_comercio={_MERCHANT}&id_pago={reference}"
    return NewSession(
        reference=reference,
        description=str(texts["str_descripcion_pago"]),
        amount=amount,
        return_url=back,
        cancel_url=back,
        expires_at=datetime.now(UTC) + _LIFE,
        email=str(texts["str_email"]),
        company=payment.get("str_tipo_id") == "3",
        request={name: str(payment.get(name, "")) for name in _ECHOED},
    )


_ECHOED = ("str_id_cliente", "str_nombre_cliente", "str_apellido_cliente", "str_telefono_cliente",
           *(f"str_opcional{number}" for number in range(1, 6)))  # fmt: skip


def _fits(value: object, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest


def _amount(value: object) -> Money | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value <= 0:
        return None
    try:
        return Money(Decimal(value))
    except InvalidAmount:
        return None


def _records(session: PaymentSession) -> list[list[str]]:
    if not session.debits:
        return [_record(session, 1, "200", "888", "0", session.created_at, [" "])]
    return [
        _record(session, number, *_standing(session, debit), debit.started_at, _pse(debit))
        for number, debit in enumerate(reversed(session.debits), start=1)
    ]


def _standing(session: PaymentSession, debit: Debit) -> tuple[str, str, str]:
    state = _STATES[debit.state]
    finished = "200" if state == "999" else "1"
    return finished, state, session.asked.amount.wire() if state == "1" else "0"


def _pse(debit: Debit) -> list[str]:
    bank = bank_of(debit.bank)
    return ["29", str(debit.number), _SERVICE, debit.bank, bank.name if bank else "", debit.cus, "1"]


def _record(
    session: PaymentSession,
    number: int,
    finished: str,
    state: str,
    paid: str,
    at: datetime,
    method: list[str],
) -> list[str]:
    asked = session.asked
    sent = asked.request
    return [
        str(session.number), str(number), "0", finished, state, paid, asked.amount.wire(), "0",
        asked.description, sent["str_id_cliente"], sent["str_nombre_cliente"], sent["str_apellido_cliente"],
        sent["str_telefono_cliente"], asked.email, *(sent[f"str_opcional{number}"] for number in range(1, 6)),
        at.astimezone(_COLOMBIA).strftime("%d/%m/%Y %H:%M:%S"), *method,
    ]  # fmt: skip
