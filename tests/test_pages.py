"""The wizard page by page: real touches on the real window, real servers behind it."""

from __future__ import annotations

import pytest
from kiosk_case import KioskCase, Sandbox, page_of, plain
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QLineEdit,
    QWidget,
)

from kiosk.cooperative.payment import State
from kiosk.visit.steps import Step

pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", extend=True)

LOAN, SAVING, LIFE, FUNERAL, TEETH = "CR-881204", "AP-100101", "FV-100101", "FF-100101", "SA-7701"
TICK, OVERDUE, NEXT_DUE, OTHER = range(4)
FIELDS = ("holder_document", "holder_name", "holder_email", "holder_mobile")


def holder_fields(case: KioskCase) -> dict[str, str]:
    return {name: case.find(name).text() for name in FIELDS}


# -- before the member is known -----------------------------------------------------------


def test_welcome_starts_with_one_touch(case: KioskCase) -> None:
    assert case.says("Pague sus obligaciones", "Débito bancario PSE", "DEMOSTRACIÓN")
    case.click("start")
    case.arrive(Step.BEFORE)
    assert case.says("Use equipos de confianza", "Nunca entregue sus claves", "Tenga su banco listo")


def test_consent_is_the_members_own(case: KioskCase) -> None:
    case.to_step(Step.BEFORE)
    assert not case.find("consent").isChecked()
    case.click("go")
    assert case.visit.step is Step.BEFORE
    assert case.sees("consent_missing"), "says what is missing"
    case.click("consent")
    assert not case.sees("consent_missing")
    case.click("consent")
    case.click("go")
    assert case.visit.step is Step.BEFORE
    case.click("consent")
    case.click("go")
    case.arrive(Step.SIGN_IN)
    case.click("back")
    case.arrive(Step.BEFORE)
    assert case.find("consent").isChecked(), "back keeps what was ticked"


def test_consent_of_a_visit_that_ended_is_over(case: KioskCase) -> None:
    case.to_step(Step.SIGN_IN)
    case.leave()
    case.to_step(Step.BEFORE)
    assert not case.find("consent").isChecked()


def test_consent_is_over_when_the_member_goes_back_to_the_start(case: KioskCase) -> None:
    case.to_step(Step.SIGN_IN)
    case.click("back")
    case.click("back")
    case.arrive(Step.WELCOME)
    case.to_step(Step.BEFORE)
    assert not case.find("consent").isChecked()


def test_guide_fills_in_an_invented_member(case: KioskCase) -> None:
    case.click("guide_1900100101")
    case.to_step(Step.SIGN_IN)
    assert case.find("document_number").text() == "1900100101"
    case.click("go")
    case.arrive(Step.MENU)


# -- signing in ---------------------------------------------------------------------------


def test_sign_in_greets_by_name(case: KioskCase) -> None:
    case.to_step(Step.MENU)
    assert case.text_of("greeting") == "Hola, María"


def test_a_key_is_never_shown(case: KioskCase) -> None:
    case.to_step(Step.SIGN_IN)
    case.type("key", "4821")
    assert case.find("key").echoMode() is QLineEdit.EchoMode.Password


@pytest.mark.parametrize(
    ("kind", "number", "key", "name"),
    [
        ("TI", "1900100114", "8294", "Juan"),
        ("CE", "9100115", "3671", "Mariela"),
        ("NIT", "999100111", "7150", "Comercializadora"),
    ],
)
def test_other_documents(case: KioskCase, kind: str, number: str, key: str, name: str) -> None:
    case.sign_in(number, key, kind)
    case.arrive(Step.MENU)
    assert case.text_of("greeting") == f"Hola, {name}"


def test_first_entry_must_change_the_key(case: KioskCase) -> None:
    case.sign_in("1900100105", "2468")
    case.arrive(Step.CHANGE_KEY)
    assert case.says("Cree su propia clave", "Por seguridad debe cambiar la clave que recibió.")
    assert case.text_of("back") == "Salir"
    assert not case.find("go").isEnabled()
    for field, key in (("current_key", "2468"), ("new_key", "9753"), ("new_key_again", "9753")):
        case.type(field, key)
    case.click("go")
    case.arrive(Step.MENU)
    assert case.text_of("greeting") == "Hola, Valentina"
    case.leave()
    case.sign_in("1900100105", "9753")
    case.arrive(Step.MENU)


def test_first_entry_can_only_leave(case: KioskCase) -> None:
    case.sign_in("1900100105", "2468")
    case.arrive(Step.CHANGE_KEY)
    case.click("back")
    case.arrive(Step.WELCOME)
    assert case.visit.signing_in.session is None


@pytest.mark.parametrize(
    ("new", "again", "words"),
    [
        ("12", "12", "Debe tener entre 4 y 12 caracteres."),
        ("7788", "7789", "Las dos claves nuevas no son iguales."),
        ("4821", "4821", "La clave nueva debe ser distinta de la actual."),
    ],
)
def test_a_new_key_that_can_not_be(case: KioskCase, new: str, again: str, words: str) -> None:
    case.to_step(Step.MENU)
    case.click("change_key")
    case.arrive(Step.CHANGE_KEY)
    for field, key in (("current_key", "4821"), ("new_key", new), ("new_key_again", again)):
        case.type(field, key)
    case.click("go")
    case.told(words)
    assert case.visit.step is Step.CHANGE_KEY
    assert case.find("current_key").text() == "4821"


def test_recover_with_an_email(case: KioskCase) -> None:
    case.to_step(Step.SIGN_IN)
    case.click("recover_key")
    case.arrive(Step.RECOVER)
    assert not case.find("go").isEnabled()
    case.type("document_number", "1900100101")
    case.click("go")
    case.wait(lambda: case.says("Revise su correo"))
    assert case.says("ma***@correo.example", "Sirven durante 30 minutos", "correo no deseado")
    assert not case.says("mafe.ospina")
    case.click("go")
    case.arrive(Step.SIGN_IN)
    assert case.problems() == []


def test_recover_without_an_email_leads_to_the_office(case: KioskCase) -> None:
    case.to_step(Step.SIGN_IN)
    case.click("recover_key")
    case.arrive(Step.RECOVER)
    case.type("document_number", "1900100104")
    case.click("go")
    case.wait(lambda: case.says("No tenemos un correo electrónico suyo"))
    office = case.application.settings.agency
    hours = office.hours.replace("\u00a0", " ")
    assert case.says(
        office.name, office.city, office.address, f"Teléfono {office.phone}", f"Horario: {hours}"
    )
    case.click("go")
    case.arrive(Step.SIGN_IN)


@pytest.mark.parametrize("where", [Step.RECOVER, Step.HOLDER])
def test_a_passport_gets_letters(case: KioskCase, where: Step) -> None:
    if where is Step.RECOVER:
        case.to_step(Step.SIGN_IN)
        case.click("recover_key")
        case.arrive(Step.RECOVER)
    else:
        case.to_step(where)
    case.click("document_PA")
    case.focus("document_number" if where is Step.RECOVER else "holder_document")
    assert any(w.isVisible() for w in case.window.findChildren(QAbstractButton) if w.property("key") == "a")


def test_a_passport_gets_letters_at_the_sign_in(case: KioskCase) -> None:
    case.to_step(Step.SIGN_IN)
    case.click("document_PA")
    case.type("document_number", "ab123")
    assert case.find("document_number").text() == "ab123"


# -- choosing -----------------------------------------------------------------------------


def test_all_overdue_in_one_touch_is_their_sum(case: KioskCase) -> None:
    case.to_step(Step.CHOOSE)
    case.click("by_hand")
    assert case.text_of("total") == "$ 0"
    case.click("all_overdue")
    assert case.text_of("total") == "$ 412.300"  # 318.300 + 60.000 + 34.000
    assert case.find("all_overdue").isChecked()
    case.click("go")
    case.arrive(Step.SUMMARY)
    assert case.text_of("total") == "$ 412.300"
    assert case.says("Crédito", "Aportes", "Fondo vida", "Débito bancario PSE")


def test_by_hand_every_way_to_pay(case: KioskCase) -> None:
    case.to_step(Step.CHOOSE)
    case.click("by_hand")
    case.touch_obligation(FUNERAL, NEXT_DUE)
    assert case.text_of("total") == "$ 21.500"
    case.touch_obligation(SAVING, OVERDUE)
    assert case.text_of("total") == "$ 81.500"
    case.touch_obligation(LOAN, OTHER)
    assert case.find("amount_entry").isVisible()
    case.type("other_amount", "100000")
    assert case.find("other_amount").text() == "100.000"
    case.click("amount_ok")
    assert case.text_of("total") == "$ 181.500"
    case.touch_obligation(TEETH, TICK)
    assert case.text_of("total") == "$ 226.500"
    case.touch_obligation(TEETH, TICK)
    case.touch_obligation(FUNERAL, NEXT_DUE)
    assert case.text_of("total") == "$ 160.000"
    case.click("go")
    case.arrive(Step.SUMMARY)
    assert case.text_of("total") == "$ 160.000"
    assert case.says("Otro valor · 88-1204", "$ 100.000", "Valor vencido · 100101", "$ 60.000")
    assert not case.says("Próximo vencimiento")


def test_the_total_is_in_sight_from_choosing_to_the_bank(case: KioskCase) -> None:
    case.to_step(Step.CHOOSE)
    for step in (Step.CHOOSE, Step.SUMMARY, Step.REVIEW):
        case.to_step(step)
        assert case.text_of("total") == "$ 412.300"
        assert not case.find("total").visibleRegion().isEmpty()


def test_the_total_is_in_sight_at_the_account_holder(case: KioskCase) -> None:
    case.to_step(Step.HOLDER)
    assert case.says("$ 412.300")


def test_back_keeps_the_choice(case: KioskCase) -> None:
    case.to_step(Step.CHOOSE)
    case.touch_obligation(TEETH, NEXT_DUE)
    case.click("go")
    case.arrive(Step.SUMMARY)
    case.click("back")
    case.arrive(Step.CHOOSE)
    assert case.text_of("total") == "$ 457.300"
    assert not case.find("all_overdue").isChecked()


# -- the account holder -------------------------------------------------------------------


def test_my_account_is_filled_in(case: KioskCase) -> None:
    case.to_step(Step.HOLDER)
    assert case.find("account_is_mine").isChecked()
    assert holder_fields(case) == {
        "holder_document": "1900100101", "holder_name": case.NAME, "holder_email": "", "holder_mobile": "",
    }  # fmt: skip
    case.click("go")
    assert case.visit.step is Step.HOLDER
    assert case.problems(), "says what is missing beside its field"
    case.click("account_is_mine")
    assert holder_fields(case)["holder_name"] == holder_fields(case)["holder_document"] == ""
    case.click("account_is_mine")
    assert holder_fields(case)["holder_name"] == case.NAME


def test_a_company_pays_with_its_nit(case: KioskCase) -> None:
    case.to_step(Step.HOLDER)
    case.click("account_is_mine")
    case.click("company")
    assert case.says("NIT, sin dígito de verificación", "Razón social")
    assert not case.sees("document_CC")
    case.type("holder_document", "900373913")
    case.done()
    case.type("holder_name", "comercial del sur")
    case.done()
    case.fill_holder("pagos@delsur.example", "3109876543")
    case.click("go")
    case.arrive(Step.REVIEW)
    assert case.says("NIT 900373913", "comercial del sur", "3109876543")


def test_a_member_company_is_filled_in_as_a_company(case: KioskCase) -> None:
    case.sign_in("999100111", "7150", "NIT")
    case.to_step(Step.HOLDER)
    assert case.find("company").isChecked()
    assert holder_fields(case)["holder_document"] == "999100111"
    case.fill_holder()
    case.click("go")
    case.arrive(Step.REVIEW)


def test_the_document_is_checked_against_its_type(case: KioskCase) -> None:
    case.to_step(Step.HOLDER)
    case.fill_holder()
    case.click("document_TI")
    case.paste("holder_document", "1234567")
    case.done()
    case.click("go")
    case.told("le faltan cifras")
    case.click("document_CC")
    case.done()
    case.click("go")
    case.arrive(Step.REVIEW)
    assert case.says("CC 1234567")


def test_back_keeps_what_was_typed(case: KioskCase) -> None:
    case.to_step(Step.REVIEW)
    typed = {
        "holder_document": "1900100101", "holder_name": case.NAME,
        "holder_email": case.EMAIL, "holder_mobile": case.MOBILE,
    }  # fmt: skip
    case.click("back")
    case.arrive(Step.HOLDER)
    assert holder_fields(case) == typed
    case.click("back")
    case.arrive(Step.SUMMARY)
    case.click("go")
    case.arrive(Step.HOLDER)
    assert holder_fields(case) == typed


def test_back_keeps_what_was_typed_before_going_on(case: KioskCase) -> None:
    case.to_step(Step.HOLDER)
    case.fill_holder()
    case.click("back")
    case.arrive(Step.SUMMARY)
    case.click("go")
    case.arrive(Step.HOLDER)
    assert holder_fields(case)["holder_email"] == case.EMAIL
    assert holder_fields(case)["holder_mobile"] == case.MOBILE


# -- paying -------------------------------------------------------------------------------


def test_a_double_touch_opens_one_session(case: KioskCase, sandbox: Sandbox) -> None:
    case.to_step(Step.REVIEW)
    before = len(sandbox.sessions())
    go = case.find("go")
    case.touch(go)
    assert not go.isEnabled()
    assert plain(go.text()) == "Abriendo PSE…"
    QTest.mouseClick(go, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(go, Qt.MouseButton.LeftButton)
    QTest.keyClick(go, Qt.Key.Key_Space)
    case.visit.paying.pay()
    case.arrive(Step.BANK)
    assert len(sandbox.sessions()) == before + 1
    assert [payment.state for payment in case.desk().journal.unresolved()] == [State.AT_BANK]


def test_my_payments_shows_the_pending_one_first(case: KioskCase, sandbox: Sandbox) -> None:
    case.to_step(Step.REVIEW)
    sandbox.gateway(faults={"operation": "create", "kind": "http_500"})
    case.click("go")
    case.arrive(Step.RESULT)
    pending = case.visit.paying.payment.reference
    case.click("go")
    case.arrive(Step.WELCOME)
    case.to_step(Step.MENU)
    case.click("pay")
    case.arrive(Step.CHOOSE)
    case.touch_obligation(TEETH, NEXT_DUE)
    case.to_step(Step.BANK)
    newest = case.visit.paying.payment
    assert newest.reference != pending
    sandbox.decide(newest.redirect_url, "approve")
    case.arrive(Step.RESULT)
    case.wait(lambda: case.visit.paying.payment.state is State.POSTED)
    case.click("go")
    case.arrive(Step.WELCOME)
    case.to_step(Step.MENU)
    case.wait(lambda: case.says("Tiene 1 pago por confirmar con su banco"))
    case.click("my_payments")
    case.arrive(Step.PAYMENTS)
    case.wait(lambda: case.visit.payments.rowCount() == 2)
    shown = [case.visit.payments.payment(row).reference for row in range(2)]
    assert shown == [pending, newest.reference]
    case.touch_row("payments", 1)
    case.arrive(Step.RESULT)
    assert case.text_of("state") == "Transacción aprobada"
    case.click("go")
    case.arrive(Step.PAYMENTS)


# -- for assistive technology and scripts -------------------------------------------------

INTERACTIVE = (QAbstractButton, QLineEdit, QAbstractItemView)


def unnamed(case: KioskCase) -> list[str]:
    """Widgets to touch or type into without a name, for scripts or for people."""
    return sorted(
        {
            f"{page_of(widget)}: {type(widget).__name__} «{widget.objectName()}» «{widget.accessibleName()}»"
            for widget in case.window.findChildren(QWidget)
            if isinstance(widget, INTERACTIVE) and not (widget.objectName() and widget.accessibleName())
        }
    )


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.BANK])
def test_everything_to_touch_has_a_name(case: KioskCase, step: Step) -> None:
    case.window.page(step)  # what other pages have is theirs
    assert [line for line in unnamed(case) if line.startswith((f"page_{step}:", "frame:"))] == []


def test_everything_to_touch_at_the_bank_has_a_name(case: KioskCase) -> None:
    case.to_step(Step.BANK)
    assert [line for line in unnamed(case) if "page_bank" in line] == []
