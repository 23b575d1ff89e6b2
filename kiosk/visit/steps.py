"""Which page follows which."""

from __future__ import annotations

from enum import StrEnum


class Step(StrEnum):
    """The pages of a visit."""

    WELCOME = "welcome"
    BEFORE = "before"
    SIGN_IN = "sign_in"
    RECOVER = "recover"
    CHANGE_KEY = "change_key"
    MENU = "menu"
    CHOOSE = "choose"
    SUMMARY = "summary"
    HOLDER = "holder"
    PICK_BANK = "pick_bank"
    REVIEW = "review"
    BANK = "bank"
    PHONE = "phone"
    WAITING = "waiting"
    RESULT = "result"
    RECEIPT = "receipt"
    PAYMENTS = "payments"
    OUT_OF_SERVICE = "out_of_service"
    MANAGER_PIN = "manager_pin"
    MANAGER_OWN_PIN = "manager_own_pin"
    MANAGER = "manager"
    MANAGER_CASE = "manager_case"


# Where «Atrás» leads; steps without an entry have no way back.
BACK = {
    Step.SIGN_IN: Step.BEFORE,
    Step.RECOVER: Step.SIGN_IN,
    Step.CHANGE_KEY: Step.MENU,
    Step.CHOOSE: Step.MENU,
    Step.SUMMARY: Step.CHOOSE,
    Step.HOLDER: Step.SUMMARY,
    Step.PICK_BANK: Step.HOLDER,
    Step.REVIEW: Step.HOLDER,
    Step.PAYMENTS: Step.MENU,
    Step.MANAGER_OWN_PIN: Step.MANAGER,
}

# Where going on leads; what depends on an answer is the visit's to say.
NEXT = {
    Step.WELCOME: Step.BEFORE,
    Step.BEFORE: Step.SIGN_IN,
    Step.CHOOSE: Step.SUMMARY,
    Step.SUMMARY: Step.HOLDER,
    Step.HOLDER: Step.REVIEW,  # by way of PICK_BANK where the gateway wants the bank picked here
    Step.PICK_BANK: Step.REVIEW,
}

# The step shown on top, 1 to 6; pages without one stand outside the way to pay.
NUMBER = {
    Step.SIGN_IN: 1,
    Step.CHOOSE: 2,
    Step.SUMMARY: 2,
    Step.HOLDER: 3,
    Step.PICK_BANK: 3,
    Step.REVIEW: 4,
    Step.BANK: 5,
    Step.PHONE: 5,
    Step.WAITING: 5,
    Step.RESULT: 6,
    Step.RECEIPT: 6,
}
STEPS = 6
