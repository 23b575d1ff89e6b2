"""A receipt as lines of fixed-width characters, for any printer that has columns.

No device here: each line says how it is set, and fits the paper.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.receipt.blocks import (
    Amount,
    Block,
    Code,
    Heading,
    Mark,
    Note,
    OutcomeBlock,
    Receipt,
    Row,
    RuleBlock,
)

# Typography that a thermal printer's code page lacks.
_PLAIN = str.maketrans("—–−’‘“”\xa0", "---''\"\" ") | {ord("…"): "..."}


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One printed line. `wide` doubles width and height, `tall` only the height."""

    text: str
    centred: bool = False
    bold: bool = False
    tall: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class CodeHere:
    """The place of the QR code."""


def printable(text: str, encoding: str) -> str:
    """The nearest text that this code page can write: accents stay where they can."""
    return "".join(_nearest(c, encoding) for c in unicodedata.normalize("NFC", text).translate(_PLAIN))


def _nearest(character: str, encoding: str) -> str:
    if not character.isprintable():
        return " "
    for candidate in (character, unicodedata.normalize("NFKD", character)[0]):
        if _writes(candidate, encoding):
            return candidate
    return "?"


def _writes(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def lines_of(receipt: Receipt, width: int) -> Iterator[TicketLine | CodeHere]:
    """The whole receipt in lines of at most `width` characters (half of it where wide)."""
    for block in receipt.blocks:
        yield from _lines_of_block(block, width)


def _lines_of_block(block: Block, width: int) -> Iterator[TicketLine | CodeHere]:
    match block:
        case Row(label, value):
            yield from _pair(label, value, width)
        case Amount():
            yield from _amount(block, width)
        case Heading():
            yield from _heading(block, width)
        case OutcomeBlock(title, text):
            yield from _centred(title, width)
            yield from _centred(text, width, bold=True, tall=True)
        case Mark(text, detail):
            yield from _centred(f"*** {text} ***", width, bold=True, tall=True)
            yield from _centred(detail, width)
        case Note(text, strong):
            yield from _centred(text, width, bold=strong)
        case Code(caption):
            yield CodeHere()
            yield from _centred(caption, width)
        case RuleBlock():
            yield TicketLine("-" * width)


def _heading(block: Heading, width: int) -> Iterator[TicketLine]:
    if block.letterhead:
        yield from _centred(block.text, width // 2, bold=True, wide=True)
        for detail in block.details:
            yield from _centred(detail, width)
        yield TicketLine("")
    else:
        yield TicketLine(block.text, bold=True)
        for detail in block.details:
            yield from (TicketLine(part) for part in textwrap.wrap(detail, width))


def _amount(block: Amount, width: int) -> Iterator[TicketLine]:
    if block.headline:
        yield TicketLine("")
        yield from _centred(block.label, width)
        yield from _centred(block.value, width // 2, bold=True, wide=True)
        return
    yield from _pair(block.label, block.value, width, bold=block.total)
    for part in textwrap.wrap(block.detail, width - 2):
        yield TicketLine(f"  {part}")


def _centred(
    text: str, width: int, *, bold: bool = False, tall: bool = False, wide: bool = False
) -> Iterator[TicketLine]:
    for part in textwrap.wrap(text, width):
        yield TicketLine(part, centred=True, bold=bold, tall=tall, wide=wide)


def _pair(label: str, value: str, width: int, *, bold: bool = False) -> Iterator[TicketLine]:
    gap = width - len(label) - len(value)
    if gap >= 2:
        yield TicketLine(label + " " * gap + value, bold=bold)
        return
    for part in textwrap.wrap(label, width):
        yield TicketLine(part, bold=bold)
    for part in textwrap.wrap(value, width - 2):
        yield TicketLine(part.rjust(width), bold=bold)
