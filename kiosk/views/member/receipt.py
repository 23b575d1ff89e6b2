"""The receipt whole: what the paper says, its code, and printing it again."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from kiosk.receipt import blocks
from kiosk.views.parts.controls import Button, Card, label
from kiosk.views.parts.languages import Languages
from kiosk.views.parts.page import Page
from kiosk.views.parts.printing import PrintingCard
from kiosk.views.parts.qr import QrCode
from kiosk.views.parts.tree import empty


class ReceiptPage(Page):
    """Paper on the left, code and printer on the right."""

    def build(self) -> None:
        theme = self.theme
        self.printing = self.visit.printing
        whole = QVBoxLayout() if theme.portrait else QHBoxLayout()
        whole.setSpacing(theme.u(48))
        self.sheet = Card(theme, pad=48, gap=8)
        self.sheet.setObjectName("sheet")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(theme.u(8))
        self.sheet.box.addLayout(self._rows)
        whole.addWidget(self.sheet, 1, Qt.AlignmentFlag.AlignTop)
        side = QVBoxLayout()
        side.setSpacing(theme.u(20))
        code = Card(theme, pad=36, gap=14)
        self.qr = QrCode(theme, "receipt_qr", 460)
        self._qr_head, self._qr_text = label("heading"), label("caption")
        code.box.addWidget(self.qr, 0, Qt.AlignmentFlag.AlignHCenter)
        for part in (self._qr_head, self._qr_text):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            code.box.addWidget(part)
        side.addWidget(code)
        self.paper = PrintingCard(theme, self.printing)
        side.addWidget(self.paper)
        side.addStretch(1)
        if not theme.portrait:
            code.setFixedWidth(theme.u(600))
            self.paper.setFixedWidth(theme.u(600))
        whole.addLayout(side)
        self.body.addLayout(whole, 1)
        self.back_button = Button(theme, "back", icon="arrow-left-bold",
                                  on_click=self.visit.back)  # fmt: skip
        self.print_button = Button(theme, "print_again", icon="printer-bold", on_click=self._print)
        self.action_row.addWidget(self.back_button)
        self.action_row.addWidget(self.print_button)
        self.add_go(self.visit.finish, icon="check-bold")
        self.printing.ready.connect(self._show_receipt)

    def enter(self) -> None:
        self.paper.refresh()
        self._prepare()

    def forget(self) -> None:
        super().forget()
        self.qr.show_text("")
        self._clear()

    def _prepare(self) -> None:
        if self.visit.paying.payment is not None:
            self.printing.prepare(
                self.visit.paying.payment, copy=self.visit.paying.reprinting, language=Languages.current
            )

    def _print(self) -> None:
        if self.visit.paying.payment is not None:
            self.printing.print_now(self.visit.paying.payment, copy=True, language=Languages.current)

    def _clear(self) -> None:
        empty(self._rows)

    def _show_receipt(self) -> None:
        receipt = self.printing.receipt
        if receipt is None:
            return
        self.qr.show_text(receipt.qr_text)
        self._clear()
        for block in receipt.blocks:
            for row in self._widgets(block):
                self._rows.addWidget(row)

    def _widgets(self, block: blocks.Block) -> list[QWidget]:
        match block:
            case blocks.Mark(text, detail):
                return self._texts(("strong", text), ("caption", detail), centre=True)
            case blocks.Heading(text, details, letterhead):
                kind = "heading" if letterhead else "strong"
                return self._texts((kind, text), *(("caption", line) for line in details), centre=letterhead)
            case blocks.OutcomeBlock(title, text):
                return self._texts(("caption", title), ("heading", text), centre=True)
            case blocks.Row(name, value):
                return [self._row(name, value, "label")]
            case blocks.Amount(name, value, detail):
                kind = "title" if block.headline else "strong"
                return [self._row(name, value, kind), *self._texts(("caption", detail))]
            case blocks.Note(text):
                return self._texts(("caption", text))
            case blocks.RuleBlock():
                line = QFrame()
                line.setProperty("surface", "line")
                line.setFixedHeight(self.theme.u(2))
                return [line]
        return []

    def _texts(self, *texts: tuple[str, str], centre: bool = False) -> list[QWidget]:
        made: list[QWidget] = []
        for kind, text in texts:
            if text:
                words = label(kind)
                words.setText(text)
                if centre:
                    words.setAlignment(Qt.AlignmentFlag.AlignCenter)
                made.append(words)
        return made

    def _row(self, name: str, value: str, kind: str) -> QWidget:
        row = QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        left, right = label("caption"), label(kind)
        left.setText(name)
        right.setText(value)
        right.setAlignment(Qt.AlignmentFlag.AlignRight)
        across.addWidget(left, 2, Qt.AlignmentFlag.AlignTop)
        across.addWidget(right, 3)
        return row

    def retranslate(self) -> None:
        self._qr_head.setText(self.tr("Guárdelo en su celular"))
        self._qr_text.setText(self.tr("Apunte la cámara al código para tener su comprobante."))
        self.back_button.caption(self.tr("Atrás"))
        self.print_button.caption(self.tr("Imprimir copia"))
        self.go_button.caption(self.tr("Finalizar"))
        if self.on_stage:
            self._prepare()
