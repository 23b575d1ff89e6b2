"""What only Qt can see: screen, touch, fonts, voices, the web engine and its sandbox.

Qt ends a process that finds no display, and Chromium one that it can not lock in. So each look is a
process of its own with a time limit; it answers with one JSON object or not at all.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from math import hypot
from pathlib import Path
from typing import Any

from kiosk.health import Finding, Level

Seen = Mapping[str, Any]
Look = Callable[[str], Seen]
"""From "screen", "fonts", "voice" or "web" to what was seen. Raises Unseen."""

_LEAST_PATCH = (152, 0, 7977, 83)
"""Chromium's fixes in the web engine that this version was tested with."""
_SHORT_SIDE, _LONG_SIDE = 768, 1024
_OFF_SWITCHES = re.compile(
    r"--(no-sandbox|disable-\w*-?sandbox|disable-namespace-sandbox|disable-seccomp\S*)"
)
_KERNEL = {
    "kernel/unprivileged_userns_clone": "0",
    "user/max_user_namespaces": "0",
    "kernel/apparmor_restrict_unprivileged_userns": "1",
}
"""What under /proc/sys keeps Chromium from locking its renderers in."""


_TELLING = ("connect to display", "FATAL:", "sandbox", "Error:", "platform plugin")
"""Words of lines that say why a process ended, the most telling first."""


class Unseen(Exception):
    """The look came to nothing; the text says why."""


def _own_program() -> list[str]:
    # The frozen program has no interpreter beside it: it is its own.
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "kiosk.cli"]


def looker(command: Sequence[str] = (), seconds: float = 30.0) -> Look:
    """Looks by `command WHAT`, which prints one JSON object; by `kiosk look` where none is given."""
    command = command or [*_own_program(), "look"]

    def look(what: str) -> Seen:
        environment = dict(os.environ)
        if what != "screen":
            environment["QT_QPA_PLATFORM"] = "offscreen"  # these need no display
        if _root():  # else Chromium would not even tell its version
            environment["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
        # Files, not pipes: a grandchild that stays alive would keep a pipe open.
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            try:
                process = subprocess.Popen(  # noqa: S603 - our own program
                    [*command, what], stdin=subprocess.DEVNULL, stdout=out, stderr=errors, env=environment,
                    start_new_session=True,
                )  # fmt: skip
            except OSError as error:
                raise Unseen(f"it does not start: {error.strerror}") from None
            try:
                code = process.wait(seconds)
            except subprocess.TimeoutExpired:
                raise Unseen(f"no answer in {seconds:.0f} s") from None
            finally:
                _end(process)
            out.seek(0)
            errors.seek(0)
            return _answer(code, out.read(), errors.read())

    return look


def _root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _end(process: subprocess.Popen[bytes]) -> None:
    """With all that it started: Chromium's processes outlive a parent that crashed."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _answer(code: int, out: bytes, errors: bytes) -> Seen:
    try:
        seen = json.loads(out)
    except ValueError:
        lines = [line for line in errors.decode(errors="replace").splitlines() if line.strip()]
        telling = [line for word in _TELLING for line in lines if word in line] or lines[-1:] or ["no word"]
        said = re.sub(r"^\[\S+\] *", "", telling[0]).strip()[:160]
        raise Unseen(f"it ended with {code}: {said}") from None
    if not isinstance(seen, dict):
        raise Unseen("no object")
    return seen


# -- screen and touch -----------------------------------------------------------------------------

_IN_SESSION = "Run doctor inside the kiosk's own session, where its display is."


def screen(look: Look, inches: float) -> Finding:
    """Large enough, and as large as the settings say: sizes of letters and buttons hang on it."""
    name = "screen"
    try:
        seen = look("screen")
    except Unseen as error:
        return Finding(name, Level.WARNING, f"no screen answers here: {error}", _IN_SESSION)
    width, height, ratio = seen["width"], seen["height"], seen["ratio"]
    measured = hypot(seen["mm_width"], seen["mm_height"]) / 25.4
    said = f'{width} x {height} at scale {ratio:g}, {measured:.1f}" ({seen["platform"]})'
    if seen["platform"] in ("offscreen", "minimal"):
        return Finding(name, Level.WARNING, said, _IN_SESSION)
    if min(width, height) < _SHORT_SIDE or max(width, height) < _LONG_SIDE:
        return Finding(name, Level.BROKEN, said, "Pages need 1024 x 768 at least: set resolution or scale.")
    if ratio != int(ratio):
        return Finding(name, Level.WARNING, said, "Set a whole scale (1 or 2): fractions blur letters.")
    if measured > 5 and abs(measured / inches - 1) > 0.15:
        return Finding(name, Level.WARNING, said, f"screen.diagonal_inches says {inches:g}: correct one.")
    return Finding(name, Level.HEALTHY, said)


def touch(look: Look) -> Finding:
    """A touch screen is there."""
    name = "touch"
    try:
        seen = look("screen")
    except Unseen:
        return Finding(name, Level.WARNING, "not looked at: no screen answers here", _IN_SESSION)
    if seen["touch"]:
        return Finding(name, Level.HEALTHY, ", ".join(seen["touch"]))
    level = Level.WARNING if seen["platform"] in ("offscreen", "minimal") else Level.BROKEN
    return Finding(name, level, "no touch screen", "Check its USB cable; libinput list-devices shows it.")


# -- fonts and voice ------------------------------------------------------------------------------


def fonts(look: Look) -> Finding:
    """The shipped letters load and have what Spanish and amounts need."""
    name = "fonts"
    try:
        seen = look("fonts")
    except Unseen as error:
        return Finding(name, Level.BROKEN, str(error), "Reinstall the kiosk: Qt does not start.")
    if seen["broken"] or seen["missing"] or not seen["families"]:
        said = f"damaged: {', '.join(seen['broken']) or 'none'}; no letters {' '.join(seen['missing'])}"
        return Finding(name, Level.BROKEN, said, "Reinstall the kiosk: files of resources/fonts are damaged.")
    return Finding(name, Level.HEALTHY, ", ".join(seen["families"]))


def voice(look: Look) -> Finding:
    """A Spanish voice to read the pages aloud with."""
    name = "voice"
    advice = "For spoken pages: apt-get install speech-dispatcher speech-dispatcher-espeak-ng libpulse0."
    try:
        seen = look("voice")
    except Unseen as error:
        return Finding(name, Level.WARNING, f"no speech: {error}", advice)
    if not seen["voices"]:
        said = f"no Spanish voice (engines: {', '.join(seen['engines']) or 'none'})"
        return Finding(name, Level.WARNING, said, advice)
    return Finding(name, Level.HEALTHY, ", ".join(seen["voices"][:3]))


# -- the web engine -------------------------------------------------------------------------------


def web_engine(look: Look) -> Finding:
    """Chromium starts, and has the security fixes that this version was tested with."""
    name = "web-engine"
    try:
        seen = look("web")
    except Unseen as error:
        return Finding(name, Level.BROKEN, f"it does not start: {error}",
                       "Run installer/system-libraries.sh; then see web-sandbox.")  # fmt: skip
    said = f"Chromium {seen['chromium']}, fixes up to {seen['patch']}"
    if not seen["loaded"]:
        return Finding(name, Level.BROKEN, f"{said}: no page was loaded", "Reinstall the kiosk.")
    if version(seen["patch"]) < _LEAST_PATCH:
        return Finding(name, Level.WARNING, said, "Older than tested: install the locked PySide6.")
    return Finding(name, Level.HEALTHY, said)


def version(text: str) -> tuple[int, ...]:
    """The numbers of a version."""
    return tuple(int(part) for part in re.findall(r"\d+", text))


def web_sandbox(look: Look, *, demonstration: bool = False, system: Path = Path("/proc/sys")) -> Finding:
    """The bank's page runs locked in: nobody switched it off, and a renderer shows both of its walls.

    Where no user namespace can be made the engine starts all the same, with seccomp's filter alone.
    """
    name = "web-sandbox"
    bad = Level.WARNING if demonstration else Level.BROKEN
    flags = _OFF_SWITCHES.findall(os.environ.get("QTWEBENGINE_CHROMIUM_FLAGS", ""))
    if os.environ.get("QTWEBENGINE_DISABLE_SANDBOX", "0") not in ("", "0") or flags:
        return Finding(name, bad, "switched off by the environment",
                       "Unset QTWEBENGINE_DISABLE_SANDBOX; no --no-sandbox for Chromium.")  # fmt: skip
    if _root():
        return Finding(name, Level.WARNING, "not looked at: Chromium does not lock root in",
                       "Run doctor as the kiosk's user: runuser -u kiosk -- kiosk doctor …")  # fmt: skip
    try:
        seen = look("web")
    except Unseen as error:
        return Finding(name, bad, f"the engine does not start: {error}", _kernel_advice(system))
    filtered, apart = seen["seccomp"], seen["apart"]
    if filtered is None or apart is None:
        return Finding(name, Level.WARNING, "this system does not tell", "Look at chrome://sandbox once.")
    if filtered != "2":
        return Finding(name, bad, "renderers run without a seccomp filter", _kernel_advice(system))
    if not apart:
        return Finding(name, bad, "renderers share our user namespace: the filter is their only wall",
                       _kernel_advice(system))  # fmt: skip
    return Finding(name, Level.HEALTHY, "active: renderers in a user namespace of their own, under seccomp")


def _kernel_advice(system: Path) -> str:
    """What of the kernel's settings stands in the way."""
    closed = [
        f"{key.replace('/', '.')} = {bad}"
        for key, bad in _KERNEL.items()
        if (system / key).exists() and (system / key).read_text(encoding="ascii").strip() == bad
    ]
    if closed:
        return f"Chromium needs user namespaces; sysctl says {', '.join(closed)}."
    return "Chromium needs user namespaces: try unshare --user true as the kiosk's user."
