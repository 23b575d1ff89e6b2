"""What systemd hears of the terminal: ready, alive while both threads are, stopping."""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from kiosk.app.watchdog import LONGEST_DEED, Watchdog
from kiosk.tour.hands import pause
from kiosk.visit.jobs import Jobs


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "notify"))
        heard.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "30000000")
        yield heard


@pytest.fixture
def jobs(qapp: QApplication) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close()


def said(heard: socket.socket) -> list[str]:
    words = []
    while True:
        try:
            words.append(heard.recv(100).decode())
        except BlockingIOError:
            return words


def test_it_is_ready_then_alive_then_stops(systemd: socket.socket, jobs: Jobs) -> None:
    watchdog = Watchdog(jobs)
    assert "NOTIFY_SOCKET" not in os.environ, "nobody else speaks for the terminal"
    assert watchdog._timer.interval() == 10_000, "three times as often as is asked for"
    watchdog.ready()
    pause(100)
    watchdog._ask_window()
    watchdog.stopping()
    assert said(systemd) == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]
    assert not watchdog._timer.isActive()


def test_a_money_lane_that_hangs_is_fed_no_longer(systemd: socket.socket, jobs: Jobs) -> None:
    seconds, hangs = Seconds(), threading.Event()
    jobs.run("money", hangs.wait, lambda _: None, lambda _: None)
    watchdog = Watchdog(jobs, seconds)
    watchdog.ready()
    seconds.now = LONGEST_DEED
    watchdog._ask_window()
    assert said(systemd) == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"], "a slow gateway is no dead terminal"
    seconds.now += 1
    watchdog._ask_window()
    assert said(systemd) == []
    hangs.set()
    pause(200)
    watchdog._ask_window()
    assert said(systemd) == ["WATCHDOG=1"], "it came back"
    watchdog.stopping()


def test_without_systemd_nothing_is_said(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    watchdog = Watchdog(jobs)
    watchdog.ready()
    assert not watchdog._timer.isActive()
    watchdog.stopping()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows names of threads")
def test_the_lane_of_money_can_be_told_from_outside(jobs: Jobs) -> None:
    """installer/hang_and_listen.py stops it by this name, in the packaged program."""
    lanes: list[int] = []
    jobs.run("money", threading.get_native_id, lanes.append, lanes.append)
    pause(100)
    assert Path(f"/proc/self/task/{lanes[0]}/comm").read_text() == "money\n"
