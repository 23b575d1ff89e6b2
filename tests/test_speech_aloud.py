"""The real voice: Qt, speech-dispatcher and eSpeak NG, into a file instead of a loudspeaker."""

from __future__ import annotations

import array
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    shutil.which("speech-dispatcher") is None or not list(Path("/usr/lib").rglob("sd_espeak-ng")),
    reason="no speech here: apt-get install speech-dispatcher speech-dispatcher-espeak-ng",
)

DAEMON = """\
LogDir "{folder}"
AudioOutputMethod "alsa"
AudioALSADevice "default"
AddModule "espeak-ng" "sd_espeak-ng" "espeak-ng.conf"
DefaultModule espeak-ng
"""
LOUDSPEAKER = 'pcm.!default {{ type file; slave.pcm "null"; file "{file}"; format "wav" }}\n'
SAYING = """\
import sys, threading, time
from PySide6.QtWidgets import QApplication
from kiosk.speech.voice import SpeechPlan, ThreadedVoice, find_voice
from kiosk.speech.wording import spoken
from kiosk.views.frame.speaking import _engines, thread_events
app, found = QApplication([]), threading.Event()
plan = SpeechPlan(volume=int(sys.argv[1]))
voice = ThreadedVoice(lambda: find_voice(plan, _engines()), thread_events, found.set)
assert found.wait(20) and voice.speaks("es") and voice.speaks("en")
voice.say(spoken(sys.argv[3], sys.argv[2]), sys.argv[2])
while voice.talking:
    time.sleep(0.05)
voice.close()
"""
_HEADER = 44
"""Bytes of a WAV file before its samples."""


@contextmanager
def daemon(folder: Path) -> Iterator[dict[str, str]]:
    """A speech service of our own whose loudspeaker is `folder`/said.wav; the environment to reach it."""
    modules = folder / "modules"
    modules.mkdir()
    shutil.copy("/etc/speech-dispatcher/modules/espeak-ng.conf", modules)
    (folder / "speechd.conf").write_text(DAEMON.format(folder=folder), encoding="utf-8")
    (folder / ".asoundrc").write_text(LOUDSPEAKER.format(file=folder / "said.wav"), encoding="utf-8")
    socket, pid = folder / "socket", folder / "pid"
    environment = {**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder),
                   "SPEECHD_ADDRESS": f"unix_socket:{socket}", "QT_QPA_PLATFORM": "offscreen"}  # fmt: skip
    subprocess.run(
        ["speech-dispatcher", "-d", "-C", folder, "-S", socket, "-c", "unix_socket", "-P", pid],
        env=environment, check=True, capture_output=True, timeout=30,
    )  # fmt: skip
    until(lambda: socket.exists() and pid.exists())
    try:
        yield environment
    finally:
        with suppress(FileNotFoundError, ProcessLookupError):  # it ends by itself once nobody asks
            os.kill(int(pid.read_text()), signal.SIGTERM)


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def said(folder: Path, text: str, language: str = "es", volume: int = 60) -> array.array[int]:
    """The sound of a text: 16-bit samples."""
    folder.mkdir()
    with daemon(folder) as environment:
        subprocess.run(
            [sys.executable, "-c", SAYING, str(volume), language, text],
            env=environment, check=True, timeout=60,
        )  # fmt: skip
        file = folder / "said.wav"
        until(lambda: file.exists() and file.stat().st_size > _HEADER)
        sizes = [-1]
        until(lambda: sizes.append(file.stat().st_size) or sizes[-1] == sizes[-2])  # type: ignore[func-returns-value]
    sound = file.read_bytes()[_HEADER:]
    return array.array("h", sound[: len(sound) // 2 * 2])


def loudness(sound: array.array[int]) -> float:
    loud = [sample for sample in sound if abs(sample) > 50]
    return math.sqrt(sum(sample * sample for sample in loud) / max(1, len(loud)))


def test_an_amount_is_heard_in_words_and_longer_than_a_word(tmp_path: Path) -> None:
    amount = said(tmp_path / "amount", "Total a pagar hoy: $ 412.300")
    word = said(tmp_path / "word", "Pagar")
    assert loudness(amount) > 500
    assert loudness(word) > 500
    assert len(amount) > 3 * len(word)


def test_the_volume_is_the_settings(tmp_path: Path) -> None:
    low, high = (said(tmp_path / str(volume), "Aportes", volume=volume) for volume in (30, 90))
    assert loudness(high) > 1.5 * loudness(low)


def test_another_language_sounds_otherwise(tmp_path: Path) -> None:
    spanish, english = (said(tmp_path / language, "Total", language) for language in ("es", "en"))
    assert loudness(english) > 500
    assert spanish.tobytes() != english.tobytes()
