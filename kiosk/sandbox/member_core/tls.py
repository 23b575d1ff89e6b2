"""TLS with client certificates: the machine is known by the certificate that it shows."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any


def server_context(certificate: Path, client_ca: Path | None) -> ssl.SSLContext:
    """The server's side; with `client_ca` nobody enters without a certificate it issued.

    Raises OSError for files that are missing or no certificates.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate)
    if client_ca is not None:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def machine_name(connection: object) -> str | None:
    """The common name of the certificate shown on a connection; None where none was asked for."""
    if not isinstance(connection, ssl.SSLSocket):
        return None
    shown: dict[str, Any] = connection.getpeercert() or {}
    parts = [pair for part in shown.get("subject", ()) for pair in part]
    return next((str(value) for name, value in parts if name == "commonName"), None)
