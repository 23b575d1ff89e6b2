"""How the printing goes, in words and picture."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from kiosk.views.parts.controls import Card, Picture, label
from kiosk.views.parts.theme import Theme
from kiosk.visit.printing import ReceiptPrinting


class PrintingCard(Card):
    """Follows the visit's receipt."""

    def __init__(self, theme: Theme, printing: ReceiptPrinting) -> None:
        super().__init__(theme, "tint", across=True, pad=22, gap=18)
        self._printing = printing
        self._picture = Picture(theme, "printer-fill", "brand", 52)
        self.box.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._head, self._text = label("strong", name="printing"), label("caption")
        words.addWidget(self._head)
        words.addWidget(self._text)
        self.box.addLayout(words, 1)
        printing.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Say where the printing stands."""
        said = {
            "printing": (self.tr("Imprimiendo…"), self.tr("Tómelo abajo a la derecha")),
            "printed": (self.tr("Ya está impreso"), self.tr("Tómelo abajo a la derecha")),
            "no_paper": (self.tr("La impresora no tiene papel"), self.tr("Guárdelo con el código QR")),
            "no_printer": (self.tr("Este kiosco no imprime"), self.tr("Guárdelo con el código QR")),
            "failed": (
                self.tr("No se pudo imprimir"),
                self.tr("Guárdelo con el código QR o intente otra vez"),
            ),
        }.get(self._printing.phase)
        self.setVisible(said is not None)
        if said is not None:
            self._head.setText(said[0])
            self._text.setText(said[1])
            good = self._printing.phase in ("printing", "printed")
            self._picture.show_icon(
                "printer-fill" if good else "warning-circle-fill", "brand" if good else "pending"
            )
            self.show_surface("tint" if good else "pending")
