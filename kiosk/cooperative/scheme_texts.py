"""The scheme's fixed texts, letter for letter; a test compares their bytes.

They are never translated, shortened or rephrased: certification calls them unmodifiable. Spaces
between words are single. Sources: the scheme's result, duplicate and creation-error texts.
This module needs only the standard library, so that both screens and receipts can use it.
"""

from __future__ import annotations

from typing import assert_never

from kiosk.cooperative.payment import State

METHOD = "Débito bancario PSE"
"""The name of this form of payment; "transferencia" and "tarjeta débito" are forbidden."""

APPROVED = "Transacción aprobada"
REJECTED = "Transacción rechazada"
FAILED = "Transacción fallida"
PENDING = "Transacción pendiente. Por favor verificar si el débito fue realizado en el Banco."

NO_BANK_LIST = "No se pudo obtener la lista de Entidades Financieras, por favor intente más tarde"
CHOOSE_BANK = "A continuación seleccione su banco"
"""What the bank list itself sends under code 0: a placeholder, never a bank."""

BANK_UNREACHABLE = (
    "La entidad financiera no puede ser contactada para iniciar la transacción, "
    "por favor seleccione otra o intente más tarde"
)


def of_state(state: State) -> str:
    """The result's text. Whatever is not known for sure is pending, never failed."""
    match state:
        case State.APPROVED | State.POSTED:
            return APPROVED
        case State.DECLINED:
            return REJECTED
        case State.FAILED:
            return FAILED
        case State.PREPARED | State.REQUESTED | State.AT_BANK | State.PENDING:
            return PENDING
    assert_never(state)


def pending_already(noun: str, reference: str, phone: str, email: str, cus: str) -> str:
    """Refusal of a second payment while the first is pending. `noun`: obligación, factura or pago."""
    return (
        f"En este momento su {noun} #{reference} presenta un proceso de pago cuya transacción se encuentra "
        "PENDIENTE de recibir confirmación por parte de su entidad financiera, por favor espere unos minutos "
        "y vuelva a consultar más tarde para verificar si su pago fue confirmado de forma exitosa. Si desea "
        "mayor información sobre el estado actual de su operación puede comunicarse a nuestras líneas de "
        f"atención al cliente {phone} o enviar un correo electrónico a {email} y preguntar por el estado de "
        f"la transacción: {cus}"
    )


def approved_already(reference: str, phone: str, email: str, cus: str) -> str:
    """Refusal of a second payment of a reference that is already paid."""
    return (
        f"En este momento su #{reference} ha finalizado su proceso de pago y cuya transacción se encuentra "
        "APROBADA en su entidad financiera. Si desea mayor información sobre el estado de su operación puede "
        f"comunicarse a nuestras líneas de atención al cliente {phone} o enviar un correo electrónico a "
        f"{email} y preguntar por el estado de la transacción: {cus}"
    )


def limit_exceeded(phone: str, email: str) -> str:
    """FAIL_EXCEEDEDLIMIT: the amount is above what PSE allows this company. Stop, show the contact."""
    return (
        "El monto de la transacción excede los límites establecidos en PSE para la empresa, por favor "
        f"comuníquese con nuestras líneas de atención al cliente al teléfono {phone} o al correo "
        f"electrónico {email}"
    )


def not_created(company: str, phone: str, email: str) -> str:
    """Any other creation error. Stop, show the contact."""
    return (
        "No se pudo crear la transacción, por favor intente más tarde o comuníquese con "
        f"{company} a nuestras líneas de atención al cliente al teléfono {phone} o al correo "
        f"electrónico {email}"
    )
