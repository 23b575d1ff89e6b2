"""The terminal's settings: declared once, checked at start, unknown keys refused.

Read by app and cli only; everything below gets plain values. `load` joins the layers of
settings_layers.py: built-in, organisation file, terminal file, environment. Secrets are never values but
references: `file:/path`, `credential:NAME` (systemd) or, in the demonstration only, `env:NAME`.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from kiosk.resources import resource
from kiosk.settings.layers import BUILT_IN, Layer, Layered, LayerError
from kiosk.settings.layers import read as read_layers


class SettingsError(Exception):
    """The settings can not be used; the text says which key and why, never a secret."""


class Url(str):
    """An http(s) address without a slash at its end and without credentials."""

    __slots__ = ()


class SecretReference(str):
    """Where a secret is, never the secret: file:/path, credential:NAME or env:NAME."""

    __slots__ = ()


def _read(wanted: type, given: object) -> object:
    """The types that msgspec does not know. Raises ValueError, never with the value in it."""
    if not isinstance(given, str | Path):
        raise ValueError(f"Expected `str`, got `{type(given).__name__}`")
    text = str(given)
    if wanted is Path:
        return Path(text)
    if wanted is Url:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise ValueError("an address like https://host/path is needed")
        return Url(text.rstrip("/"))
    if wanted is SecretReference:
        if not text.startswith(("file:", "credential:", "env:")):
            raise ValueError("a secret is given as file:/path, credential:NAME or env:NAME")
        return SecretReference(text)
    raise NotImplementedError(wanted)


def reveal(reference: str) -> str:
    """The secret behind a reference. Raises SettingsError for a missing one or an open file.

    The mode of a credential is systemd's: its access list for the one user shows as the group's.
    """
    kind, _, where = reference.partition(":")
    if kind == "env":
        if value := os.environ.get(where, ""):
            return value
        raise SettingsError(f"the environment has no {where}")
    if kind == "credential":
        folder = os.environ.get("CREDENTIALS_DIRECTORY")
        if not folder:
            raise SettingsError(f"{reference}: only the service has it (kiosk-service COMMAND as root)")
        path = Path(folder, where)
    else:
        path = private(Path(where))
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {getattr(error, 'strerror', 'no text')}") from None


def private(path: Path) -> Path:
    """A file that nobody else may read. Raises SettingsError for a missing one or an open one."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise SettingsError(f"{path}: others may read this secret; use mode 600")
    return path


Colour = Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")]


_READABLE = 4.5
"""WCAG 2.2, 1.4.3."""


def _under_white(colour: str) -> float:
    """Contrast of white letters on `#rrggbb`, 1 to 21 (WCAG 2.2, relative luminance)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file: what is not declared is refused."""


class Agency(_Section, frozen=True):
    """An office members are sent to."""

    name: str
    city: str
    address: str
    phone: str
    hours: str = "lunes a viernes, 8:00 a. m. a 12:00 m. y 2:00 a 5:00 p. m."


class Cooperative(_Section, frozen=True):
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


class Brand(_Section, frozen=True):
    """What sets this cooperative's terminals apart: two colours and its own logo files."""

    primary: Colour = "#0d5c4b"
    dark: Colour = "#0a4438"
    logo: Path | None = None
    pse_logo: Path | None = None

    def __post_init__(self) -> None:
        for name, colour in (("primary", self.primary), ("dark", self.dark)):
            if (contrast := _under_white(colour)) < _READABLE:
                said = f"white words on {colour} have a contrast of {contrast:.1f}, {_READABLE} is needed"
                raise ValueError(f"brand.{name}: {said}")


class Terminal(_Section, frozen=True):
    """Which terminal this is. The id starts every payment reference."""

    id: Annotated[str, Meta(pattern="^[A-Z][A-Z0-9]{1,11}$")] = "DEMO01"
    agency: str = "pampalinda"
    demonstration: bool = False
    ip_address: str = "127.0.0.1"


class Screen(_Section, frozen=True):
    """The display. `diagonal_inches` turns pixels into millimetres."""

    fullscreen: bool = True
    width: Annotated[int, Meta(ge=1024)] = 1920
    height: Annotated[int, Meta(ge=768)] = 1080
    diagonal_inches: Annotated[float, Meta(gt=5)] = 21.5
    idle_seconds: Annotated[float, Meta(ge=20)] = 60.0
    """Without a touch until the member is asked whether they are still there."""
    still_there_seconds: Annotated[int, Meta(ge=20)] = 30
    """How long that is asked; 20 at least (WCAG 2.2.1)."""


class Speech(_Section, frozen=True):
    """Reading aloud. `volume` and `step` in percent; what they are in dB(A) is the loudspeaker's to say."""

    engine: Literal["auto", "off", "speechd", "mock"] = "auto"
    volume: Annotated[int, Meta(ge=0, le=100)] = 60
    """At the beginning of every visit: 65 dB(A) at most (EN 301 549 5.1.3.12)."""
    step: Annotated[int, Meta(ge=1, le=50)] = 10
    rate: Annotated[float, Meta(ge=-1, le=1)] = 0.0
    """Slower to faster."""


class Core(_Section, frozen=True):
    """The Member Core API."""

    url: Url = Url("https://member-core.invalid/v1")
    token_url: Url = Url("https://member-core.invalid/oauth2/token")
    client_id: str = "kiosk"
    client_secret: SecretReference | None = None
    """None where the terminal is known by its client certificate."""
    ca_file: Path | None = None
    client_certificate: Path | None = None


class GatewaySection(_Section, frozen=True):
    """The payment gateway."""

    driver: str = "placetopay"
    url: Url = Url("https://checkout.placetopay.com")
    login: str = ""
    secret: SecretReference = SecretReference("credential:gateway-secret")
    return_url: Url = Url("https://www.cooperativasolidarios.com/pagos/retorno")
    page_hosts: tuple[str, ...] = ("checkout.placetopay.com", "pse.com.co")
    session_minutes: Annotated[int, Meta(ge=6, le=60)] = 15
    secrets: dict[str, SecretReference] = {}
    """Further secrets that only this driver has, as it declares them."""
    options: dict[str, str] = {}
    """Further settings that only this driver has, as it declares them."""
    financial_services: bool | None = None
    """Whether the gateway keeps this merchant in PSE's category «Servicios Financieros»: then each charge
    names the member's document and since when they are one, or PSE may refuse it. None: nobody has asked."""


class JournalSection(_Section, frozen=True):
    """Where the terminal's book of record lies."""

    file: Path = Path("/var/lib/kiosk/journal.sqlite")
    key: SecretReference | None = None
    """Of the codes beside the events: whoever can not read it can not write payments into the file."""
    former_keys: tuple[SecretReference, ...] = ()
    """Keys that `kiosk journal renew-key` has replaced, to check what was written with them."""
    witness: Path | None = None
    """Where it is written down how far the journal is; beside the receipts where not said."""


class PrinterSection(_Section, frozen=True):
    """The receipt printer. `width` in characters of font A: 48 for 80 mm paper."""

    kind: Literal["none", "network", "usb", "system"] = "none"
    host: str = ""
    port: int = 9100
    usb_vendor: int = 0
    usb_product: int = 0
    queue: str = ""
    """Of a system's printer; empty: the default one."""
    width: Annotated[int, Meta(ge=32, le=64)] = 48


class ReceiptsSection(_Section, frozen=True):
    """Receipt files and the signature of their codes."""

    folder: Path = Path("/var/lib/kiosk/receipts")
    verification_url: str = ""
    signing_key: SecretReference = SecretReference("credential:receipt-key")


class SondaSection(_Section, frozen=True):
    """Seconds between questions. Scheme: first sweep after 7 minutes, then every 10 to 15."""

    watch_every: Annotated[float, Meta(ge=0.2)] = 5.0
    """While the member waits in front of the screen."""
    watch_for: Annotated[float, Meta(ge=1)] = 90.0
    """How long the member is asked to wait before the honest "pending"."""
    first_after: Annotated[float, Meta(ge=1)] = 420.0
    every: Annotated[float, Meta(ge=1)] = 720.0
    post_every: Annotated[float, Meta(ge=0.2)] = 30.0


class Payments(_Section, frozen=True):
    """Limits of one debit in pesos; the minimum is the channel's (1,500 to 1,600 seen)."""

    minimum: Annotated[int, Meta(ge=0)] = 1600
    maximum: int | None = None
    bank_minutes: Annotated[float, Meta(ge=1)] = 7.0


def shipped_agencies() -> dict[str, Agency]:
    """The cooperative's ten offices, from the file that ships with the kiosk."""
    found = tomllib.loads(resource("agencies.toml").read_text(encoding="utf-8"))
    return {key: Agency(**values) for key, values in found.items()}


class ManagerSection(_Section, frozen=True):
    """The branch manager's way in: `kiosk manager-pin` writes what the reference names."""

    pin: SecretReference | None = None


class Settings(_Section, frozen=True):
    """Everything a terminal needs to know."""

    terminal: Terminal = Terminal()
    cooperative: Cooperative = Cooperative()
    brand: Brand = Brand()
    screen: Screen = Screen()
    speech: Speech = Speech()
    core: Core = Core()
    gateway: GatewaySection = GatewaySection()
    gateway_before: tuple[GatewaySection, ...] = ()
    """Accounts left for another one, kept until their open payments have ended: asked, never paid at."""
    journal: JournalSection = JournalSection()
    printer: PrinterSection = PrinterSection()
    receipts: ReceiptsSection = ReceiptsSection()
    sonda: SondaSection = SondaSection()
    payments: Payments = Payments()
    manager: ManagerSection = ManagerSection()
    agencies: dict[str, Agency] = msgspec.field(default_factory=shipped_agencies)

    def __post_init__(self) -> None:
        if self.terminal.agency not in self.agencies:
            raise ValueError(f"terminal.agency: no agency called {self.terminal.agency!r}")
        if not self.terminal.demonstration:
            self._refuse_what_is_not_safe()

    def _refuse_what_is_not_safe(self) -> None:
        for name, url in (("core.url", self.core.url), ("core.token_url", self.core.token_url),
                          ("gateway.return_url", self.gateway.return_url),
                          *((f"{name}.url", each.url) for name, each in self._accounts())):  # fmt: skip
            if not url.startswith("https://"):
                raise ValueError(f"{name}: a real terminal speaks https only")
        if self.core.client_secret is None and self.core.client_certificate is None:
            raise ValueError("core.client_secret: it or core.client_certificate is needed")
        for name, secret in self.secrets.items():
            if secret.startswith("env:"):
                raise ValueError(f"{name}: secrets in the environment are for the demonstration")
        built_in = GatewaySection()
        for name, each in self._accounts():
            if each.driver != built_in.driver and each.url == built_in.url:
                raise ValueError(f"{name}.url: the built-in address is not that of {each.driver}")
        if self.terminal.id == Terminal().id:
            # Two terminals with one id would give their payments the same references.
            raise ValueError("terminal.id: every terminal needs its own")
        if self.cooperative.nit == Cooperative().nit:
            raise ValueError("cooperative.nit: receipts must name the company's own NIT")

    def _accounts(self) -> Iterator[tuple[str, GatewaySection]]:
        """Every account at a gateway by its key: where payments are begun, then those that were left."""
        yield "gateway", self.gateway
        yield from ((f"gateway_before[{at}]", each) for at, each in enumerate(self.gateway_before))

    @classmethod
    def of(cls, found: Mapping[str, object]) -> Settings:
        """From the tables of a settings file. Raises SettingsError naming the key, never its value."""
        try:
            return msgspec.convert(found, cls, dec_hook=_read)
        except msgspec.ValidationError as error:
            raise SettingsError(": ".join(filter(None, _named(str(error))))) from None

    @property
    def agency(self) -> Agency:
        """The office this terminal stands in."""
        return self.agencies[self.terminal.agency]

    @property
    def secrets(self) -> dict[str, SecretReference]:
        """Where this terminal's secrets are, by key."""
        found = {
            "core.client_secret": self.core.client_secret,
            "gateway.secret": self.gateway.secret,
            **{f"gateway.secrets.{name}": secret for name, secret in self.gateway.secrets.items()},
            **{
                f"gateway_before[{at}].{name}": secret
                for at, each in enumerate(self.gateway_before)
                for name, secret in {"secret": each.secret, **each.secrets}.items()
            },
            "journal.key": self.journal.key,
            **{f"journal.former_keys[{at}]": key for at, key in enumerate(self.journal.former_keys)},
            "manager.pin": self.manager.pin,
            "receipts.signing_key": self.receipts.signing_key,
        }
        return {key: reference for key, reference in found.items() if reference is not None}


def load(path: Path) -> Settings:
    """The terminal's settings from all layers. Raises SettingsError naming layer and key, never a value."""
    return _layered(path)[0]


@dataclass(frozen=True, slots=True)
class Explained:
    """One setting as it holds, and which layer says so. A secret is its reference."""

    key: str
    value: object
    layer: Layer


def explain(path: Path) -> list[Explained]:
    """Every setting with where it came from. Of the offices only this terminal's and those not built in."""
    settings, layered = _layered(path)
    found: list[Explained] = []

    def walk(value: object, key: str) -> None:
        if isinstance(value, msgspec.Struct):
            value = msgspec.structs.asdict(value)
        if isinstance(value, Mapping):
            for name, inner in value.items():
                walk(inner, f"{key}.{name}" if key else str(name))
        else:
            plain = msgspec.to_builtins(value, enc_hook=str)
            found.append(Explained(key, plain, layered.origin(key)))

    walk(settings, "")
    ours = f"agencies.{settings.terminal.agency}."
    return [
        each
        for each in found
        if not each.key.startswith("agencies.") or each.key.startswith(ours) or each.layer is not BUILT_IN
    ]


def _layered(path: Path) -> tuple[Settings, Layered]:
    shipped = {key: msgspec.structs.asdict(agency) for key, agency in shipped_agencies().items()}
    try:
        found = read_layers(path, os.environ, Settings, {"agencies": shipped})
    except LayerError as error:
        raise SettingsError(str(error)) from None
    try:
        return msgspec.convert(found.tables, Settings, dec_hook=_read), found
    except msgspec.ValidationError as error:
        raise SettingsError(found.complaint(*_named(str(error)))) from None


def _named(said: str) -> tuple[str, str]:
    """msgspec's words as key and complaint: "gateway.login", "Expected `str`, got `int`"."""
    what, _, place = said.partition(" - at `$")
    key = place.rstrip("`").lstrip(".")
    if unknown := re.fullmatch(r"Object contains unknown field `(.*)`", what):
        return f"{key}.{unknown[1]}".lstrip("."), "no such setting"
    if not key and (ours := re.fullmatch(r"([a-z_]+(?:\.[a-z_]+)+): (.*)", what)):
        return ours[1], ours[2]
    return key, what
