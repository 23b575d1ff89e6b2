"""The voice: a small protocol, and its driver over an engine that is shaped like Qt's text-to-speech.

The engine comes in from outside (`views/speaking.py` knows Qt), so nothing here loads it.

Volume is told in percent. A step of the loudspeaker must be able to reach 65 dB(A) and no more than that by
default (EN 301 549 5.1.3.12-13, 508 402.3.2): what `SpeechPlan.volume` is in dB(A) depends on the
loudspeaker and is set once, at installation. Every visit begins with it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
        return {"auto": ("speechd",), "off": ()}.get(self.engine, (self.engine,))


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


def _best(language: str, offered: Iterable[Locale]) -> Locale | None:
    """The accent to speak with, any one before none."""
    mine = {locale.name(): locale for locale in offered if locale.name().split("_")[0] == language}
    return next((mine[name] for name in ACCENTS[language] if name in mine), next(iter(mine.values()), None))
