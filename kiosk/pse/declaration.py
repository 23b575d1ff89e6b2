"""What a driver says of its gateway, so that no other module has to know it by name.

`kiosk init` asks for it, doctor and the trial payment judge by it, docs/settings.md and the package's
sample settings are written from it (python -m instruments.gateway_settings).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Further:
    """One setting or secret that only this gateway has, beside login and secret.

    `name` is its key in [gateway.options] or [gateway.secrets]. `asks` is what staff of the branch read
    when `kiosk init` asks for it, in Spanish; `comment` stands beside it in the settings file, in English.
    `example` is no real one; `pattern` is what the whole answer must match.
    """

    name: str
    asks: str
    comment: str
    example: str = ""
    pattern: str = r".+"


@dataclass(frozen=True, slots=True)
class Declaration:
    """Settings, secrets, hosts and limits of one gateway, each by the gateway's own documents."""

    title: str
    """As people write it."""
    address: str
    """Of production: the beginning of every request's URL."""
    login_is: str
    """What `gateway.login` holds at this gateway, in English."""
    key_is: str
    """What `gateway.secret` holds at this gateway, in English."""
    test_hosts: frozenset[str] = frozenset()
    """Hosts at which no money moves. Empty where the documents name none."""
    page_hosts: tuple[str, ...] = ("pse.com.co",)
    """Where the payer's browser goes beside the host of the address, before it comes to the bank."""
    options: tuple[Further, ...] = ()
    secrets: tuple[Further, ...] = ()
    clock_off: timedelta | None = None
    """From this difference of clocks on it refuses requests. None where it does not look at ours."""
    shortest_session: timedelta | None = None
    """It takes no payment that ends sooner. None where the documents name no limit."""

    def is_test(self, url: str) -> bool:
        """Whether an address is the gateway's documented test environment."""
        return urlsplit(url).hostname in self.test_hosts
