"""The scheme's texts, compared byte by byte with the strings written out a second time."""

from __future__ import annotations

import pytest

from kiosk.cooperative import scheme_texts as texts
from kiosk.cooperative.payment import State

PHONE, EMAIL, CUS = "620 0910", "ayuda@correo.example", "3501777"

WRITTEN_OUT = {
    "method": (texts.METHOD, "Débito bancario PSE"),
    "approved": (texts.APPROVED, "Transacción aprobada"),
    "rejected": (texts.REJECTED, "Transacción rechazada"),
    "failed": (texts.FAILED, "Transacción fallida"),
    "pending": (
        texts.PENDING,
        "Transacción pendiente. Por favor verificar si el débito fue realizado en el Banco.",
    ),
    "no bank list": (
        texts.NO_BANK_LIST,
        "No se pudo obtener la lista de Entidades Financieras, por favor intente más tarde",
    ),
    "choose bank": (texts.CHOOSE_BANK, "A continuación seleccione su banco"),
    "bank unreachable": (
        texts.BANK_UNREACHABLE,
        "La entidad financiera no puede ser contactada para iniciar la transacción, por favor seleccione otra o intente más tarde",  # noqa: E501
    ),
    "pending already": (
        texts.pending_already("obligación", "88-1204", PHONE, EMAIL, CUS),
        "En este momento su obligación #88-1204 presenta un proceso de pago cuya transacción se encuentra PENDIENTE de recibir confirmación por parte de su entidad financiera, por favor espere unos minutos y vuelva a consultar más tarde para verificar si su pago fue confirmado de forma exitosa. Si desea mayor información sobre el estado actual de su operación puede comunicarse a nuestras líneas de atención al cliente 620 0910 o enviar un correo electrónico a ayuda@correo.example y preguntar por el estado de la transacción: 3501777",  # noqa: E501
    ),
    "approved already": (
        texts.approved_already("88-1204", PHONE, EMAIL, CUS),
        "En este momento su #88-1204 ha finalizado su proceso de pago y cuya transacción se encuentra APROBADA en su entidad financiera. Si desea mayor información sobre el estado de su operación puede comunicarse a nuestras líneas de atención al cliente 620 0910 o enviar un correo electrónico a ayuda@correo.example y preguntar por el estado de la transacción: 3501777",  # noqa: E501
    ),
    "limit": (
        texts.limit_exceeded(PHONE, EMAIL),
        "El monto de la transacción excede los límites establecidos en PSE para la empresa, por favor comuníquese con nuestras líneas de atención al cliente al teléfono 620 0910 o al correo electrónico ayuda@correo.example",  # noqa: E501
    ),
    "not created": (
        texts.not_created("Cooperativa Solidarios", PHONE, EMAIL),
        "No se pudo crear la transacción, por favor intente más tarde o comuníquese con Cooperativa Solidarios a nuestras líneas de atención al cliente al teléfono 620 0910 o al correo electrónico ayuda@correo.example",  # noqa: E501
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN_OUT)
def test_bytes(name: str) -> None:
    ours, scheme = WRITTEN_OUT[name]
    assert ours.encode("utf-8") == scheme.encode("utf-8")


def test_nothing_is_hidden_in_a_text() -> None:
    """No doubled, leading or non-breaking space, no line break, no combining accent."""
    for ours, _ in WRITTEN_OUT.values():
        assert ours == " ".join(ours.split())
        assert all(character == " " or character.isprintable() for character in ours)
        assert not any("\u0300" <= character <= "\u036f" or character == "\xa0" for character in ours)


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (State.PREPARED, texts.PENDING),
        (State.REQUESTED, texts.PENDING),
        (State.AT_BANK, texts.PENDING),
        (State.PENDING, texts.PENDING),
        (State.APPROVED, texts.APPROVED),
        (State.POSTED, texts.APPROVED),
        (State.DECLINED, texts.REJECTED),
        (State.FAILED, texts.FAILED),
    ],
)
def test_every_state_has_its_text(state: State, text: str) -> None:
    assert texts.of_state(state) == text


def test_no_state_is_forgotten() -> None:
    assert {texts.of_state(state) for state in State} == {
        texts.PENDING,
        texts.APPROVED,
        texts.REJECTED,
        texts.FAILED,
    }
