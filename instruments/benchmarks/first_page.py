"""Wall time from process start to the first page that takes a touch, against a bare Qt window.

Both sides are fresh processes in turn, so that noise and caches hit them alike; the sandbox's servers
run beforehand. The kiosk's side is `kiosk run` itself: command line, settings file, window, first page.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from instruments.benchmarks.measure import ROOT, Measurement, compiled

PAIRS = 11
LIMIT = 1.5
_PHASES = ("python", "settings", "imported", "application", "built", "painted")
_HERE = Path(__file__).parent
_SETTINGS = """
[terminal]
demonstration = true
[journal]
file = "{folder}/journal.sqlite"
[receipts]
folder = "{folder}/receipts"
signing_key = "env:KIOSK_DEMO_RECEIPT_KEY"
[core]
url = "{core}/v1"
token_url = "{core}/oauth2/token"
client_secret = "env:KIOSK_SANDBOX_CORE_SECRET"
[gateway]
url = "{gateway}"
secret = "env:KIOSK_DEMO_GATEWAY_SECRET"
"""


def _run(
    surroundings: dict[str, str], options: list[str], program: str, *arguments: str
) -> tuple[float, dict[str, float], str]:
    """Seconds to the painted page, seconds of each phase, and what was said on the way."""
    started = time.monotonic_ns()
    done = subprocess.run(
        [sys.executable, "-P", *options, str(_HERE / program), *arguments],  # no import from this folder
        cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    marks = json.loads(done.stdout.splitlines()[-1])
    phases, last = {}, started
    for name, at in sorted(marks.items(), key=lambda item: item[1]):
        phases[name], last = (at - last) / 1e9, at
    return (marks["painted"] - started) / 1e9, phases, done.stderr


def _imports(told: str) -> dict[str, tuple[int, int]]:
    """Module -> microseconds of its own and with all it imports, as -X importtime tells them."""
    found = {}
    for line in told.splitlines():
        _, _, rest = line.partition("import time:")
        parts = [part.strip() for part in rest.split("|")]
        if len(parts) == 3 and parts[0].isdigit():
            found[parts[2]] = (int(parts[0]), int(parts[1]))
    return found


def _top(found: dict[str, tuple[int, int]], column: int, count: int = 20) -> dict[str, float]:
    """The slowest modules in milliseconds."""
    ranked = sorted(found.items(), key=lambda item: -item[1][column])[:count]
    return {name: times[column] / 1000 for name, times in ranked}


def _where(surroundings: dict[str, str], config: str) -> dict[str, object]:
    """Where the time goes: phases of both sides, and imports that only ours makes."""
    ours = [_run(surroundings, [], "kiosk_window.py", config, "--imports-first")[1] for _ in range(5)]
    bare = [_run(surroundings, [], "bare_window.py")[1] for _ in range(5)]
    told = [
        _imports(_run(surroundings, ["-X", "importtime"], *program)[2])
        for program in (("bare_window.py",), ("kiosk_window.py", config))
    ]
    more = {name: times for name, times in told[1].items() if name not in told[0]}
    return {
        "kiosk_phases": {name: statistics.median(run[name] for run in ours) for name in _PHASES},
        "bare_phases": {
            name: statistics.median(run[name] for run in bare) for name in _PHASES if name in bare[0]
        },
        "imports_bare_ms": sum(own for own, _ in told[0].values()) / 1000,
        "imports_kiosk_ms": sum(own for own, _ in told[1].values()) / 1000,
        "only_kiosk_by_own_ms": _top(more, 0),
        "only_kiosk_with_children_ms": _top(more, 1),
    }


def measure() -> Iterator[Measurement]:
    """The median of the ratios of pairs."""
    from kiosk.app.demo import Demonstration

    with tempfile.TemporaryDirectory() as folder:
        demonstration = Demonstration(Path(folder) / "state", quick=True)
        try:
            demonstration.wait()
            config = Path(folder) / "kiosk.toml"
            config.write_text(
                _SETTINGS.format(
                    folder=folder, core=demonstration.core_url, gateway=demonstration.gateway_url
                ),
                encoding="utf-8",
            )
            surroundings = compiled()
            bare = lambda: _run(surroundings, [], "bare_window.py")[0]  # noqa: E731
            ours = lambda: _run(surroundings, [], "kiosk_window.py", str(config))[0]  # noqa: E731
            bare(), ours()  # files into the cache
            pairs = [(bare(), ours()) for _ in range(PAIRS)]
            where = _where(surroundings, str(config))
        finally:
            demonstration.close()
    ratios = sorted(ours / bare for bare, ours in pairs)
    least = min(ours for _, ours in pairs) / min(bare for bare, _ in pairs)
    yield Measurement(
        "first page / bare Qt window", statistics.median(ratios), LIMIT, "times",
        {"bare_seconds": [bare for bare, _ in pairs], "kiosk_seconds": [ours for _, ours in pairs],
         "ratios": ratios, "ratio_of_minima": least, **where},
    )  # fmt: skip
