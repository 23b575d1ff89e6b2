"""From what is written to what is said: amounts and long numbers in words, no typography."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kiosk.speech.numbers import english, spanish

_AMOUNT = re.compile(r"\$\s?(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d{2}))?")
_MASKED = re.compile(r"[*•]{2,}\s?([0-9]{2,})")
_DOTTED = re.compile(r"\b\d{1,3}(?:\.\d{3}){2,}(?:-\d)?\b")
_REFERENCE = re.compile(r"\b\d+(?:-\d+)*-\d{3,}\b")
_LONG = re.compile(r"\d{5,}")
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200e\u2060"))
_PAUSES = str.maketrans({"·": ",", "•": ",", "—": ",", "–": ",", "\n": ".", "«": " ", "»": " ", "|": ","})
_TIDY = ((re.compile(r"\s+([,.;:!?])"), r"\1"), (re.compile(r"([,.])(?:\s*[,.])+"), r"\1"),
         (re.compile(r"\s+"), " "))  # fmt: skip
_SIGNS = {
    "es": {" ": "espacio", "@": "arroba", ".": "punto", "-": "guion", "_": "guion bajo", "+": "más",
           "#": "numeral"},
    "en": {" ": "space", "@": "at", ".": "dot", "-": "dash", "_": "underscore", "+": "plus", "#": "hash"},
}  # fmt: skip
_LETTER = re.compile(r"[^\W_]")


def spoken(text: str, language: str = "es") -> str:
    """A written text as it is said; nothing where there is nothing to say."""
    text = text.translate(_UNSEEN).replace("\u00a0", " ").replace("\u2002", " ")
    text = text.replace("4×1000", {"es": "cuatro por mil"}.get(language, "four per thousand"))
    text = _AMOUNT.sub(lambda found: amount(found[1], found[2] or "", language), text)
    ending = {"es": "terminado en", "en": "ending in"}.get(language, "…")
    text = _MASKED.sub(lambda found: f"{ending} {digits(found[1])}", text)
    text = _DOTTED.sub(lambda found: digits(found[0]), text)
    text = _REFERENCE.sub(lambda found: ", ".join(map(digits, found[0].split("-"))), text)
    text = _LONG.sub(lambda found: f" {digits(found[0])} ", text)
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
    """One by one, in threes (the last may be four) as people dictate them: a document is no quantity."""
    plain = re.sub(r"\D", "", number)
    ends = list(range(3, len(plain) - 1, 3))
    return ", ".join(" ".join(plain[a:b]) for a, b in zip([0, *ends], [*ends, None], strict=True))


def letter(sign: str, language: str = "es") -> str:
    """The name of a typed sign."""
    return _SIGNS.get(language, _SIGNS["en"]).get(sign, sign)


def sentences(texts: Iterable[str], language: str = "es") -> str:
    """Texts as one utterance with a pause after each; what follows on itself is said once."""
    said: list[str] = []
    for text in texts:
        words = spoken(text, language)
        if words and (not said or words.rstrip(".") != said[-1].rstrip(".")):
            said.append(words)
    return " ".join(words if words[-1] in ".!?:…" else f"{words}." for words in said)


def unchanging(text: str) -> str:
    """What makes a text another one: not the seconds it counts."""
    return re.sub(r"\d+", "#", text)
