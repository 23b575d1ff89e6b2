"""Spanish is the source of every text; other languages are catalogues in resources/i18n."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QTranslator

from kiosk.resources import resource


class Languages:
    """The language in force. A new one is a catalogue and an entry in NAMES."""

    NAMES = {"es": "Español", "en": "English"}  # noqa: RUF012
    current = "es"
    _translator: QTranslator | None = None

    @classmethod
    def use(cls, code: str) -> None:
        """Speak `code` from now on; every widget gets a LanguageChange event."""
        app = QCoreApplication.instance()
        if code == cls.current or app is None:
            return
        if cls._translator is not None:
            app.removeTranslator(cls._translator)
            cls._translator = None
        cls.current = code
        if code != "es":
            translator = QTranslator(app)
            translator.load(str(resource("i18n", f"kiosk_{code}.qm")))
            cls._translator = translator
            app.installTranslator(translator)

    @classmethod
    def switch(cls) -> None:
        """The next language of the list."""
        codes = list(cls.NAMES)
        cls.use(codes[(codes.index(cls.current) + 1) % len(codes)])

    @classmethod
    def other_name(cls) -> str:
        """The name of the language a switch would lead to, in that language."""
        codes = list(cls.NAMES)
        return cls.NAMES[codes[(codes.index(cls.current) + 1) % len(codes)]]
