"""Wall time from process start to the first page that takes a touch, against a bare Qt window.

Both sides are fresh processes in turn, so that noise and caches hit them alike; the sandbox's servers
run beforehand. The kiosk's side is `kiosk run` itself: command line, settings file, window, first page.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from instruments.benchmarks.measure import ROOT, Measurement, NotMeasured, compiled, judged

PAIRS = 11
_PHASES = ("python", "imported", "application", "built", "painted")
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
    ours = [_run(surroundings, [], "kiosk_window.py", config)[1] for _ in range(5)]
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


def _until_ready(surroundings: dict[str, str], program: list[str], config: str) -> float:
    """Seconds from the start of `kiosk run` until it tells systemd that its first page is there."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        address = f"{folder}/notify"
        systemd.bind(address)
        systemd.settimeout(60)
        started = time.monotonic()
        command = [*program, "run", "--config", config]
        with subprocess.Popen(
            command, cwd=ROOT, env=surroundings | {"NOTIFY_SOCKET": address}, stderr=subprocess.DEVNULL
        ) as kiosk:
            while b"READY=1" not in systemd.recv(4096):
                pass
            took = time.monotonic() - started
            kiosk.kill()
        return took


def _package(surroundings: dict[str, str], config: str, pairs: int) -> Measurement | NotMeasured:
    name, packaged = "package / working copy, until ready", ROOT / "build/package/kiosk/kiosk"
    if not packaged.exists():
        return NotMeasured(name, "there is no build/package (make frozen)")
    if os.geteuid() == 0:
        return NotMeasured(name, "kiosk run refuses root")
    own = [sys.executable, "-m", "kiosk.cli"]
    times = [(_until_ready(surroundings, own, config), _until_ready(surroundings, [str(packaged)], config))
             for _ in range(pairs + 1)][1:]  # fmt: skip
    return judged(name, statistics.median(theirs / ours for ours, theirs in times), {"seconds": times})


def _chromium(pairs: int, ours: Callable[[], float]) -> Measurement | NotMeasured:
    """A static page that tells, once it was painted, a server of ours."""
    name, program = "first page / Chromium, a static page", shutil.which("chromium")
    if program is None:
        return NotMeasured(name, "there is no chromium")
    ratios = sorted(ours() / _painted_by(program) for _ in range(pairs))
    return judged(name, statistics.median(ratios), {"ratios": ratios})


_PAGE = """<!doctype html><style>body{background:#0b5c4a}button{font-size:50px}</style>
<button>Toque para comenzar</button>
<script>requestAnimationFrame(() => requestAnimationFrame(() => fetch("/painted")))</script>"""


def _painted_by(chromium: str) -> float:
    """Seconds from Chromium's start, in kiosk mode and with a new profile, to two frames of the page."""
    painted = threading.Event()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/painted":
                painted.set()
            body = _PAGE.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server, tempfile.TemporaryDirectory() as profile:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        started = time.monotonic()
        command = [chromium, "--headless=new", "--no-sandbox", "--no-first-run", "--kiosk",
                   f"--user-data-dir={profile}", f"http://127.0.0.1:{server.server_port}/"]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as browser:
            if not painted.wait(60):
                raise RuntimeError("Chromium painted nothing")
            took = time.monotonic() - started
            browser.kill()
        server.shutdown()
        return took


def measure(*, short: bool = False) -> Iterator[Measurement | NotMeasured]:
    """The medians of the ratios of pairs."""
    from kiosk.app.demo import Demonstration

    pairs = 1 if short else PAIRS
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

            def bare() -> float:
                return _run(surroundings, [], "bare_window.py")[0]

            def ours() -> float:
                return _run(surroundings, [], "kiosk_window.py", str(config))[0]

            bare(), ours()  # files into the cache
            times = [(bare(), ours()) for _ in range(pairs)]
            where = {} if short else _where(surroundings, str(config))
            yield _against_bare(times, where)
            yield _chromium(pairs, ours)
            yield _package(surroundings, str(config), pairs)
        finally:
            demonstration.close()


def _against_bare(times: list[tuple[float, float]], where: dict[str, object]) -> Measurement:
    ratios = sorted(ours / bare for bare, ours in times)
    least = min(ours for _, ours in times) / min(bare for bare, _ in times)
    return judged(
        "first page / bare Qt window", statistics.median(ratios),
        {"bare_seconds": [bare for bare, _ in times], "kiosk_seconds": [ours for _, ours in times],
         "ratios": ratios, "ratio_of_minima": least, **where},
    )  # fmt: skip
