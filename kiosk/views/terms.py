"""The gateway's own documents: a code to read them on the phone, and a tick to accept them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kiosk.pse.gateway import Terms
from kiosk.views.controls import Card, Tick, label
from kiosk.views.qr import QrCode
from kiosk.views.theme import Theme


class TermsCard(Card):
    """Hidden where there is nothing to accept. `changed` says that the tick did."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, pad=24, gap=8)
        self._theme = theme
        self._terms: tuple[Terms, ...] = ()
        self.tick = Tick(theme, "accept_terms")
        self.tick.toggled.connect(self.changed)
        self.box.addWidget(self.tick)
        self._codes = QHBoxLayout()
        self._codes.setSpacing(theme.u(24))
        self.box.addLayout(self._codes)
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
        while self._codes.count():
            old = self._codes.takeAt(0).widget()
            if old is not None:
                old.deleteLater()
        for number, document in enumerate(self._terms):
            self._codes.addWidget(self._document(document, number), 1)

    def _document(self, document: Terms, number: int) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        code = QrCode(self._theme, f"terms_{number}", 210)
        code.show_text(document.url)
        code.setAccessibleName(document.title)
        title = label("caption")
        title.setText(document.title)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(code, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(title)
        return box

    def retranslate(self) -> None:
        """The sentence that is ticked."""
        self.tick.caption(
            self.tr("Acepto estos documentos de la pasarela de pagos. Puede leerlos con su celular.")
        )
