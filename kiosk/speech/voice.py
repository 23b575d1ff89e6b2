"""The voice: a small protocol, and its driver over an engine that is shaped like Qt's text-to-speech.

The engine comes in from outside (`views/frame/speaking.py` knows Qt), so nothing here loads it.

Volume is told in percent. A step of the loudspeaker must be able to reach 65 dB(A) and no more than that by
default (EN 301 549 5.1.3.12-13, 508 402.3.2): what `SpeechPlan.volume` is in dB(A) depends on the
loudspeaker and is set once, at installation. Every visit begins with it again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue
from shutil import which
from typing import Any, Protocol

LOUDEST = 100
# The accents of a language that a Colombian member understands best, the best first.
ACCENTS = {
    "es": ("es_CO", "es_419", "es_MX", "es_US", "es_VE", "es_EC", "es_PE", "es_ES"),
    "en": ("en_US", "en_GB"),
}


@dataclass(frozen=True, slots=True)
class SpeechPlan:
    """How the terminal speaks: `engine` is auto, off, or one of Qt's (speechd, mock)."""

    engine: str = "auto"
    volume: int = 60
    step: int = 10
    rate: float = 0.0
    """-1 to 1, slower to faster."""

    @property
    def engines(self) -> tuple[str, ...]:
        """The engines to try. The mock one says nothing aloud: only who names it gets it."""
        named = {"auto": ("speechd",), "off": ()}.get(self.engine, (self.engine,))
        return tuple(name for name in named if name != "speechd" or which("speech-dispatcher"))


class Voice(Protocol):
    """Says one thing at a time."""

    def speaks(self, language: str) -> bool:
        """Whether there is a voice for this language."""
        ...

    def say(self, text: str, language: str) -> None:
        """Say this instead of what is being said."""
        ...

    def stop(self) -> None:
        """Be silent at once."""
        ...

    def loud(self, percent: int) -> None:
        """How loud to speak from now on."""
        ...

    @property
    def talking(self) -> bool:
        """Whether something is being said."""
        ...


class Locale(Protocol):
    """What is used of QLocale."""

    def name(self) -> str: ...


class Engine(Protocol):
    """What is used of QTextToSpeech."""

    def availableLocales(self) -> Iterable[Locale]: ...  # noqa: N802
    def setLocale(self, locale: Any) -> None: ...  # noqa: N802
    def setVolume(self, volume: float) -> None: ...  # noqa: N802
    def setRate(self, rate: float) -> None: ...  # noqa: N802
    def say(self, text: str) -> Any: ...
    def stop(self) -> None: ...
    def state(self) -> Any: ...


class EngineVoice:
    """A voice by an engine; its locales are asked for once."""

    def __init__(self, engine: Engine, plan: SpeechPlan) -> None:
        self._engine = engine
        self._language = ""
        self._locales = {
            language: best
            for language in ACCENTS
            if (best := _best(language, engine.availableLocales())) is not None
        }
        if plan.rate:
            engine.setRate(plan.rate)
        self.loud(plan.volume)

    def speaks(self, language: str) -> bool:
        """Whether there is a voice for this language."""
        return language in self._locales

    def say(self, text: str, language: str) -> None:
        """Say this instead of what is being said; in a language without a voice, nothing."""
        self._engine.stop()
        if not text or language not in self._locales:
            return
        if language != self._language:
            self._language = language
            self._engine.setLocale(self._locales[language])
        self._engine.say(text)

    def stop(self) -> None:
        """Be silent at once."""
        self._engine.stop()

    def loud(self, percent: int) -> None:
        """How loud to speak from now on."""
        self._engine.setVolume(percent / 100)

    @property
    def talking(self) -> bool:
        """Whether something is being said."""
        return str(self._engine.state().name) in ("Speaking", "Synthesizing")


def find_voice(plan: SpeechPlan, engines: Any) -> Voice | None:
    """A voice by the first engine of the plan that works; `engines` is QTextToSpeech, or shaped like it."""
    for name in plan.engines:
        if name in engines.availableEngines():
            engine = engines(name)
            if engine.state().name != "Error":
                return EngineVoice(engine, plan)
    return None


class ThreadedVoice:
    """A voice in a thread of its own: a speech service that hangs must never hold up a payment's page.

    `events` makes there what lets that thread's events through, then `make` builds the voice there (None:
    there is none); `found` is called from there once when that is known. What waits to be said gives way to
    what comes after it.
    """

    _LOOK, _BEGINS = 0.05, 0.5
    """Seconds between two looks whether it still talks, and until it must have begun to."""

    def __init__(
        self,
        make: Callable[[], Voice | None],
        events: Callable[[], Callable[[], object]],
        found: Callable[[], object],
    ) -> None:
        self._make, self._events, self._found = make, events, found
        self._deeds: SimpleQueue[Callable[[Voice], object] | None] = SimpleQueue()
        self._languages: frozenset[str] = frozenset()
        self._turn = self._said = 0
        self._talking, self._began = False, 0.0
        self._thread = threading.Thread(target=self._run_engine, name="speech", daemon=True)
        self._thread.start()

    def speaks(self, language: str) -> bool:
        """Whether there is a voice for this language, as far as is known."""
        return language in self._languages

    def say(self, text: str, language: str) -> None:
        """Say this instead of what is being said."""
        self._turn += 1
        self._deeds.put(partial(self._say_if_newest, self._turn, text, language))

    def stop(self) -> None:
        """Be silent at once."""
        self._turn += 1
        self._deeds.put(partial(self._say_if_newest, self._turn, "", ""))

    def loud(self, percent: int) -> None:
        """How loud to speak from now on."""
        self._deeds.put(lambda voice: voice.loud(percent))

    @property
    def talking(self) -> bool:
        """Whether something is being said, or is about to be."""
        return self._talking or self._said != self._turn

    def close(self, patience: float = 1.0) -> None:
        """End the thread; one that hangs is left behind and ends with the process."""
        self._deeds.put(None)
        self._thread.join(patience)

    def _run_engine(self) -> None:
        pump = self._events()
        voice = self._make()
        if voice is not None:
            self._languages = frozenset(language for language in ACCENTS if voice.speaks(language))
        self._found()
        while voice is not None:
            try:
                deed = self._deeds.get(timeout=self._LOOK if self._talking else None)
            except Empty:
                pass
            else:
                if deed is None:
                    voice.stop()
                    break
                deed(voice)
            pump()
            self._talking = voice.talking or time.monotonic() - self._began < self._BEGINS

    def _say_if_newest(self, turn: int, text: str, language: str, voice: Voice) -> None:
        if turn == self._turn:  # else something newer waits already
            if text:
                voice.say(text, language)
            else:
                voice.stop()
            self._began = time.monotonic() if text else 0.0
            self._talking = bool(text)
            self._said = turn


def _best(language: str, offered: Iterable[Locale]) -> Locale | None:
    """The accent to speak with, any one before none."""
    mine = {locale.name(): locale for locale in offered if locale.name().split("_")[0] == language}
    return next((mine[name] for name in ACCENTS[language] if name in mine), next(iter(mine.values()), None))
