"""ZonaPAGOS (Zona Virtual) by its REST "ciclo de pago", restricted to PSE.

Source: the vendor's documentation repository (Zonapagos/documentaci-n: endpoints, formats, states,
idempotency, sonda). There is no id of the gateway's: our `str_id_pago` is the key of everything, and
no answer repeats it. Our reference travels in `str_opcional1` and is compared where it comes back.
Where the source is silent or contradicts itself: the text for a repeated id (two wordings are
known), whether pipes inside texts are escaped (none are sent), what `int_modalidad` means (-1 as in
most examples), and whether "no payments" also means a page that nobody began. Amounts have no
currency: they are Colombian pesos.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from kiosk.cooperative.member import AccountHolder, DocumentType, HolderKind
from kiosk.pse.declaration import Declaration, Further
from kiosk.pse.gateway import (
    Abilities,
    Answer,
    Bank,
    Charge,
    Connection,
    Created,
    Creation,
    ErrorKind,
    ExistsAlready,
    Expected,
    NotCreated,
    NoVerdict,
    Terms,
    UnknownIfCreated,
    account_of,
)
from kiosk.pse.gateway_line import GatewayLine, patient
from kiosk.pse.wire import read_object, refused_before_work, same_place, text, web_address, written
from kiosk.pse.zonapagos_reading import (
    CREDENTIALS,
    OURS,
    records_of,
    refusal,
    verdict_of,
)

_DOCUMENTS = {
    DocumentType.CC: "1",
    DocumentType.CE: "2",
    DocumentType.NIT: "3",
    DocumentType.TI: "5",
    DocumentType.PA: "6",
}
_OTHER_DOCUMENT = "11"
_ADDITIONAL = "additional_"
_MERCHANT = Further("merchant", "Número de comercio en ZonaPAGOS", "ZonaPAGOS: the merchant's number",
                    "90001", "[0-9]{1,7}")  # fmt: skip
_USED_ALREADY = re.compile(r"ya existe|ya fue us|ya usado|duplica", re.IGNORECASE)


class ZonaPagos:
    """One merchant. `login` is the user, `secret` the password; options `merchant` and `service_code`.

    What a merchant has agreed with the gateway beside that goes as `additional_111 = "…"`, by its code.
    """

    name = "zonapagos"
    declares = Declaration(
        title="ZonaPAGOS",
        address="https://www.zonapagos.com/Apis_CicloPago/api",
        login_is="the user",
        key_is="the password",
        # Its documents name no test host: merchants for tests share the address of production.
        options=(
            _MERCHANT,
            Further("service_code", "Código de servicio PSE en ZonaPAGOS", "ZonaPAGOS: PSE's service code",
                    "2701"),
        ),
    )  # fmt: skip
    abilities = Abilities(
        picks_bank_here=False,
        finds_by_reference=True,
        absence_proves_unpaid=True,
        idempotent_create=False,
        cancels=False,
        other_device=True,
        abandoned_after=timedelta(minutes=30),
    )

    def __init__(self, connection: Connection) -> None:
        self._line = GatewayLine(connection.transport, connection.clock)
        self._user, self._password = connection.login, connection.secret
        merchant = connection.option("merchant")
        if not re.fullmatch(_MERCHANT.pattern, merchant):
            raise ValueError("gateway.options.merchant must be a number of up to seven digits")
        self._merchant = int(merchant)
        self._service = connection.option("service_code")
        self._additional = _additional(connection.options)
        self._return_url = connection.return_url
        self._hosts = connection.page_hosts
        self.account = account_of(self.name, self._line.base_url, merchant)

    @property
    def skew(self) -> timedelta | None:
        """How far the gateway's clock is ahead of ours; None before its first answer."""
        return self._line.skew

    def measure_skew(self) -> None:
        """Ask the gateway's host for the hour."""
        self._line.measure_skew()

    def __repr__(self) -> str:
        return f"ZonaPagos({self._line.base_url})"

    def banks(self) -> tuple[Bank, ...]:
        """None: the payer picks the bank on the hosted page."""
        return ()

    def terms(self) -> tuple[Terms, ...]:
        """None: the hosted page shows its own."""
        return ()

    def create(self, charge: Charge) -> Creation:
        """Start a payment cycle. Never repeated."""
        reply = self._line.create("/InicioPago", written(self._start(charge)))
        if isinstance(reply, NotCreated | UnknownIfCreated):
            return reply
        return self.read_creation(reply.status, reply.body, charge.reference)

    def query(self, gateway_id: str, expected: Expected) -> Answer:  # noqa: ARG002 - ours is the only key
        """All attempts under our reference."""
        return self.find(expected)

    def find(self, expected: Expected) -> Answer:
        """The same: there is no other key."""
        body = {
            "int_id_comercio": self._merchant,
            "str_usr_comercio": self._user,
            "str_pwd_Comercio": self._password,
            "str_id_pago": expected.reference,
            "int_no_pago": -1,
        }
        reply = self._line.ask("POST", "/VerificacionPago", written(body))
        if isinstance(reply, NoVerdict):
            return reply
        return patient(self.read_found(reply.status, reply.body, expected), reply)

    def cancel(self, gateway_id: str) -> None:
        """The contract has no such call: a page that nobody begins is given up after 30 minutes."""

    @staticmethod
    def read_creation(status: int, body: bytes, reference: str) -> Creation:
        """Code 1 with an address is created, code 2 refused.

        An HTTP refusal comes before any work, whoever wrote it: the server, or a firewall in front of it.
        """
        found = read_object(body)
        if refused_before_work(status):
            passing = ErrorKind.SERVER if status == 429 else ErrorKind.GARBAGE
            known = found is not None or status in (400, 404, 415)
            return NotCreated(ErrorKind.INVALID_REQUEST if known and status != 429 else passing)
        if status != 200 or found is None:
            return UnknownIfCreated(ErrorKind.SERVER if status >= 500 else ErrorKind.GARBAGE)
        code, url = text(found.get("int_codigo")), web_address(found.get("str_url"))
        if code == "1":
            return Created(reference, url) if url else UnknownIfCreated(ErrorKind.GARBAGE)
        if code == "2":
            said = f"{text(found.get('str_cod_error'))} {text(found.get('str_descripcion_error'))}"
            if _USED_ALREADY.search(said):
                return ExistsAlready()
            wrong_key = CREDENTIALS.search(said)
            return NotCreated(ErrorKind.AUTHENTICATION if wrong_key else ErrorKind.INVALID_REQUEST)
        return UnknownIfCreated(ErrorKind.GARBAGE)

    @staticmethod
    def read_query(status: int, body: bytes, expected: Expected) -> Answer:
        """The same answer as by reference."""
        return ZonaPagos.read_found(status, body, expected)

    @staticmethod
    def read_found(status: int, body: bytes, expected: Expected) -> Answer:
        """Looks at every attempt, not at the first or last; the answer's own state comes before its count."""
        found = read_object(body)
        if status != 200 or found is None:
            return NoVerdict(ErrorKind.SERVER if status >= 500 else ErrorKind.GARBAGE)
        if kind := refusal(found):
            return NoVerdict(kind)
        listed = found.get("str_res_pago")
        if listed is not None and not isinstance(listed, str):
            return NoVerdict(ErrorKind.GARBAGE)
        records, unreadable = records_of(text(listed or ""))
        if not records:
            if unreadable:
                return NoVerdict(ErrorKind.UNKNOWN_STATUS)
            counted = text(found.get("int_cantidad_pagos"))
            return NoVerdict(ErrorKind.UNKNOWN_PAYMENT if counted in ("0", "") else ErrorKind.GARBAGE)
        return verdict_of(records, expected, unreadable=unreadable)

    def is_return(self, url: str) -> bool:
        """Whether it is our return address; id_comercio and id_pago are not looked at."""
        return same_place(url, self._return_url)

    def allowed_hosts(self) -> frozenset[str]:
        """The gateway's own host, and PSE's and the banks' from the settings."""
        return self._hosts | {self._line.host}

    def _start(self, charge: Charge) -> dict[str, object]:
        options = {50: self._service, 104: self._return_url, 107: "1"}  # service; return; no cards
        return {
            "InformacionPago": {
                "flt_total_con_iva": charge.amount,
                "flt_valor_iva": 0,
                "str_id_pago": charge.reference,
                "str_descripcion_pago": _plain(charge.description, 70),
                "str_email": charge.holder.email[:70],
                **_payer(charge.holder),
                "str_opcional1": f"{OURS}{charge.reference}",
                **{f"str_opcional{number}": "" for number in range(2, 6)},
            },
            "InformacionSeguridad": {
                "int_id_comercio": self._merchant,
                "str_usuario": self._user,
                "str_clave": self._password,
                "int_modalidad": -1,
            },
            "AdicionalesPago": [{"int_codigo": k, "str_valor": v} for k, v in self._additional.items()],
            "AdicionalesConfiguracion": [{"int_codigo": k, "str_valor": v} for k, v in options.items()],
        }


def _additional(options: Mapping[str, str]) -> dict[int, str]:
    """Raises ValueError for a code that is no number."""
    found = {}
    for name, value in options.items():
        code = name.removeprefix(_ADDITIONAL)
        if code == name:
            continue
        if not (code.isascii() and code.isdigit() and len(code) <= 6):
            raise ValueError(f"gateway.options.{name}: {_ADDITIONAL} is followed by a number")
        found[int(code)] = value
    return found


def _payer(holder: AccountHolder) -> dict[str, str]:
    words = holder.name.split()
    middle = len(words) if holder.kind is HolderKind.COMPANY else max(1, len(words) // 2)
    return {
        "str_id_cliente": holder.document.number[:30],
        "str_tipo_id": _DOCUMENTS.get(holder.document.type, _OTHER_DOCUMENT),
        "str_nombre_cliente": _plain(" ".join(words[:middle]), 50),
        "str_apellido_cliente": _plain(" ".join(words[middle:]), 50),
        "str_telefono_cliente": holder.mobile[:50],
    }


def _plain(said: str, longest: int) -> str:
    """Without the separators of the answer's records."""
    return re.sub(r"[|;]+", " ", said)[:longest]
