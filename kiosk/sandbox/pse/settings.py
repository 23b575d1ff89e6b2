"""What the sandbox is told: at its start, and again while it runs."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

DEMO_LOGIN = "kiosk-demo-login"
DEMO_SECRET = "demoSecret42"  # public on purpose: it opens nothing but this sandbox


@dataclass(frozen=True, slots=True)
class Profile:
    """What a driver's settings must say to be this sandbox's merchant. `path` follows the host."""

    path: str
    login: str
    secret: str = field(repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    options: Mapping[str, str] = field(default_factory=dict)


class PlayedOutcome(StrEnum):
    """What the visitor wants the bank to do; the value ends the control's id, `outcome-…`."""

    APPROVE = "approve"
    DECLINE = "decline"
    FUNDS = "funds"
    FAIL = "fail"
    PENDING = "pending"
    LATE = "late"
    NEVER = "never"
    SLOW = "slow"


class BankList(StrEnum):
    """Whether PSE can name its banks today."""

    FULL = "full"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class GatewaySandboxSettings:
    """One sandbox. Raises ValueError for a word it does not know or a negative time.

    `late_seconds` and `slow_seconds` time the outcomes of those names; `abandon_seconds` is how
    long the bank waits for a member who never decides (seven minutes in the scheme).
    `amount_as_text` writes amounts in answers as texts, as some answers of the real gateway do.
    `financial_services`: PSE keeps the merchant in that category and wants two facts more of each creation.
    `return_code` is what PSE answers to a creation where the gateway passes it on (Wompi).
    Without `data_file` everything is forgotten at the end; with it a restart changes nothing.
    """

    gateway: str = "placetopay"
    login: str = DEMO_LOGIN
    secret_key: str = field(default=DEMO_SECRET, repr=False)
    late_seconds: int = 8
    slow_seconds: int = 5
    abandon_seconds: int = 420
    outcome: str | None = None
    banks: str = BankList.FULL
    amount_as_text: bool = False
    financial_services: bool = False
    return_code: str = "SUCCESS"
    merchant: str = "Cooperativa Solidarios"
    data_file: Path | None = None

    def __post_init__(self) -> None:
        if not self.login or not self.secret_key:
            raise ValueError("login and secret_key must not be empty")
        if self.outcome is not None:
            PlayedOutcome(self.outcome)
        BankList(self.banks)
        for name in ("late_seconds", "slow_seconds", "abandon_seconds"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise ValueError(f"{name} must be a whole number of seconds, not {value!r}")
        for name in ("amount_as_text", "financial_services"):
            if not isinstance(getattr(self, name), bool):
                raise ValueError(f"{name} must be true or false")
        if not isinstance(self.return_code, str) or not re.fullmatch("SUCCESS|FAIL_[A-Z]+", self.return_code):
            raise ValueError("return_code must be SUCCESS or FAIL_…")
        if not isinstance(self.merchant, str) or not self.merchant:
            raise ValueError("merchant must be a text")


_NOT_WHILE_RUNNING = {"gateway", "login", "secret_key", "data_file"}
_CHANGEABLE = {each.name for each in fields(GatewaySandboxSettings)} - _NOT_WHILE_RUNNING


class LiveSettings:
    """The settings in force now. Thread-safe."""

    def __init__(self, settings: GatewaySandboxSettings) -> None:
        self._now = settings
        self._lock = threading.Lock()

    @property
    def now(self) -> GatewaySandboxSettings:
        """A snapshot; it never changes under its reader."""
        return self._now

    def change(self, wanted: Mapping[str, Any]) -> GatewaySandboxSettings:
        """Put new values in force, all or none. Raises ValueError."""
        unknown = sorted(set(wanted) - _CHANGEABLE)
        if unknown:
            raise ValueError(f"not a setting that can change: {', '.join(unknown)}")
        with self._lock:
            self._now = replace(self._now, **wanted)
            return self._now

    def shown(self) -> dict[str, object]:
        """What may be shown to a caller: no credentials, no paths."""
        now = self._now
        return {name: getattr(now, name) for name in sorted(_CHANGEABLE)}
