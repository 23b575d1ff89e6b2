"""The register of pages: a new page is one module and one line here. Imported when first shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from kiosk.models.steps import Step
from kiosk.views.main_window import PageMaker

_PAGES = {
    Step.WELCOME: ("welcome", "WelcomePage"),
    Step.BEFORE: ("before", "BeforePage"),
    Step.SIGN_IN: ("sign_in", "SignInPage"),
    Step.RECOVER: ("recover", "RecoverPage"),
    Step.CHANGE_KEY: ("change_key", "ChangeKeyPage"),
    Step.MENU: ("menu", "MenuPage"),
    Step.CHOOSE: ("choose", "ChoosePage"),
    Step.SUMMARY: ("summary", "SummaryPage"),
    Step.HOLDER: ("holder", "HolderPage"),
    Step.PICK_BANK: ("pick_bank", "PickBankPage"),
    Step.REVIEW: ("review", "ReviewPage"),
    Step.BANK: ("bank", "BankPage"),
    Step.PHONE: ("phone", "PhonePage"),
    Step.WAITING: ("waiting", "WaitingPage"),
    Step.RESULT: ("result", "ResultPage"),
    Step.RECEIPT: ("receipt", "ReceiptPage"),
    Step.PAYMENTS: ("payments", "PaymentsPage"),
    Step.OUT_OF_SERVICE: ("out_of_service", "OutOfServicePage"),
    Step.MANAGER_PIN: ("manager_pin", "ManagerPinPage"),
    Step.MANAGER_OWN_PIN: ("manager_own_pin", "ManagerOwnPinPage"),
    Step.MANAGER: ("manager", "ManagerPage"),
    Step.MANAGER_CASE: ("manager_case", "ManagerCasePage"),
}


def page_makers() -> Mapping[Step, Callable[[], PageMaker]]:
    """Step -> a function that imports the page's module and gives its class."""

    def maker(module: str, name: str) -> Callable[[], PageMaker]:
        return lambda: getattr(import_module(f"kiosk.views.{module}"), name)

    return {step: maker(*where) for step, where in _PAGES.items()}
