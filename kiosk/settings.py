"""The terminal's settings: declared once, checked at start, unknown keys refused.

Read by app and cli only; everything below gets plain values. Secrets are never values but
references: `file:/path`, `credential:NAME` (systemd) or, in the demonstration only, `env:NAME`.
"""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from kiosk.resources import resource


class SettingsError(Exception):
    """The settings can not be used; the text says which key and why, never a secret."""


def _http(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise ValueError("an address like https://host/path is needed")
    return url.rstrip("/")


def _reference(text: str) -> str:
    if not text.startswith(("file:", "credential:", "env:")):
        raise ValueError("a secret is given as file:/path, credential:NAME or env:NAME")
    return text


Url = Annotated[str, AfterValidator(_http)]
SecretReference = Annotated[str, AfterValidator(_reference)]


def reveal(reference: str) -> str:
    """The secret behind a reference. Raises SettingsError for a missing one or an open file."""
    kind, _, where = reference.partition(":")
    if kind == "env":
        if value := os.environ.get(where, ""):
            return value
        raise SettingsError(f"the environment has no {where}")
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "") if kind == "credential" else ""
    path = Path(folder, where)
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SettingsError(f"{path}: others may read this secret; use mode 600")
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Agency(_Section):
    """An office members are sent to."""

    name: str
    city: str
    address: str
    phone: str
    hours: str = "lunes a viernes, 8:00 a. m. a 12:00 m. y 2:00 a 5:00 p. m."


class Cooperative(_Section):
    """Who collects, and whom members call."""

    name: str = "Cooperativa Solidarios"
    nit: str = "000.000.000-0"
    """With its check digit, as receipts and the privacy notice say it. The default is nobody's."""
    website: str = "www.cooperativasolidarios.com"
    care: str = "Gestión del Asociado"
    care_phone: str = "620 0910 Ext 102"
    care_mobile: str = "320 697 0168"
    care_email: str = "gestion@cooperativasolidarios.com"
    privacy_url: str = "https://www.cooperativasolidarios.com/privacidad"
    privacy_version: str = "1"


class Brand(_Section):
    """What sets this cooperative's terminals apart: two colours and its own logo files."""

    primary: str = Field("#0d5c4b", pattern="^#[0-9a-fA-F]{6}$")
    dark: str = Field("#0a4438", pattern="^#[0-9a-fA-F]{6}$")
    logo: Path | None = None
    pse_logo: Path | None = None


class Terminal(_Section):
    """Which terminal this is. The id starts every payment reference."""

    id: str = Field("PAM01", pattern="^[A-Z][A-Z0-9]{1,11}$")
    agency: str = "pampalinda"
    demonstration: bool = False
    ip_address: str = "127.0.0.1"


class Screen(_Section):
    """The display. `diagonal_inches` turns pixels into millimetres."""

    fullscreen: bool = True
    width: int = Field(1920, ge=1024)
    height: int = Field(1080, ge=768)
    diagonal_inches: float = Field(21.5, gt=5)


class Core(_Section):
    """The Member Core API."""

    url: Url = "https://member-core.invalid/v1"
    token_url: Url = "https://member-core.invalid/oauth2/token"
    client_id: str = "kiosk"
    client_secret: SecretReference = "credential:core-client-secret"
    ca_file: Path | None = None
    client_certificate: Path | None = None


class GatewaySection(_Section):
    """The payment gateway."""

    driver: str = "placetopay"
    url: Url = "https://checkout.placetopay.com"
    login: str = ""
    secret: SecretReference = "credential:gateway-secret"
    return_url: Url = "https://www.cooperativasolidarios.com/pagos/retorno"
    page_hosts: tuple[str, ...] = ("checkout.placetopay.com", "pse.com.co")
    session_minutes: int = Field(15, ge=6, le=60)
    secrets: dict[str, SecretReference] = Field(default_factory=dict)
    """Further secrets that only this driver has, e.g. Wompi's `integrity`."""
    options: dict[str, str] = Field(default_factory=dict)
    """Further settings that only this driver has, e.g. ZonaPAGOS' `service_code`."""


class Journal(_Section):
    """Where the terminal's book of record lies."""

    file: Path = Path("/var/lib/kiosk/journal.sqlite")


class Printer(_Section):
    """The receipt printer. `width` in characters of font A: 48 for 80 mm paper."""

    kind: Literal["none", "network", "usb", "system"] = "none"
    host: str = ""
    port: int = 9100
    usb_vendor: int = 0
    usb_product: int = 0
    queue: str = ""
    width: int = Field(48, ge=32, le=64)


class Receipts(_Section):
    """Receipt files and the signature of their codes."""

    folder: Path = Path("/var/lib/kiosk/receipts")
    verification_url: str = ""
    signing_key: SecretReference = "credential:receipt-key"


class Sonda(_Section):
    """Seconds between questions. Scheme: first sweep after 7 minutes, then every 10 to 15."""

    watch_every: float = Field(5.0, ge=0.2)
    """While the member waits in front of the screen."""
    watch_for: float = Field(90.0, ge=1)
    """How long the member is asked to wait before the honest "pending"."""
    first_after: float = Field(420.0, ge=1)
    every: float = Field(720.0, ge=1)
    post_every: float = Field(30.0, ge=0.2)


class Payments(_Section):
    """Limits of one debit in pesos; the minimum is the channel's (1,500 to 1,600 seen)."""

    minimum: int = Field(1600, ge=0)
    maximum: int | None = None
    bank_minutes: float = Field(7.0, ge=1)


def shipped_agencies() -> dict[str, Agency]:
    """The cooperative's ten offices, from the file that ships with the kiosk."""
    found = tomllib.loads(resource("agencies.toml").read_text(encoding="utf-8"))
    return {key: Agency(**values) for key, values in found.items()}


class Settings(_Section):
    """Everything a terminal needs to know."""

    terminal: Terminal = Terminal()
    cooperative: Cooperative = Cooperative()
    brand: Brand = Brand()
    screen: Screen = Screen()
    core: Core = Core()
    gateway: GatewaySection = GatewaySection()
    journal: Journal = Journal()
    printer: Printer = Printer()
    receipts: Receipts = Receipts()
    sonda: Sonda = Sonda()
    payments: Payments = Payments()
    agencies: dict[str, Agency] = Field(default_factory=shipped_agencies)

    @model_validator(mode="after")
    def _agency_exists(self) -> Settings:
        if self.terminal.agency not in self.agencies:
            raise ValueError(f"terminal.agency: no agency called {self.terminal.agency!r}")
        return self

    @model_validator(mode="after")
    def _production_is_safe(self) -> Settings:
        if self.terminal.demonstration:
            return self
        for name, url in (("core.url", self.core.url), ("core.token_url", self.core.token_url),
                          ("gateway.url", self.gateway.url),
                          ("gateway.return_url", self.gateway.return_url)):  # fmt: skip
            if not url.startswith("https://"):
                raise ValueError(f"{name}: a real terminal speaks https only")
        for name, secret in (("core.client_secret", self.core.client_secret),
                             ("gateway.secret", self.gateway.secret),
                             *((f"gateway.secrets.{k}", v) for k, v in self.gateway.secrets.items()),
                             ("receipts.signing_key", self.receipts.signing_key)):  # fmt: skip
            if secret.startswith("env:"):
                raise ValueError(f"{name}: secrets in the environment are for the demonstration")
        if self.cooperative.nit == Cooperative().nit:
            raise ValueError("cooperative.nit: receipts must name the company's own NIT")
        return self

    @property
    def agency(self) -> Agency:
        """The office this terminal stands in."""
        return self.agencies[self.terminal.agency]


def load(path: Path) -> Settings:
    """Read a TOML settings file. Raises SettingsError naming the key, never its value."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from None
    try:
        return Settings(**found)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}" for e in error.errors()]
        raise SettingsError(f"{path}: " + "; ".join(wrong)) from None
