"""The scheme's checklist, points 7 and 24: what screens say where a bank is away or nobody knows yet."""

from __future__ import annotations

import pytest
import requests
from test_scheme_checklist import Lister, Open, kiosk, lister, sandbox

from kiosk.cooperative.payment import State
from kiosk.tour.hands import pause
from kiosk.visit.steps import Step

__all__ = ["kiosk", "lister", "sandbox"]  # fixtures

pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", extend=True)

BANK_AWAY = "La entidad financiera no puede ser contactada para iniciar la transacción, por favor seleccione otra o intente más tarde"  # noqa: E501
LIMIT = "El monto de la transacción excede los límites establecidos en PSE para la empresa, por favor comuníquese con nuestras líneas de atención al cliente al teléfono"  # noqa: E501


def refuse(lister: Lister, code: str) -> None:
    """Have PSE answer this to every creation."""
    address = lister["url"].removesuffix("/v1") + "/sandbox/settings"
    answer = requests.post(address, json={"return_code": code}, timeout=30)
    assert answer.status_code == 200, answer.text


def test_point_07_bank_unreachable_text(kiosk: Open, lister: Lister) -> None:
    """7, A-7 FAIL_BANKUNREACHEABLE: the scheme's text, back at the list of banks, nothing held."""
    case = kiosk(Step.HOLDER, gateway=lister)
    case.fill_holder()
    case.walk("go", Step.PICK_BANK)
    case.touch_row("banks", 1)
    case.walk("go", Step.REVIEW, "accept_terms")
    refuse(lister, "FAIL_BANKUNREACHEABLE")
    try:
        case.click("go")
        case.arrive(Step.PICK_BANK)
        case.told("Ese banco no responde", "No se hizo ningún débito", BANK_AWAY)
        assert case.desk().journal.unresolved() == []
        refuse(lister, "FAIL_EXCEEDEDLIMIT")
        case.touch_row("banks", 2)
        case.walk("go", Step.REVIEW, "go")
        case.told(LIMIT)
        refuse(lister, "FAIL_NOHOST")
        case.walk("go")
        case.told("No se pudo crear la transacción")
    finally:
        refuse(lister, "SUCCESS")
    case.walk("go", Step.BANK)
    assert case.visit.paying.payment.state is State.AT_BANK


def test_point_24_support_contact_on_every_pending_screen(kiosk: Open) -> None:
    """24, A-4: whom to call stands on every screen that shows a PENDING payment."""
    case = kiosk(Step.PHONE)
    us, lacking = case.settings.cooperative, {}

    def look(where: str) -> None:
        pause(50)
        texts = " ¶ ".join(case.visible_texts())
        lacking[where] = [fact for fact in (us.care_phone, us.care_email) if fact not in texts]

    case.decide("pending")
    look("phone")
    case.walk("give_up", "confirm_leave", Step.WAITING)
    look("waiting")
    case.stop_waiting()
    case.wait(lambda: case.visit.printing.receipt)
    look("result")
    case.walk("show_receipt", Step.RECEIPT)
    case.wait(lambda: case.says("CUS"))
    look("receipt")
    case.walk("go", Step.WELCOME)
    case.to(Step.MENU)
    case.wait(lambda: case.says("por confirmar"))
    look("menu")
    case.walk("my_payments", Step.PAYMENTS)
    case.wait(lambda: case.visit.payments.rowCount() == 1)
    look("payments")
    case.walk("back", Step.MENU, "pay", Step.CHOOSE)
    look("choose")
    assert {where: what for where, what in lacking.items() if what} == {}
