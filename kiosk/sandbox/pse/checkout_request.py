"""Reading the bodies of the PlacetoPay WebCheckout API, strictly.

Source of every limit: the gateway's public API description (authentication, create session,
document types). Where that leaves a choice, the stricter reading: a body that passes here breaks
no documented rule.
"""

from __future__ import annotations

import binascii
import hmac
import ipaddress
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from kiosk.cooperative.money import InvalidAmount, Money
from kiosk.sandbox.pse.book import NewSession

SEED_TOLERANCE = timedelta(minutes=5)
LEAST_LIFE = timedelta(minutes=5)
USUAL_LIFE = timedelta(minutes=30)
_METHODS = {"pse", "_PSE_"}
_SHOWN_ON = {"none", "payment", "receipt", "both", "approved"}
_DOCUMENTS = {
    "CC": r"[1-9][0-9]{3,9}", "CE": r"([a-zA-Z]{1,5})?[1-9][0-9]{3,7}", "TI": r"[1-9][0-9]{4,11}",
    "NIT": r"[1-9][0-9]{6,9}", "PPN": r"[a-zA-Z0-9_]{4,16}",
}  # fmt: skip
_FALSE = (False, "false")  # the gateway's own clients write truth values as words
_METADATA = {"openingDate": r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "beneficiaryId": r"[0-9A-Za-z]{4,25}"}
_CARD_NUMBER = re.compile(r"(?:[0-9][ -]?){13,19}")
_PERSON_LIMITS = {
    "document": 25, "documentType": 6, "name": 60, "surname": 60, "email": 80, "mobile": 30,
}  # fmt: skip


class RefusedRequest(Exception):
    """The call fails: HTTP status, reason and message of the answer's status envelope."""

    def __init__(self, http: int, reason: int | str, message: str) -> None:
        super().__init__(message)
        self.http, self.reason, self.message = http, reason, message


def invalid(message: str) -> RefusedRequest:
    """The refusal for a body that breaks a rule."""
    return RefusedRequest(400, "request_not_valid", message)


def read_json(body: bytes, content_type: str) -> dict[str, Any]:
    """The JSON object of a call; its numbers are int or Decimal. Raises RefusedRequest."""
    if content_type != "application/json":
        raise invalid("El encabezado Content-Type debe ser application/json")
    try:
        found = json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
        json.dumps(found, ensure_ascii=False, default=str).encode()  # half a surrogate is no text
    except (ValueError, RecursionError):
        raise invalid("El cuerpo no es JSON") from None
    if not isinstance(found, dict):
        raise invalid("El cuerpo debe ser un objeto JSON")
    return found


def tran_key(raw_nonce: bytes, seed: str, secret_key: str) -> str:
    """Base64 of the raw SHA-256 digest of nonce (before Base64), seed and secret, in this order."""
    return b64encode(sha256(raw_nonce + seed.encode() + secret_key.encode()).digest()).decode()


def authenticate(body: Mapping[str, Any], login: str, secret_key: str, now: datetime) -> None:
    """Check the `auth` object. Raises RefusedRequest with code 100, 101, 102 or 103 in its message."""
    auth = body.get("auth")
    if not isinstance(auth, dict):
        raise _not_authentic(100)
    given_login, given_key = _token(auth, "login"), _token(auth, "tranKey")
    nonce, seed = _token(auth, "nonce"), _token(auth, "seed")
    try:
        raw = b64decode(nonce, validate=True)
        made_at = datetime.fromisoformat(seed)
    except (binascii.Error, ValueError):
        raise _not_authentic(100) from None
    if not raw or len(seed) > 35 or made_at.tzinfo is None:
        raise _not_authentic(100)
    if not hmac.compare_digest(given_login.encode(), login.encode()):
        raise _not_authentic(101)
    if not hmac.compare_digest(given_key.encode(), tran_key(raw, seed, secret_key).encode()):
        raise _not_authentic(102)
    if abs(now - made_at) > SEED_TOLERANCE:
        raise _not_authentic(103)


def new_session(body: Mapping[str, Any], now: datetime, *, financial_services: bool = False) -> NewSession:
    """The session a create call asks for. Raises RefusedRequest.

    PSE wants `metadata` of merchants of «Servicios Financieros» (checkout/metadata of the documentation).
    """
    payment = body.get("payment")
    if not isinstance(payment, dict):
        raise invalid("El campo payment es obligatorio")
    reference = _text(payment, "reference", 32, required=True)
    description = _text(payment, "description", 250)
    amount = _amount(payment)
    if payment.get("allowPartial", False) not in _FALSE:
        raise invalid("El campo payment.allowPartial no se admite en esta prueba")
    for holder in (payment, body):
        _check_extra_fields(holder.get("fields"))
    _check_list(payment.get("items"), "items")
    _check_method(body)
    _check_device(body)
    _check_metadata(body.get("metadata"), required=financial_services)
    people = {role: _person(body[role], role) for role in ("buyer", "payer") if body.get(role) is not None}
    expires = _expiration(body, now)
    return_url = _address(body, "returnUrl", 2048, required=True)
    cancel_url = _address(body, "cancelUrl", 255)
    who = people.get("payer") or people.get("buyer") or {}
    echo = {
        "locale": _text(body, "locale", 5) or "es_CO",
        **people,
        "payment": {"reference": reference, "description": description, "allowPartial": False,
                    "subscribe": False},
        "fields": body.get("fields") or [],
        "returnUrl": return_url,
        **({"cancelUrl": cancel_url} if cancel_url else {}),
        "ipAddress": body["ipAddress"],
        "userAgent": body["userAgent"],
        "expiration": expires.isoformat(timespec="seconds"),
    }  # fmt: skip
    return NewSession(
        reference=reference,
        description=description,
        amount=amount,
        return_url=return_url,
        cancel_url=cancel_url or return_url,
        expires_at=expires,
        email=who.get("email", ""),
        company=who.get("documentType") == "NIT",
        request=echo,
    )


def _no_constant(name: str) -> None:
    raise ValueError(f"not JSON: {name}")


def _not_authentic(code: int) -> RefusedRequest:
    return RefusedRequest(401, 401, f"Autenticación fallida {code}")


def _token(auth: Mapping[str, Any], name: str) -> str:
    value = auth.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 255:
        raise _not_authentic(100)
    return value


def _text(holder: Mapping[str, Any], name: str, longest: int, *, required: bool = False) -> str:
    value = holder.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or len(value) > longest or (required and not value):
        raise invalid(f"El campo {name} debe ser un texto de hasta {longest} caracteres")
    return value


def _amount(payment: Mapping[str, Any]) -> Money:
    amount = payment.get("amount")
    if not isinstance(amount, dict):
        raise invalid("El campo payment.amount es obligatorio")
    if amount.get("currency") != "COP":
        raise invalid("El campo payment.amount.currency debe ser COP")
    total = amount.get("total")
    if isinstance(total, bool) or not isinstance(total, int | Decimal):
        raise invalid("El campo payment.amount.total debe ser un número")
    try:
        money = Money(Decimal(total))
    except InvalidAmount:
        raise invalid("El campo payment.amount.total no es un valor válido") from None
    if not money:
        raise invalid("El campo payment.amount.total debe ser mayor que cero")
    return money


def _check_list(value: object, name: str) -> None:
    if value is not None and (not isinstance(value, list) or len(value) > 50):
        raise invalid(f"El campo {name} debe ser una lista de hasta 50 elementos")


def _check_extra_fields(value: object) -> None:
    _check_list(value, "fields")
    for each in value if isinstance(value, list) else []:
        if not isinstance(each, dict):
            raise invalid("Cada elemento de fields debe ser un objeto")
        _text(each, "keyword", 50, required=True)
        _text(each, "value", 255)
        if each.get("displayOn", "none") not in _SHOWN_ON:
            raise invalid("El campo displayOn no es válido")


def _check_method(body: Mapping[str, Any]) -> None:
    methods = _text(body, "paymentMethod", 255)
    if methods and not _METHODS & {method.strip() for method in methods.split(",")}:
        raise invalid("El campo paymentMethod debe incluir pse")


def _check_metadata(found: object, *, required: bool) -> None:
    if found is None and not required:
        return
    for name, pattern in _METADATA.items():
        value = found.get(name) if isinstance(found, dict) else None
        if (value is None and required) or (value is not None and not re.fullmatch(pattern, str(value))):
            raise invalid(f"El campo metadata.{name} no es válido")


def _check_device(body: Mapping[str, Any]) -> None:
    _text(body, "userAgent", 255, required=True)
    try:
        ipaddress.ip_address(_text(body, "ipAddress", 45, required=True))
    except ValueError:
        raise invalid("El campo ipAddress debe ser una dirección IP") from None


def _expiration(body: Mapping[str, Any], now: datetime) -> datetime:
    text = _text(body, "expiration", 40)
    if not text:
        return now + USUAL_LIFE
    try:
        expires = datetime.fromisoformat(text)
    except ValueError:
        expires = None
    if expires is None or expires.tzinfo is None:
        raise invalid("El campo expiration debe ser una fecha ISO 8601 con zona horaria")
    if expires < now + LEAST_LIFE:
        raise invalid("El campo expiration debe ser al menos 5 minutos posterior a la fecha actual")
    return expires


def _address(body: Mapping[str, Any], name: str, longest: int, *, required: bool = False) -> str:
    text = _text(body, name, longest, required=required)
    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise invalid(f"El campo {name} debe ser una dirección http o https")
    return text


def _person(person: object, role: str) -> dict[str, Any]:
    if not isinstance(person, dict):
        raise RefusedRequest(400, "payer_data_not_valid", f"El campo {role} debe ser un objeto")
    for name, longest in _PERSON_LIMITS.items():
        value = person.get(name, "")
        if not isinstance(value, str) or len(value) > longest or (name in person and not value):
            raise RefusedRequest(400, "payer_data_not_valid", f"El campo {role}.{name} no es válido")
    pattern = _DOCUMENTS.get(person.get("documentType", ""))
    if pattern and not re.fullmatch(pattern, person.get("document", "")):
        raise RefusedRequest(400, "payer_data_not_valid", f"El campo {role}.document no es válido")
    if any(_CARD_NUMBER.search(person.get(name, "")) for name in ("name", "surname")):
        raise RefusedRequest(400, "payer_data_not_valid", f"El campo {role}.name no es válido")
    return {name: value for name, value in person.items() if name in _PERSON_LIMITS}
