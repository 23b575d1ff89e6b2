"""Members' keys: how they are stored and what a new one must look like."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from kiosk.sandbox.member_core.problems import Violation

SHORTEST = 4
LONGEST = 12
HISTORY = 3

# Cheap on purpose: the keys are printed on the demo's welcome page.
_COST = {"n": 2**10, "r": 8, "p": 1}


def policy() -> dict[str, object]:
    """The contract's PasswordPolicy."""
    return {"minLength": SHORTEST, "maxLength": LONGEST, "alphabet": "digits", "historySize": HISTORY}


def hash_key(key: str) -> str:
    """Salted scrypt, as text."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${hashlib.scrypt(key.encode(), salt=salt, **_COST).hex()}"


_NOBODY = hash_key(secrets.token_hex(16))


def matches(key: str, stored: str | None) -> bool:
    """Whether it is the key; takes the same time where there is none."""
    salt, digest = (stored or _NOBODY).split("$")
    found = hashlib.scrypt(key.encode(), salt=bytes.fromhex(salt), **_COST).hex()
    return hmac.compare_digest(found, digest) and stored is not None


def temporary_key() -> str:
    """Eight random digits for a recovery message."""
    return f"{secrets.randbelow(10**8):08d}"


def violations(new: str, former: list[str]) -> list[Violation]:
    """What a new key breaks of the policy; `former` are hashes, the present one among them."""
    found = []
    if len(new) < SHORTEST:
        found.append(("too-short", f"At least {SHORTEST} digits."))
    if len(new) > LONGEST:
        found.append(("too-long", f"At most {LONGEST} digits."))
    if not (new.isascii() and new.isdigit()):
        found.append(("wrong-alphabet", "Digits only."))
    if any(matches(new, stored) for stored in former):
        found.append(("used-before", f"The present key or one of the last {HISTORY}."))
    return [Violation("/newPassword", code, message) for code, message in found]
