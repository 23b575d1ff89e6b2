"""What is asked of whoever sets a terminal up. Prompts are in Spanish, for staff of the branch read them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from kiosk.pse.declaration import Declaration, Further
from kiosk.resources import resource

Answers = dict[str, str]
Problem = Callable[[str], str]
"""What is wrong with an answer, in Spanish; nothing where it is right."""


def _matches(pattern: str, problem: str) -> Problem:
    return lambda text: "" if re.fullmatch(pattern, text) else problem


_URL = _matches(r"https?://[^\s/@]+(/\S*)?", "se necesita una dirección como https://servidor/ruta")
_PRINTER = _matches(
    r"none|network:[^\s:]+(:\d+)?|usb:[0-9a-fA-F]{4}:[0-9a-fA-F]{4}|system(:.+)?",
    "es none, network:EQUIPO[:PUERTO], usb:FABRICANTE:PRODUCTO (hexadecimal) o system[:COLA]",
)


@dataclass(frozen=True, slots=True)
class Question:
    """One answer: its name (flag and key of the answer file), its setting, and how it is asked."""

    name: str
    key: str
    asks: str
    comment: str
    problem: Problem = field(default=lambda text: "" if text else "no puede quedar vacío")
    proposal: Callable[[Answers], str] | None = None
    """What holds where nobody says; None for what only they know."""
    secret: bool = False
    file: str = ""
    """The name of a secret's file in the folder of secrets."""
    when: Callable[[Answers], bool] = field(default=lambda _: True)

    @property
    def flag(self) -> str:
        """On the command line."""
        return "--" + self.name.replace("_", "-")


def _host(answers: Answers) -> str:
    return urlsplit(answers.get("gateway_url", "")).hostname or ""


def _token_url(answers: Answers) -> str:
    parts = urlsplit(answers.get("core_url", ""))
    return f"{parts.scheme}://{parts.netloc}/oauth2/token" if parts.netloc else ""


def _driver_is(name: str) -> Callable[[Answers], bool]:
    return lambda answers: answers.get("gateway") == name


def questions(agencies: Mapping[str, object], gateways: Mapping[str, Declaration]) -> tuple[Question, ...]:
    """All, in the order in which they are asked; a later one may lean on the answer to a former.

    `agencies` and `gateways` by the names that settings have for them. Two gateways may ask for a setting of
    the same name: then two questions share it, of which one is asked at most.
    """
    offices = ", ".join(agencies)
    return (
        Question("agency", "terminal.agency", f"Agencia ({offices})", f"the office: {offices}",
                 lambda text: "" if text in agencies else f"no hay tal agencia; son {offices}"),
        Question("terminal_id", "terminal.id", "Identificador de este terminal (por ejemplo PAM01)",
                 "starts every payment's reference: its own for every terminal",
                 _matches("[A-Z][A-Z0-9]{1,11}", "de 2 a 12 mayúsculas y cifras; la primera, letra")),
        Question("ip_address", "terminal.ip_address", "Dirección IP pública de la agencia",
                 "the branch's public address, sent to the gateway", proposal=lambda _: "127.0.0.1"),
        Question("nit", "cooperative.nit", "NIT de la cooperativa, con dígito de verificación",
                 "with its check digit, as receipts say it",
                 _matches(r"[0-9.]{7,15}-[0-9]", "se escribe como 800.000.000-0")),
        *_gateway_questions(gateways),
        *_core_questions(),
        Question("printer", "printer", "Impresora (none, network:EQUIPO, usb:FABRICANTE:PRODUCTO, system)",
                 "none, network, usb or system", _PRINTER),
        Question("data_folder", "journal.file", "Carpeta del diario y los comprobantes",
                 "the terminal's book of record: back it up, never delete it",
                 proposal=lambda _: "/var/lib/kiosk"),
        Question("manager_pin", "manager.pin", "Primer PIN del gerente, de 6 a 12 cifras",
                 "the branch manager's PIN, hashed: kiosk manager-pin FILE", secret=True, file="manager-pin"),
    )  # fmt: skip


def _gateway_questions(known: Mapping[str, Declaration]) -> tuple[Question, ...]:
    gateways = ", ".join(known)

    def chosen(answers: Answers) -> Declaration | None:
        return known.get(answers.get("gateway", ""))

    def address(answers: Answers) -> str:
        gateway = chosen(answers)
        return gateway.address if gateway else ""

    def page_hosts(answers: Answers) -> str:
        gateway = chosen(answers)
        return ", ".join(filter(None, (_host(answers), *(gateway.page_hosts if gateway else ()))))

    return (
        Question("gateway", "gateway.driver", f"Pasarela ({gateways})", f"one of {gateways}",
                 lambda text: "" if text in known else f"es una de {gateways}"),
        Question("gateway_url", "gateway.url", "Dirección de la pasarela", "production, or its test address",
                 _URL, address),
        Question("gateway_login", "gateway.login", "Usuario (login o llave pública) en la pasarela",
                 "login, public key or user"),
        Question("gateway_secret", "gateway.secret", "Clave secreta de la pasarela",
                 "where the secret or private key is, never the key", secret=True, file="gateway"),
        *(_secret(name, each) for name, gateway in known.items() for each in gateway.secrets),
        *(_option(name, each) for name, gateway in known.items() for each in gateway.options),
        Question("return_url", "gateway.return_url", "Dirección de retorno registrada en la pasarela",
                 "where the bank's page leads back; nobody needs to serve it", _URL,
                 lambda _: "https://www.cooperativasolidarios.com/pagos/retorno"),
        Question("page_hosts", "gateway.page_hosts", "Sitios que el asociado puede visitar, entre comas",
                 "what the member may visit: the gateway's page, PSE, and your members' banks",
                 proposal=page_hosts),
    )  # fmt: skip


def _secret(driver: str, wanted: Further) -> Question:
    return Question(
        f"gateway_{wanted.name}", f"gateway.secrets.{wanted.name}", wanted.asks, wanted.comment,
        secret=True, file=wanted.name, when=_driver_is(driver),
    )  # fmt: skip


def _option(driver: str, wanted: Further) -> Question:
    problem = _matches(wanted.pattern, f"se escribe como {wanted.example}" if wanted.example else "así no es")
    return Question(
        wanted.name, f"gateway.options.{wanted.name}", wanted.asks, wanted.comment, problem,
        when=_driver_is(driver),
    )  # fmt: skip


def _core_questions() -> tuple[Question, ...]:
    return (
        Question("core_url", "core.url", "Dirección del core (Member Core API)", "the Member Core API", _URL),
        Question("core_token_url", "core.token_url", "Dirección de su servidor de credenciales (OAuth)",
                 "where the terminal gets its token", _URL, _token_url),
        Question("core_client_id", "core.client_id", "Nombre de este terminal ante el core",
                 "as the core knows this terminal",
                 proposal=lambda answers: f"kiosk-{answers.get('terminal_id', '').lower()}"),
        Question("core_certificate", "core.client_certificate",
                 "Certificado de cliente (archivo PEM; vacío si usa una clave)",
                 "mutual TLS: certificate and key, mode 600", lambda _: "", lambda _: ""),
        Question("core_ca_file", "core.ca_file", "Autoridad propia del core (archivo PEM, o vacío)",
                 "where the core's certificate is the cooperative's own", lambda _: "", lambda _: ""),
        Question("core_secret", "core.client_secret", "Clave de este terminal ante el core",
                 "where the client secret is", secret=True, file="core",
                 when=lambda answers: not answers.get("core_certificate")),
    )  # fmt: skip


def shipped_agencies() -> dict[str, object]:
    """The offices that need no settings."""
    return tomllib.loads(resource("agencies.toml").read_text(encoding="utf-8"))
