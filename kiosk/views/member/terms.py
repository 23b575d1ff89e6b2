"""The gateway's own documents: a code to read them on the phone, and a tick to accept them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from kiosk.pse.gateway import Terms
from kiosk.views.parts.controls import Card, Tick
from kiosk.views.parts.qr import QrCode
from kiosk.views.parts.theme import Theme
from kiosk.views.parts.tree import empty


class TermsCard(Card):
    """Hidden where there is nothing to accept. `changed` says that the tick did."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, pad=14, gap=0)
        self._theme = theme
        self._terms: tuple[Terms, ...] = ()
        self.tick = Tick(theme, "accept_terms", look="caption")
        self.tick.toggled.connect(self.changed)
        across = QHBoxLayout()
        across.setSpacing(theme.u(16))
        across.addWidget(self.tick, 1)
        self._codes = QHBoxLayout()
        self._codes.setSpacing(theme.u(4))
        across.addLayout(self._codes)
        self.box.addLayout(across)
        self.hide()

    @property
    def accepted(self) -> bool:
        """Whether nothing more must be accepted."""
        return not self._terms or self.tick.isChecked()

    def show_terms(self, terms: Sequence[Terms]) -> None:
        """These; not accepted yet where they are others than before."""
        self.setVisible(bool(terms))
        if tuple(terms) == self._terms:
            return
        self._terms = tuple(terms)
        self.tick.setChecked(False)
        empty(self._codes)
        for number, document in enumerate(self._terms):
            self._codes.addWidget(self._document(document, number))
        self.retranslate()

    def _document(self, document: Terms, number: int) -> QWidget:
        code = QrCode(self._theme, f"terms_{number}", 150)
        code.show_text(document.url)
        code.setAccessibleName(document.title)
        return code

    def retranslate(self) -> None:
        """The sentence that is ticked."""
        titles = self.tr(" y ").join(document.title for document in self._terms)
        self.tick.caption(self.tr("Acepto: {titles}. Léalos con su celular.").format(titles=titles))
