"""What a receipt says, and what it never says."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from receipt_cases import HOLDER_DOCUMENT, ISSUER, LINES, MEMBER_DOCUMENT, NOW, PAID, line

from kiosk.cooperative import scheme_texts as scheme
from kiosk.cooperative.member import Document, DocumentType
from kiosk.cooperative.obligation import ObligationKind
from kiosk.cooperative.order import Order
from kiosk.cooperative.payment import Payment, Review, State
from kiosk.cooperative.standing import Standing, standing_of
from kiosk.receipt.blocks import Amount, Heading, Mark, OutcomeBlock, Receipt, Tone
from kiosk.receipt.document import description_of, local_time, receipt_of
from kiosk.receipt.languages import LANGUAGES, texts
from kiosk.receipt.masking import masked_document, masked_number, short_name

UNDECIDED = [State.PREPARED, State.REQUESTED, State.AT_BANK, State.PENDING]
PENDING = replace(PAID, state=State.PENDING, decided_at=None, core_receipt=None, cus=None)


def of(payment: Payment, **options: object) -> Receipt:
    return receipt_of(payment, ISSUER, now=NOW, **options)  # type: ignore[arg-type]


def outcome(receipt: Receipt) -> OutcomeBlock:
    return next(block for block in receipt.blocks if isinstance(block, OutcomeBlock))


def test_a_paid_one_has_everything_the_rules_ask_for() -> None:
    text = of(PAID).text()
    for wanted in (
        "Comprobante de pago",
        "Cooperativa Solidarios",
        "NIT 800.000.000-0",
        "Agencia Pampalinda · Cali",
        "Terminal PAM01",
        "Transacción aprobada",
        "Total pagado: $ 412.300",
        "Crédito libre inversión: $ 318.300",
        "N.º ****1204",
        "Aportes sociales: $ 60.000",
        "Fondo vida servicio funerario: $ 34.000",
        "Plan exequial Ñandú · N.º ****931",
        "Costo para el asociado: $ 0",
        "4×1000",
        "CUS: 3501777",
        "Referencia: PAM01A7K2M9Q4",
        "Ticket: 6219345",
        "Banco: Banco Unión Colombiano",
        "Medio de pago: Débito bancario PSE",
        "Moneda: COP · IVA $ 0",
        "Descripción: Pago de 3 obligaciones",
        "Solicitada el: 23 nov 2026, 23:58:02 UTC-05:00",
        "Procesada el: 23 nov 2026, 23:59:18 UTC-05:00",
        "Recibo de la Cooperativa: RC-2026-000417",
        "Dirección IP: 192.0.2.14",
        "Nombre: Rosa Elvira Ñáñez Quiñones",
        "Documento: CC ******4417",
        "Titular de la cuenta: Carlos A. P. I.",
        "Documento del titular: CC ****8820",
        "Gestión del Asociado",
        "Teléfono: 620 0910 Ext 102",
        "Correo: gestion@correo.example",
        "Este comprobante no es factura.",
    ):
        assert wanted in text, wanted


@pytest.mark.parametrize(
    ("state", "title", "text", "tone"),
    [
        (State.POSTED, "Comprobante de pago", scheme.APPROVED, Tone.GOOD),
        (State.APPROVED, "Comprobante de pago", scheme.APPROVED, Tone.GOOD),
        (State.DECLINED, "Constancia de transacción sin pago", scheme.REJECTED, Tone.BAD),
        (State.FAILED, "Constancia de transacción sin pago", scheme.FAILED, Tone.BAD),
        *[(s, "Constancia de transacción pendiente", scheme.PENDING, Tone.OPEN) for s in UNDECIDED],
    ],
)
def test_each_state_is_called_by_its_name(state: State, title: str, text: str, tone: Tone) -> None:
    receipt = of(replace(PAID, state=state))
    assert receipt.title == title
    assert outcome(receipt) == OutcomeBlock(title, text, tone)


@pytest.mark.parametrize("state", UNDECIDED)
def test_a_pending_one_is_no_receipt_and_names_whom_to_call(state: State) -> None:
    text = of(replace(PENDING, state=state)).text()
    assert "Esta constancia no es comprobante de un pago aprobado." in text
    assert "No pague de nuevo" in text
    assert "CUS: Aún no asignado" in text
    assert "Consultada el: 23 nov 2026, 23:59:30 UTC-05:00" in text
    assert "620 0910 Ext 102" in text
    assert "gestion@correo.example" in text
    assert "Comprobante de pago" not in text
    assert "Total pagado" not in text


DISPUTED = [
    (state, review) for state in State for review in Review if standing_of(state, review) is Standing.DISPUTED
]


@pytest.mark.parametrize(("state", "review"), DISPUTED)
def test_while_staff_look_at_it_nothing_is_promised(state: State, review: Review) -> None:
    receipt = of(replace(PAID, state=state, review=review))
    assert outcome(receipt).text == scheme.PENDING
    assert receipt.title == "Constancia de transacción en revisión"
    assert "Total pagado" not in receipt.text()
    assert "no recibió este pago" not in receipt.text()


@pytest.mark.parametrize("review", [Review.NOT_APPLIED, Review.NOT_POSTED])
def test_a_core_that_is_behind_takes_no_receipt_away(review: Review) -> None:
    receipt = of(replace(PAID, state=State.APPROVED, review=review, core_receipt=None))
    assert receipt.title == "Comprobante de pago"
    assert "se está registrando" in receipt.text()


@pytest.mark.parametrize("payment", [PAID, replace(PAID, state=State.DECLINED)])
def test_a_reprint_is_the_original_with_a_mark(payment: Payment) -> None:
    original = of(payment)
    later = NOW + timedelta(days=3)
    again = receipt_of(payment, ISSUER, now=later, copy=True)
    marks = [block for block in again.blocks if isinstance(block, Mark)]
    assert marks == [Mark("COPIA", "Impresa el 26 nov 2026, 23:59:30 UTC-05:00")]
    assert tuple(block for block in again.blocks if block not in marks) == original.blocks
    assert again.qr_text == original.qr_text


def test_a_demonstration_says_so_first_and_last() -> None:
    receipt = of(PAID, demonstration=True, copy=True)
    mark = Mark("DEMOSTRACIÓN — sin valor")
    assert receipt.blocks[0] == receipt.blocks[-1] == mark
    assert "DEMOSTRACIÓN" in receipt.qr_text
    assert "DEMOSTRACIÓN" not in of(PAID).text() + of(PAID).qr_text


@given(
    member=st.text("0123456789", min_size=1, max_size=12),
    holder=st.text("0123456789", min_size=1, max_size=12),
)
def test_no_document_shows_in_full_even_if_the_book_forgot_to_mask(member: str, holder: str) -> None:
    for state in State:
        payer = replace(
            PAID.payer, member_document_masked=f"CC {member}", holder_document_masked=f"CE {holder}"
        )
        receipt = of(replace(PAID, state=state, payer=payer))
        rows = [row for row in receipt.text().splitlines() if "Documento" in row]
        assert rows
        for row in rows:
            assert not row.endswith((f" {member}", f" {holder}"))
            assert "****" in row
            assert len(row.rsplit("*", 1)[1]) <= 4


def test_what_the_domain_masks_is_not_masked_twice() -> None:
    for number in (MEMBER_DOCUMENT, HOLDER_DOCUMENT):
        masked = Document(DocumentType.CC, number).masked()
        assert masked_document(masked) == masked
        assert number not in of(PAID).text() + of(PAID).qr_text


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("LI-0088-1204", "****1204"),
        ("AP-5520117", "****0117"),
        ("123456", "****456"),
        ("7", "****"),
        ("", "****"),
    ],
)
def test_numbers_show_their_tail_only(number: str, shown: str) -> None:
    assert masked_number(number) == shown


def test_a_third_person_is_shortened_and_a_company_is_not() -> None:
    assert short_name("Carlos Andrés Peña Ibarra") == "Carlos A. P. I."
    company = replace(PAID.payer, holder_name="Fletes del Sur S.A.S.", holder_document_masked="NIT *****6789")
    assert "Titular de la cuenta: Fletes del Sur S.A.S." in of(replace(PAID, payer=company)).text()


def test_the_member_who_pays_is_named_once() -> None:
    same = replace(PAID.payer, holder_document_masked=PAID.payer.member_document_masked)
    assert "Titular" not in of(replace(PAID, payer=same)).text()


def test_one_line_needs_no_sum() -> None:
    receipt = of(replace(PAID, order=Order(LINES[:1])))
    assert [b for b in receipt.blocks if isinstance(b, Amount) and b.total] == []
    assert "Total pagado: $ 318.300" in receipt.text()
    assert "Descripción: Pago de Crédito libre inversión" in receipt.text()


def test_the_description_has_no_character_the_scheme_forbids() -> None:
    order = Order((line(1, ObligationKind.ADDITIONAL_SERVICE, 'Póliza "Oro" | plan', "X-1", 100),))
    assert not set('|"') & set(description_of(order))
    assert "Póliza" in description_of(order)


def test_control_characters_from_outside_never_reach_a_printer() -> None:
    receipt = of(replace(PAID, bank="Banco\x1b@\x00 Malo\n", cus="35\x1d\x561777"))
    assert "Banco: Banco @ Malo" in receipt.text()
    assert all(character.isprintable() for character in receipt.text().replace("\n", ""))
    assert all(character.isprintable() for character in receipt.qr_text.replace("\n", ""))


def test_time_is_colombian_whatever_the_clock_of_the_caller() -> None:
    words = texts("es")
    assert local_time(datetime(2026, 1, 1, 4, 59, 59, tzinfo=UTC), words) == "31 dic 2025, 23:59:59 UTC-05:00"
    with pytest.raises(ValueError, match="time zone"):
        receipt_of(PAID, ISSUER, now=datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test


def test_the_code_says_something_without_a_server() -> None:
    words = of(PAID).qr_text.splitlines()
    assert words[:6] == [
        "Cooperativa Solidarios",
        "Transacción aprobada",
        "$ 412.300",
        "CUS 3501777",
        "Ref. PAM01A7K2M9Q4",
        "23 nov 2026, 23:59:18 UTC-05:00",
    ]
    assert words[6].startswith("K1.")


def test_the_code_is_a_link_where_there_is_a_server() -> None:
    issuer = replace(ISSUER, verification_url="https://verificar.example/c/")
    receipt = receipt_of(PAID, issuer, now=NOW)
    assert receipt.qr_text.startswith("https://verificar.example/c/K1.")
    assert "Verifique este documento" in receipt.text()


def test_the_code_names_nobody() -> None:
    for payment in (PAID, PENDING):
        text = of(payment).qr_text
        for word in ("Rosa", "Ñáñez", "Carlos", "4417", "8820", "1204"):
            assert word not in text


def test_the_issuer_never_shows_its_key() -> None:
    assert "invented key" not in repr(ISSUER)


def test_every_language_has_the_same_texts() -> None:
    spanish = texts("es")
    assert set(LANGUAGES) == {"es", "en"}
    for language, words in LANGUAGES.items():
        assert len(words.months) == 12
        assert set(words.kinds) == set(ObligationKind)
        for name in (field.name for field in fields(words)):
            text, source = getattr(words, name), getattr(spanish, name)
            if isinstance(source, str):
                assert text.strip() == text, (language, name)
                assert text, (language, name)
                assert placeholders(text) == placeholders(source), (language, name)


def placeholders(text: str) -> set[str]:
    return {part.split("}")[0] for part in text.split("{")[1:]}


def test_in_english_the_schemes_words_stay_spanish() -> None:
    receipt = of(PAID, language="en")
    assert receipt.title == "Payment receipt"
    assert outcome(receipt).text == "Transacción aprobada"
    assert "Means of payment: Débito bancario PSE" in receipt.text()
    assert "Crédito libre inversión · No. ****1204" in receipt.text()
    with pytest.raises(ValueError, match="'fr'"):
        of(PAID, language="fr")


def test_sections_have_titles() -> None:
    titles = [block.text for block in of(PAID).blocks if isinstance(block, Heading)]
    assert titles == ["Cooperativa Solidarios", "Detalle", "Transacción", "Asociado", "¿Necesita ayuda?"]


def test_an_own_account_is_not_told_as_somebody_elses() -> None:
    payer = replace(PAID.payer, member_document_masked="******4417", holder_name=PAID.payer.member_name,
                    holder_document_masked="CC ******4417")  # fmt: skip
    own = of(replace(PAID, payer=payer)).text()
    assert "Documento: CC ******4417" in own
    assert "Titular de la cuenta" not in own
    namesake = replace(payer, holder_name="Pedro Salas")
    assert "Titular de la cuenta: Pedro S." in of(replace(PAID, payer=namesake)).text()
