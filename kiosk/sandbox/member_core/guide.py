"""What a newcomer can try: the card of the demo's welcome page."""

from __future__ import annotations

from typing import NamedTuple

from kiosk.sandbox.member_core.members import MEMBERS


class GuideEntry(NamedTuple):
    """An invented member to sign in with; `shows_*` is at most 45 characters."""

    document_type: str
    document_number: str
    key: str
    name: str
    shows_es: str
    shows_en: str


def guide() -> tuple[GuideEntry, ...]:
    """The members worth trying, the plainest first."""
    return tuple(
        GuideEntry(
            member.document_type, member.document_number, member.key or "", member.name, *member.phrases
        )
        for member in MEMBERS
        if member.phrases is not None
    )
