"""The languages a receipt can be written in. A new one: its file, and its line here."""

from __future__ import annotations

from kiosk.receipt import texts_en, texts_es
from kiosk.receipt.texts import Texts

LANGUAGES = {"es": texts_es.TEXTS, "en": texts_en.TEXTS}


def texts(language: str) -> Texts:
    """The texts of a language. Raises ValueError for one that is not registered."""
    if language not in LANGUAGES:
        raise ValueError(f"no receipt texts in {language!r}; there are {', '.join(sorted(LANGUAGES))}")
    return LANGUAGES[language]
