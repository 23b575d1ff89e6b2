"""Before you start: the three safety advices, what to have at hand, and the privacy notice."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from kiosk.views.parts.controls import Card, Picture, Tick, breakable, label
from kiosk.views.parts.page import Page


class BeforePage(Page):
    """Advice and consent."""

    def build(self) -> None:
        theme = self.theme
        self._title = label("title")
        self.body.addWidget(self._title)
        self.body.setSpacing(theme.u(10))
        cards = QVBoxLayout() if theme.portrait else QHBoxLayout()
        cards.setSpacing(theme.u(24))
        self._advice: list[tuple[QLabel, QLabel]] = []
        for icon in ("shield-check-duotone", "lock-key-duotone", "bank-duotone"):
            card = Card(theme, pad=22, gap=6)
            head, text = label("heading"), label("soft")
            top = QHBoxLayout()
            top.setSpacing(theme.u(18))
            top.addWidget(Picture(theme, icon, "brand", 64), 0, Qt.AlignmentFlag.AlignTop)
            top.addWidget(head, 1)
            card.box.addLayout(top)
            card.box.addWidget(text)
            card.box.addStretch(1)
            self._advice.append((head, text))
            cards.addWidget(card, 1)
        self.body.addLayout(cards)
        self._have_title, self._have = label("strong"), label("body")
        self._have_card = have = Card(theme, "tint", across=True, pad=12, gap=24)
        have.box.addWidget(Picture(theme, "info-fill", "brand", 52), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(theme.u(4))
        column.addWidget(self._have_title)
        column.addWidget(self._have)
        have.box.addLayout(column, 1)
        self.body.addWidget(have)
        self.body.addWidget(self._consent())
        self.body.addStretch(1)
        self.add_back()
        self.add_go(self._go_on)
        theme.changed.connect(self._arrange)
        self._arrange()

    def _consent(self) -> Card:
        privacy = Card(self.theme, pad=12, gap=0)
        self._privacy = label("caption")
        self.consent = Tick(self.theme, "consent")
        self._missing = missing = label("problem", name="consent_missing")
        self.consent.toggled.connect(lambda _: missing.hide())
        missing.hide()
        for part in (self.consent, self._missing, self._privacy):
            privacy.box.addWidget(part)
        return privacy

    def _arrange(self) -> None:
        # Large text may need scrolling: what must be ticked comes first then.
        self.body.removeWidget(self._have_card)
        self.body.insertWidget(2 if self.theme.roomy else 3, self._have_card)

    def enter(self) -> None:
        self.consent.setChecked(self.visit.signing_in.consented)
        self._missing.hide()

    def _go_on(self) -> None:
        # A grey button would not say what is missing, and with large text the tick may be below the fold.
        if self.consent.isChecked():
            self.visit.signing_in.consent()
            return
        self._missing.show()
        QTimer.singleShot(0, self, lambda: self.scroller.ensureWidgetVisible(self._missing, 0, 0))

    def retranslate(self) -> None:
        self._title.setText(self.tr("Antes de comenzar"))
        advice = (
            (self.tr("Use equipos de confianza"),
             self.tr("Este kiosco es de la Cooperativa. Cubra el teclado con la mano y no se deje distraer.")),
            (self.tr("Nunca entregue sus claves"),
             self.tr("Nadie de la Cooperativa le pedirá la clave de su banco.")),
            (self.tr("Tenga su banco listo"),
             self.tr("Su cuenta debe tener activos los pagos en línea. Pregunte en su banco cómo habilitarlos.")),
        )  # fmt: skip
        for (head, text), words in zip(self._advice, advice, strict=True):
            head.setText(words[0])
            text.setText(words[1])
        self._have_title.setText(self.tr("Tenga a la mano"))
        self._have.setText(
            self.tr(
                "Su cédula y su clave de asociado, la clave o el token de su banco, y el correo que registró en PSE."
            )
        )
        self.consent.caption(self.tr("Autorizo el tratamiento de mis datos personales para hacer este pago."))
        self._privacy.setText(
            self.tr("Responsable: {cooperative}, NIT {nit}. Usamos sus datos solo para identificarlo, pagar y "
                    "responder reclamos. Puede consultarlos, corregirlos o revocar esta autorización en {email}. Política: {url}").format(
                cooperative=self.place.cooperative, nit=self.place.nit, email=breakable(self.place.care_email),
                url=breakable(self.place.privacy_url.removeprefix("https://")))
        )  # fmt: skip
        self._missing.setText(self.tr("Marque esta autorización para continuar."))
        self.back_button.caption(self.tr("Atrás"))
        self.go_button.caption(self.tr("Entendido, continuar"))
