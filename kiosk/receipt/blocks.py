"""What a receipt is made of. Blocks say what a thing is; each printer decides how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How good the news is; a colour on screen or PDF, never the only carrier of the meaning."""

    GOOD = "good"
    OPEN = "open"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Mark:
    """A remark nobody may miss: demonstration or copy. `detail` is smaller, may be empty."""

    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """The letterhead (`letterhead`) or the title of a section; `details` are lines under it."""

    text: str
    details: tuple[str, ...] = ()
    letterhead: bool = False


@dataclass(frozen=True, slots=True)
class OutcomeBlock:
    """The document's title and the state in the scheme's words."""

    title: str
    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Amount:
    """A label and money as shown. `detail` may be empty; `headline` is the document's one big figure."""

    label: str
    value: str
    detail: str = ""
    total: bool = False
    headline: bool = False


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """A separation."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence; `strong` where a member must read it."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """Where the QR goes, with what to do with it."""

    caption: str


Block = Mark | Heading | OutcomeBlock | Row | Amount | RuleBlock | Note | Code


@dataclass(frozen=True, slots=True)
class Receipt:
    """A whole document: lines and QR, no device. `qr_text` is what a camera reads."""

    title: str
    blocks: tuple[Block, ...]
    qr_text: str
    language: str = "es"

    def text(self) -> str:
        """Every word on it, one block's line per line: for searching, speaking and tests."""
        return "\n".join(line for block in self.blocks for line in _lines(block) if line)


def _lines(block: Block) -> tuple[str, ...]:
    match block:
        case Mark(text, detail):
            return (text, detail)
        case Heading(text, details):
            return (text, *details)
        case OutcomeBlock(title, text):
            return (title, text)
        case Row(label, value):
            return (f"{label}: {value}",)
        case Amount(label, value, detail):
            return (f"{label}: {value}", detail)
        case Note(text) | Code(text):
            return (text,)
        case RuleBlock():
            return ()
