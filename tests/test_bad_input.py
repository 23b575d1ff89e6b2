"""Whatever a member types wrong or a neighbour answers wrong: one sentence, and nothing typed is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from kiosk_case import KioskCase, Sandbox, closed_port, kiosk_on
from pytestqt.qtbot import QtBot

from kiosk.cooperative.member import Document, DocumentType
from kiosk.cooperative.payment import State
from kiosk.visit.steps import Step

NOT_PAID = "No se ha pagado nada"
NO_DEBIT = "No se hizo ningún débito"
AGAIN = "intente de nuevo"
CARE = "620 0910 Ext 102"
OTHER, LOAN = 3, "CR-881204"

FAULTS = {
    "hangs up": {"kind": "drop_before"},
    "slow": {"kind": "delay", "seconds": 3},
    "500": {"kind": "http_500"},
    "html 500": {"kind": "html_500"},
    "garbage": {"kind": "garbage"},
    "cut": {"kind": "cut_body"},
}
faults = pytest.mark.parametrize("fault", FAULTS)
pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", extend=True)


# -- signing in ---------------------------------------------------------------------------

DOCUMENTS = {
    "letters": ("CC", "19001oo101", "Escriba solo números"),
    "signs": ("CC", "1900'100;101", "Escriba solo números"),
    "negative": ("CC", "-", "Escriba el número"),
    "too short": ("CC", "123", "le faltan cifras"),
    "too long": ("CC", "19001001011", "tiene cifras de más"),
    "much too long": ("CC", "1" * 60, "tiene cifras de más"),
    "zero first": ("CC", "0190010010", "no puede empezar por cero"),
    "other digits": ("CC", "１９００１００１０１", "Escriba solo números"),
    "a passport's signs": ("PA", "AB/12345", "Use solo letras y números"),
    "a NIT too long": ("NIT", "99910011112", "tiene cifras de más"),
}


@pytest.mark.parametrize("what", DOCUMENTS)
def test_pasted_document_that_can_not_be(case: KioskCase, what: str) -> None:
    kind, number, words = DOCUMENTS[what]
    case.to_step(Step.SIGN_IN)
    case.click(f"document_{kind}")
    case.type("key", "4821")
    case.paste("document_number", number)
    case.done()
    case.click("go")
    case.told(words)
    assert case.text_of("document_number") == number[:20]
    assert case.find("key").text() == "4821"
    assert case.visit.step is Step.SIGN_IN


def test_dots_and_spaces_of_a_document_do_no_harm(case: KioskCase) -> None:
    case.to_step(Step.SIGN_IN)
    case.type("key", "4821")
    case.paste("document_number", " 1.900.100.101 ")
    case.click("go")
    case.arrive(Step.MENU)


def test_enter_without_a_key_asks_for_it(case: KioskCase) -> None:
    case.to_step(Step.SIGN_IN)
    case.type_plugged_in("document_number", "1900100101")
    case.type_plugged_in("key", "\r")
    case.told("Escriba su clave.")
    assert case.text_of("document_number") == "1900100101"


REFUSED = {
    "wrong key": ("CC", "1900100101", "1111", ("no coinciden", NOT_PAID, "intente otra vez")),
    "unknown document": ("CC", "1234567890", "4821", ("no coinciden", NOT_PAID, "intente otra vez")),
    "other type": ("CE", "1900100101", "4821", ("no coinciden", NOT_PAID, "intente otra vez")),
    "locked": ("CC", "1900100106", "5279", ("bloqueado hasta las", "Su dinero está a salvo", CARE)),
    "blocked": ("CC", "1900100107", "8163", ("no está habilitado", "agencia", "6015550100")),
}


@pytest.mark.parametrize("who", REFUSED)
def test_refused_at_the_door(case: KioskCase, who: str) -> None:
    kind, number, key, words = REFUSED[who]
    case.sign_in(number, key, kind)
    case.told(*words)
    assert case.visit.step is Step.SIGN_IN
    assert case.text_of("document_number") == number
    assert case.find("key").text() == ""
    assert case.find(f"document_{kind}").isChecked()


def test_a_nit_with_a_wrong_check_digit_is_told(case: KioskCase) -> None:
    case.sign_in("9991001115", "7150", "NIT")
    case.told("dígito de verificación")


def test_a_nit_may_come_with_its_check_digit(case: KioskCase) -> None:
    case.sign_in("9991001113", "7150", "NIT")
    case.arrive(Step.MENU)


def test_a_blocked_member_hears_that_nothing_was_paid(case: KioskCase) -> None:
    case.sign_in("1900100107", "8163")
    case.told("no está habilitado", NOT_PAID)


@pytest.mark.parametrize("key", ["abcd", "48 21", "9" * 200, "ñandú-48"], ids=repr)
def test_a_key_that_can_not_be_is_a_wrong_key(case: KioskCase, key: str) -> None:
    case.to_step(Step.SIGN_IN)
    case.type("document_number", "1900100101")
    case.paste("key", key)
    case.click("go")
    case.told("no coinciden", NOT_PAID)
    assert case.find("key").text() == ""


def test_five_wrong_keys_lock_and_say_until_when(case: KioskCase) -> None:
    case.sign_in(key="0000")
    for _ in range(5):
        case.desk().attempts.succeeded(Document(DocumentType.CC, "1900100101"))  # as if its pause were over
        case.type("key", "0000")
        case.click("go")
        case.wait(lambda: not case.visit.busy)
    case.told("bloqueado hasta las", "Su dinero está a salvo", "espere")
    assert case.text_of("document_number") == "1900100101"


def test_a_third_wrong_key_has_to_wait_and_the_core_is_not_asked(case: KioskCase) -> None:
    case.sign_in(key="0000")
    for _ in range(2):
        case.type("key", "0000")
        case.click("go")
        case.wait(lambda: not case.visit.busy)
    case.told("2 intentos")
    case.type("key", "0000")
    case.click("go")
    case.told("Espere", "segundos antes de intentar otra vez", "Es mi primera vez u olvidé la clave")


def test_a_wrong_key_says_how_many_attempts_are_left(case: KioskCase) -> None:
    case.sign_in(key="0000")
    case.told("4 intentos")


def test_the_button_that_is_named_is_there(case: KioskCase) -> None:
    case.sign_in(key="0000")
    case.told("«")
    named = case.problems()[0].split("«")[1].split("»")[0]
    assert named in [text for text in case.visible_texts() if text not in case.problems()]


def test_the_next_attempt_takes_the_sentence_away(case: KioskCase) -> None:
    case.sign_in(key="0000")
    case.told("no coinciden")
    case.type("key", "4821")
    assert case.problems() == []
    case.click("go")
    case.arrive(Step.MENU)


@faults
def test_core_fails_at_the_sign_in(case: KioskCase, sandbox: Sandbox, fault: str) -> None:
    case.to_step(Step.SIGN_IN)
    case.type("document_number", "1900100101")
    case.type("key", "4821")
    sandbox.core(faults={"operation": "createMemberSession", **FAULTS[fault]})
    if fault == "slow":
        case.hasten()
    case.click("go")
    case.told("no logramos comunicarnos con la Cooperativa", NOT_PAID, AGAIN, CARE)
    assert case.text_of("document_number") == "1900100101"
    assert case.find("key").text() == ""
    sandbox.core(faults=None)
    case.type("key", "4821")
    case.click("go")
    case.arrive(Step.MENU)


def test_core_is_not_there_at_all(sandbox: Sandbox, qtbot: QtBot, tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{closed_port()}"
    for case in kiosk_on(sandbox, tmp_path, core={"url": nowhere, "token_url": nowhere}):
        case.sign_in()
        case.told("no logramos comunicarnos con la Cooperativa", NOT_PAID, AGAIN, CARE)
        assert case.text_of("document_number") == "1900100101"


def test_the_core_does_not_know_the_terminal(sandbox: Sandbox, qtbot: QtBot, tmp_path: Path) -> None:
    for case in kiosk_on(sandbox, tmp_path, core={"client_id": "somebody-else"}):
        case.sign_in()
        case.told("no está autorizado", NOT_PAID, "Avise a un asesor")


# -- choosing -----------------------------------------------------------------------------


@faults
def test_core_fails_at_the_obligations(case: KioskCase, sandbox: Sandbox, fault: str) -> None:
    case.to_step(Step.MENU)
    sandbox.core(faults={"operation": "listObligations", **FAULTS[fault]})
    if fault == "slow":
        case.hasten()
    case.click("pay")
    case.told("no logramos comunicarnos con la Cooperativa", NOT_PAID, AGAIN, CARE)
    assert case.visit.step is Step.MENU
    sandbox.core(faults=None)
    case.click("pay")
    case.arrive(Step.CHOOSE)


def test_core_is_closed_at_the_obligations(case: KioskCase, sandbox: Sandbox) -> None:
    case.to_step(Step.MENU)
    sandbox.core(availability="unavailable")
    case.click("pay")
    case.told("no logramos comunicarnos con la Cooperativa", NOT_PAID, AGAIN)
    assert case.visit.step is Step.MENU


@pytest.mark.parametrize("where", [Step.CHOOSE, Step.CHANGE_KEY])
def test_session_over_in_the_middle(case: KioskCase, sandbox: Sandbox, where: Step) -> None:
    case.to_step(Step.MENU)
    if where is Step.CHANGE_KEY:
        case.click("change_key")
        case.arrive(where)
        for field, key in (("current_key", "4821"), ("new_key", "7788"), ("new_key_again", "7788")):
            case.type(field, key)
    sandbox.core(advance_seconds=3600)
    case.click("go" if where is Step.CHANGE_KEY else "pay")
    case.told("Su sesión terminó por seguridad", NOT_PAID, "Ingrese otra vez")
    assert case.visit.step is Step.SIGN_IN
    assert case.visit.signing_in.session is None
    case.sign_in()
    case.arrive(Step.MENU)
    case.click("pay")
    case.arrive(Step.CHOOSE)


AMOUNTS = {
    "zero": ("0", "mayor que cero"),
    "negative": ("-5000", "sin signos"),
    "below the minimum": ("9999", "El valor mínimo es $ 10.000"),
    "above the balance": ("99999999", "El valor máximo es $ 5.092.800"),
    "cents": ("10500,50", "sin centavos"),
    "letters": ("diez mil", "solo números"),
    "a formula": ("1e6", "solo números"),
    "nothing": ("", "cuánto quiere pagar"),
    "much too long": ("9" * 40, "solo números"),
}


@pytest.mark.parametrize("what", AMOUNTS)
def test_another_amount_that_can_not_be(case: KioskCase, what: str) -> None:
    typed, words = AMOUNTS[what]
    case.to_step(Step.CHOOSE)
    before = case.text_of("total")
    case.touch_obligation(LOAN, OTHER)
    case.paste("other_amount", typed)
    case.click("amount_ok")
    case.told(words)
    said = case.text_of("other_amount").replace(".", "")
    assert said == typed[: len(said)]
    assert bool(said) == bool(typed)
    assert case.text_of("total") == before, "the total must not follow a refused amount"


def test_a_point_before_cents_is_not_a_thousands_separator(case: KioskCase) -> None:
    case.to_step(Step.CHOOSE)
    case.touch_obligation(LOAN, OTHER)
    case.paste("other_amount", "10500.50")
    case.click("amount_ok")
    assert case.problems() == ["Escriba pesos completos, sin centavos."]


def test_nothing_chosen_says_so_and_goes_nowhere(case: KioskCase) -> None:
    case.to_step(Step.CHOOSE)
    case.click("by_hand")
    assert case.text_of("go") == "Escoja qué pagar"
    assert not case.find("go").isEnabled()
    assert case.text_of("total") == "$ 0"
    case.visit.paying.confirm_choice()
    case.told("Aún no ha escogido qué pagar", "Toque un valor en la lista")
    assert case.visit.step is Step.CHOOSE


def test_total_below_what_pse_takes(sandbox: Sandbox, qtbot: QtBot, tmp_path: Path) -> None:
    for case in kiosk_on(sandbox, tmp_path, payments={"minimum": 1600}):
        case.sign_in("1900100113", "4706")
        case.arrive(Step.MENU)
        case.click("pay")
        case.arrive(Step.CHOOSE)
        case.touch_obligation("AP-100113", OTHER)
        case.type("other_amount", "1599")
        case.click("amount_ok")
        case.click("go")
        case.told("El pago mínimo por PSE es $ 1.600", "Agregue otra obligación o un valor mayor")
        assert case.visit.step is Step.CHOOSE
        assert case.text_of("total") == "$ 1.599"


def test_total_above_what_the_terminal_takes(sandbox: Sandbox, qtbot: QtBot, tmp_path: Path) -> None:
    for case in kiosk_on(sandbox, tmp_path, payments={"maximum": 400_000}):
        case.to_step(Step.CHOOSE)
        case.click("go")
        case.told("El pago máximo por PSE es $ 400.000", "Quite una obligación")
        assert case.text_of("total") == "$ 412.300"


# -- the holder ---------------------------------------------------------------------------

HOLDERS = {
    "mobile of letters": ("holder_mobile", "tres cero", "El celular tiene 10 dígitos"),
    "mobile too short": ("holder_mobile", "300123", "El celular tiene 10 dígitos"),
    "mobile with a country": ("holder_mobile", "+573001234567", "El celular tiene 10 dígitos"),
    "a land line": ("holder_mobile", "6026200910", "empieza por 3"),
    "e-mail without @": ("holder_email", "maria.ospina", "Escriba un correo completo"),
    "e-mail without dot": ("holder_email", "maria@correo", "Escriba un correo completo"),
    "two e-mails": ("holder_email", "a@b.co c@d.co", "Escriba un correo completo"),
    "e-mail with ñ": ("holder_email", "muñoz@correo.example", "Escriba un correo completo"),
    "e-mail too long": ("holder_email", "a" * 75 + "@b.co", "demasiado largo"),
    "name with a forbidden sign": ("holder_name", 'María "Mafe" | Ospina', "signos especiales"),
    "document of letters": ("holder_document", "CC1900100101", "Escriba solo números"),
    "document too long": ("holder_document", "19001001011", "cifras de más"),
}


@pytest.mark.parametrize("what", HOLDERS)
def test_a_holder_that_can_not_be(case: KioskCase, what: str) -> None:
    field, typed, words = HOLDERS[what]
    case.to_step(Step.HOLDER)
    case.fill_holder()
    case.paste(field, typed)
    case.done()
    fields = ("holder_document", "holder_name", "holder_email", "holder_mobile")
    before = {name: case.find(name).text() for name in fields}
    assert before[field] == typed[: len(before[field])] != ""
    case.click("go")
    case.told(words)
    assert case.visit.step is Step.HOLDER
    assert {name: case.find(name).text() for name in fields} == before


@pytest.mark.parametrize(
    "nit",
    # The check digit of 900373913 would be 4.
    ["12345", "0900373913", "90037391345", "NIT 900373913", "900.373.913-9"],
)
def test_a_company_with_a_nit_that_can_not_be(case: KioskCase, nit: str) -> None:
    case.to_step(Step.HOLDER)
    case.fill_holder()
    case.click("company")
    case.paste("holder_document", nit)
    case.done()
    case.click("go")
    case.wait(lambda: case.problems() or case.visit.step is not Step.HOLDER)
    assert case.visit.step is Step.HOLDER
    assert len(case.problems()) == 1


# -- paying -------------------------------------------------------------------------------

# knowledge/pse_rules.md A-6, word for word.
SCHEME = (
    "En este momento su pago #{reference} presenta un proceso de pago cuya transacción se encuentra "
    "PENDIENTE de recibir confirmación por parte de su entidad financiera, por favor espere unos minutos "
    "y vuelva a consultar más tarde para verificar si su pago fue confirmado de forma exitosa. Si desea "
    "mayor información sobre el estado actual de su operación puede comunicarse a nuestras líneas de "
    f"atención al cliente {CARE} o enviar un correo electrónico a gestion@cooperativasolidarios.com y "
    "preguntar por el estado de la transacción: {reference}"
)

HELD = (
    "Una de estas obligaciones ya tiene un pago en proceso.",
    "No pague dos veces: consulte el estado en «Mis pagos».",
    SCHEME,
)


def held(case: KioskCase) -> list[State]:
    """States of the payments on disk."""
    return [payment.state for payment in case.desk().journal.unresolved()]


NOTHING_THERE = {
    "not there at all": ({"url": f"http://127.0.0.1:{closed_port()}"}, "No logramos comunicarnos con PSE"),
    "refuses the login": ({"login": "nobody"}, "No se pudo crear la transacción"),
}


@pytest.mark.parametrize("gateway", NOTHING_THERE)
def test_gateway_certainly_made_nothing(sandbox: Sandbox, qtbot: QtBot, tmp_path: Path, gateway: str) -> None:
    settings, words = NOTHING_THERE[gateway]
    for case in kiosk_on(sandbox, tmp_path, gateway=settings):
        case.to_step(Step.REVIEW)
        case.click("go")
        case.told(words, NO_DEBIT, "sigue aquí", CARE)
        assert case.visit.step is Step.REVIEW
        assert held(case) == []
        assert case.says("$ 412.300", case.NAME, case.EMAIL, case.MOBILE)
        assert case.find("go").isEnabled()


@faults
def test_gateway_fails_at_pay(case: KioskCase, sandbox: Sandbox, fault: str) -> None:
    case.to_step(Step.REVIEW)
    sandbox.gateway(faults={"operation": "create", **FAULTS[fault]})
    if fault == "slow":
        case.hasten()
    case.click("go")
    case.arrive(Step.RESULT)
    # Nobody can know whether it exists: the money is safe only if this stays pending.
    assert case.text_of("state") == "Transacción pendiente"
    assert case.says("PSE no respondió al abrir su pago de $ 412.300", "No pague de nuevo", CARE)
    assert "Usted no llegó a la página de su banco" in case.text_of("meaning")
    assert held(case) == [State.PENDING]


def test_an_obligation_held_by_a_live_payment(case: KioskCase, sandbox: Sandbox) -> None:
    case.to_step(Step.REVIEW)
    sandbox.gateway(faults={"operation": "create", "kind": "http_500"})
    case.click("go")
    case.arrive(Step.RESULT)
    reference = case.visit.paying.payment.reference
    case.click("go")
    case.arrive(Step.WELCOME)
    case.to_step(Step.MENU)
    case.click("pay")
    case.arrive(Step.CHOOSE)
    case.told(*(words.format(reference=reference) for words in HELD))
    assert not case.visit.paying.obligations.total
    assert not case.find("go").isEnabled()
    assert case.says("Escoja qué pagar")
    case.click("by_hand")  # whatever is touched next takes the sentence away
    case.wait(lambda: not case.problems())
    case.touch_obligation("AP-100101", 1)
    case.told(HELD[0], SCHEME.format(reference=reference))


def test_an_obligation_taken_by_another_payment_after_it_was_chosen(
    case: KioskCase, sandbox: Sandbox
) -> None:
    case.to_step(Step.REVIEW)
    visit, desk = case.visit, case.desk()
    elsewhere = desk.checkout.start(
        visit.paying.order, visit.signing_in.session.member, visit.paying.holder, bank=None
    )
    opened = len(sandbox.sessions())
    case.click("go")
    case.told(*(words.format(reference=elsewhere.reference) for words in HELD))
    assert case.visit.step is Step.REVIEW
    assert len(sandbox.sessions()) == opened, "nobody outside may hear of a second payment"
    assert held(case) == [State.AT_BANK]


@pytest.mark.parametrize("fault", ["hangs up", "slow", "garbage"])
def test_core_fails_when_the_order_is_paid(case: KioskCase, sandbox: Sandbox, fault: str) -> None:
    case.to_step(Step.BANK)
    sandbox.core(faults={"operation": "putPayment", "times": None, **FAULTS[fault]})
    if fault == "slow":
        case.hasten()
    sandbox.decide(case.visit.paying.payment.redirect_url, "approve")
    case.arrive(Step.RESULT)
    assert case.text_of("state") == "Transacción aprobada"
    case.wait(lambda: case.text_of("meaning"))
    assert case.text_of("meaning") == "Su banco ya pagó. Estamos aplicándolo a sus obligaciones."
    assert case.text_of("amount") == "$ 412.300"
    assert held(case) == [State.APPROVED]
