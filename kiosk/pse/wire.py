"""How every driver reads and writes JSON: exact numbers, nothing raised, nothing guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from kiosk.cooperative.money import InvalidAmount, Money

_AMOUNT = re.compile(r"[0-9]{1,16}(\.[0-9]{1,6})?")


def written(body: Mapping[str, object]) -> bytes:
    """JSON whose Money values are exact numbers: 185000 or 185000.50, never by way of a float."""
    amounts: list[str] = []

    def hold(value: object) -> str:
        if not isinstance(value, Money):
            raise TypeError(type(value).__name__)
        whole = value.amount.to_integral_value()
        amounts.append(str(whole) if whole == value.amount else value.wire())
        return f"\x00{len(amounts) - 1}\x00"

    document = json.dumps(body, default=hold, ensure_ascii=True)
    for number, exact in enumerate(amounts):
        document = document.replace(f'"\\u0000{number}\\u0000"', exact)
    return document.encode("ascii")


def read_object(body: bytes) -> Mapping[str, Any] | None:
    """A JSON object with decimals kept exact; None for anything else."""
    try:
        found = json.loads(body, parse_float=Decimal, parse_constant=lambda _: None)
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


def money(value: object, currency: str) -> Money | None:
    """An amount written as number or text; None for what is no amount of money."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    if isinstance(value, str) and not _AMOUNT.fullmatch(value):
        return None
    try:
        return Money(Decimal(value), currency)
    except (InvalidOperation, InvalidAmount):
        return None


def instant(value: object) -> datetime | None:
    """An ISO time with its offset; None for anything else."""
    try:
        found = datetime.fromisoformat(str(value))
        found.astimezone(UTC)  # the first and last year have instants that UTC can not tell
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo is not None else None


def web_address(value: object) -> str | None:
    """An http(s) address with a host; None for anything else."""
    said = text(value)
    try:
        parts = urlsplit(said)
    except ValueError:
        return None
    return said if parts.scheme in ("https", "http") and parts.hostname else None


def same_place(url: str, ours: str) -> bool:
    """Same scheme, host and path; parameters and fragment are not looked at."""
    try:
        here, home = urlsplit(url), urlsplit(ours)
    except ValueError:
        return False
    return (here.scheme, here.netloc.lower(), here.path.rstrip("/")) == (
        home.scheme,
        home.netloc.lower(),
        home.path.rstrip("/"),
    )
