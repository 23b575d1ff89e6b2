"""`python -m instruments.torture --payments N --seed S`: what is looked for stands in `audit.py`."""

from __future__ import annotations

import argparse
import random
import secrets
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from instruments.torture.arena import Tally, arena
from instruments.torture.audit import Books, Finding, Kind, audit
from instruments.torture.plans import Planner
from instruments.torture.steps import named_steps
from instruments.torture.till import abilities_of
from kiosk.pse.drivers import DRIVERS

_MOST_IN_AN_ARENA = 60
"""Payments that stay pending hold their obligations: a fresh world before there are none left."""


def main(arguments: Sequence[str] | None = None) -> int:
    """1 where a book contradicts another."""
    options = _options(arguments)
    seed = options.seed or secrets.randbelow(10**9)
    names = [options.gateway] if options.gateway else list(DRIVERS)
    print(f"torture: {options.payments} payments, SEED={seed}, {', '.join(names)}", flush=True)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="torture-"))
    run = _Run(random.Random(seed), folder)
    try:
        run.through(names, options.payments)
    finally:
        if not options.keep and not run.findings:
            shutil.rmtree(folder, ignore_errors=True)
    run.report()
    return int(bool(run.findings))


class _Run:
    """Arena after arena."""

    def __init__(self, chance: random.Random, folder: Path) -> None:
        self._chance, self._folder = chance, folder
        self._tally = Tally()
        self._lock = threading.Lock()
        self._planners: dict[str, Planner] = {}
        self._payments = 0
        self._states: Counter[str] = Counter()
        self.findings: list[Finding] = []

    def through(self, names: Sequence[str], payments: int) -> None:
        """All gateways side by side (they mostly wait), each with its share of the payments."""
        self._planners = {name: self._planner(name) for name in names}
        with ThreadPoolExecutor(len(names)) as pool:
            done = [pool.submit(self._share, name, -(-payments // len(names))) for name in names]
            for each in done:
                each.result()

    def _share(self, name: str, payments: int) -> None:
        number = 0
        while payments > 0:
            payments -= self._one(name, min(payments, _MOST_IN_AN_ARENA), number)
            number += 1

    def _one(self, name: str, size: int, number: int) -> int:
        started, folder = time.monotonic(), self._folder / f"{name}-{number:03d}"
        planner, tally = self._planners[name], Tally()
        # The core tells at once what it could not apply, or queues everything: not both in one book.
        planner.queues = number % 2 == 1
        with arena(name, folder, planner, tally, unpayable=not planner.queues) as world:
            books = world.run(size)
        found = audit(books)
        with self._lock:
            self._add(books, found, tally)
            seconds = time.monotonic() - started
            print(f"{name}: {len(books.payments)} payments in {seconds:.0f} s, {len(found)} findings",
                  *(finding.line() for finding in found), sep="\n", flush=True)  # fmt: skip
            if found:
                print(f"the books are in {folder}", flush=True)
        return len(books.payments)

    def _add(self, books: Books, found: list[Finding], tally: Tally) -> None:
        self._tally.add(tally)
        self.findings += found
        self._payments += len(books.payments)
        self._states.update(str(payment.state) for payment in books.payments)
        self._states.update(f"flagged {payment.review}" for payment in books.payments if payment.review)

    def _planner(self, name: str) -> Planner:
        steps = named_steps(abilities_of(name))
        self._chance.shuffle(steps)
        chance = random.Random(self._chance.getrandbits(64))
        return Planner(chance, deque(steps))

    def report(self) -> None:
        """What was done, what became of it, and the one line that counts."""
        print("killed at:", _counted(self._tally.kills))
        for name, planner in self._planners.items():
            missed = sorted(set(planner.steps) - planner.reached)
            done, all_ = len(planner.steps) - len(missed), len(planner.steps)
            print(f"{name}: killed at {done} of {all_} named steps; not at {', '.join(missed) or 'none'}")
        print("faults:", _counted(self._tally.faults))
        print("the processes said:", _counted(self._tally.told))
        print("payments:", _counted(self._states))
        wrong = Counter(finding.kind for finding in self.findings)
        numbers = {
            "kills": self._tally.kills.total(),
            "faults": self._tally.faults.total(),
            "payments": self._payments,
            **{kind.value: wrong[kind] for kind in Kind},
        }
        print(" ".join(f"{name}={number}" for name, number in numbers.items()), flush=True)


def _counted(things: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(things.items()) if number) or "nothing"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m instruments.torture", description=__doc__)
    parser.add_argument("--payments", type=int, default=600, metavar="N")
    parser.add_argument("--seed", type=int, help="as an earlier run printed it; drawn where missing")
    parser.add_argument("--gateway", choices=list(DRIVERS), help="one of them instead of all in turn")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave all books here")
    options = parser.parse_args(arguments)
    if options.payments < 1:
        parser.error("at least one payment")
    return options


if __name__ == "__main__":
    sys.exit(main())
