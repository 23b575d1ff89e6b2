"""Names and certificates of the servers that a terminal speaks with."""

from __future__ import annotations

import math
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import certifi

from kiosk.health import Finding, Level

_PATIENCE = 6.0
_RENEW_SOON = timedelta(days=21)


def loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def dns(needed: Iterable[str], pages: Iterable[str] = (), seconds: float = _PATIENCE) -> Finding:
    """Every server's name has an address. `pages` are those that only members' browsers visit."""
    needed, pages = set(needed), {entry.partition(":")[0] for entry in pages}
    silent = _unresolved(needed | pages, seconds)
    said = "; ".join(f"{host}: {why}" for host, why in sorted(silent.items()))
    if needed & silent.keys():
        return Finding("dns", Level.BROKEN, said, "Check the network's name servers (resolvectl status).")
    if silent:
        # An entry may stand for the names below it only.
        return Finding("dns", Level.WARNING, said, "Correct gateway.page_hosts unless only subdomains exist.")
    return Finding("dns", Level.HEALTHY, f"{len(needed | pages)} names have addresses")


def _unresolved(hosts: Iterable[str], seconds: float) -> dict[str, str]:
    """What is wrong, by host. The system's resolver may take much longer than anybody wants to wait."""
    answers = dict.fromkeys(hosts, "no answer in time")

    def ask(host: str) -> None:
        try:
            socket.getaddrinfo(host, None)
            answers[host] = ""
        except (OSError, UnicodeError) as error:
            answers[host] = getattr(error, "strerror", None) or "no name"

    threads = [threading.Thread(target=ask, args=(host,), daemon=True) for host in answers]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return {host: why for host, why in answers.items() if why}


@dataclass(frozen=True, slots=True)
class Server:
    """An address with what its connections are made with."""

    name: str
    url: str
    ca_file: Path | None = None
    client_certificate: Path | None = None


def tls(server: Server, clock: Callable[[], datetime]) -> Finding:
    """The certificate's chain is trusted as the transport trusts it, and holds for a while."""
    name, parts = f"tls-{server.name}", urlsplit(server.url)
    host = parts.hostname or ""
    if parts.scheme != "https":
        level = Level.HEALTHY if loopback(host) else Level.BROKEN
        return Finding(name, level, f"{host} speaks plain http", "" if loopback(host) else "Use https.")
    try:
        subject, ends = _certificate(server, host, parts.port or 443)
    except ssl.SSLCertVerificationError as error:
        return Finding(name, Level.BROKEN, f"{host}: {error.verify_message}",
                       "Have certificate or chain renewed, or set ca_file; check the clock.")  # fmt: skip
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or type(error).__name__
        return Finding(name, Level.BROKEN, f"{host}: no TLS connection ({said})",
                       "Check network, firewall and the address.")  # fmt: skip
    return _expiry(name, f"{host} ({subject})", ends, clock())


def _certificate(server: Server, host: str, port: int) -> tuple[str, datetime]:
    context = ssl.create_default_context(cafile=str(server.ca_file or certifi.where()))
    if server.client_certificate:
        context.load_cert_chain(server.client_certificate)
    with (
        socket.create_connection((host, port), _PATIENCE) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        found = secured.getpeercert() or {}
    issuer = dict(pair for pairs in found.get("issuer", ()) for pair in pairs)  # type: ignore[misc]
    ends = ssl.cert_time_to_seconds(str(found["notAfter"]))
    known_by = issuer.get("organizationName") or issuer.get("commonName") or "?"
    return f"by {known_by}", datetime.fromtimestamp(ends, UTC)


def client_certificate(file: Path, clock: Callable[[], datetime]) -> Finding:
    """The certificate that the core knows this terminal by."""
    name = "tls-client"
    try:
        ends = not_after(ssl.PEM_cert_to_DER_cert(_first_certificate(file.read_text(encoding="ascii"))))
    except (OSError, ValueError, IndexError) as error:
        return Finding(name, Level.BROKEN, f"{file}: {getattr(error, 'strerror', None) or 'no certificate'}",
                       "Set core.client_certificate to a PEM file with certificate and key.")  # fmt: skip
    return _expiry(name, str(file), ends, clock())


def _first_certificate(pem: str) -> str:
    start, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    return start + pem.split(start, 1)[1].split(end, 1)[0] + end


def not_after(der: bytes) -> datetime:
    """The end of a certificate's validity (RFC 5280, 4.1). Raises ValueError or IndexError.

    Python tells it of a peer's certificate only, never of a file's.
    """
    body, _ = _inside(der, 0)
    at, _ = _inside(der, body)
    if der[at] == 0xA0:  # the version, which may be missing
        at = sum(_inside(der, at))
    for _ in range(3):  # number, algorithm, issuer
        at = sum(_inside(der, at))
    at, _ = _inside(der, at)
    start, length = _inside(der, sum(_inside(der, at)))
    text = der[start : start + length].decode("ascii")
    if len(text) == 13:  # two digits of a year mean 1950 to 2049
        text = ("19" if text >= "50" else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _inside(der: bytes, at: int) -> tuple[int, int]:
    """Where the content of a DER element starts and how long it is."""
    length = der[at + 1]
    if length < 0x80:
        return at + 2, length
    count = length & 0x7F
    return at + 2 + count, int.from_bytes(der[at + 2 : at + 2 + count])


def _expiry(name: str, whose: str, ends: datetime, now: datetime) -> Finding:
    left = ends - now
    said = f"{whose}: good until {ends:%Y-%m-%d}, {math.floor(left / timedelta(days=1))} days"
    if left <= timedelta(0):
        return Finding(name, Level.BROKEN, said, "Renew it now, or set the clock.")
    if left < _RENEW_SOON:
        return Finding(name, Level.WARNING, said, "Have it renewed before that day.")
    return Finding(name, Level.HEALTHY, said)
