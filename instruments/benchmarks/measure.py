"""What a measurement says, how it is told, and the processes that measurements run in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from instruments.benchmarks.goals import GOALS

ROOT = Path(__file__).parents[2]
SIZE = (1920, 1080)
_WORK = ROOT / "build" / "benchmarks"
_SCREEN = {"name": "screen", "x": 0, "y": 0, "width": SIZE[0], "height": SIZE[1], "dpr": 1,
           "logicalDpi": 96, "logicalBaseDpi": 96}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number against its limit, in the same unit. `detail` holds the raw figures."""

    name: str
    value: float
    limit: float
    unit: str
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Value over limit: up to 1 is within it."""
        return self.value / self.limit

    def line(self) -> str:
        """For people."""
        verdict = "ok" if self.ratio <= 1 else "OVER"
        return (
            f"{self.name:<44} {self.value:8.2f} {self.unit:<6} goal {self.limit:8.2f}"
            f"   {self.ratio:5.2f} of it   {verdict}"
        )

    def row(self) -> dict[str, object]:
        """For scripts."""
        return asdict(self) | {"ratio": self.ratio}


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """What could not be measured here, and why."""

    name: str
    why: str

    def line(self) -> str:
        """For people."""
        return f"{self.name:<44} not measured: {self.why}"


def judged(name: str, value: float, detail: dict[str, Any] | None = None, *, which: str = "") -> Measurement:
    """A value against its goal; `which` says which of several was the worst."""
    goal, unit = GOALS[name]
    return Measurement(f"{name} ({which})" if which else name, value, goal, unit, detail or {})


def environment() -> dict[str, str]:
    """A terminal's surroundings: a full HD screen (or the one there is), bytecode as installed."""
    _WORK.mkdir(parents=True, exist_ok=True)
    found = dict(os.environ)
    # Compiling our sources each time would be measured as work of ours that no terminal does.
    found.pop("PYTHONDONTWRITEBYTECODE", None)
    found["PYTHONPYCACHEPREFIX"] = str(_WORK / "bytecode")
    if found.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":
        screen = _WORK / "screen.json"
        screen.write_text(json.dumps({"screens": [_SCREEN]}), encoding="utf-8")
        found["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"
    return found


def compiled() -> dict[str, str]:
    """The surroundings, with our sources compiled for them."""
    surroundings = environment()
    subprocess.run(
        [sys.executable, "-m", "compileall", "-q", "kiosk"], cwd=ROOT, env=surroundings, check=True
    )
    return surroundings


def alone(module: str, *arguments: str) -> Any:
    """What a module prints as JSON in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", module, *arguments],
        cwd=ROOT, env=compiled(), stdout=subprocess.PIPE, text=True, timeout=3600, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{module}: ended with {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])
