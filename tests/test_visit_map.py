"""The map of a visit: every way in it is taken by a visit, none outside it, and the document shows it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from counterparts import HOLDER, MEMBER, PAYER, order
from documents import ROOT
from PySide6.QtCore import QObject

from kiosk.cooperative.member import MemberSession
from kiosk.cooperative.money import Money
from kiosk.cooperative.obligation import Obligation, ObligationKind, OtherAmount
from kiosk.cooperative.payment import Payment, State
from kiosk.member_core.connector import CoreUnreachable, KeyChangeRequired, SessionOver
from kiosk.pse.gateway import Bank
from kiosk.teller.errors import DebtChanged
from kiosk.visit.navigation import Navigation
from kiosk.visit.steps import MAP, NUMBER, OutOfMap, Step, Turn, drawn
from kiosk.visit.visit import Limits, Visit

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SESSION = MemberSession(MEMBER, NOW, must_change_key=False, token="t" * 30)
OWED = [
    Obligation(
        "OB-881", ObligationKind.LOAN, "Crédito", "881", True, None, Money.of(185_000), None, None,
        Money.of(185_000), OtherAmount(False, Money.of(0), None),
    )
]  # fmt: skip
AT_BANK = Payment(
    "00000001-0000-4000-8000-000000000001", "REF1", "PAM01", "placetopay", order(), PAYER, NOW,
    state=State.AT_BANK, version=3,
)  # fmt: skip
GATEWAY = SimpleNamespace(abilities=SimpleNamespace(other_device=True))


class Lanes:
    """Keeps what is asked until the test lets it be answered, in order."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], object]] = deque()

    def run(self, _lane: str, work: Callable[[], Any], done: Callable[[Any], object],
            failed: Callable[[Exception], object]) -> None:  # fmt: skip
        def answer() -> None:
            try:
                result = work()
            except Exception as error:  # noqa: BLE001 - handed on as the lanes do
                failed(error)
            else:
                done(result)

        self._waiting.append(answer)

    def answer(self) -> None:
        """All of it, and what it leads to."""
        while self._waiting:
            self._waiting.popleft()()


class World:
    """A visit before scripted neighbours: each answers what stands in `answers`, or raises it."""

    def __init__(self, taken: list[tuple[Step, Turn]]) -> None:
        self.taken = taken
        self.lanes = Lanes()
        self.answers: dict[str, Any] = {
            "sign_in": SESSION,
            "obligations": (OWED, None),
            "banks": (),
            "pay": AT_BANK,
            "ask": replace(AT_BANK, state=State.DECLINED, version=4),
            "enter": False,
        }
        self.visit = Visit(self.lanes, self._desk, Limits(Money.of(1000)))  # type: ignore[arg-type, return-value]
        self.paying, self.signing_in, self.manager = (
            self.visit.paying, self.visit.signing_in, self.visit.manager,
        )  # fmt: skip

    def _desk(self) -> SimpleNamespace:
        def says(name: str) -> Callable[..., Any]:
            def answer(*_: object, **__: object) -> Any:
                found = self.answers.get(name)
                if isinstance(found, Exception):
                    raise found
                return found

            return answer

        away = CoreUnreachable("away")  # how the core is, nobody needs to know here
        return SimpleNamespace(
            check=says("check"), sign_in=says("sign_in"), obligations=says("obligations"),
            terms=lambda: (), gateway=GATEWAY, payments_of=lambda _: ([AT_BANK], []), told=lambda _: None,
            connector=SimpleNamespace(status=_raises(away), sign_out=says(""), change_key=says("change_key")),
            banks=SimpleNamespace(list=says("banks")),
            checkout=SimpleNamespace(pay=says("pay"), ask=says("ask"), left=says("left")),
            journal=SimpleNamespace(get=says("get")), alarms=lambda: None,
            manager=SimpleNamespace(
                enter=says("enter"), change_pin=says(""), settle=says(""), cases=list, day=lambda _: None
            ),
        )  # fmt: skip

    def does(self, deed: Callable[..., object], *arguments: object, **answers: object) -> None:
        """The member does that while the neighbours answer so."""
        self.answers.update(answers)
        deed(*arguments)
        self.lanes.answer()

    def meanwhile_unfit(self, session: MemberSession) -> None:
        """The kiosk learns that it is out of service; only then the core admits the member."""
        self.does(self.visit.finish)
        self.visit.begin()
        self.lanes.answer()
        self.signing_in.consent()
        self.answers["sign_in"] = session
        self.signing_in.sign_in(HOLDER.document, "4821")
        self.visit.out_of_service()
        self.lanes.answer()

    def settle(self) -> None:
        """A case is closed as its page does it."""
        self.manager.case = AT_BANK
        self.manager.closed.connect(lambda: self.visit.turn(Turn.CASE_CLOSED))
        self.manager.settle(AT_BANK, State.DECLINED, by="G", reason="r", evidence="e")


def _raises(error: Exception) -> Callable[..., Any]:
    def answer(*_: object) -> Any:
        raise error

    return answer


FORCED = replace(SESSION, must_change_key=True)
UNREACHABLE = replace(AT_BANK, state=State.FAILED, error="bank_unreachable")
Deed = Callable[[World], object]
DEEDS: dict[tuple[Step, Turn], Deed] = {
    (Step.WELCOME, Turn.NEXT): lambda w: w.does(w.visit.begin),
    (Step.WELCOME, Turn.KNOCKED): lambda w: w.visit.turn(Turn.KNOCKED),
    (Step.WELCOME, Turn.UNFIT): lambda w: w.visit.out_of_service(),
    (Step.BEFORE, Turn.NEXT): lambda w: w.signing_in.consent(),
    (Step.BEFORE, Turn.BACK): lambda w: w.visit.back(),
    (Step.BEFORE, Turn.UNFIT): lambda w: w.visit.out_of_service(),
    (Step.SIGN_IN, Turn.BACK): lambda w: w.visit.back(),
    (Step.SIGN_IN, Turn.FORGOT_KEY): lambda w: w.visit.turn(Turn.FORGOT_KEY),
    (Step.SIGN_IN, Turn.SIGNED_IN): lambda w: w.does(
        w.signing_in.sign_in, HOLDER.document, "4821", sign_in=SESSION
    ),
    (Step.SIGN_IN, Turn.KEY_TO_CHANGE): lambda w: w.does(
        w.signing_in.sign_in, HOLDER.document, "4821", sign_in=FORCED
    ),
    (Step.SIGN_IN, Turn.UNFIT): lambda w: w.visit.out_of_service(),
    (Step.RECOVER, Turn.NEXT): lambda w: w.visit.next(),
    (Step.RECOVER, Turn.BACK): lambda w: w.visit.back(),
    (Step.RECOVER, Turn.UNFIT): lambda w: w.visit.out_of_service(),
    (Step.CHANGE_KEY, Turn.BACK): lambda w: (setattr(w.signing_in, "session", SESSION), w.visit.back()),
    (Step.CHANGE_KEY, Turn.KEY_CHANGED): lambda w: w.does(w.signing_in.change_key, "4821", "9417"),
    (Step.CHANGE_KEY, Turn.KEY_TO_CHANGE): lambda w: w.does(
        w.signing_in.change_key, "4821", "9417", change_key=KeyChangeRequired()
    ),
    (Step.CHANGE_KEY, Turn.SESSION_OVER): lambda w: w.does(
        w.signing_in.change_key, "4821", "9417", change_key=SessionOver()
    ),
    (Step.MENU, Turn.DEBT_KNOWN): lambda w: w.does(w.paying.open_choice, obligations=(OWED, None)),
    (Step.MENU, Turn.MY_PAYMENTS): lambda w: w.visit.turn(Turn.MY_PAYMENTS),
    (Step.MENU, Turn.OWN_KEY): lambda w: w.visit.turn(Turn.OWN_KEY),
    (Step.MENU, Turn.KEY_TO_CHANGE): lambda w: w.does(w.paying.open_choice, obligations=KeyChangeRequired()),
    (Step.MENU, Turn.SESSION_OVER): lambda w: w.does(w.paying.open_choice, obligations=SessionOver()),
    (Step.CHOOSE, Turn.NEXT): lambda w: (
        w.paying.obligations.choose_all_overdue(),
        w.paying.confirm_choice(),
    ),
    (Step.CHOOSE, Turn.BACK): lambda w: w.visit.back(),
    (Step.SUMMARY, Turn.NEXT): lambda w: w.visit.next(),
    (Step.SUMMARY, Turn.BACK): lambda w: w.visit.back(),
    (Step.HOLDER, Turn.BACK): lambda w: w.visit.back(),
    (Step.HOLDER, Turn.BANK_ASKED_HERE): lambda w: w.does(
        w.paying.name_holder, HOLDER, banks=(Bank("1902", "Banco Dos"),)
    ),
    (Step.HOLDER, Turn.BANK_ASKED_THERE): lambda w: w.does(w.paying.name_holder, HOLDER, banks=()),
    (Step.PICK_BANK, Turn.NEXT): lambda w: w.visit.next(),
    (Step.PICK_BANK, Turn.BACK): lambda w: w.visit.back(),
    (Step.REVIEW, Turn.BACK): lambda w: w.visit.back(),
    (Step.REVIEW, Turn.OTHER_BANK): lambda w: (
        w.paying.banks.load([Bank("1902", "Banco Dos")]),
        w.visit.back(),
    ),
    (Step.REVIEW, Turn.PAGE_OPENED): lambda w: w.does(w.paying.pay, pay=AT_BANK),
    (Step.REVIEW, Turn.PHONE_OPENED): lambda w: w.does(lambda: w.paying.pay(on_phone=True), pay=AT_BANK),
    (Step.REVIEW, Turn.NO_PAGE): lambda w: w.does(w.paying.pay, pay=replace(AT_BANK, state=State.PENDING)),
    (Step.REVIEW, Turn.BANK_UNREACHABLE): lambda w: (
        w.paying.banks.load([Bank("1902", "Banco Dos")]),
        w.does(w.paying.pay, pay=UNREACHABLE),
    ),
    (Step.REVIEW, Turn.DEBT_CHANGED): lambda w: w.does(w.paying.pay, pay=DebtChanged(OWED)),
    (Step.REVIEW, Turn.KEY_TO_CHANGE): lambda w: w.does(w.paying.pay, pay=KeyChangeRequired()),
    (Step.REVIEW, Turn.SESSION_OVER): lambda w: w.does(w.paying.pay, pay=SessionOver()),
    (Step.BANK, Turn.TO_PHONE): lambda w: w.paying.continue_on_phone(),
    (Step.BANK, Turn.LEFT_BANK): lambda w: w.paying.left_bank(),
    (Step.BANK, Turn.ENDED): lambda w: w.does(w.paying.ask_now),
    (Step.PHONE, Turn.TO_TERMINAL): lambda w: w.paying.back_to_bank(),
    (Step.PHONE, Turn.LEFT_BANK): lambda w: w.paying.left_bank(),
    (Step.PHONE, Turn.ENDED): lambda w: w.does(w.paying.ask_now),
    (Step.WAITING, Turn.ENDED): lambda w: w.does(w.paying.ask_now),
    (Step.WAITING, Turn.WAITED_ENOUGH): lambda w: w.paying.stop_waiting(),
    (Step.RESULT, Turn.MY_PAYMENTS): lambda w: w.paying.seen_enough(),
    (Step.RESULT, Turn.RECEIPT): lambda w: w.visit.turn(Turn.RECEIPT),
    (Step.RESULT, Turn.DEBT_KNOWN): lambda w: w.does(w.paying.pay_again, obligations=(OWED, None)),
    (Step.RESULT, Turn.KEY_TO_CHANGE): lambda w: w.does(w.paying.pay_again, obligations=KeyChangeRequired()),
    (Step.RESULT, Turn.SESSION_OVER): lambda w: w.does(w.paying.pay_again, obligations=SessionOver()),
    (Step.RECEIPT, Turn.BACK): lambda w: w.visit.back(),
    (Step.PAYMENTS, Turn.BACK): lambda w: w.visit.back(),
    (Step.PAYMENTS, Turn.ONE_PAYMENT): lambda w: w.paying.show_payment(AT_BANK),
    (Step.OUT_OF_SERVICE, Turn.KNOCKED): lambda w: w.visit.turn(Turn.KNOCKED),
    (Step.OUT_OF_SERVICE, Turn.UNFIT): lambda w: w.visit.out_of_service(),
    (Step.OUT_OF_SERVICE, Turn.SIGNED_IN): lambda w: w.meanwhile_unfit(SESSION),
    (Step.OUT_OF_SERVICE, Turn.KEY_TO_CHANGE): lambda w: w.meanwhile_unfit(FORCED),
    (Step.MANAGER_PIN, Turn.BACK): lambda w: w.visit.back(),
    (Step.MANAGER_PIN, Turn.ADMITTED): lambda w: w.does(w.manager.enter, "739148", enter=False),
    (Step.MANAGER_PIN, Turn.FIRST_PIN): lambda w: w.does(w.manager.enter, "739148", enter=True),
    (Step.MANAGER_OWN_PIN, Turn.BACK): lambda w: (setattr(w.manager, "first_pin", False), w.visit.back()),
    (Step.MANAGER_OWN_PIN, Turn.PIN_RENEWED): lambda w: w.does(w.manager.renew, "739148", "826351"),
    (Step.MANAGER, Turn.OWN_PIN): lambda w: w.visit.turn(Turn.OWN_PIN),
    (Step.MANAGER, Turn.CASE): lambda w: w.visit.turn(Turn.CASE),
    (Step.MANAGER_CASE, Turn.BACK): lambda w: w.visit.back(),
    (Step.MANAGER_CASE, Turn.CASE_CLOSED): lambda w: w.does(w.settle),
    **{(step, Turn.FAREWELL): lambda w: w.visit.finish() for step in Step},
}
"""What a member, a manager or an answer does, line by line of the map; a bare `turn` is a page's button."""


def way_to(goal: Step) -> list[tuple[Step, Turn]]:
    """The shortest way from the welcome page. Raises KeyError where there is none."""
    ways: dict[Step, list[tuple[Step, Turn]]] = {Step.WELCOME: []}
    queue = deque([Step.WELCOME])
    while queue:
        here = queue.popleft()
        for (step, turn), to in MAP.items():
            if step is here and to not in ways:
                ways[to] = [*ways[here], (step, turn)]
                queue.append(to)
    return ways[goal]


@pytest.fixture
def world(qapp: QObject, monkeypatch: pytest.MonkeyPatch) -> World:
    taken: list[tuple[Step, Turn]] = []
    real = Navigation.turn

    def noted(self: Navigation, turn: Turn) -> None:
        taken.append((self.step, turn))
        real(self, turn)

    monkeypatch.setattr(Navigation, "turn", noted)
    return World(taken)


@pytest.mark.parametrize("step", Step)
def test_every_page_is_reached_and_has_a_way_to_the_welcome_page(step: Step) -> None:
    assert step is Step.WELCOME or way_to(step)
    assert MAP[step, Turn.FAREWELL] is Step.WELCOME


@pytest.mark.parametrize(("step", "turn"), list(MAP), ids=str)
def test_every_way_of_the_map_is_taken_by_a_visit(world: World, step: Step, turn: Turn) -> None:
    for before in way_to(step):
        DEEDS[before](world)
    assert world.visit.step is step
    world.taken.clear()
    DEEDS[step, turn](world)
    assert (step, turn) in world.taken
    assert world.visit.step is MAP[step, turn]


def test_a_deed_stands_beside_every_way_and_no_other() -> None:
    assert set(DEEDS) == set(MAP)


@pytest.mark.parametrize("step", Step)
def test_what_is_not_on_the_map_can_not_happen(world: World, step: Step) -> None:
    world.visit._stand_at(step)
    for turn in Turn:
        if (step, turn) not in MAP:
            assert not world.visit.can(turn)
            with pytest.raises(OutOfMap, match=f"from {step} by {turn}"):
                world.visit.turn(turn)
            world.visit.turn_if_possible(turn)
            assert world.visit.step is step
    with pytest.raises(AttributeError):
        world.visit.step = Step.MENU  # type: ignore[misc]


@pytest.mark.parametrize("forced", [Step.CHANGE_KEY, Step.MANAGER_OWN_PIN])
def test_who_has_to_change_a_key_first_can_only_leave(world: World, forced: Step) -> None:
    if forced is Step.CHANGE_KEY:
        for way in (*way_to(Step.SIGN_IN), (Step.SIGN_IN, Turn.KEY_TO_CHANGE)):
            DEEDS[way](world)
    else:
        for way in (*way_to(Step.MANAGER_PIN), (Step.MANAGER_PIN, Turn.FIRST_PIN)):
            DEEDS[way](world)
    assert world.visit.step is forced
    world.visit.back()
    assert world.visit.step is Step.WELCOME
    assert world.signing_in.session is None


# -- the program keeps to it --------------------------------------------------------------


def places(wanted: Callable[[ast.AST], bool]) -> set[str]:
    """Modules of the kiosk and the instruments that have such a node."""
    files = [*(ROOT / "kiosk").rglob("*.py"), *(ROOT / "instruments").rglob("*.py")]
    return {
        path.relative_to(ROOT).as_posix()
        for path in files
        if any(wanted(node) for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    }


def names(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == name


def test_nothing_but_the_navigation_moves_a_visit() -> None:
    assert places(lambda node: names(node, "_stand_at")) == {"kiosk/visit/navigation.py"}
    sets = places(lambda node: names(node, "step") and isinstance(node.ctx, ast.Store))  # type: ignore[attr-defined]
    assert not {name for name in sets if name.startswith("kiosk/")}
    emits = places(
        lambda node: names(node, "emit") and names(node.value, "moved")  # type: ignore[attr-defined]
    )
    # A recovery that is there is shown by the page that is on stage already.
    assert emits == {"kiosk/visit/navigation.py", "kiosk/visit/signing_in.py"}


def test_every_turn_is_taken_somewhere_in_the_program() -> None:
    program = [path for path in (ROOT / "kiosk").rglob("*.py") if path.name != "steps.py"]
    used = {
        node.attr
        for path in program
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Turn"
    }
    assert {turn.name for turn in Turn} == used
    assert set(NUMBER) <= set(Step)


def test_the_document_is_the_map() -> None:
    again = subprocess.run([sys.executable, "-m", "kiosk.visit.steps"], cwd=ROOT, capture_output=True,
                           text=True, encoding="utf-8", check=True)  # fmt: skip
    written = (ROOT / "docs/visit-map.md").read_text("utf-8")
    assert again.stdout == drawn() == written, "python -m kiosk.visit.steps > docs/visit-map.md"
