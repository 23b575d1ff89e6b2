"""The real program on a real accessibility bus: its tree as a screen reader, another process, gets it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")
TOOLS = ("Xvfb", "dbus-daemon", "busctl")
pytestmark = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in TOOLS) or not LAUNCHER.exists(),
    reason="no accessibility bus here: apt-get install xvfb dbus at-spi2-core systemd",
)

PATIENCE = 60.0
ROOT = "/org/a11y/atspi/accessible/root"
_CHECKED, _SHOWING = 1 << 4, 1 << 25
"""Bits of the first word of an AT-SPI state set."""
_PASSWORD_TEXT, _TEXT = 40, 61
"""AtspiRole, from atspi-constants.h."""
CONTROLS = {"push button", "toggle button", "check box", "text", "password text", "list"}


@dataclass(frozen=True, slots=True)
class Node:
    """One object that the program shows on the bus."""

    bus: str
    path: str
    role: str
    name: str


class Reader:
    """Asks the accessibility bus, as assistive technology does."""

    def __init__(self, address: str) -> None:
        self._address = address

    def ask(self, bus: str, path: str, *what: str, verb: str = "call") -> object:
        """The answer to one call or property, None where the object has gone or knows no such thing."""
        done = subprocess.run(
            ["busctl", f"--address={self._address}", "--json=short", "--timeout=10",
             "--", verb, bus, path, *what],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return json.loads(done.stdout)["data"] if done.returncode == 0 and done.stdout else None

    def accessible(self, bus: str, path: str, method: str) -> list:
        answer = self.ask(bus, path, "org.a11y.atspi.Accessible", method)
        return answer if isinstance(answer, list) else []

    def programs(self) -> list:
        return next(iter(self.accessible("org.a11y.atspi.Registry", ROOT, "GetChildren")), [])

    def tree(self) -> list[Node]:
        """Everything in sight of every program on the bus."""
        return [node for bus, path in self.programs() for node in self._below(bus, path)]

    def _below(self, bus: str, path: str) -> Iterator[Node]:
        state = next(iter(self.accessible(bus, path, "GetState")), [0])
        if path != ROOT and not state[0] & _SHOWING:
            return
        role = next(iter(self.accessible(bus, path, "GetRoleName")), "")
        name = self.ask(bus, path, "org.a11y.atspi.Accessible", "Name", verb="get-property")
        yield Node(bus, path, role, str(name or ""))
        for child_bus, child in next(iter(self.accessible(bus, path, "GetChildren")), []):
            yield from self._below(child_bus, child)

    def press(self, node: Node) -> None:
        assert self.ask(node.bus, node.path, "org.a11y.atspi.Action", "DoAction", "i", "0") == [True]

    def has(self, node: Node, state: int) -> bool:
        return bool(next(iter(self.accessible(node.bus, node.path, "GetState")), [0])[0] & state)

    def role(self, node: Node) -> int:
        """As libatspi asks for it; Qt's bridge knows less names than numbers: both fields are named text."""
        return next(iter(self.accessible(node.bus, node.path, "GetRole")), 0)

    def type(self, node: Node, text: str) -> bool:
        interface = "org.a11y.atspi.EditableText"
        return self.ask(node.bus, node.path, interface, "SetTextContents", "s", text) == [True]

    def text(self, node: Node) -> str:
        answer = self.ask(node.bus, node.path, "org.a11y.atspi.Text", "GetText", "ii", "0", "-1")
        return answer[0] if isinstance(answer, list) else ""

    def until(self, name: str) -> list[Node]:
        """The tree as soon as something with this name is in it."""
        end, seen = time.monotonic() + PATIENCE, []
        while time.monotonic() < end:
            seen = self.tree()
            if any(name in node.name for node in seen):
                return seen
            time.sleep(0.3)
        raise AssertionError(f"{name} is not among {[(n.role, n.name) for n in seen if n.name]}")


@contextmanager
def running(command: list[str], environment: dict[str, str], **more: object) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(command, env=environment, text=True, **more)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """A screen, a session bus, the accessibility bus, and the demonstration on them."""
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        quiet = {"stderr": subprocess.DEVNULL}
        heard = {"stdout": subprocess.PIPE, **quiet}
        dropped = ("QT_QPA_PLATFORM", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS", "WAYLAND_DISPLAY")
        own = {key: value for key, value in os.environ.items() if key not in dropped}
        own |= {"HOME": home, "XDG_RUNTIME_DIR": home, "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}

        def start(command: list[str], **more: object) -> subprocess.Popen:
            return stack.enter_context(running(command, own, **more))

        screen = start(["Xvfb", "-displayfd", "1", "-screen", "0", "1920x1080x24"], **heard)
        own["DISPLAY"] = f":{screen.stdout.readline().strip()}"
        session = start(["dbus-daemon", "--session", "--nofork", "--print-address"], **heard)
        own["DBUS_SESSION_BUS_ADDRESS"] = session.stdout.readline().strip()
        start([str(LAUNCHER), "--launch-immediately"], stdout=subprocess.DEVNULL, **quiet)
        address = _soon(lambda: _address(own))
        own |= {"QT_QPA_PLATFORM": "xcb"}
        start([sys.executable, "-m", "kiosk.cli", "demo"], stdout=subprocess.DEVNULL, **quiet)
        made = Reader(address)
        _soon(made.programs)
        yield made


def _address(environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["busctl", "--user", "--json=short", "call",
         "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return json.loads(done.stdout)["data"][0] if done.returncode == 0 else ""


def _soon(look: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("nothing came onto the bus")


def nameless(tree: list[Node]) -> list[Node]:
    """Controls that a screen reader could only call by what they are."""
    return [node for node in tree if node.role in CONTROLS and not node.name.strip()]


def one(tree: list[Node], name: str, role: str = "") -> Node:
    """The control of this name."""
    found = [node for node in tree if name in node.name and node.role in ({role} if role else CONTROLS)]
    assert found, f"no {role or 'control'} {name} among {[(n.role, n.name) for n in tree if n.name]}"
    return found[0]


def test_a_screen_reader_gets_names_roles_and_presses_but_no_key(reader: Reader) -> None:
    welcome = reader.until("Toque para comenzar")
    assert nameless(welcome) == []
    reader.press(one(welcome, "Toque para comenzar", "push button"))
    advice = reader.until("Entendido, continuar")
    assert nameless(advice) == []
    consent = one(advice, "Autorizo el tratamiento", "check box")
    assert not reader.has(consent, _CHECKED)
    reader.press(consent)
    assert reader.has(consent, _CHECKED)
    reader.press(one(advice, "Entendido, continuar", "push button"))
    sign_in = reader.until("Número de documento")
    assert nameless(sign_in) == []
    number, key = one(sign_in, "Número de documento", "text"), one(sign_in, "Clave", "text")
    assert (reader.role(number), reader.role(key)) == (_TEXT, _PASSWORD_TEXT)
    for field, typed in ((number, "1900100101"), (key, "4821")):
        assert reader.type(field, typed)
    assert reader.text(number) == "1900100101"
    assert len(reader.text(key)) == 4
    assert not set("4821") & set(reader.text(key))
