"""The keys of the codes that stand beside the events: who can not read them can not write events."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Key:
    """At least 16 secret bytes; its id tells nothing of them."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < 16:
            raise ValueError("the journal's key needs 16 bytes at least")

    @property
    def key_id(self) -> str:
        """Twelve hexadecimal digits."""
        return hashlib.sha256(b"kiosk journal key\n" + self.secret).hexdigest()[:12]

    def code(self, digest: str) -> str:
        """HMAC-SHA-256 over an event's hash, in hexadecimal."""
        return hmac.new(self.secret, digest.encode("ascii"), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Keyring:
    """The key that new events get their code by, and former ones that old events are checked with."""

    current: Key | None = None
    former: tuple[Key, ...] = ()

    def find(self, key_id: str) -> Key | None:
        """The key of this id, where it is here."""
        every = (*self.former, *([self.current] if self.current else []))
        return next((key for key in every if key.key_id == key_id), None)

    def signs(self, digest: str) -> dict[str, str | None]:
        """The columns beside a hash."""
        if self.current is None:
            return {"key_id": None, "mac": None}
        return {"key_id": self.current.key_id, "mac": self.current.code(digest)}


NO_KEYS = Keyring()
