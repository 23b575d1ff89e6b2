"""The guided tour: works the real pages with real clicks and typed keys, and leaves pictures.

Files in DIR: NN-page.png in order, receipt.pdf, receipt.escpos, report.json.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path
from typing import NoReturn

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel, QListView, QWidget

from kiosk.app.demo import OUTCOMES, Demonstration
from kiosk.app.window import Application, qt_application
from kiosk.cooperative.payment import Payment, State
from kiosk.cooperative.standing import Standing, standing
from kiosk.tour.hands import PATIENCE, Hands, Stuck, pause
from kiosk.tour.report import keep_receipts, report
from kiosk.views.parts.languages import Languages
from kiosk.visit.steps import Step, Turn

MEMBER = ("1900100101", "4821")
NO_EMAIL = "1900100104"
HOLDER = ("maria.ospina@correo.example", "3001234567")
BANK, BANK_NAME = "1901", "Banco Unión Colombiano"


class Tour(Hands):
    """One tour of one application."""

    def __init__(self, application: Application, out: Path, outcome: str) -> None:
        super().__init__(application.window, application.visit)
        self._app, self._out, self._outcome = application, out, outcome
        self.pages: list[dict[str, object]] = []
        self._asked = 0.0
        self.cus_on_screen: str | None = None
        """As the result page showed it beside «CUS»."""

    # -- what it leaves behind ------------------------------------------------------------

    def give_up(self, why: str) -> NoReturn:
        """Say where the way ended, and show it."""
        self.picture("stuck")
        super().give_up(why)

    def arrive(self, step: Step, seconds: float = PATIENCE) -> None:
        """Wait for a page; note how long the touch took to bring it."""
        super().arrive(step, seconds)
        self._arrived = round((time.monotonic() - self._asked) * 1000) if self._asked else 0

    def picture(self, name: str, settle: int = 150) -> None:
        """Save what a member sees once the page has settled, in milliseconds."""
        pause(settle)
        file = f"{len(self.pages) + 1:02d}-{name}.png"
        self.window.grab().save(str(self._out / file))
        self.pages.append({"name": name, "file": file, "milliseconds": getattr(self, "_arrived", 0)})

    def touch(self, target: QWidget, where: QPoint | None = None) -> None:
        """Touch a widget; the clock of the next page starts."""
        self._asked = time.monotonic()
        super().touch(target, where)

    def _touch_at_bank(self, selector: str) -> None:
        """Touch an element of the bank's page once it has come to rest."""
        self.rest_web(selector)
        self.touch_web(selector)

    # -- the way --------------------------------------------------------------------------

    def run(self) -> Payment:
        """The whole way; the payment as the journal has it in the end."""
        self._enter()
        self._look_around()
        self._choose()
        self._name_holder()
        self._at_bank()
        payment = self._result()
        self._farewell()
        return payment

    def _enter(self) -> None:
        self.arrive(Step.WELCOME)
        self.picture("welcome")
        self.click("start")
        self.arrive(Step.BEFORE)
        self.picture("before")
        self.click("consent")
        self.click("go")
        self.arrive(Step.SIGN_IN)
        self.click("recover_key")
        self.arrive(Step.RECOVER)
        self.type("document_number", NO_EMAIL)
        self.picture("recover")
        self.click("go")
        self.wait(lambda: self.visit.problem is not None, "the office to visit")
        self.picture("recover_office")
        self.click("go")
        self.arrive(Step.SIGN_IN)
        self.type("document_number", MEMBER[0])
        self.type("key", MEMBER[1])
        self.picture("sign_in")
        self.click("go")
        self.arrive(Step.MENU)
        self.picture("menu")

    def _look_around(self) -> None:
        self.click("change_key")
        self.arrive(Step.CHANGE_KEY)
        self.picture("change_key")
        self.click("back")
        self.arrive(Step.MENU)
        self.click("my_payments")
        self.arrive(Step.PAYMENTS)
        self.picture("payments_empty")
        self.click("back")
        self.arrive(Step.MENU)

    def _choose(self) -> None:
        self.click("pay")
        self.arrive(Step.CHOOSE)
        self.wait(lambda: bool(self.visit.paying.obligations.total), "a total")
        self.picture("choose")
        self._see_better()
        self.click("all_overdue")
        self.click("go")
        self.arrive(Step.SUMMARY)
        self.picture("summary")
        self.click("go")

    def _see_better(self) -> None:
        """The same page in large text and high contrast, and back to how it was."""
        theme = self._app.theme
        before = (theme.large, theme.high_contrast, theme.reach)
        for wanted, name in (((True, True, False), "choose_see_better"), (before, "")):
            while (theme.large, theme.high_contrast, theme.reach) != wanted:
                self.click("see_better")
                pause(150)
            if name:
                self.picture(name)

    def _name_holder(self) -> None:
        self.arrive(Step.HOLDER)
        self.type("holder_email", HOLDER[0])
        self.picture("holder_keyboard")
        self.tap("done")
        self.type("holder_mobile", HOLDER[1])
        self.tap("done")
        self.picture("holder")
        self.click("go")
        self.wait(lambda: self.visit.step is not Step.HOLDER, "what comes after the holder")
        if self.visit.step is Step.PICK_BANK:
            self._pick_bank()
        self.arrive(Step.REVIEW)
        if self.visit.paying.terms:
            self.click("accept_terms")
        self.picture("review")
        self.click("go")

    def _pick_bank(self) -> None:
        self.arrive(Step.PICK_BANK)
        model = self.find("banks", QListView).model()
        row = next(r for r in range(model.rowCount()) if model.index(r, 0).data() == BANK_NAME)
        self.touch_row("banks", row)
        self.picture("bank_choice")
        self.click("go")

    def _at_bank(self) -> None:
        self._opened()
        self.click("help")
        self.picture("bank_help")
        self.click("help_phone")
        self.arrive(Step.PHONE)
        self.picture("phone")
        self.click("pay_here")
        self._opened()
        if not self.visit.paying.banks.rowCount():
            self._at_gateway()
        self._touch_at_bank("#bank-user")
        self.type_web("maria")
        self.tap("done")
        pause(400)
        self.picture("bank_login")
        self._pick(f"#outcome-{OUTCOMES[self._outcome]}")
        self._touch_at_bank("#continue")

    def _opened(self) -> None:
        self.arrive(Step.BANK)
        self.wait(lambda: self.sees("bank_view"), "the gateway's page", 60)
        pause(400)

    def _at_gateway(self) -> None:
        """The gateway's page and PSE's portal, where they ask for the bank."""
        self.picture("bank_gateway")
        self._touch_at_bank("#start")
        self._touch_at_bank("#email")
        self.wait(lambda: self.keyboard_in_sight, "the keyboard over the bank's page")
        pause(300)
        self.picture("bank_pse_keyboard")
        self.tap("done")
        self._pick(f"#bank-{BANK}")
        pause(300)
        self.picture("bank_pse")
        self._touch_at_bank("#go-to-bank")

    def _pick(self, radio: str) -> None:
        """Touch a choice and see that it is chosen, as a member would before going on."""
        for _ in range(3):
            self._touch_at_bank(f"label:has({radio})")
            pause(120)
            if self.find_web(f"label:has({radio}:checked)") is not None:
                return
        self.give_up(f"{radio} is not chosen by touching it")

    def _result(self) -> Payment:
        visit = self._app.visit
        self.wait(lambda: visit.step in (Step.WAITING, Step.RESULT), "the way back from the bank", 60)
        if visit.step is Step.WAITING:
            self.arrive(Step.WAITING)
            self.picture("waiting", settle=0)  # the answer may come at once
        # Pending is said after the waiting time; all others as soon as the gateway says so.
        self.arrive(Step.RESULT, 60)
        wanted = {"approved": State.POSTED, "declined": State.DECLINED, "failed": State.FAILED}
        if self._outcome in wanted:
            self._until(wanted[self._outcome])
            self._paper_out()
        self.picture(
            f"result_{self._outcome.split('-')[0] if self._outcome != 'late-approved' else 'pending'}"
        )
        if self._outcome == "late-approved":
            self._until(State.POSTED)
            self._paper_out()
            self.picture("result_late_approved")
        self.cus_on_screen = self._read("CUS")
        if self._outcome in ("approved", "late-approved", "pending"):
            self.click("show_receipt")
            self.arrive(Step.RECEIPT)
            pause(300)
            self.picture("receipt")
        payment = visit.paying.payment
        if payment is None:
            self.give_up("there is no payment")
        return payment

    def _read(self, name: str) -> str | None:
        """The words in sight that follow a name."""
        texts = [w.text() for w in self.page.findChildren(QLabel) if w.isVisible()]
        return texts[texts.index(name) + 1] if name in texts[:-1] else None

    def _until(self, state: State) -> None:
        def there() -> bool:
            payment = self.visit.paying.payment
            return payment is not None and payment.state is state

        self.wait(there, f"state {state.value}", 60)

    def _paper_out(self) -> None:
        """Until printing came to an end, where something prints."""
        if not self.find("state").isVisible():
            return
        printing = getattr(self.page, "printing", None)
        payment = self.visit.paying.payment
        if printing is not None and payment is not None and standing(payment) is Standing.PAID:
            ended = ("printed", "failed", "no_paper", "no_printer")
            self.wait(lambda: printing.phase in ended, "end of the printing", 40)

    def _farewell(self) -> None:
        """The next visit of the same member: my payments, then out of service."""
        visit = self._app.visit
        self.click("go")
        self.arrive(Step.WELCOME)
        if visit.signing_in.session is not None or visit.paying.payment is not None:
            self.give_up("something of the visit stayed behind")
        self.click("start")
        self.arrive(Step.BEFORE)
        self.click("consent")
        self.click("go")
        self.arrive(Step.SIGN_IN)
        self.type("document_number", MEMBER[0])
        self.type("key", MEMBER[1])
        self.click("go")
        self.arrive(Step.MENU)
        self.wait(lambda: visit.payments.rowCount() > 0, "the payments")
        if self._outcome == "pending":
            self.picture("menu_pending")
        self.click("my_payments")
        self.arrive(Step.PAYMENTS)
        self.picture("payments")
        self.click("leave")
        self.arrive(Step.WELCOME)
        visit.turn(Turn.UNFIT)
        self.picture("out_of_service")


def run_tour(
    out: Path,
    outcome: str,
    *,
    size: tuple[int, int],
    language: str = "es",
    large: bool = False,
    gateway: str = "placetopay",
    at: tuple[str, str] | None = None,
) -> int:
    """Run one tour into `out`; 0 when the payment ended as the outcome says.

    `at`: core and gateway that already run, instead of our own. Raises NoSandbox.
    """
    if out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    demonstration = Demonstration(out / "state", outcome=outcome, quick=True, gateway=gateway, at=at)
    app = qt_application(["kiosk"])
    application = Application(demonstration.settings(), demonstration.guide(), size)
    tour = Tour(application, out, outcome)
    payment: Payment | None = None
    posted, trouble = False, ""
    try:
        demonstration.wait()
        Languages.use(language)
        application.theme.set_comfort(large=large, contrast=False)
        application.show(fullscreen=False)
        payment = tour.run()
        posted = application.desk().connector.posting(payment.payment_id) is not None
    except Stuck as error:
        trouble = str(error)
        print(f"tour: {trouble}", file=sys.stderr)
    finally:
        application.close()
        demonstration.close()
    keep_receipts(out, payment)
    found = report(out, outcome, payment, posted=posted, on_screen=tour.cus_on_screen, pages=tour.pages)
    found["trouble"] = trouble
    (out / "report.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.rmtree(out / "state", ignore_errors=True)
    app.processEvents()
    print(f"tour: {outcome} -> {found['state']}, {len(tour.pages)} pictures in {out}")
    sys.stdout.flush()
    return 0 if found["as_expected"] else 1
