"""A bank's site that turned against its visitors: real HTTPS with real certificates, good and bad."""

from __future__ import annotations

import base64
import hashlib
import socket
import ssl
import subprocess
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from tls import Authority, _openssl, certificate, tls_of

# Chromium takes every name below localhost for this machine without asking anybody.
HOST = "pse.localhost"
"""On the list."""
BANK = "banco.pse.localhost"
"""Below an entry of the list, so on it."""
EVIL = "evil.localhost"
"""Off the list; it answers, so that an escape would succeed."""
LOOK_ALIKES = (
    "xn--se-kmc.localhost",  # a Cyrillic first letter
    "xn--ps-olc.localhost",  # a Cyrillic last letter
    "xn--ps-cja.localhost",  # psé
    "pse.localhost.evil.localhost",
    "otherpse.localhost",
    "pse-localhost.localhost",
    "pse.1ocalhost.localhost",
)
NAMES = (HOST, BANK, EVIL, *LOOK_ALIKES)
ADDRESSES = ",".join(f"DNS:{name}" for name in NAMES)
_NAVIGATIONS = {"document", "iframe", "frame", "object", "embed", "fencedframe"}


def good_certificate(folder: Path) -> tuple[Path, str]:
    """Nobody vouches for it; also the fingerprint of its key, by which Chromium may be told to take it."""
    pem = certificate(folder, "good", ADDRESSES)
    public = subprocess.run(
        ["openssl", "pkey", "-in", str(pem), "-pubout", "-outform", "DER"], check=True, capture_output=True
    ).stdout
    return pem, base64.b64encode(hashlib.sha256(public).digest()).decode()


_NO_KEY = "Basic Og=="
"""Neither a name nor a key: Chromium tries this when it has none."""
Headers = dict[str, str]


@dataclass(frozen=True)
class Asked:
    """One request, as it came."""

    host: str
    path: str
    method: str
    wanted: str
    """What the browser wanted it for; empty over plain HTTP."""
    authorised: bool


@dataclass
class Reply:
    """What a path answers with. `{evil}`, `{here}`, … in a body or header are the sites' addresses."""

    body: str | bytes = ""
    status: int = 200
    headers: Headers = field(default_factory=dict)
    after: float = 0.0
    """Seconds it keeps its visitor waiting."""


class Site(ThreadingHTTPServer):
    """Serves the replies it is given under every name and remembers who asked for what."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, tls: ssl.SSLContext | None, replies: dict[str, Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.tls = tls
        self.replies, self.asked = replies, list[Asked]()
        self.fill: Callable[[str], str] = str
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def get_request(self) -> tuple[socket.socket, Any]:
        """The greeting itself is left to the visitor's own thread: he may refuse in the middle."""
        plain, where = super().get_request()
        if self.tls is None:
            return plain, where
        return self.tls.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), where

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up is no news."""

    def address(self, host: str) -> str:
        """This site under a name."""
        return f"{'https' if self.tls else 'http'}://{host}:{self.server_port}"

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()

    def escaped(self) -> list[Asked]:
        """Pages that were really fetched from hosts off the list."""
        return [a for a in self.asked if a.host not in (HOST, BANK) and a.wanted in _NAVIGATIONS]


class _Answer(BaseHTTPRequestHandler):
    server: Site
    timeout = 20

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        headers = self.headers
        host = (headers.get("Host") or "").partition(":")[0]
        wanted = headers.get("Sec-Fetch-Dest", "")
        self.server.asked.append(
            Asked(host, self.path, self.command, wanted, headers.get("Authorization", _NO_KEY) != _NO_KEY)
        )
        reply = self.server.replies.get(path) or Reply("nada", 404)
        time.sleep(reply.after)
        body = reply.body if isinstance(reply.body, bytes) else self.server.fill(reply.body).encode()
        self.send_response(reply.status)
        kind = {} if "Content-Type" in reply.headers else {"Content-Type": "text/html; charset=utf-8"}
        for name, value in (reply.headers | kind).items():
            self.send_header(name, self.server.fill(value))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()


@dataclass
class Town:
    """The good site, the same in plain HTTP, and one site for each fault a certificate can have."""

    folder: Path
    pem: Path
    """The good site's certificate."""
    replies: dict[str, Reply] = field(default_factory=dict)

    def __enter__(self) -> Self:
        names = ADDRESSES
        self.authority = Authority.founded(self.folder / "ours")
        stranger = Authority.founded(self.folder / "stranger", "stranger")
        issue = self.authority.issue
        self.good = Site(tls_of(self.pem), self.replies)
        self.sound = Site(tls_of(issue("sound", names)), self.replies)
        self.plain = Site(None, self.replies)
        self.faulty = {
            name: Site(_lax(pem), self.replies)
            for name, pem in {
                "expired": issue("expired", names, expired=True),
                "wrong-host": issue("wrong-host", "DNS:otro.localhost"),
                "wrong-subdomain": issue("wrong-subdomain", f"DNS:a.{HOST}"),
                "common-name-only": issue(HOST, "DNS:otro.localhost"),
                "self-signed": certificate(self.folder, "self-signed", f"DNS:{HOST}"),
                "unknown-authority": stranger.issue("unknown", names),
                "not-yet-valid": _early(self.authority, names),
            }.items()
        }
        old = _lax(self.pem)
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        self.faulty["old-protocol"] = Site(old, self.replies)
        for site in self.sites:
            site.fill = self._fill
        return self

    @property
    def sites(self) -> list[Site]:
        return [self.good, self.sound, self.plain, *self.faulty.values()]

    def _fill(self, text: str) -> str:
        for name, value in self.places.items():
            text = text.replace("{" + name + "}", value)
        return text

    @property
    def places(self) -> dict[str, str]:
        """What stands for what in bodies and headers."""
        good = self.good
        return {
            "here": good.address(HOST), "bank": good.address(BANK), "evil": good.address(EVIL),
            "evilhost": f"{EVIL}:{good.server_port}", "herehost": f"{HOST}:{good.server_port}",
            "plain": self.plain.address(HOST), "port": str(good.server_port),
            "expired": self.faulty["expired"].address(HOST),
        }  # fmt: skip

    def forget(self) -> None:
        """As before the first visitor."""
        self.replies.clear()
        for site in self.sites:
            site.asked.clear()

    def __exit__(self, *_: object) -> None:
        for site in self.sites:
            site.close()


def _lax(pem: Path) -> ssl.SSLContext:
    """For a server that offers what nobody should take any more."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(pem)
    return context


def _early(authority: Authority, names: str) -> Path:
    """Good from the year 2090 on. Only «openssl ca» sets the first day."""
    folder = authority.folder
    pem, request, cert, config = (folder / f"early.{end}" for end in ("pem", "csr", "crt", "cnf"))
    (folder / "index").touch()
    config.write_text(
        f"[ca]\ndefault_ca=d\n[d]\ndatabase={folder}/index\nnew_certs_dir={folder}\nrand_serial=yes\n"
        f"default_md=sha256\npolicy=p\nx509_extensions=x\n[p]\ncommonName=supplied\n[x]\nsubjectAltName={names}\n",
        encoding="utf-8",
    )
    _request(pem, request, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
    _openssl(
        "ca", "-batch", "-notext", "-config", str(config), "-cert", str(authority.pem),
        "-keyfile", str(authority.pem.with_suffix(".key")), "-in", str(request), "-out", str(cert),
        "-startdate", "20900101000000Z", "-enddate", "20910101000000Z",
    )  # fmt: skip
    pem.write_bytes(cert.read_bytes() + pem.read_bytes())
    return pem


def _request(key: Path, request: Path, *kind: str) -> None:
    _openssl("req", "-new", *kind, "-nodes", "-subj", "/CN=x", "-keyout", str(key), "-out", str(request))
