"""Invented banks: none of these names, codes, colours or slogans is anybody's."""

from __future__ import annotations

from dataclasses import dataclass

PLACEHOLDER_CODE = "0"
PLACEHOLDER = "A continuación seleccione su banco"
NO_BANKS = "No se pudo obtener la lista de Entidades Financieras, por favor intente más tarde"


@dataclass(frozen=True, slots=True)
class OurBank:
    """A bank of PSE's list with its page's brand. `key_name` is what it calls the password."""

    code: str
    name: str
    mark: str
    colour: str
    deep: str
    tint: str
    slogan: str
    key_name: str = "Clave virtual"


BANKS = (
    OurBank("1901", "Banco Unión Colombiano", "BU", "#9b2335", "#6f1524", "#fbecee", "Cerca de lo suyo"),
    OurBank("1902", "Banco del Valle Andino", "VA", "#2f6b3a", "#1d4a27", "#e9f4eb", "Sembramos con usted"),
    OurBank("1903", "Banco Cordillera", "BC", "#31456b", "#1f2e4b", "#ebeff7", "Firme como la montaña"),
    OurBank("1904", "Banco Litoral del Sur", "LS", "#0b6b7d", "#074a57", "#e5f3f6", "Su puerto seguro"),
    OurBank("1905", "Banco Mirador", "BM", "#7a3e9d", "#552a70", "#f4ebf9", "Mire más lejos", "Contraseña"),
    OurBank("1906", "Banco Nevado", "BN", "#1d6fa5", "#124c73", "#e6f1f9", "Claro, como debe ser"),
    OurBank("1907", "Caja de Ahorros La Ceiba", "LC", "#8a5a12", "#61400b", "#faf1e2", "Ahorro con raíces"),
    OurBank("1908", "Financiera El Roble", "ER", "#5b5a1e", "#403f13", "#f4f4e4", "Crecemos despacio y bien"),
    OurBank("1909", "Billetera Nómada", "N", "#b23a6b", "#81264b", "#fceaf2", "Su plata, donde esté", "PIN"),
    OurBank("1910", "Billetera Colibrí", "C", "#00736b", "#00504b", "#e1f4f2", "Ligera y rápida", "PIN"),
)  # fmt: skip

_BY_CODE = {bank.code: bank for bank in BANKS}


def bank_of(code: str) -> OurBank | None:
    """The bank of this code; None for the placeholder and for anything unknown."""
    return _BY_CODE.get(code)
