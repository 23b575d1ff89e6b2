"""One world: a terminal's journal, its neighbours, and shift after shift until enough was paid."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import wait
from pathlib import Path

from instruments.torture.audit import Books
from instruments.torture.cashier import work
from instruments.torture.losses import Keeper
from instruments.torture.payers import Payers
from instruments.torture.plans import Mishap, Plan, Planner
from instruments.torture.servers import Server, servers
from instruments.torture.shift import Place, Role, Shift
from instruments.torture.till import abilities_of, open_journal
from instruments.torture.wires import Wire

_STRAYS_PAID = 0.3
_TAKEN_BACK = 0.25
_DAYS_BEFORE = 4
"""Rounds of a drain, some hours in all: what has ended by then is looked back at for two days."""
_DRAIN_AT_MOST = 90.0
_TICK = 0.02
_LOSSES = 0.07
_OTHER_MERCHANTS = 0.07
"""Of shifts, what follows one."""
_A_LOOK = 4.0
"""Seconds of a process that has nothing to do."""
_MOST_IDLE_SHIFTS = 40

# Everything is imported once; each process under torture is forked from there, clean of threads.
_processes = get_context("forkserver")
_processes.set_forkserver_preload(["instruments.torture.cashier"])


@dataclass
class Tally:
    """What was done to the program."""

    kills: Counter[str] = field(default_factory=Counter)
    """At a named step, or at "an instant"."""
    faults: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    """What the processes said of themselves."""

    def add(self, other: Tally) -> None:
        """And what was done elsewhere."""
        self.kills += other.kills
        self.faults += other.faults
        self.told += other.told


class Running:
    """A process under torture."""

    def __init__(self, place: Place, shift: Shift) -> None:
        self.shift = shift
        self.wire, theirs = _processes.Pipe(duplex=False)
        self.process = _processes.Process(target=work, args=(place, shift, theirs), daemon=True)
        self.process.start()
        theirs.close()
        self._start = time.monotonic()
        self.killed = False

    @property
    def age(self) -> float:
        """Seconds since its start."""
        return time.monotonic() - self._start

    @property
    def end_is_due(self) -> bool:
        """Whether its instant has come."""
        after = self.shift.kill_after
        return self.age > self.shift.longest or (after is not None and self.age > after)

    def kill(self) -> None:
        """Cut the power."""
        self.killed = True
        self.process.kill()

    def said(self) -> Iterator[tuple[str, str]]:
        """What it told since the last look; half a message is the last word of a dead process."""
        with suppress(EOFError, OSError):
            while self.wire.poll():
                yield self.wire.recv()


class Arena:
    """Sandboxes, wires, payers and the journal in `folder`."""

    def __init__(
        self, place: Place, gateway: Server, core: Server, elsewhere: Server, planner: Planner, tally: Tally
    ) -> None:
        self._place, self._planner, self._tally = place, planner, tally
        self._servers = {"gateway": gateway, "core": core}
        self._wires = {"gateway": Wire(gateway.address), "core": Wire(core.address)}
        self._place = replace(place, gateway_url=self._wires["gateway"].url, core_url=self._wires["core"].url)
        self._other_merchant = replace(self._place, gateway_url=elsewhere.url)
        self._elsewhere = elsewhere
        self._keeper = Keeper(self._place, planner.chance)
        self._one_attempt = abilities_of(place.gateway).picks_bank_here
        self._payers = Payers(gateway, planner.chance.getrandbits(32), retry=not self._one_attempt)
        self._defects: list[str] = []
        self._last_words = ""

    def close(self) -> None:
        """Cut all wires for good."""
        self._payers.close()
        for wire in self._wires.values():
            wire.close()

    def run(self, payments: int) -> Books:
        """Shifts until the journal has that many payments; then heal, drain, and read the books."""
        idle, before = 0, 0
        while (now := self._in_journal()) < payments and idle < _MOST_IDLE_SHIFTS:
            idle, before = (0 if now > before else idle + 1), now
            self._work(self._planner.plan())
            if self._planner.chance.random() < 0.2:
                self._strays()
            if now and self._planner.chance.random() < _LOSSES:
                self._lose_the_journal()
            if now and self._planner.chance.random() < _OTHER_MERCHANTS:
                self._with_another_merchant()
        if idle == _MOST_IDLE_SHIFTS:
            self._defects.append(f"nothing was paid in {idle} shifts: {self._last_words}")
        self._heal()
        for wire in self._wires.values():
            wire.settle()
        self._strays()
        self._payers.wait()
        self._take_refusals_back()
        self._servers["gateway"].abandon()
        if self._one_attempt:  # its payments end with the debit, and its ids with the session
            self._drain()
            self._servers["gateway"].expire()
        else:
            self._servers["gateway"].expire()
            self._drain()
        self._count_faults()
        return self._books()

    def _take_refusals_back(self) -> None:
        """After the kiosk has heard of them: what ended unpaid is approved after all."""
        self._drain(_DAYS_BEFORE)
        taken_back = self._servers["gateway"].overturn(_TAKEN_BACK, self._planner.chance)
        self._tally.faults["refusal taken back"] += taken_back

    def _strays(self) -> None:
        if not abilities_of(self._place.gateway).address_only_ours:
            self._payers.send_to_strays(_STRAYS_PAID)

    def _lose_the_journal(self) -> None:
        """What finds no journal of its own takes no payment; then staff put the copy back."""
        how = self._keeper.lose()
        self._tally.faults[f"journal {how}"] += 1
        shift = Shift(Role.CASHIER, self._planner.chance.getrandbits(32), orders=3, longest=_A_LOOK)
        said = self._alone(self._place, shift)
        if "out of service" not in said or "started" in said:
            self._defects.append(f"with a journal that was {how} it said {sorted(set(said))}")
        self._keeper.put_back()

    def _with_another_merchant(self) -> None:
        """Hours of questions by settings that name another account, at which nobody knows our payments."""
        shift = Shift(
            Role.SONDA, self._planner.chance.getrandbits(32), kill_after=_A_LOOK / 2,
            skew=self._planner.chance.uniform(0, 3 * 3600),
        )  # fmt: skip
        self._alone(self._other_merchant, shift)
        self._tally.faults["merchant changed"] += 1
        if self._elsewhere.book("sessions"):
            self._defects.append("a sonda created something at another merchant's")

    def _alone(self, place: Place, shift: Shift) -> list[str]:
        """One process with nothing around it; the kinds of things it said."""
        one, said = Running(place, shift), list[str]()
        while one.process.is_alive():
            wait([one.wire], _TICK)
            for what, detail in one.said():
                said.append(what)
                if what == "crash":
                    self._defects.append(detail)
            if one.end_is_due:
                one.kill()
        said += [what for what, _ in one.said()]
        one.process.join()
        one.wire.close()
        one.process.close()
        return said

    # -- a shift ----------------------------------------------------------------------------------

    def _work(self, plan: Plan) -> None:
        if plan.quiet:  # what was held on the way has to be there before time flies
            for wire in self._wires.values():
                wire.settle()
        team = [Running(self._place, shift) for shift in (plan.shift, plan.beside) if shift]
        mishaps, heal_at = list(plan.mishaps), dict.fromkeys(self._wires, float("inf"))
        while any(each.process.is_alive() for each in team):
            self._weather(team[0].age, mishaps, heal_at)
            if team[0].process.exitcode is not None and len(team) > 1 and team[1].shift.kill_after is None:
                team[1].kill()  # a sonda beside the kiosk has no end of its own
            for each in team:
                if each.end_is_due and each.process.is_alive():
                    each.kill()
            self._listen(team, plan)
        self._tell_apart(team, plan)
        self._heal()

    def _weather(self, age: float, mishaps: list[Mishap], heal_at: dict[str, float]) -> None:
        """What is due by now, and the end of what has lasted long enough."""
        while mishaps and mishaps[0].after <= age:
            mishap = mishaps.pop(0)
            self._happen(mishap)
            if mishap.trouble:
                heal_at[mishap.where] = age + mishap.lasts
        for where, due in heal_at.items():
            if due <= age:
                self._wires[where].heal()
                heal_at[where] = float("inf")

    def _listen(self, team: list[Running], plan: Plan) -> None:
        wait([each.wire for each in team if not each.wire.closed], _TICK)
        for each in team:
            for what, detail in each.said():
                self._tally.told[what] += 1
                if what == "page":
                    self._payers.send(detail, plan.habit)
                elif what == "disk full":
                    self._tally.faults["disk full"] += 1
                elif what == "crash":
                    self._defects.append(detail)
                elif detail:
                    self._last_words = f"{what} {detail}"

    def _tell_apart(self, team: list[Running], plan: Plan) -> None:
        """How each of them ended."""
        self._listen(team, plan)
        for each in team:
            each.process.join()
            code, shift = each.process.exitcode, each.shift
            if code == -9:
                step = shift.triggers[0].step if shift.triggers and not each.killed else "an instant"
                self._tally.kills[step] += 1
                self._planner.was_killed_at(step)
            elif code:
                self._defects.append(f"a {shift.role} ended with exit code {code}")
            self._tally.faults["clock wrong"] += bool(shift.skew)
            self._tally.faults["clock stepped"] += len(shift.clock_steps)
            each.wire.close()
            each.process.close()

    def _happen(self, mishap: Mishap) -> None:
        if mishap.trouble:
            self._wires[mishap.where].break_(mishap.trouble)
        if mishap.faults:
            self._servers[mishap.where].set(faults=list(mishap.faults))
        if mishap.closed is not None:
            self._servers["core"].set(availability="payments_queued" if mishap.closed else "available")
            self._tally.faults["core closed"] += mishap.closed

    def _heal(self) -> None:
        for wire in self._wires.values():
            wire.heal()
        self._servers["gateway"].set(faults=[])
        self._servers["core"].set(faults=[], availability="available")

    # -- the end ----------------------------------------------------------------------------------

    def _drain(self, rounds: int | None = None) -> None:
        """`rounds`: of a drain, instead of as many as take two days."""
        drain = Running(self._place, Shift(Role.DRAIN, seed=0, longest=_DRAIN_AT_MOST, orders=rounds or 0))
        drained = False
        while drain.process.is_alive() and not drain.end_is_due:
            wait([drain.wire], _TICK)
            for what, detail in drain.said():
                drained |= what == "drained"
                if what in ("crash", "out of service"):
                    self._defects.append(detail)
        if drain.process.is_alive():
            drain.kill()
        drain.process.join()
        drained |= any(what == "drained" for what, _ in drain.said())
        if not drained:
            self._defects.append("the drain found no end")

    def _count_faults(self) -> None:
        for where, wire in self._wires.items():
            self._tally.faults[f"{where} wire"] += wire.hits
        for where, server in self._servers.items():
            self._tally.faults[f"{where} answer"] += server.hits

    def _in_journal(self) -> int:
        if not self._place.journal.exists():
            return 0
        with sqlite3.connect(self._place.journal, timeout=20) as db:
            (number,) = db.execute("SELECT count(*) FROM payments").fetchone()
        db.close()
        return int(number)

    def _books(self) -> Books:
        journal = open_journal(self._place)
        try:
            payments = journal.find(limit=10**6)
            events = {payment.payment_id: journal.events(payment.payment_id) for payment in payments}
            broken = journal.faults()
        finally:
            journal.close()
        core = self._servers["core"].book("payments")
        sessions = self._servers["gateway"].book("sessions")
        return Books(
            payments, events, broken, sessions, core["items"], core["movements"], self._defects,
            abilities_of(self._place.gateway).finds_by_reference,
        )  # fmt: skip


@contextmanager
def arena(gateway: str, folder: Path, planner: Planner, tally: Tally, *, unpayable: bool) -> Iterator[Arena]:
    """An arena that is torn down in the end."""
    folder.mkdir(parents=True)
    with ExitStack() as held:
        at_gateway, at_core, elsewhere = held.enter_context(servers(gateway, folder))
        place = Place(
            folder / "journal.sqlite", gateway, at_gateway.url, at_gateway.secret, at_core.url,
            at_core.secret, at_gateway.secret, unpayable=unpayable,
        )  # fmt: skip
        built = Arena(place, at_gateway, at_core, elsewhere, planner, tally)
        held.callback(built.close)
        yield built
