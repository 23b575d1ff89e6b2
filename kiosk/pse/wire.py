"""How every driver reads and writes JSON: exact numbers, nothing raised, nothing guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from kiosk.cooperative.money import InvalidAmount, Money

_AMOUNT = re.compile(r"[0-9]{1,16}(\.[0-9]{1,6})?")


def refused_before_work(status: int) -> bool:
    """Whether an HTTP status says that a request was not carried out, whoever wrote it: server or firewall.

    Not where it was cut off in the middle (408, 499) or collides with something that is there (409).
    """
    return 300 <= status < 500 and status not in (408, 409, 499)


_ENCODER = msgspec.json.Encoder(decimal_format="number")


def written(body: Mapping[str, object]) -> bytes:
    """JSON in ASCII whose Money values are exact numbers: 185000 or 185000.50, never by way of a float."""
    said = _ENCODER.encode(_numbers(body)).decode()
    return "".join(each if each.isascii() else _escaped(each) for each in said).encode()


def _numbers(value: object) -> object:
    if isinstance(value, Money):
        whole = value.amount.to_integral_value()
        return int(whole) if whole == value.amount else value.amount
    if isinstance(value, str):
        return str(value)  # also of an address that settings have a type of their own for
    if isinstance(value, Mapping):
        return {key: _numbers(each) for key, each in value.items()}
    return [_numbers(each) for each in value] if isinstance(value, list | tuple) else value


def _escaped(letter: str) -> str:
    return json.dumps(letter)[1:-1]


class Written(Decimal):
    """A number that stood in JSON with a fraction: it may carry the traces of a double."""

    __slots__ = ()


def read_object(body: bytes) -> Mapping[str, Any] | None:
    """A JSON object with decimals kept exact; None for anything else.

    What is no UTF-8 is read as Windows-1252, as older servers write it: names may be odd, numbers are not.
    """
    try:
        try:
            said = body.decode("utf-8-sig")
        except UnicodeDecodeError:
            said = body.decode("cp1252", "replace")
        found = json.loads(said, parse_float=Written, parse_constant=lambda _: None)
    except (ValueError, RecursionError, InvalidOperation):
        return None
    return found if isinstance(found, dict) else None


def mapping(value: object) -> Mapping[str, Any]:
    """An object, or an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; nothing else."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """A text or number as text that every file can hold; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return ""
    return str(value).encode("utf-8", "replace").decode()


_TRACE = Decimal("1e-6")
"""What a double leaves of an amount: PHP writes 146300.35 as 146300.35000000001."""


def money(value: object, currency: str) -> Money | None:
    """An amount written as number or text; None for what is no amount of money.

    A JSON number may be off a whole cent by what a double can not hold; a text may not.
    """
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    if isinstance(value, str) and not _AMOUNT.fullmatch(value):
        return None
    try:
        exact = Decimal(value)
        if isinstance(value, Written):
            cents = exact.quantize(Decimal("0.01"))
            exact = cents if abs(exact - cents) < _TRACE else exact
        return Money(exact, currency)
    except (InvalidOperation, InvalidAmount):
        return None


def yes(value: object) -> bool:
    """Whether a flag is set, as true, 1, "true", "1", "yes" or "si"; anything but a clear no is a yes.

    For flags that take credit away: what can not be read must not count as unset.
    """
    if value is None or isinstance(value, bool):
        return value is True
    said = text(value).strip().lower()
    return said not in ("", "0", "false", "no", "n", "null", "none")


_FIRST_YEAR, _LAST_YEAR = 1970, 9998
"""Earlier are the zero values of programs (year 1, 1753, 1900); later can not be told in every zone."""


def instant(value: object) -> datetime | None:
    """An ISO time with its offset that everybody can reckon with; None for anything else."""
    try:
        return usable(datetime.fromisoformat(str(value)))
    except ValueError:
        return None


def usable(moment: datetime) -> datetime | None:
    """The same, if it is aware and every later step can shift, write and read it; else None."""
    known = moment.tzinfo is not None and _FIRST_YEAR <= moment.year <= _LAST_YEAR
    return moment if known else None


def web_address(value: object) -> str | None:
    """An http(s) address with a host; None for anything else."""
    said = text(value)
    try:
        parts = urlsplit(said)
    except ValueError:
        return None
    return said if parts.scheme in ("https", "http") and parts.hostname else None


_PORTS = {"https": 443, "http": 80}


def same_place(url: str, ours: str) -> bool:
    """Same scheme, host, port and path, however they are spelt; parameters and fragment are not looked at."""
    try:
        return _place(url) == _place(ours)
    except ValueError:
        return False


def _place(url: str) -> tuple[str, str, int | None, str]:
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    with suppress(UnicodeError):
        host = host.encode("idna").decode()
    port = parts.port or _PORTS.get(parts.scheme)
    return parts.scheme, host, port, unquote(parts.path).rstrip("/")
