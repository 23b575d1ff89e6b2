"""Which addresses the bank's view may show. Hosts are parsed, never searched for in a text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address

from PySide6.QtCore import QUrl

# What a frame holds before, or instead of, an address of its own.
_EMPTY_FRAMES = frozenset({"about:blank", "about:srcdoc"})


class Judgement(StrEnum):
    """What becomes of an address."""

    OPEN = "open"
    RETURN = "return"
    """The way back to us: it is noticed, never opened."""
    REFUSE = "refuse"


def shown_host(url: QUrl) -> str:
    """The host as it is resolved: lower case, no dot at its end, other alphabets spelled out in ASCII."""
    return url.host(QUrl.ComponentFormattingOption.FullyEncoded).lower().rstrip(".")


def _number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    return host == "localhost" or (_number(host) and ip_address(host).is_loopback)


@dataclass(frozen=True, slots=True)
class WebPolicy:
    """https on listed hosts and what lies below them; nothing else.

    `loopback` also lets listed hosts of this machine speak plain http: the demonstration's bank.
    """

    allowed_hosts: frozenset[str]
    is_return: Callable[[str], bool]
    loopback: bool = False

    def judge(self, url: QUrl, *, main_frame: bool = True) -> Judgement:
        """What becomes of an address. A frame inside the page is never the way back."""
        text = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        if not main_frame and text in _EMPTY_FRAMES:
            return Judgement.OPEN
        if main_frame and self.is_return(text):
            return Judgement.RETURN
        return Judgement.OPEN if self._may_open(url) else Judgement.REFUSE

    def _may_open(self, url: QUrl) -> bool:
        host = shown_host(url)
        if not url.isValid() or not host or url.userInfo():
            return False
        plain = url.scheme() == "http" and self.loopback and is_loopback(host)
        return (plain or url.scheme() == "https") and self._listed(host)

    def _listed(self, host: str) -> bool:
        entries = {entry.strip().lower().rstrip(".") for entry in self.allowed_hosts} - {""}
        return host in entries or any(
            host.endswith(f".{entry}") for entry in entries if not _number(entry) and not _number(host)
        )
