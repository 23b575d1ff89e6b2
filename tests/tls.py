"""Real certificates of an authority of their own, made by openssl."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def _openssl(*arguments: str) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl command to make a certificate with")
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def certificate(folder: Path, name: str, address: str) -> Path:
    """A self-signed certificate for an address, with its key in one PEM file."""
    key, cert = _files(folder, name)
    _openssl(
        "req", "-x509", *_KEY, "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName={address}",
        "-keyout", str(key), "-out", str(cert),
    )  # fmt: skip
    return _joined(folder, name)


@dataclass(frozen=True)
class Authority:
    """Issues certificates; `pem` is its own."""

    folder: Path
    pem: Path

    @classmethod
    def founded(cls, folder: Path, name: str = "authority") -> Authority:
        """A new one, in a folder of its own."""
        folder.mkdir(parents=True, exist_ok=True)
        key, cert = _files(folder, name)
        _openssl(
            "req", "-x509", *_KEY, "-days", "2", "-subj", f"/CN={name}",
            "-addext", "keyUsage=critical,keyCertSign", "-keyout", str(key), "-out", str(cert),
        )  # fmt: skip
        return cls(folder, cert)

    def issue(self, name: str, address: str, *, expired: bool = False) -> Path:
        """A certificate for an address, with its key in one PEM file."""
        key, cert = _files(self.folder, name)
        request, extensions = (self.folder / f"{name}.{end}" for end in ("csr", "ext"))
        extensions.write_text(f"subjectAltName={address}\n", encoding="utf-8")
        _openssl("req", "-new", *_KEY, "-subj", f"/CN={name}", "-keyout", str(key), "-out", str(request))
        _openssl(
            "x509", "-req", "-in", str(request), "-CA", str(self.pem),
            "-CAkey", str(self.pem.with_suffix(".key")), "-CAcreateserial",
            "-extfile", str(extensions), "-out", str(cert), "-days", "0" if expired else "2",
        )  # fmt: skip
        if expired:
            time.sleep(1.1)  # it was good for what was left of a second
        return _joined(self.folder, name)


def tls_of(pem: Path, *, clients: Path | None = None) -> ssl.SSLContext:
    """A server's side; `clients` are the certificates it wants to see."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    if clients:
        context.load_verify_locations(clients)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def _files(folder: Path, name: str) -> tuple[Path, Path]:
    return folder / f"{name}.key", folder / f"{name}.crt"


def _joined(folder: Path, name: str) -> Path:
    key, cert = _files(folder, name)
    both = folder / f"{name}.pem"
    both.write_bytes(cert.read_bytes() + key.read_bytes())
    both.chmod(0o600)
    return both
