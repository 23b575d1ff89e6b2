"""docs/times-and-limits.md says what the code does, and leaves no time out."""

from __future__ import annotations

import importlib
import re
from dataclasses import fields, is_dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.transport import Timeouts

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = (ROOT / "docs/times-and-limits.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| [^|]+ \| ([^|]+) \| `([\w/.]+):([\w.]+)` \| [^|]+ \|$", re.MULTILINE)
ROWS = {f"{file}:{name}": value for value, file, name in ROW.findall(DOCUMENT)}


def module(file: str) -> str:
    return "kiosk." + file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def value_of(place: str) -> object:
    file, _, name = place.partition(":")
    found: object = importlib.import_module(module(file))
    for part in name.split("."):
        found = getattr(found, part)
        if isinstance(found, type) and is_dataclass(found):
            found = found()  # as it is where nothing is set
    return found


def said(value: object) -> str:
    """As the table writes it, without the unit of what is counted."""
    if isinstance(value, Timeouts):
        return f"{value.connect:g} s, {value.answer:g} s"
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        for unit, length in (("day", 86400), ("h", 3600), ("min", 60)):
            if seconds % length == 0:
                count = int(seconds // length)
                return f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''}"
        return f"{seconds:g} s"
    assert isinstance(value, int | float)
    return f"{value:.0f}" if value == int(value) else f"{value:g}"


@pytest.mark.parametrize("place", ROWS)
def test_a_value_is_the_codes(place: str) -> None:
    value = said(value_of(place))
    written = ROWS[place]

    assert written == value or written.startswith(value + " ")


def times_in_code() -> set[str]:
    """Every constant of a module that is a span of time or a call's patience."""
    found = set()
    for path in sorted((ROOT / "kiosk").rglob("*.py")):
        file = path.relative_to(ROOT / "kiosk").as_posix()
        if file.startswith(("sandbox/", "journal/migrations/", "tour/")) or path.name == "__main__.py":
            continue
        text = path.read_text(encoding="utf-8")
        found |= {
            f"{file}:{name}"
            for name in re.findall(r"^([A-Z_]+)(?:: \w+)? = (?:timedelta|Timeouts)\(", text, re.MULTILINE)
        }
        for name in re.findall(r"^class (Timings)\b", text, re.MULTILINE):
            timings = getattr(importlib.import_module(module(file)), name)
            assert is_dataclass(timings)
            found |= {f"{file}:{name}.{field.name}" for field in fields(timings)}
    return found


def test_no_time_is_left_out() -> None:
    assert times_in_code() - set(ROWS) == set()
