"""The scheme's checklist, each point on the real product; 7 and 24 stand in the file beside this."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit
from zlib import crc32

import pytest
import sandbox_servers as servers
from counterparts import HOLDER
from kiosk_case import KioskCase, Sandbox
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from instruments.torture.wires import Trouble, Wire
from kiosk.app import assembly
from kiosk.cooperative.member import Document, DocumentProblem, DocumentType, HolderKind
from kiosk.cooperative.order import Order, OrderLine
from kiosk.cooperative.payment import Payment, State
from kiosk.journal.errors import ObligationHeld
from kiosk.receipt.blocks import Mark, Row
from kiosk.sandbox.pse.server import profile
from kiosk.settings import Settings
from kiosk.teller.desk import Desk
from kiosk.tour.hands import pause
from kiosk.transport import Reply, Transport
from kiosk.visit.steps import Step

pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", extend=True)

PENDING = "Transacción pendiente. Por favor verificar si el débito fue realizado en el Banco."
NO_BANKS = "No se pudo obtener la lista de Entidades Financieras, por favor intente más tarde"
LIMIT = "El monto de la transacción excede los límites establecidos en PSE para la empresa, por favor comuníquese con nuestras líneas de atención al cliente al teléfono {us.care_phone} o al correo electrónico {us.care_email}"  # noqa: E501
NOT_CREATED = "No se pudo crear la transacción, por favor intente más tarde o comuníquese con {us.name} a nuestras líneas de atención al cliente al teléfono {us.care_phone} o al correo electrónico {us.care_email}"  # noqa: E501
PENDING_ALREADY = "En este momento su pago #{payment.reference} presenta un proceso de pago cuya transacción se encuentra PENDIENTE de recibir confirmación por parte de su entidad financiera, por favor espere unos minutos y vuelva a consultar más tarde para verificar si su pago fue confirmado de forma exitosa. Si desea mayor información sobre el estado actual de su operación puede comunicarse a nuestras líneas de atención al cliente {us.care_phone} o enviar un correo electrónico a {us.care_email} y preguntar por el estado de la transacción: {payment.cus}"  # noqa: E501
APPROVED_ALREADY = "En este momento su #{payment.reference} ha finalizado su proceso de pago y cuya transacción se encuentra APROBADA en su entidad financiera. Si desea mayor información sobre el estado de su operación puede comunicarse a nuestras líneas de atención al cliente {us.care_phone} o enviar un correo electrónico a {us.care_email} y preguntar por el estado de la transacción: {payment.cus}"  # noqa: E501
PROMPT = ("0", "A continuación seleccione su banco")
NIT = Document(DocumentType.NIT, "900373913")
APORTES = ("AP-100101", "60000.00")
PACE = {"first_after": 420.0, "every": 720.0}
Open = Callable[..., "Kiosk"]
Lister = dict[str, Any]


@pytest.fixture(scope="module")
def sandbox(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as both:
        yield both


@pytest.fixture(scope="module")
def lister(sandbox: Sandbox) -> Iterator[Lister]:
    """Settings of a gateway that wants the bank picked at the kiosk."""
    merchant, context = profile("wompi", servers.SECRETS["KIOSK_SANDBOX_SECRET"]), pytest.MonkeyPatch.context
    with servers._process("kiosk.sandbox.pse", "--gateway", "wompi") as url, context() as patch:
        patch.setenv("CHECKLIST_SECRET", merchant.secret)
        patch.setenv("CHECKLIST_INTEGRITY", merchant.secrets["integrity"])
        keys = {"secret": "env:CHECKLIST_SECRET", "secrets": {"integrity": "env:CHECKLIST_INTEGRITY"}}
        yield {"driver": "wompi", "url": url + merchant.path, "login": merchant.login, **keys}


class Kiosk(KioskCase):
    """A kiosk before its servers, and what several points have in common."""

    def __init__(self, sandbox: Sandbox, settings: Settings, patch: pytest.MonkeyPatch) -> None:
        self.sandbox, self.settings, self.ahead = sandbox, settings, timedelta(0)
        patch.setattr(assembly, "now", lambda: datetime.now(UTC) + self.ahead)
        super().__init__(settings)
        self.said: list[tuple[dict[str, Any], bytes]] = []  # bodies sent, and answers as they came
        self.garbled = (b"", b"")  # what the kiosk hears another word for
        honest = self._request

        def request(transport: Transport, *where: str, **what: Any) -> Reply:
            answer = honest(transport, *where, **what)
            self.said.append((json.loads(what.get("content") or "{}"), answer.body))
            return replace(answer, body=answer.body.replace(*self.garbled))

        Transport.request = request  # type: ignore[method-assign] # KioskCase puts the honest one back

    def walk(self, *way: Step | str) -> None:
        for each in way:
            self.arrive(each) if isinstance(each, Step) else self.click(each)

    def to(self, step: Step) -> Self:
        """Go there, paying all that is overdue."""
        self.to_step(Step.REVIEW if step is Step.PHONE else step)
        if step is Step.PHONE:
            self.walk("pay_on_phone", Step.PHONE)
        if step is Step.BANK:
            page = self.page
            self.wait(lambda: page.web and not (page.web.page.isLoading() or page.opening.isVisible()))
        return self

    def asked(self, part: str) -> dict[str, Any]:
        return next(body[part] for body, _ in self.said if part in body)

    def decide(self, outcome: str) -> None:
        self.sandbox.decide(self.visit.paying.payment.redirect_url, outcome)

    def comes_back(self, said: str) -> None:
        address = json.dumps(f"{self.settings.gateway.return_url}?{said}")
        self.page.web.page.runJavaScript(f"location.href = {address}", 0, lambda _: None)
        self.stop_waiting()

    def stop_waiting(self) -> None:
        visit = self.visit
        self.wait(lambda: visit.step is not Step.BANK and visit.paying.payment.state is not State.AT_BANK)
        self.walk(*(["do_not_wait"] if self.visit.step is Step.WAITING else []), Step.RESULT)

    def approve(self) -> Payment:
        self.decide("approve")
        self.wait(lambda: self.visit.paying.payment.state is State.POSTED, "posting")
        assert self.text_of("state") == "Transacción aprobada"
        return self.visit.paying.payment

    def assert_pending(self) -> None:
        """On screen the state and below it the rest of the scheme's text; nothing in the core's books."""
        assert f"{self.text_of('state')}. {self.text_of('meaning').splitlines()[0]}" == PENDING
        assert (self.visit.paying.payment.state, self.sandbox.core_payments()["movements"]) == (
            State.PENDING,
            [],
        )

    def sonda(self, payment: Payment) -> State:
        self.desk().sonda.round()
        return self.desk().journal.get(payment.payment_id).state

    def assert_told(self, text: str) -> None:
        held = next(iter(self.desk().journal.unresolved()), None)
        self.told(text.format(us=self.settings.cooperative, payment=held))

    def assert_not_created(self, text: str) -> None:
        """«Pagar» leads nowhere but to this text, and nothing is held."""
        self.click("go")
        self.assert_told(text)
        assert (self.visit.step, self.desk().journal.unresolved()) == (Step.REVIEW, [])

    def assert_held(self, text: str) -> None:
        """Whoever comes again is refused with this text, and the gateway does not hear of it."""
        known = len(self.sandbox.sessions())
        self.walk("go", Step.WELCOME)
        self.to(Step.MENU)
        self.walk("pay", Step.CHOOSE)
        self.assert_told(text)
        assert not self.find("go").isEnabled()
        with pytest.raises(ObligationHeld):
            pay_aportes(self.desk())
        assert len(self.sandbox.sessions()) == known


def settings_of(sandbox: Sandbox, folder: Path, **changed: dict[str, Any]) -> Settings:
    """One terminal to a folder; its id is new to the gateway, which keeps the references of all tests."""
    return sandbox.settings(folder, terminal={"id": f"T{crc32(bytes(folder)):08X}"}, **changed)


@pytest.fixture
def kiosk(sandbox: Sandbox, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    sandbox.reset()
    with ExitStack() as stack:
        yield lambda step=Step.WELCOME, **changed: stack.enter_context(
            Kiosk(sandbox, settings_of(sandbox, tmp_path, **changed), monkeypatch)
        ).to(step)
    sandbox.reset()


def pay_aportes(desk: Desk, line: OrderLine | None = None) -> Payment:
    member = desk.connector.sign_in(servers.MARIA, servers.MARIAS_KEY).member
    return desk.checkout.start(Order((line or servers.line(*APORTES),)), member, HOLDER)


def until_the_lights_go_out(settings: Settings) -> None:
    """In a process of its own: a payment as far as the bank's page, and not a step further."""
    pay_aportes(assembly.build_desk(settings))
    os._exit(86)


class TestChecklist:
    def test_point_01_natural_person_approved(self, kiosk: Open) -> None:
        """1, A-2: a natural person pays with a personal document and the debit is approved."""
        case = kiosk(Step.BANK)
        buyer = case.asked("buyer")
        assert (buyer["documentType"], buyer["document"]) == ("CC", case.MEMBER[0])
        assert case.approve().cus

    def test_point_02_company_with_nit_approved(self, kiosk: Open, lister: Lister) -> None:
        """2, A-2: a company pays with its NIT, is sent as a company, and the debit is approved."""
        case = kiosk(Step.HOLDER, gateway=lister)
        case.walk("account_is_mine", "company")
        case.paste("holder_document", "900373913")
        case.paste("holder_name", "comercial del sur")
        case.fill_holder()
        case.walk("go", Step.PICK_BANK)
        case.touch_row("banks", 1)
        case.walk("go", Step.REVIEW, "accept_terms", "go", Step.BANK)
        method = case.asked("payment_method")
        payer = method["user_type"], method["user_legal_id_type"], method["user_legal_id"]
        assert payer == (1, "NIT", NIT.number)
        servers.decide(case.visit.paying.payment.redirect_url, "approve")
        case.arrive(Step.RESULT)
        assert case.text_of("state") == "Transacción aprobada"

    def test_point_03_natural_person_with_nit_refused(self, kiosk: Open) -> None:
        """3, A-2 cross rule: a natural person may not use NIT, and is not offered it."""
        assert replace(HOLDER, document=NIT).problems() == {"document": DocumentProblem.PERSON_WITH_NIT}
        case = kiosk()
        case.sign_in("999100111", "7150", "NIT")  # a member that is a company itself
        case.to_step(Step.HOLDER)
        case.click("natural")
        offered = {kind for kind in DocumentType if case.sees(f"document_{kind}")}
        assert offered == set(DocumentType) - {DocumentType.NIT}

    def test_point_04_company_with_personal_document_refused(self, kiosk: Open) -> None:
        """4, A-2 cross rule: a company must use NIT; what is typed goes as one."""
        wrong = replace(HOLDER, kind=HolderKind.COMPANY).problems()
        assert wrong == {"document": DocumentProblem.COMPANY_WITHOUT_NIT}
        case = kiosk(Step.HOLDER)
        case.click("company")
        assert [kind for kind in DocumentType if case.sees(f"document_{kind}")] == []
        case.fill_holder()
        case.walk("go", Step.REVIEW)
        assert case.visit.paying.holder.document == Document(DocumentType.NIT, case.MEMBER[0])

    def test_point_05_bar_and_quote_refused(self, kiosk: Open) -> None:
        """5, A-2 forbidden characters: | and " reach neither the description nor the references."""
        case = kiosk(Step.HOLDER)
        case.fill_holder()
        for sign in '|"':
            assert set(replace(HOLDER, name=f"Marta {sign} Rincón").problems()) == {"name"}
            case.paste("holder_name", f"Marta {sign} Rincón")
            case.done()
            case.click("go")
            case.told("Quite los signos especiales.")
        odd = replace(servers.line(*APORTES), name='Aportes | "sociales"', reference='1|0"1')
        payment = pay_aportes(case.desk(), odd)
        asked = case.asked("payment")
        assert (asked["description"], asked["reference"]) == ("Aportes sociales", payment.reference)
        assert payment.reference.isalnum()

    def test_point_06_limit_text(self, kiosk: Open) -> None:
        """6, A-7 FAIL_EXCEEDEDLIMIT: the scheme's text with phone and e-mail; nothing is held."""
        refusal = b'{"status": {"status": "FAILED", "reason": "XA", "message": "El monto excede el limite"}}'
        with servers.raw_server(lambda caller: caller.sendall(servers.reply(refusal))) as gateway:
            kiosk(Step.REVIEW, gateway={"url": gateway.url}).assert_not_created(LIMIT)

    def test_point_08_generic_creation_text(self, kiosk: Open) -> None:
        """8, A-7 any other code: the scheme's text with company, phone and e-mail; nothing is held."""
        kiosk(Step.REVIEW, gateway={"login": "nobody"}).assert_not_created(NOT_CREATED)

    def test_point_09_pending_on_return(self, kiosk: Open) -> None:
        """9, A-5 PENDING: the scheme's text on return, on screen and on paper."""
        case = kiosk(Step.BANK)
        case.decide("pending")
        case.comes_back("ref=1")
        case.assert_pending()
        case.wait(lambda: case.visit.printing.receipt, "statement")
        assert PENDING in case.visit.printing.receipt.text().splitlines()

    def test_point_10_user_never_returns(self, kiosk: Open) -> None:
        """10, A-8: a debit whose payer never returns is asked about after 7 minutes, and applied once."""
        case = kiosk(Step.PHONE, sonda=PACE)
        payment = case.visit.paying.payment
        case.decide("never")
        case.click("go")
        case.ahead = timedelta(minutes=6, seconds=30)
        case.wait(lambda: case.sonda(payment) is State.PENDING, "farewell: it is too early to ask")
        case.ahead = timedelta(minutes=7)
        case.wait(lambda: case.sonda(payment) is State.POSTED, "answer")
        assert servers.puts(case.sandbox.core_url, payment.payment_id) == 1

    def test_point_11_second_payment_while_pending(self, kiosk: Open) -> None:
        """11, A-6: a second payment while one is PENDING is refused with the scheme's text."""
        case = kiosk(Step.PHONE)
        case.decide("pending")
        case.walk("give_up", "confirm_leave")
        case.stop_waiting()
        case.assert_held(PENDING_ALREADY)

    def test_point_12_second_payment_after_approved(self, kiosk: Open, sandbox: Sandbox) -> None:
        """12, A-6: after an approval a second payment is refused with the scheme's text; then it is paid."""
        case = kiosk(Step.PHONE)
        sandbox.core(faults={"operation": "putPayment", "kind": "http_500", "times": None})
        case.decide("approve")
        case.arrive(Step.RESULT)
        case.assert_held(APPROVED_ALREADY)
        sandbox.core(faults=None)
        case.wait(lambda: [each.state for each in case.desk().journal.find()] == [State.POSTED], "posting")
        case.walk("back", Step.MENU, "pay", Step.CHOOSE)
        assert not case.visit.paying.obligations.overdue_total

    def test_point_13_second_payment_after_failed(self, kiosk: Open) -> None:
        """13, A-5 FAILED, A-6: a failed payment shows its text, frees its obligations, may be tried again."""
        case = kiosk(Step.PHONE)
        first = case.visit.paying.payment
        case.decide("fail")
        case.arrive(Step.RESULT)
        assert (case.text_of("state"), case.visit.paying.payment.state) == (
            "Transacción fallida",
            State.FAILED,
        )
        case.walk("pay_again", Step.CHOOSE, "go", Step.SUMMARY, "go", Step.HOLDER, "go", Step.REVIEW)
        case.walk("pay_on_phone", Step.PHONE)
        assert case.approve().reference != first.reference

    def test_point_14_power_cut_at_the_bank(self, kiosk: Open, sandbox: Sandbox, tmp_path: Path) -> None:
        """14, A-8: a payment at the bank survives a power cut, is asked about and applied once."""
        spawn = multiprocessing.get_context("spawn").Process
        before = spawn(target=until_the_lights_go_out, args=(settings_of(sandbox, tmp_path, sonda=PACE),))
        before.start()
        before.join(servers.PATIENCE)
        assert before.exitcode == 86
        case = kiosk(Step.MENU, sonda=PACE)
        (payment,) = case.desk().journal.unresolved()
        assert payment.state is State.AT_BANK
        servers.pay(payment.redirect_url)
        case.ahead = timedelta(minutes=7)
        case.wait(lambda: case.sonda(payment) is State.POSTED, "answer")
        assert servers.movements(sandbox.core_url, payment.payment_id) == [APORTES]

    def test_point_15_network_cut_at_the_bank(self, kiosk: Open, sandbox: Sandbox) -> None:
        """15, A-5: a network cut at the bank means PENDING, never failed, until the service answers again."""
        with closing(Wire(("127.0.0.1", urlsplit(sandbox.gateway_url).port or 0))) as wire:
            case = kiosk(Step.BANK, gateway={"url": wire.url})
            wire.break_(Trouble.REFUSED)
            case.walk("help", "help_reload")
            case.wait(lambda: case.says("No pudimos abrir la página de su banco"), "word of the cut")
            case.click("leave_bank")
            case.stop_waiting()
            case.assert_pending()
            wire.heal()
            case.approve()

    def test_point_16_midnight_crossing(self, kiosk: Open) -> None:
        """16, A-2 soliciteDate: times are Colombian, offset -05:00, also across midnight."""
        case, here, minute = kiosk(), timedelta(hours=5), timedelta(minutes=1)
        today = (datetime.now(UTC) - here + minute).date()
        tomorrow = today + timedelta(days=1)
        midnight = datetime.combine(tomorrow, time(5), UTC)
        case.ahead = midnight - minute / 2 - datetime.now(UTC)
        payment = pay_aportes(case.desk())
        times = [datetime.fromisoformat(t) for t in (case.asked("auth")["seed"], case.asked("expiration"))]
        assert [(each.utcoffset(), each.date()) for each in times] == [(-here, today), (-here, tomorrow)]
        assert payment.reference.startswith(f"{today:%y%m%d}")
        servers.pay(payment.redirect_url)
        case.ahead += 8 * minute
        case.wait(lambda: case.sonda(payment) is State.POSTED, "answer")
        assert pay_aportes(case.desk()).reference.startswith(f"{tomorrow:%y%m%d}")
        crossed = replace(payment, state=State.POSTED, decided_at=midnight + timedelta(seconds=20))
        blocks = case.desk().receipts.of(crossed).blocks
        rows = {block.label: block.value for block in blocks if isinstance(block, Row)}
        assert re.fullmatch(rf"{today.day} \w+ {today.year}, 23:59:\d\d UTC-05:00", rows["Solicitada el"])
        assert re.fullmatch(rf"{tomorrow.day} \w+ {tomorrow.year}, 00:00:20 UTC-05:00", rows["Procesada el"])

    def test_point_17_bank_list_unavailable(self, kiosk: Open, lister: Lister) -> None:
        """17, A-2: without a bank list the scheme's text is shown, and the list is asked for again."""
        case, gateway = kiosk(Step.HOLDER, gateway=lister), lister["url"].removesuffix("/v1")
        servers.setting(gateway, banks="empty")
        case.fill_holder()
        case.click("go")
        case.told(NO_BANKS)
        servers.setting(gateway, banks="full")
        case.walk("go", Step.PICK_BANK)

    def test_point_18_code_zero(self, kiosk: Open, lister: Lister) -> None:
        """18, A-2 default entry: code 0 of the list is its prompt and never a bank to pick."""
        servers.setting(lister["url"].removesuffix("/v1"), banks="full")
        case = kiosk(Step.PICK_BANK, gateway=lister)
        (answer,) = [answer for _, answer in case.said if b"financial_institution" in answer]
        listed = {tuple(bank.values()) for bank in json.loads(answer)["data"]}
        assert PROMPT in listed
        banks = case.visit.paying.banks
        shown = [banks.index(row).data(banks.BANK) for row in range(banks.rowCount())]
        assert {(bank.code, bank.name) for bank in shown} == listed - {PROMPT}
        assert (banks.picked, case.find("go").isEnabled()) == (None, False)

    def test_point_19_double_tap(self, kiosk: Open, sandbox: Sandbox) -> None:
        """19, A-2 double click: the first press disables the button and says to wait; one payment is made."""
        case, known = kiosk(Step.REVIEW), len(sandbox.sessions())
        go = case.find("go")
        case.touch(go)
        assert (go.isEnabled(), case.text_of("go")) == (False, "Abriendo PSE…")
        QTest.mouseDClick(go, Qt.MouseButton.LeftButton)
        case.arrive(Step.BANK)
        pause(200)
        assert (len(sandbox.sessions()), len(case.desk().journal.find())) == (known + 1, 1)

    def test_point_20_unknown_state_is_pending(self, kiosk: Open) -> None:
        """20, A-5: a state code that nobody knows means PENDING, neither failed nor approved."""
        case = kiosk(Step.PHONE)
        case.garbled = (b'"APPROVED"', b'"NOVEL"')
        case.decide("approve")
        case.walk("give_up", "confirm_leave")
        case.stop_waiting()
        case.assert_pending()
        case.garbled = (b"", b"")
        case.wait(lambda: case.visit.paying.payment.state is State.POSTED, "a word that is known")

    @pytest.mark.parametrize(("said", "truth"), [("APPROVED", "pending"), ("REJECTED", "approve")])
    def test_point_21_forged_return_ignored(self, kiosk: Open, said: str, truth: str) -> None:
        """21, A-8: the state comes from the service; the return URL's parameters are never believed."""
        case = kiosk(Step.BANK)
        case.decide(truth)
        case.comes_back(f"status={said}&transactionState={said}&trazabilityCode=1")
        truly = State.PENDING if truth == "pending" else State.POSTED
        case.wait(lambda: case.visit.paying.payment.state is truly, truth)
        assert case.visit.paying.payment.cus != "1"

    def test_point_22_receipt_fields_complete(self, kiosk: Open, sandbox: Sandbox) -> None:
        """22, A-4: company, NIT, times, state, ticket, reference, CUS, bank, amount, concept, IP, support."""
        case = kiosk(Step.PHONE)
        payment, us, ip_address = case.approve(), case.settings.cooperative, case.settings.terminal.ip_address
        (session,) = servers.sessions(sandbox.gateway_url, payment.reference)
        (debit,) = session["debits"]
        case.walk("show_receipt", Step.RECEIPT)
        case.wait(lambda: case.says("Transacción"), "sheet")
        shown = [words.text().replace("\u00a0", " ") for words in case.find("sheet").findChildren(QLabel)]
        assert {us.name, f"NIT {us.nit}", "Transacción aprobada"} <= set(shown)
        expected = {
            "CUS": debit["cus"], "Referencia": payment.reference, "Ticket": str(session["number"]),
            "Banco": debit["bank_name"], "Medio de pago": "Débito bancario PSE", "Nombre": case.NAME,
            "Total pagado": "$ 412.300", "Descripción": "Pago de 3 obligaciones", "Correo": us.care_email,
            "Teléfono": f"{us.care_phone} · Cel {us.care_mobile}", "Dirección IP": ip_address,
        }  # fmt: skip
        rows = dict(pairwise(shown))
        assert {label: rows.get(label) for label in expected} == expected
        assert rows["Documento"].endswith("******" + case.MEMBER[0][-4:])
        times = rows["Solicitada el"], rows["Procesada el"]
        assert all(re.fullmatch(r"\d+ \w+ \d{4}, \d\d:\d\d:\d\d UTC-05:00", time) for time in times)

    def test_point_23_reprint_equals_original(self, kiosk: Open) -> None:
        """23: a reprint is the original word for word, its code included, but for the mark COPIA."""
        case = kiosk(Step.PHONE)
        case.approve()
        case.wait(lambda: case.visit.printing.receipt, "receipt")
        original = case.visit.printing.receipt
        case.walk("go", Step.WELCOME)
        case.to_step(Step.MENU)
        case.walk("my_payments", Step.PAYMENTS)
        case.touch_row("payments", 0)
        case.walk(Step.RESULT, "show_receipt", Step.RECEIPT)
        case.wait(lambda: case.visit.printing.receipt, "copy")
        copy = case.visit.printing.receipt
        (mark,) = [block for block in copy.blocks if isinstance(block, Mark) and block.text == "COPIA"]
        assert tuple(block for block in copy.blocks if block is not mark) == original.blocks
        assert (copy.title, copy.qr_text) == (original.title, original.qr_text)
