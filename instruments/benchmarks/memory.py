"""KiB that the kiosk keeps of every visit: the slope of its memory over many, with the bank's page in each.

Proportional memory (PSS) of the program and its web engine, after each farewell; the first fifth, in which
pages and caches are made, does not count.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from instruments.benchmarks.measure import SIZE, Measurement, NotMeasured, alone, judged

VISITS, SHORT = 200, 5
_ROLLUP = Path("/proc/self/smaps_rollup")


def _family() -> Iterator[int]:
    """This process and everything that it started."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = status.read_text().partition(" (")
        except OSError:
            continue
        parents[int(number)] = int(rest.rpartition(") ")[2].split()[1])
    found = [int(Path("/proc/self").readlink().name)]
    for pid in found:
        yield pid
        found += [child for child, parent in parents.items() if parent == pid]


def kept() -> float:
    """KiB in use, shared pages by their share."""
    total = 0.0
    for pid in _family():
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(float(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total


def pay(visits: int) -> list[float]:
    """KiB after each visit."""
    from instruments.benchmarks.approval_to_receipt import pay_once
    from instruments.benchmarks.walk import Walk, owe_again
    from kiosk.app.demo import Demonstration
    from kiosk.app.window import Application, qt_application

    found = []
    with tempfile.TemporaryDirectory() as folder:
        demonstration = Demonstration(Path(folder) / "state", quick=True)
        app = qt_application(["kiosk"])
        demonstration.wait()
        application = Application(demonstration.settings(), (), SIZE)
        walk = Walk(application, Path(folder), "approved")
        try:
            application.show(fullscreen=True)
            walk.dwell(2.0)
            for _ in range(visits):
                owe_again(demonstration)
                pay_once(demonstration, application, walk, None)
                found.append(kept())
        finally:
            application.close()
            demonstration.close()
        app.processEvents()
    return found


def measure(*, short: bool = False) -> Iterator[Measurement | NotMeasured]:
    """The slope."""
    if not _ROLLUP.exists():
        yield NotMeasured("memory of a visit", f"there is no {_ROLLUP}")
        return
    found: list[float] = alone("instruments.benchmarks.memory", str(SHORT if short else VISITS))
    counted: list[Any] = found[len(found) // 5 :]
    slope = statistics.linear_regression(range(len(counted)), counted).slope
    yield judged("memory of a visit", max(0.0, slope), {"kib": found, "slope": slope})


if __name__ == "__main__":
    print(json.dumps(pay(int(sys.argv[1]))))
