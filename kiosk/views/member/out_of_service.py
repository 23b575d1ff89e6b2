"""Out of service: why in one sentence, and where to pay meanwhile."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from kiosk.journal.errors import JournalUnusable
from kiosk.teller.errors import ClockOff
from kiosk.views.parts.controls import Card, Picture, label, together
from kiosk.views.parts.page import Page


class OutOfServicePage(Page):
    """Nobody can start here; nothing that was paid is lost."""

    header = False

    def build(self) -> None:
        theme = self.theme
        self.body.addStretch(1)
        card = Card(theme, pad=72, gap=20)
        card.setFixedWidth(theme.u(1300 if not theme.portrait else 920))
        card.box.addWidget(Picture(theme, "wrench-duotone", "brand", 130), 0, Qt.AlignmentFlag.AlignHCenter)
        self._title, self._why, self._text, self._safe, self._call, self._staff = (
            label("title"),
            label("strong"),
            label("body"),
            label("strong"),
            label("soft"),
            label("soft", name="for_staff"),
        )
        for part in (self._title, self._why, self._text, self._safe, self._call, self._staff):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            card.box.addWidget(part)
        row = QHBoxLayout()  # stretches, not an alignment: the card's height must follow its words
        row.addStretch(1)
        row.addWidget(card)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addStretch(1)

    def enter(self) -> None:
        self.retranslate()

    def _for_staff(self, error: Exception | None) -> str:
        """Why, as far as it helps whoever is called; the log has the rest."""
        if isinstance(error, ClockOff):
            said = self.tr("el reloj de este equipo está adelantado {minutes} minutos")
            if error.minutes < 0:
                said = self.tr("el reloj de este equipo está atrasado {minutes} minutos")
            said = said.format(minutes=round(abs(error.minutes)))
        elif isinstance(error, JournalUnusable):
            said = self.tr("la bitácora de pagos de este equipo no se puede usar")
        else:
            said = self.tr("este equipo no pudo arrancar")
        return self.tr("Para el personal: {why}. Avise a sistemas.").format(why=said)

    def retranslate(self) -> None:
        self._title.setText(self.tr("Este kiosco no está en servicio"))
        self._why.setText(self.visit.core_message)
        self._why.setVisible(bool(self.visit.core_message))
        self._staff.setText(self._for_staff(self.visit.unfit))
        self._staff.setVisible(self.visit.unfit is not None)
        self._text.setText(self.tr("Pague en la ventanilla de la {agency}, en otro kiosco o en {website}.").format(
            agency=self.place.agency, website=self.place.website))  # fmt: skip
        self._safe.setText(self.tr("Los pagos que ya hizo están seguros y se aplican normalmente."))
        phone, mobile = together(self.place.care_phone), together(f"Cel {self.place.care_mobile}")
        self._call.setText(f"{self.place.care}: {phone} · {mobile}")
