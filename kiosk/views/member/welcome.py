"""The attract screen: what this is, one touch to begin, and help to see, hear and understand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from kiosk.cooperative.money import Money, total
from kiosk.views.parts.brandmark import Brandmark
from kiosk.views.parts.controls import Button, Card, ThinLine, label
from kiosk.views.parts.languages import Languages
from kiosk.views.parts.page import Page
from kiosk.views.parts.theme import Theme
from kiosk.views.parts.tree import layout_of

_SAMPLE = (Money.of(318_300), Money.of(60_000), Money.of(34_000))


class PaperReceipt(QWidget):
    """A drawn receipt, slightly turned: what the member will hold in the hand."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._words: tuple[str, ...] = ()
        self.setMinimumSize(theme.u(600), theme.u(820))

    def say(self, *words: str) -> None:
        """Title, state, and the three lines' names."""
        self._words = words
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate(self.width() / 2, self.height() / 2)
        painter.rotate(3)
        painter.scale(theme.unit, theme.unit)
        paper = QRectF(-280, -390, 560, 780)
        painter.setPen(Qt.PenStyle.NoPen)
        for step in (22, 12, 4):
            painter.setBrush(QColor(0, 20, 15, 20))
            painter.drawRoundedRect(paper.adjusted(-step, -step + 26, step, step + 26), 20 + step, 20 + step)
        painter.setBrush(QColor("#fffdf8"))
        painter.drawRoundedRect(paper, 14, 14)
        self._write(painter)

    def _write(self, painter: QPainter) -> None:
        title, state, *names = self._words
        left, right = -235.0, 235.0
        self._text(painter, left, -320, title, 32, 600, "#55635e")
        self._text(painter, left, -240, total(_SAMPLE).shown(), 82, 800, "#16231f")
        painter.drawPixmap(
            QPointF(left, -206), self._theme.pixmap("check-circle-fill", "#1b7a45", 40 / self._theme.unit)
        )
        self._text(painter, left + 52, -175, state, 33, 700, "#1b7a45")
        self._dashes(painter, -120)
        for row, (name, amount) in enumerate(zip(names, _SAMPLE, strict=True)):
            y = -60 + row * 54
            self._text(painter, left, y, name, 31, 600, "#16231f")
            self._text(painter, right, y, amount.shown(), 31, 400, "#16231f", after=False)
        self._dashes(painter, 90)
        self._code(painter, QRectF(-100, 130, 200, 200))

    def _text(self, painter: QPainter, x: float, y: float, text: str, size: int, weight: int, ink: str,
              *, after: bool = True) -> None:  # fmt: skip
        font = self._theme.font(size, weight)
        font.setPixelSize(size)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        width = painter.fontMetrics().horizontalAdvance(text)
        painter.drawText(QPointF(x if after else x - width, y), text)

    def _dashes(self, painter: QPainter, y: float) -> None:
        painter.setPen(QPen(QColor("#dcd8ce"), 3, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(-235, y), QPointF(235, y))

    def _code(self, painter: QPainter, box: QRectF) -> None:
        # Finder corners and a fixed sprinkle: it must look like a code and never be scanned as one.
        painter.setPen(Qt.PenStyle.NoPen)
        cell = box.width() / 21
        for row in range(21):
            for column in range(21):
                corner = (
                    (row < 7 or row > 13) and (column < 7 or column > 13) and not (row > 13 and column > 13)
                )
                r, c = min(row, 20 - row), min(column, 20 - column)
                dark = (r in (0, 6) or c in (0, 6) or (r in (2, 3, 4) and c in (2, 3, 4))) if corner else (
                    (row * 7 + column * 5 + row * column) % 3 == 0)  # fmt: skip
                if dark:
                    painter.fillRect(QRectF(box.x() + column * cell, box.y() + row * cell, cell + 0.4, cell + 0.4),
                                     QColor("#16231f"))  # fmt: skip


class GuideRow(QPushButton):
    """One invented member to try: a touch starts a visit with these figures filled in."""

    def __init__(self, theme: Theme, kind: str, number: str, key: str) -> None:
        super().__init__()
        self.setObjectName(f"guide_{number}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.u(12), theme.u(14), theme.u(12), theme.u(14))
        column.setSpacing(theme.u(2))
        self._shows, who = label("label"), label("caption")
        self._who = who
        self._figures = (f"{kind} {number}", key)
        column.addWidget(self._shows)
        column.addWidget(who)
        self.setStyleSheet(
            f"QPushButton {{ background: transparent; border: 0; border-bottom: {theme.u(2)}px solid "
            f"{theme.colours.line}; border-radius: 0; }} QPushButton:pressed {{ background: {theme.colours.tint}; }} "
            f"QPushButton:focus {{ border: {theme.u(5)}px solid {theme.colours.ink}; }}"
        )
        for part in (self._shows, who):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return layout_of(self).heightForWidth(width)

    def sizeHint(self) -> QSize:
        return layout_of(self).sizeHint()

    def say(self, shows: str) -> None:
        """What this member is good for."""
        self._shows.setText(shows)
        self._who.setText(
            self.tr("{document} · clave {key}").format(document=self._figures[0], key=self._figures[1])
        )
        self.setAccessibleName(shows)


class WelcomePage(Page):
    """Welcome."""

    header = False

    def build(self) -> None:
        theme = self.theme
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        whole = QVBoxLayout() if theme.portrait else QHBoxLayout()
        self.body.addLayout(whole)
        left = QWidget()
        left.setProperty("tone", "inverse")
        self._column = column = QVBoxLayout(left)
        self._brand = self._names()
        column.addWidget(self._brand)
        column.addStretch(2)
        self._title, self._text = label("display"), label("heading")
        self._text.setStyleSheet("font-weight: 400; color: #dcebe5;")
        column.addWidget(self._title)
        column.addWidget(self._text)
        self.start = Button(theme, "start", kind="accent", size="big", icon="arrow-right-bold", icon_after=True,
                            on_click=self.visit.begin)  # fmt: skip
        row = QHBoxLayout()
        row.addWidget(self.start)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(3)
        column.addLayout(self._help())
        whole.addWidget(left, 62)
        whole.addWidget(self._right(), 38)
        self._reading = False
        theme.changed.connect(self._space)
        theme.reach_changed.connect(self._space)
        self._space()

    def _space(self) -> None:
        # Large text takes its room from what stands between.
        u, roomy = self.theme.u, self.theme.roomy
        edge = u(56 if roomy else 32)
        self._column.setContentsMargins(u(88), edge, u(48), edge)
        self._column.setSpacing(u(34 if roomy else 16))
        self._where.setVisible(roomy or self.theme.portrait)
        self._seen = roomy or self.theme.portrait or not self._reading
        self._text.setVisible(self._seen)
        self._say_title()
        self._brand.setVisible(not self.theme.reach)  # then the band above has it

    def _say_title(self) -> None:
        # Read aloud at large text, the sentence is heard and leaves its room to the buttons.
        self._title.setAccessibleName("" if self._seen else f"{self._title.text()}. {self._text.text()}")

    def _names(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self.theme.u(22))
        row.addWidget(Brandmark(self.theme, self.place, 64, inverse=True))
        names = QVBoxLayout()
        names.setSpacing(0)
        name, self._where = label("strong", wrap=False), label("caption", wrap=False)
        name.setText(self.place.cooperative)
        self._where.setText(f"{self.place.agency} · {self.place.city}")
        names.addWidget(name)
        names.addWidget(self._where)
        row.addLayout(names)
        row.addStretch(1)
        return holder

    def _help(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self.theme.u(24))

        def make(name: str, icon: str, deed: Callable[[], object]) -> Button:
            return Button(self.theme, name, kind="glass", size="small", icon=icon, on_click=deed)

        self._listen = make("listen", "speaker-high-bold", self.listen.emit)
        self._listen.hide()
        self._see = make("see_better", "text-aa-bold", self.theme.next_comfort)
        self._language = make("language", "translate-bold", Languages.switch)
        for button in (self._listen, self._see, self._language):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def offer_listening(self, offered: bool, reading: bool) -> None:
        self._listen.setVisible(offered)
        self._reading = reading
        self._space()

    def _right(self) -> QWidget:
        self._receipt = PaperReceipt(self.theme)
        self._rows: list[GuideRow] = []
        if not self.place.guide:
            return self._receipt
        self._receipt.hide()
        holder = QWidget()
        column = QVBoxLayout(holder)
        edge = self.theme.u(44)
        column.setContentsMargins(edge, edge, edge, edge)
        card = Card(self.theme, pad=28, gap=6)
        card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._guide_title, self._guide_text = label("heading"), label("caption")
        card.box.addWidget(self._guide_title)
        card.box.addWidget(self._guide_text)
        card.box.addSpacing(self.theme.u(8))
        card.box.addWidget(ThinLine(self.theme))
        card.box.addWidget(self._guide_list(), 1)
        column.addWidget(card)
        return holder

    def _guide_list(self) -> QWidget:
        from PySide6.QtWidgets import QFrame, QScrollArea, QScroller

        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        QScroller.grabGesture(area.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, self.theme.u(8), 0)
        rows.setSpacing(0)
        for kind, number, key, *_ in self.place.guide:
            row = GuideRow(self.theme, kind, number, key)
            row.clicked.connect(lambda _=False, who=(kind, number, key): self._sign_in_as(*who))
            rows.addWidget(row)
            self._rows.append(row)
        rows.addStretch(1)
        area.setWidget(inside)
        return area

    def _sign_in_as(self, kind: str, number: str, key: str) -> None:
        self.visit.signing_in.suggest(kind, number, key)
        self.visit.begin()

    def retranslate(self) -> None:
        self._title.setText(self.tr("Pague sus obligaciones desde cualquier banco"))
        self._text.setText(
            self.tr("Crédito, aportes, fondo vida y más, con Débito bancario PSE. "
                    "Tarda unos tres minutos y recibe su comprobante aquí mismo.")
        )  # fmt: skip
        self.start.caption(self.tr("Toque para comenzar"))
        self._listen.caption(self.tr("Escuchar"))
        self._say_title()
        self._see.caption(self.tr("Ver mejor"))
        self._language.caption(Languages.other_name())
        self._receipt.say(self.tr("Comprobante de pago"), self.tr("Transacción aprobada"), self.tr("Crédito"),
                          self.tr("Aportes"), self.tr("Fondo vida"))  # fmt: skip
        if self.place.guide:
            self._guide_title.setText(self.tr("Asociados de prueba"))
            self._guide_text.setText(self.tr("Toque uno para entrar con su documento y su clave."))
            which = 4 if Languages.current == "es" else 5
            for row, entry in zip(self._rows, self.place.guide, strict=True):
                row.say(entry[which])

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        gradient = QLinearGradient(0, 0, self.width() * 0.4, self.height())
        gradient.setColorAt(0, self.theme.colour("brand").lighter(112))
        gradient.setColorAt(0.55, self.theme.colour("brand"))
        gradient.setColorAt(1, self.theme.colour("dark"))
        painter.fillRect(self.rect(), gradient)
        if not self.theme.portrait:
            dark = self.theme.colour("dark")
            dark.setAlpha(150)
            painter.fillRect(QRectF(self.width() * 0.62, 0, self.width(), self.height()), dark)
