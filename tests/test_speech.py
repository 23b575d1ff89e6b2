"""Reading aloud: what is said, what is never said, and that everything works by keys alone."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from kiosk_case import KioskCase, Sandbox, kiosk_on
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from test_inactivity import patience
from test_reach import Recorder

from kiosk.speech.numbers import english, spanish
from kiosk.speech.voice import EngineVoice, SpeechPlan, ThreadedVoice, find_voice
from kiosk.speech.wording import digits, sentences, spoken
from kiosk.tour.hands import pause
from kiosk.views.bank.dialogs import _Saying
from kiosk.views.frame.speaking import _engines, thread_events
from kiosk.views.parts.controls import Field
from kiosk.views.parts.languages import Languages
from kiosk.visit.steps import Step

pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", "symbols?resolver|pipewire", extend=True)
Key = Qt.Key


# -- words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "es", "en"),
    [
        (0, "cero", "zero"),
        (1, "un", "one"),
        (21, "veintiún", "twenty-one"),
        (31, "treinta y un", "thirty-one"),
        (100, "cien", "one hundred"),
        (101, "ciento un", "one hundred one"),
        (1000, "mil", "one thousand"),
        (21_500, "veintiún mil quinientos", "twenty-one thousand five hundred"),
        (412_300, "cuatrocientos doce mil trescientos", "four hundred twelve thousand three hundred"),
        (1_000_000, "un millón", "one million"),
        (2_000_016, "dos millones dieciséis", "two million sixteen"),
        (
            900_000_000_009,
            "novecientos mil millones nueve",
            "nine hundred billion nine",
        ),
    ],
)  # fmt: skip
def test_numbers_in_words(number: int, es: str, en: str) -> None:
    assert spanish(number) == es
    assert english(number) == en


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("$ 412.300", "cuatrocientos doce mil trescientos pesos"),
        ("Pagar\u00a0$\u00a01.000.000", "Pagar un millón de pesos"),
        ("$ 1", "un peso"),
        ("$ 412300", "cuatrocientos doce mil trescientos pesos"),
        ("$ 60.000,50", "sesenta mil pesos con cincuenta centavos"),
        ("CC ******0101", "CC terminado en 0 1 0 1"),
        ("1900100101", "1 9 0, 0 1 0, 0 1 0 1"),
        ("NIT 900.123.456-7", "NIT 9 0 0, 1 2 3, 4 5 6 7"),
        ("Su banco puede cobrar el 4×1000.", "Su banco puede cobrar el cuatro por mil."),
        ("Crédito\u00a0· 88-1204-000317", "Crédito, 8 8, 1 2 0 4, 0 0 0, 3 1 7"),
        ("DEMO012611", "DEMO 0 1 2, 6 1 1"),
        ("3001234567.", "3 0 0, 1 2 3, 4 5 6 7."),
        ("maria\u200b@correo.example", "maria@correo.example"),
        ("—", ""),
        ("2026", "2026"),
    ],
)
def test_what_is_written_as_it_is_said(written: str, said: str) -> None:
    assert spoken(written) == said


def test_texts_become_sentences_without_saying_one_twice() -> None:
    assert (
        sentences(["Hola", "", "Hola", "¿Qué quiere hacer?", "Pagar: "]) == "Hola. ¿Qué quiere hacer? Pagar:"
    )


# -- the voice --------------------------------------------------------------------------------


class SlowVoice(Recorder):
    """A voice that takes its time, and may hang."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def say(self, text: str, _language: str) -> None:
        self.said.append(text)
        self.gate.wait(5)


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_voice_that_hangs_holds_up_nobody_and_skips_what_is_old() -> None:
    voice, found = SlowVoice(), threading.Event()
    threaded = ThreadedVoice(lambda: voice, lambda: lambda: None, found.set)
    assert found.wait(5)
    assert threaded.speaks("es")
    assert not threaded.talking
    began = time.perf_counter()
    for text in ("uno", "dos", "tres", "cuatro"):
        threaded.say(text, "es")
        until(lambda: voice.said)
    assert time.perf_counter() - began < 0.5
    assert threaded.talking
    voice.gate.set()
    until(lambda: len(voice.said) == 2)
    assert voice.said == ["uno", "cuatro"]
    until(lambda: not threaded.talking)
    threaded.close()
    assert not threaded._thread.is_alive()


def test_no_engine_means_no_voice_and_no_thread_that_stays() -> None:
    assert SpeechPlan(engine="off").engines == ()
    found = threading.Event()
    threaded = ThreadedVoice(lambda: None, lambda: lambda: None, found.set)
    assert found.wait(5)
    assert not threaded.speaks("es")
    threaded._thread.join(5)
    assert not threaded._thread.is_alive()


def test_the_best_accent_there_is_is_spoken() -> None:
    told: list[object] = []
    engine = SimpleNamespace(
        availableLocales=lambda: [SimpleNamespace(name=lambda n=n: n) for n in ("en_GB", "es_ES", "es_419")],
        setLocale=lambda locale: told.append(locale.name()),
        setVolume=told.append, setRate=told.append, say=told.append, stop=lambda: None,
    )  # fmt: skip
    voice = EngineVoice(engine, SpeechPlan(volume=60))
    voice.say("hola", "es")
    voice.say("bien", "es")
    voice.say("hello", "en")
    voice.say("bonjour", "fr")
    assert told == [0.6, "es_419", "hola", "bien", "en_GB", "hello"]


def test_qts_mock_engine_speaks(qtbot: QtBot) -> None:
    voice = find_voice(SpeechPlan(engine="mock"), _engines())
    assert voice is not None
    assert (voice.speaks("en"), voice.speaks("es")) == (True, False)
    voice.say("four hundred twelve thousand three hundred pesos", "en")
    qtbot.waitUntil(lambda: voice.talking)
    voice.stop()
    qtbot.waitUntil(lambda: not voice.talking)


def test_the_events_of_the_voices_thread_come_through(qapp: QApplication) -> None:
    """Qt's mock engine ends by a timer of its own."""
    found = threading.Event()
    plan = SpeechPlan(engine="mock")
    threaded = ThreadedVoice(lambda: find_voice(plan, _engines()), thread_events, found.set)
    assert found.wait(5)
    threaded.say("one two", "en")
    assert threaded.talking
    until(lambda: not threaded.talking)
    threaded.close()
    assert not threaded._thread.is_alive()


# -- the kiosk --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sandbox(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as servers:
        yield servers


@pytest.fixture
def case(sandbox: Sandbox, qtbot: QtBot, tmp_path: Path) -> Iterator[KioskCase]:
    yield from kiosk_on(sandbox, tmp_path)


class Ear:
    """A kiosk with a voice that writes down, and what was said since one last asked."""

    def __init__(self, case: KioskCase) -> None:
        self.case, self.voice = case, Recorder()
        self.speaker = case.window.offer_speech(SpeechPlan(engine="off", volume=60, step=20))
        self.speaker.voice = self.voice
        self.speaker.changed.emit()

    def hears(self, *words: str) -> str:
        """Wait for one utterance with all these words."""
        match = lambda: [said for said in self.voice.said if all(word in said for word in words)]  # noqa: E731
        self.case.wait(match, f"speech of {words} among {self.voice.said}")
        found = match()[-1]
        self.voice.said.clear()
        return found

    @property
    def all(self) -> str:
        return " ".join(self.voice.said)


@pytest.fixture
def ear(case: KioskCase) -> Ear:
    return Ear(case)


def key(code: Qt.Key) -> None:
    """A key of the keypad, to whatever has the focus."""
    target = QApplication.focusWidget() or QApplication.activeWindow()
    QTest.keyClick(target, code)
    pause(0)


def test_pages_are_read_from_title_to_actions(case: KioskCase, ear: Ear) -> None:
    case.to_step(Step.BEFORE)
    case.arrive(Step.BEFORE)
    assert case.sees("listen")
    assert not case.sees("speech_again")
    case.click("listen")
    said = ear.hears("Antes de comenzar")
    order = ["Antes de comenzar", "Nunca entregue sus claves", "Tenga a la mano", "Autorizo", "sin marcar",
             "Puede escoger: Atrás; Entendido, continuar"]  # fmt: skip
    assert [said.index(words) for words in order] == sorted(said.index(words) for words in order)
    case.click("go")
    ear.hears("Marque esta autorización para continuar")
    case.click("consent")
    case.click("go")
    said = ear.hears("Ingrese con su documento y su clave", "Escriba: Número de documento")
    assert "Clave: vacío" in said
    assert "Cédula, marcado" in said


def test_at_large_text_the_welcome_says_what_it_has_no_room_for(case: KioskCase, ear: Ear) -> None:
    case.page.theme.set_comfort(large=True, contrast=False)
    case.click("listen")
    said = ear.hears("Pague sus obligaciones", "Toque para comenzar")
    assert said.count("Débito bancario PSE") == 1
    language = case.find("language")
    case.wait(lambda: language.visibleRegion().boundingRect() == language.rect(), "room for the language")
    ear.voice.said.clear()
    case.click("listen")
    ear.hears("Débito bancario PSE")


def test_a_secret_is_never_said(case: KioskCase, ear: Ear) -> None:
    case.to_step(Step.SIGN_IN)
    ear.speaker.listen()
    ear.hears("Escriba")
    case.type("document_number", "19")
    assert "1." not in ear.all
    assert [said for said in ear.voice.said if said in "19"] == ["1", "9"]
    case.focus("key")
    ear.hears("Clave: vacío")
    case.type("key", "4821")
    ear.voice.said.append("|")
    case.focus("document_number")
    case.focus("key")
    ear.speaker.read()
    assert ear.voice.said[:5] == ["punto"] * 4 + ["|"]
    assert "4 caracteres" in ear.all
    for secret in ("4821", "4 8 2 1", "cuatro mil"):
        assert secret not in ear.all
    ear.voice.said.clear()
    case.tap("back")
    ear.hears("borrado")


def test_after_a_refusal_the_first_sign_is_no_deletion(case: KioskCase, ear: Ear) -> None:
    case.to_step(Step.SIGN_IN)
    ear.speaker.listen()
    case.type("key", "0000")
    case.find("key").clear()
    ear.voice.said.clear()
    case.type("key", "4")
    assert ear.voice.said == ["punto"]


def test_what_stands_above_a_page_for_a_moment_is_said(case: KioskCase, ear: Ear) -> None:
    case.to_step(Step.MENU)
    case.page.announced.emit("Le queda un minuto")
    ear.speaker.listen()
    ear.hears("Hola, María")
    assert "minuto" not in ear.all
    case.page.announced.emit("Le queda un minuto")
    ear.hears("Le queda un minuto")


def test_a_message_above_the_banks_page_is_said_once(case: KioskCase, ear: Ear) -> None:
    case.to_step(Step.BANK)
    ear.speaker.listen()
    case.wait(lambda: ear.voice.said)
    pause(300)
    ear.voice.said.clear()
    case.page.message.say(lambda: "Queda poco tiempo")
    pause(2500)
    assert ear.voice.said == ["Queda poco tiempo."]


def test_words_of_the_banks_page_are_not_said(case: KioskCase, ear: Ear) -> None:
    case.to_step(Step.BANK)
    dialog = case.page.dialog
    dialog._show_dialog(_Saying("prompt", "Diga su clave sesenta"))
    assert case.sees("page_dialog_edit")
    ear.speaker.listen()
    ear.hears("La página de su banco dice", "Escriba: Respuesta para su banco")
    ear.speaker.read()
    assert "sesenta" not in ear.all
    dialog.dismiss()


def test_every_try_that_is_left_is_said(case: KioskCase, ear: Ear) -> None:
    case.to_step(Step.SIGN_IN)
    ear.speaker.listen()
    ear.hears("Escriba")
    field = next(field for field in case.page.findChildren(Field) if field.edit.objectName() == "key")
    field.show_problem("Quedan 4 intentos.")
    ear.hears("Quedan 4 intentos.")
    field.show_problem("Quedan 3 intentos.")
    ear.hears("Quedan 3 intentos.")


def test_the_keyboards_case_is_said(case: KioskCase, ear: Ear) -> None:
    case.to_step(Step.HOLDER)
    ear.speaker.listen()
    case.focus("holder_email")
    ear.hears("Correo")
    case.click("key_email_shift")
    ear.hears("mayúsculas")
    case.click("key_email_shift")
    ear.hears("minúsculas")
    case.find("holder_email").setProperty("keyboard", "secret")
    ear.voice.said.clear()
    case.click("key_email_shift")
    assert ear.voice.said == []


def test_a_list_that_has_the_focus_already_is_heard_of(case: KioskCase, ear: Ear) -> None:
    case.to_step(Step.CHOOSE)
    case.page.list.setFocus(Qt.FocusReason.TabFocusReason)
    ear.speaker.listen()
    ear.hears("¿Qué quiere pagar?")
    key(Key.Key_Down)
    ear.hears("Aportes")


def test_obligations_are_said_when_the_keys_are_on_them_and_when_ticked(case: KioskCase, ear: Ear) -> None:
    case.to_step(Step.CHOOSE)
    ear.speaker.listen()
    said = ear.hears("¿Qué quiere pagar?", "lista de")
    assert "pesos" in said
    assert "$" not in said
    case.page.list.setFocus(Qt.FocusReason.TabFocusReason)
    key(Key.Key_Home)
    ear.hears("Crédito", "Marcado: se pagan")
    key(Key.Key_Right)
    ear.hears("Vencido:")
    key(Key.Key_Space)
    ear.hears("sin marcar", "Total a pagar hoy:", "pesos")
    pause(1300)
    assert ear.voice.said == [], "the page's own new words are not said a second time"
    key(Key.Key_Down)
    ear.hears("Aportes")


def test_the_result_is_said_with_amount_and_state(case: KioskCase, ear: Ear) -> None:
    case.to_step(Step.REVIEW)
    ear.speaker.listen()
    ear.hears("Verifique y pague", "pesos")
    payment = case.desk().checkout.start(
        case.visit.paying.order, case.visit.signing_in.session.member, case.visit.paying.holder, bank=None
    )
    case.visit.paying._know(payment)
    case.visit._stand_at(Step.RESULT)
    said = ear.hears("Transacción pendiente", "pesos")
    assert "Puede escoger" in said
    assert digits(payment.reference) in said


def test_repeat_stop_volume_and_everything_as_before_at_the_end(case: KioskCase, ear: Ear) -> None:
    loud: list[int] = []
    ear.voice.loud = loud.append  # type: ignore[method-assign]
    case.to_step(Step.MENU)
    key(Key.Key_F2)
    said = ear.hears("Hola, María", "Pagar")
    case.click("speech_again")
    assert ear.hears("Hola") == said
    case.click("speech_louder")
    ear.hears("Volumen 80 por ciento")
    key(Key.Key_F4)
    key(Key.Key_F4)
    assert loud == [60, 80, 100, 60]
    key(Key.Key_F3)
    assert ear.hears("Hola") == said
    stopped: list[int] = []
    ear.voice.stop = lambda: stopped.append(1)  # type: ignore[method-assign]
    ear.voice.talking = True
    QTest.mouseClick(case.window.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(900, 30))
    assert stopped
    case.click("speech_louder")
    case.leave()
    assert not ear.speaker.on
    assert loud[-1] == 60
    assert not case.sees("speech_again")
    ear.voice.said.clear()
    case.to_step(Step.BEFORE)
    pause(1300)
    assert ear.voice.said == []
    key(Key.Key_F3)
    assert ear.voice.said == []


def test_the_question_whether_one_is_there_is_said(case: KioskCase, ear: Ear) -> None:
    case.to_step(Step.MENU)
    ear.speaker.listen()
    ear.hears("Hola")
    patience(case)
    said = ear.hears("¿Sigue ahí?", "Quedan 20 segundos", "Necesito más tiempo")
    assert "borramos lo que escribió" in said
    key(Key.Key_Space)
    case.wait(lambda: not case.sees("more_time"))


def test_listening_is_a_sign_of_life_that_ends(case: KioskCase, ear: Ear) -> None:
    alive: list[int] = []
    case.window.voice.heard.connect(lambda: alive.append(1))
    case.to_step(Step.MENU)
    ear.speaker.listen()
    ear.voice.talking = True
    ear.speaker._say_what_changed()
    assert len(alive) == 1
    ear.speaker._since -= 300
    ear.speaker._say_what_changed()
    assert len(alive) == 1, "whoever left does not keep the visit open"


def test_without_a_spanish_voice_there_is_no_button(case: KioskCase, ear: Ear) -> None:
    ear.voice.speaks = lambda language: language == "en"  # type: ignore[method-assign]
    case.to_step(Step.BEFORE)
    case.window.header.refresh()
    assert not case.sees("listen")
    key(Key.Key_F2)
    assert not ear.speaker.on
    Languages.use("en")
    pause(0)
    assert case.sees("listen")
    case.click("listen")
    ear.hears("Before you start", "You can choose: Back")
    Languages.use("es")
    pause(0)
    assert not ear.speaker.on, "there is no voice for it"
    assert not case.sees("speech_again")


def test_speech_that_is_off_costs_nothing(case: KioskCase) -> None:
    case.wait(lambda: not case.application._builder.isActive(), "pages built ahead")
    if case.window.speaking is None:
        assert "PySide6.QtTextToSpeech" not in sys.modules or "kiosk.views.frame.speaking" in sys.modules
    case.to_step(Step.MENU)
    assert not case.sees("listen") or case.window.speaking is not None


# -- keys alone -------------------------------------------------------------------------------


def tab_to(case: KioskCase, name: str, *, back: bool = False) -> QWidget:
    """Press Tab until a widget has the focus, and see on each that it has."""
    for _ in range(60):
        here = QApplication.focusWidget()
        if here is not None and here.objectName() == name:
            return here
        QTest.keyClick(here or case.window, Key.Key_Backtab if back else Key.Key_Tab)
        pause(0)
        now = QApplication.focusWidget()
        assert now is not None
        if now.objectName():
            assert shows_focus(now), f"{case.visit.step}: nobody sees that {now.objectName()} has the focus"
    raise AssertionError(f"{case.visit.step}: no Tab leads to {name}")


def shows_focus(widget: QWidget) -> bool:
    """Whether a widget looks different with the focus."""
    if widget.objectName().startswith("guide_"):
        return True  # the demonstration's list of invented members
    focused = widget.grab().toImage()
    widget.clearFocus()
    plain = widget.grab().toImage()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    return focused != plain


def typed(case: KioskCase, name: str, text: str) -> None:
    tab_to(case, name)
    QTest.keyClicks(QApplication.focusWidget(), text)
    pause(0)


def press(case: KioskCase, name: str) -> None:
    tab_to(case, name)
    key(Key.Key_Space)
    case.wait(lambda: not case.visit.busy)


def test_from_welcome_to_review_by_keys_alone(case: KioskCase) -> None:
    press(case, "start")
    case.arrive(Step.BEFORE)
    press(case, "consent")
    press(case, "go")
    case.arrive(Step.SIGN_IN)
    typed(case, "document_number", case.MEMBER[0])
    key(Key.Key_Return)
    typed(case, "key", case.MEMBER[1])
    key(Key.Key_Return)
    case.arrive(Step.MENU)
    press(case, "pay")
    case.arrive(Step.CHOOSE)
    total = case.visit.paying.obligations.total
    tab_to(case, "all_overdue")
    key(Key.Key_Right)  # of several options one has the Tab key; arrows lead to the others
    assert case.find("by_hand").hasFocus()
    assert not case.visit.paying.obligations.total
    tab_to(case, "obligations")
    key(Key.Key_Home)
    key(Key.Key_Space)
    assert case.visit.paying.obligations.total
    tab_to(case, "by_hand", back=True)
    key(Key.Key_Left)
    assert case.visit.paying.obligations.total == total
    press(case, "go")
    case.arrive(Step.SUMMARY)
    press(case, "go")
    case.arrive(Step.HOLDER)
    typed(case, "holder_email", case.EMAIL)
    typed(case, "holder_mobile", case.MOBILE)
    press(case, "go")
    case.arrive(Step.REVIEW)
    tab_to(case, "go")
    press(case, "leave")
    case.arrive(Step.WELCOME)
