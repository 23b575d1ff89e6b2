"""What paper and QR may show of numbers and names that identify somebody.

Rule: numbers masked except the last four at most, and never more than half of a short one
(`cooperative.member.shown_of`).
"""

from __future__ import annotations

import re

from kiosk.cooperative.member import shown_of

_STARS = "****"


def masked_number(number: str) -> str:
    """The tail of an obligation's number: "****1204"; a short one shows less than four."""
    shown = shown_of(len(re.sub(r"[^0-9A-Za-z]", "", number)))
    tail = re.sub(r"[^0-9A-Za-z]", "", number)[-shown:] if shown else ""
    return _STARS + tail


def masked_document(document: str) -> str:
    """Type and tail, "CC ******7890". What is masked already stays so; what is not gets masked."""
    kind, _, number = document.rpartition(" ")
    tail = re.search(r"[^*]*$", number)
    visible = tail.group() if tail else ""
    if "*" in number and len(visible) <= 4:
        return document
    shown = shown_of(len(number))
    hidden = "*" * max(len(number) - shown, 4)
    return f"{kind} {hidden}{number[len(number) - shown :]}".strip()


def short_name(name: str) -> str:
    """A third person's name cut to first name and initials: "Rosa Q. T."."""
    first, *others = name.split() or [""]
    return " ".join([first, *(f"{other[0]}." for other in others)])
