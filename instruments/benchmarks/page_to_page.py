"""Milliseconds that the GUI thread is busy for each step change of a whole visit, bank and result too.

Counted: every turn of the GUI thread's event loop from the touch (mouse press) to the end of the turn in
which the new page was first painted: slots, building and filling the page, style, layout, painting, and
waits for Python's lock inside such a turn. Not counted: time in which the event loop has nothing to do
because a lane asks core, gateway or journal. Steps that no touch of ours brings (back from the bank, an
answer came) count from the turn in which the step changes. The walk is the tour's: real pages and servers.

A page's first showing counts apart from later ones. A change's number is the median of its repetitions:
several processes for first showings, several rounds for others. `cpu` is the thread's processor time.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from instruments.benchmarks.measure import SIZE, Measurement, alone, judged

PROCESSES, ROUNDS = 3, 3
_BEFORE_THE_FIRST_TOUCH = 4.0
"""Seconds that nobody touches a terminal after its start: the desk opens and pages are built."""


def walk(rounds: int) -> dict[str, Any]:
    """The changes of some visits in this process, and what held the window up longest."""
    from instruments.benchmarks.walk import Walk, owe_again
    from kiosk.app.demo import Demonstration
    from kiosk.app.window import Application, qt_application

    with tempfile.TemporaryDirectory() as folder:
        demonstration = Demonstration(Path(folder) / "state", quick=True)
        app = qt_application(["kiosk"])
        demonstration.wait()
        application = Application(demonstration.settings(), demonstration.guide(), SIZE)
        member = Walk(application, Path(folder), "approved")
        try:
            application.show(fullscreen=True)
            member.dwell(_BEFORE_THE_FIRST_TOUCH)
            for number in range(rounds):
                if number:
                    owe_again(demonstration)
                    application.visit.finish()
                member.run()
        finally:
            application.close()
            demonstration.close()
        app.processEvents()
    engine = member.engine_start
    return {
        "changes": [asdict(change) for change in member.changes],
        "longest": [1000 * member.longest.wall, 1000 * member.longest.cpu, member.longest_at.value],
        "engine": [1000 * engine.wall, 1000 * engine.cpu] if engine else [],
        "see_better": [[1000 * turn.wall, 1000 * turn.cpu] for turn in member.see_better],
    }


def _medians(runs: list[list[dict[str, Any]]], *, first: bool) -> dict[str, dict[str, float]]:
    """Change -> medians of its repetitions, the slowest first."""
    found = defaultdict(list)
    for run in runs:
        for change in run:
            if change["first"] is first:
                found[f"{change['before']} > {change['step']}"].append(change)
    figures = ("work", "cpu", "longest", "elapsed", "stall_after")
    rows = {
        name: {figure: round(statistics.median(each[figure] for each in changes), 2) for figure in figures}
        | {"least_work": round(min(each["work"] for each in changes), 2), "times": len(changes)}
        for name, changes in found.items()
    }
    return dict(sorted(rows.items(), key=lambda item: -item[1]["work"]))


def measure(*, short: bool = False) -> Iterator[Measurement]:
    """The median and the worst of later showings, the worst of first ones, and the longest blocks."""
    processes, rounds = (1, 2) if short else (PROCESSES, ROUNDS)
    runs = [alone("instruments.benchmarks.page_to_page", str(rounds)) for _ in range(processes)]
    changes = [run["changes"] for run in runs]
    later, first = _medians(changes, first=False), _medians(changes, first=True)
    typical = statistics.median(row["work"] for row in later.values())
    yield judged("whole visit, median", typical, {"changes": later})
    for name, rows in (("whole visit, worst", later), ("whole visit, worst first showing", first)):
        change, row = next(iter(rows.items()))
        yield judged(name, row["work"], {"which": change, "changes": rows}, which=change)
    wall, cpu, where = max(run["longest"] for run in runs)
    yield judged("longest block of a tour", wall, {"cpu": cpu, "all": [run["longest"] for run in runs]},
                 which=where)  # fmt: skip
    touches = [touch for run in runs for touch in run["see_better"]]
    yield judged("a touch on «Ver mejor»", max(wall for wall, _ in touches), {"touches": touches})
    starts = [run["engine"] for run in runs]
    yield judged("start of the web engine", max(wall for wall, _ in starts), {"starts": starts})


if __name__ == "__main__":
    print(json.dumps(walk(int(sys.argv[1]))))
