"""The register of pages: a new page is one module and one line here. Imported when first shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from kiosk.views.frame.main_window import PageMaker
from kiosk.visit.steps import Step

_PAGES = {
    Step.WELCOME: ("member.welcome", "WelcomePage"),
    Step.BEFORE: ("member.before", "BeforePage"),
    Step.SIGN_IN: ("member.sign_in", "SignInPage"),
    Step.RECOVER: ("member.recover", "RecoverPage"),
    Step.CHANGE_KEY: ("member.change_key", "ChangeKeyPage"),
    Step.MENU: ("member.menu", "MenuPage"),
    Step.CHOOSE: ("member.choose", "ChoosePage"),
    Step.SUMMARY: ("member.summary", "SummaryPage"),
    Step.HOLDER: ("member.holder", "HolderPage"),
    Step.PICK_BANK: ("member.pick_bank", "PickBankPage"),
    Step.REVIEW: ("member.review", "ReviewPage"),
    Step.BANK: ("bank.bank", "BankPage"),
    Step.PHONE: ("bank.phone", "PhonePage"),
    Step.WAITING: ("member.waiting", "WaitingPage"),
    Step.RESULT: ("member.result", "ResultPage"),
    Step.RECEIPT: ("member.receipt", "ReceiptPage"),
    Step.PAYMENTS: ("member.payments", "PaymentsPage"),
    Step.OUT_OF_SERVICE: ("member.out_of_service", "OutOfServicePage"),
    Step.MANAGER_PIN: ("manager.pin", "ManagerPinPage"),
    Step.MANAGER_OWN_PIN: ("manager.own_pin", "ManagerOwnPinPage"),
    Step.MANAGER: ("manager.home", "ManagerPage"),
    Step.MANAGER_CASE: ("manager.case", "ManagerCasePage"),
}


def page_makers() -> Mapping[Step, Callable[[], PageMaker]]:
    """Step -> a function that imports the page's module and gives its class."""

    def maker(module: str, name: str) -> Callable[[], PageMaker]:
        return lambda: getattr(import_module(f"kiosk.views.{module}"), name)

    return {step: maker(*where) for step, where in _PAGES.items()}
