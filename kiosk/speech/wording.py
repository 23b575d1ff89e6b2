"""From what is written to what is said: amounts and long numbers in words, no typography."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from kiosk.speech.numbers import english, spanish

_AMOUNT = re.compile(r"\$\s?(\d{1,3}(?:\.\d{3})*|\d+)(?:,(\d{2}))?")
_MASKED = re.compile(r"[*•]{2,}\s?([0-9]{2,})")
_DOTTED = re.compile(r"\b\d{1,3}(?:\.\d{3}){2,}(?:-\d)?\b")
_LONG = re.compile(r"\d{5,}")
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200e\u2060"))
_PAUSES = str.maketrans({"·": ",", "•": ",", "—": ",", "–": ",", "\n": ".", "«": " ", "»": " ", "|": ","})
_TIDY = ((re.compile(r"\s+([,.;:!?])"), r"\1"), (re.compile(r"([,.])(?:\s*[,.])+"), r"\1"),
         (re.compile(r"\s+"), " "))  # fmt: skip
_LETTER = re.compile(r"[^\W_]")


def spoken(text: str, language: str = "es") -> str:
    """A written text as it is said; nothing where there is nothing to say."""
    text = text.translate(_UNSEEN).replace("\u00a0", " ").replace("\u2002", " ")
    text = text.replace("4×1000", "cuatro por mil")
    text = _AMOUNT.sub(lambda found: amount(found[1], found[2] or "", language), text)
    ending = {"es": "terminado en", "en": "ending in"}.get(language, "…")
    text = _MASKED.sub(lambda found: f"{ending} {digits(found[1])}", text)
    text = _DOTTED.sub(lambda found: digits(found[0]), text)
    text = _LONG.sub(lambda found: digits(found[0]), text)
    text = text.translate(_PAUSES)
    for pattern, by in _TIDY:
        text = pattern.sub(by, text)
    text = text.strip(" ,;")
    return text if _LETTER.search(text) else ""


def amount(whole: str, cents: str = "", language: str = "es") -> str:
    """«412.300» -> «cuatrocientos doce mil trescientos pesos»."""
    pesos = int(whole.replace(".", ""))
    if language == "es":
        # A million and no more is «un millón de pesos».
        of = " de" if pesos and pesos % 1_000_000 == 0 else ""
        said = f"{spanish(pesos)}{of} {'peso' if pesos == 1 else 'pesos'}"
        return said + (f" con {spanish(int(cents))} centavos" if int(cents or 0) else "")
    said = f"{english(pesos)} {'peso' if pesos == 1 else 'pesos'}"
    return said + (f" and {english(int(cents))} cents" if int(cents or 0) else "")


def digits(number: str) -> str:
    """One by one, in threes as people dictate them: a document is no quantity."""
    plain = re.sub(r"\D", "", number)
    return ", ".join(" ".join(plain[at : at + 3]) for at in range(0, len(plain), 3))


def sentences(texts: Iterable[str], language: str = "es") -> str:
    """Texts as one utterance with a pause after each; what follows on itself is said once."""
    said: list[str] = []
    for text in texts:
        words = spoken(text, language)
        if words and (not said or words.rstrip(".") != said[-1].rstrip(".")):
            said.append(words)
    return " ".join(words if words[-1] in ".!?:…" else f"{words}." for words in said)


def typed(before: str, after: str, *, secret: bool, names: Callable[[str], str], gone: str, hidden: str) -> str:
    """What is said of a key: its name; of a secret only that there is one more, or one less."""
    if len(after) < len(before):
        return gone
    if secret:
        return hidden
    piece = after[len(before) :] if after.startswith(before) else after
    return " ".join(names(letter) for letter in piece) if len(piece) <= 2 else piece
