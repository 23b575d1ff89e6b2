"""Which page follows which: one table, (step, turn) -> step. `python -m kiosk.visit.steps` draws it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
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


class Turn(StrEnum):
    """What turns a page: something the member did, or an answer that came."""

    NEXT = "next"
    BACK = "back"
    FAREWELL = "farewell"
    UNFIT = "unfit"
    FORGOT_KEY = "forgot_key"
    SIGNED_IN = "signed_in"
    SESSION_OVER = "session_over"
    KEY_TO_CHANGE = "key_to_change"
    OWN_KEY = "own_key"
    KEY_CHANGED = "key_changed"
    MY_PAYMENTS = "my_payments"
    ONE_PAYMENT = "one_payment"
    DEBT_KNOWN = "debt_known"
    DEBT_CHANGED = "debt_changed"
    BANK_ASKED_HERE = "bank_asked_here"
    BANK_ASKED_THERE = "bank_asked_there"
    OTHER_BANK = "other_bank"
    BANK_UNREACHABLE = "bank_unreachable"
    PAGE_OPENED = "page_opened"
    PHONE_OPENED = "phone_opened"
    NO_PAGE = "no_page"
    TO_PHONE = "to_phone"
    TO_TERMINAL = "to_terminal"
    LEFT_BANK = "left_bank"
    ENDED = "ended"
    WAITED_ENOUGH = "waited_enough"
    RECEIPT = "receipt"
    KNOCKED = "knocked"
    ADMITTED = "admitted"
    FIRST_PIN = "first_pin"
    OWN_PIN = "own_pin"
    PIN_RENEWED = "pin_renewed"
    CASE = "case"
    CASE_CLOSED = "case_closed"


MAP: Mapping[tuple[Step, Turn], Step] = {
    (Step.WELCOME, Turn.NEXT): Step.BEFORE,
    (Step.WELCOME, Turn.KNOCKED): Step.MANAGER_PIN,
    (Step.WELCOME, Turn.UNFIT): Step.OUT_OF_SERVICE,
    (Step.BEFORE, Turn.NEXT): Step.SIGN_IN,
    (Step.BEFORE, Turn.BACK): Step.WELCOME,
    (Step.BEFORE, Turn.UNFIT): Step.OUT_OF_SERVICE,
    (Step.SIGN_IN, Turn.BACK): Step.BEFORE,
    (Step.SIGN_IN, Turn.FORGOT_KEY): Step.RECOVER,
    (Step.SIGN_IN, Turn.SIGNED_IN): Step.MENU,
    (Step.SIGN_IN, Turn.KEY_TO_CHANGE): Step.CHANGE_KEY,
    (Step.SIGN_IN, Turn.UNFIT): Step.OUT_OF_SERVICE,
    (Step.RECOVER, Turn.NEXT): Step.SIGN_IN,
    (Step.RECOVER, Turn.BACK): Step.SIGN_IN,
    (Step.RECOVER, Turn.UNFIT): Step.OUT_OF_SERVICE,
    (Step.CHANGE_KEY, Turn.BACK): Step.MENU,  # where the core forces a new key, farewell instead
    (Step.CHANGE_KEY, Turn.KEY_CHANGED): Step.MENU,
    (Step.CHANGE_KEY, Turn.KEY_TO_CHANGE): Step.CHANGE_KEY,
    (Step.CHANGE_KEY, Turn.SESSION_OVER): Step.SIGN_IN,
    (Step.MENU, Turn.DEBT_KNOWN): Step.CHOOSE,
    (Step.MENU, Turn.MY_PAYMENTS): Step.PAYMENTS,
    (Step.MENU, Turn.OWN_KEY): Step.CHANGE_KEY,
    (Step.MENU, Turn.KEY_TO_CHANGE): Step.CHANGE_KEY,
    (Step.MENU, Turn.SESSION_OVER): Step.SIGN_IN,
    (Step.CHOOSE, Turn.NEXT): Step.SUMMARY,
    (Step.CHOOSE, Turn.BACK): Step.MENU,
    (Step.SUMMARY, Turn.NEXT): Step.HOLDER,
    (Step.SUMMARY, Turn.BACK): Step.CHOOSE,
    (Step.HOLDER, Turn.BACK): Step.SUMMARY,
    (Step.HOLDER, Turn.BANK_ASKED_HERE): Step.PICK_BANK,
    (Step.HOLDER, Turn.BANK_ASKED_THERE): Step.REVIEW,  # the gateway's own page asks
    (Step.PICK_BANK, Turn.NEXT): Step.REVIEW,
    (Step.PICK_BANK, Turn.BACK): Step.HOLDER,
    (Step.REVIEW, Turn.BACK): Step.HOLDER,
    (Step.REVIEW, Turn.OTHER_BANK): Step.PICK_BANK,  # «Atrás» where the bank was picked here
    (Step.REVIEW, Turn.PAGE_OPENED): Step.BANK,
    (Step.REVIEW, Turn.PHONE_OPENED): Step.PHONE,
    (Step.REVIEW, Turn.NO_PAGE): Step.RESULT,
    (Step.REVIEW, Turn.BANK_UNREACHABLE): Step.PICK_BANK,  # the scheme's way: another bank
    (Step.REVIEW, Turn.DEBT_CHANGED): Step.CHOOSE,
    (Step.REVIEW, Turn.KEY_TO_CHANGE): Step.CHANGE_KEY,
    (Step.REVIEW, Turn.SESSION_OVER): Step.SIGN_IN,
    (Step.BANK, Turn.TO_PHONE): Step.PHONE,
    (Step.BANK, Turn.LEFT_BANK): Step.WAITING,
    (Step.BANK, Turn.ENDED): Step.RESULT,
    (Step.PHONE, Turn.TO_TERMINAL): Step.BANK,
    (Step.PHONE, Turn.LEFT_BANK): Step.WAITING,
    (Step.PHONE, Turn.ENDED): Step.RESULT,
    (Step.WAITING, Turn.ENDED): Step.RESULT,
    (Step.WAITING, Turn.WAITED_ENOUGH): Step.RESULT,
    (Step.RESULT, Turn.MY_PAYMENTS): Step.PAYMENTS,  # of a payment looked up there
    (Step.RESULT, Turn.RECEIPT): Step.RECEIPT,
    (Step.RESULT, Turn.DEBT_KNOWN): Step.CHOOSE,
    (Step.RESULT, Turn.KEY_TO_CHANGE): Step.CHANGE_KEY,
    (Step.RESULT, Turn.SESSION_OVER): Step.SIGN_IN,
    (Step.RECEIPT, Turn.BACK): Step.RESULT,
    (Step.PAYMENTS, Turn.BACK): Step.MENU,
    (Step.PAYMENTS, Turn.ONE_PAYMENT): Step.RESULT,
    (Step.OUT_OF_SERVICE, Turn.KNOCKED): Step.MANAGER_PIN,
    (Step.OUT_OF_SERVICE, Turn.UNFIT): Step.OUT_OF_SERVICE,  # for another reason
    # The core may admit somebody while the kiosk learns that it is out of service.
    (Step.OUT_OF_SERVICE, Turn.SIGNED_IN): Step.MENU,
    (Step.OUT_OF_SERVICE, Turn.KEY_TO_CHANGE): Step.CHANGE_KEY,
    (Step.MANAGER_PIN, Turn.BACK): Step.WELCOME,
    (Step.MANAGER_PIN, Turn.ADMITTED): Step.MANAGER,
    (Step.MANAGER_PIN, Turn.FIRST_PIN): Step.MANAGER_OWN_PIN,
    (Step.MANAGER_OWN_PIN, Turn.BACK): Step.MANAGER,  # with the installation's PIN, farewell instead
    (Step.MANAGER_OWN_PIN, Turn.PIN_RENEWED): Step.MANAGER,
    (Step.MANAGER, Turn.OWN_PIN): Step.MANAGER_OWN_PIN,
    (Step.MANAGER, Turn.CASE): Step.MANAGER_CASE,
    (Step.MANAGER_CASE, Turn.BACK): Step.MANAGER,
    (Step.MANAGER_CASE, Turn.CASE_CLOSED): Step.MANAGER,
    **{(step, Turn.FAREWELL): Step.WELCOME for step in Step},
}
"""What is not here can not happen: `Navigation.turn` raises."""


class OutOfMap(RuntimeError):
    """A turn that the map does not know at this step: a mistake in the program."""


def after(step: Step, turn: Turn) -> Step:
    """The step that follows. Raises OutOfMap where the map has none."""
    if (step, turn) not in MAP:
        raise OutOfMap(f"no way leads on from {step} by {turn}: see kiosk/visit/steps.py")
    return MAP[step, turn]


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


_DRAWN = """# The map of a visit

Which page follows which: the table `MAP` of `kiosk/visit/steps.py`, drawn by `python -m kiosk.visit.steps`.
`tests/test_visit_map.py` walks every line of it. From every page `farewell` leads to `welcome`, and whoever
comes to `welcome` has been forgotten.

```mermaid
stateDiagram-v2
    [*] --> welcome
{arrows}
```

| at | by | to |
| --- | --- | --- |
{rows}
"""


def drawn() -> str:
    """The map as a document in Markdown: a picture and a table, without the farewells."""
    ways = [(step, turn, to) for (step, turn), to in MAP.items() if turn is not Turn.FAREWELL]
    return _DRAWN.format(
        arrows="\n".join(f"    {arrow}" for arrow in _arrows(ways)),
        rows="\n".join(f"| {step} | {turn} | {to} |" for step, turn, to in ways),
    )


def _arrows(ways: Sequence[tuple[Step, Turn, Step]]) -> Iterator[str]:
    """One arrow between two pages, whatever the number of turns that lead there."""
    turns: dict[tuple[Step, Step], list[str]] = {}
    for step, turn, to in ways:
        turns.setdefault((step, to), []).append(turn)
    for (step, to), by in turns.items():
        yield f"{step} --> {to}: {', '.join(by)}"


if __name__ == "__main__":
    sys.stdout.write(drawn())
