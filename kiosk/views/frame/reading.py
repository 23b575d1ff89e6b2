"""Puts what is on the screen into words, from the widgets themselves."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLabel, QLineEdit, QWidget

from kiosk.models.banks import BanksModel
from kiosk.models.obligation_words import CHOICES
from kiosk.models.obligations import ObligationsModel
from kiosk.speech.wording import unchanging
from kiosk.views.parts.obligation_delegate import ObligationDelegate
from kiosk.views.parts.page import NOT_OURS, Page, is_secret, read_in_order

_MOST_ROWS = 4


def _counts_tries(label: QLabel) -> bool:
    """Whether another number makes another sentence: what is wrong changes with each try, not by a clock."""
    return label.property("look") == "problem" or label.objectName() in ("notice_what", "notice_rest")


class Reader(QObject):
    """Puts widgets into words, in the language in force."""

    def page(self, page: Page) -> list[str]:
        """Title, what is wrong, texts and controls in order, then the actions."""
        title, notice = page.title, page.notice
        said = [self.widget(title)] if title else []
        if notice.isVisible():
            said.append(notice.accessibleName())
        actions = []
        for widget in read_in_order(page):
            if isinstance(widget, QAbstractButton) and page.footer.isAncestorOf(widget):
                actions.append(self.widget(widget))
            elif widget is not title and not notice.isAncestorOf(widget):
                said.append(self.widget(widget))
        return [*said, self._actions(actions)]

    def overlay(self, card: QWidget) -> list[str]:
        """A card above the page: its words, then what can be answered."""
        widgets = list(read_in_order(card))
        buttons = [self.widget(w) for w in widgets if isinstance(w, QAbstractButton)]
        texts = [self.widget(w) for w in widgets if not isinstance(w, QAbstractButton)]
        return [*texts, self._actions(buttons)]

    def labels(self, root: QWidget) -> dict[str, str]:
        """The texts of a page or card that may change by themselves, by what makes them others."""
        found = {w: self.widget(w) for w in read_in_order(root) if isinstance(w, QLabel)}
        return {text if _counts_tries(w) else unchanging(text): text for w, text in found.items() if text}

    def _actions(self, names: list[str]) -> str:
        return self.tr("Puede escoger: {actions}.").format(actions="; ".join(names)) if names else ""

    def widget(self, widget: QWidget) -> str:
        """One thing on a page."""
        if isinstance(widget, QLineEdit):
            return self.field(widget)
        if isinstance(widget, QAbstractButton):
            return self.button(widget)
        if isinstance(widget, QAbstractItemView):
            return self.rows(widget)
        if isinstance(widget, QLabel) and (widget.buddy() is not None or widget.inherits("Brandmark")):
            return ""
        own = widget.accessibleName()
        return own or (widget.text() if isinstance(widget, QLabel) else "")

    def button(self, button: QAbstractButton) -> str:
        """Its name and how it stands."""
        name = button.accessibleName() or button.text()
        if button.isCheckable():
            name += ", " + (self.tr("marcado") if button.isChecked() else self.tr("sin marcar"))
        return name if button.isEnabled() else name + ", " + self.tr("no disponible")

    def field(self, edit: QLineEdit) -> str:
        """Its label and what was typed; of a secret only how much."""
        text = edit.text() or self.tr("vacío")
        if edit.text() and is_secret(edit):
            text = self.tr("{count} caracteres, no se dicen").format(count=len(edit.text()))
        return f"{self.name(edit)}: {text}. {edit.accessibleDescription()}"

    def name(self, edit: QLineEdit) -> str:
        """A field's label; of what the bank's page asks for only that it asks."""
        return self.tr("Respuesta para su banco") if edit.objectName() in NOT_OURS else edit.accessibleName()

    def rows(self, view: QAbstractItemView) -> str:
        """A list: its name, how many there are, and the first ones."""
        count = view.model().rowCount()
        shown = [self.row(view, view.model().index(row, 0)) for row in range(min(count, _MOST_ROWS))]
        more = [self.tr("y {count} más").format(count=count - _MOST_ROWS)] if count > _MOST_ROWS else []
        head = self.tr("{name}, lista de {count}").format(name=view.accessibleName(), count=count)
        return ". ".join([head, *shown, *more])

    def current(self, view: QAbstractItemView) -> str:
        """The row that the keys are on."""
        return self.row(view, view.currentIndex()) if view.currentIndex().isValid() else ""

    def row(self, view: QAbstractItemView, index: QModelIndex) -> str:
        """One row of a list, as its model describes it to screen readers too."""
        text = str(index.data(Qt.ItemDataRole.AccessibleTextRole))
        # A screen reader says by itself what is selected.
        picked = isinstance(view.model(), BanksModel) and view.selectionModel().isSelected(index)
        return text + (", " + self.tr("marcado") if picked else "")

    def part(self, view: QAbstractItemView) -> str:
        """The part of an obligation's row that the keys are on."""
        model, index = view.model(), view.currentIndex()
        delegate = view.itemDelegate()
        part = delegate.focused_part if isinstance(delegate, ObligationDelegate) else 0
        if part and index.isValid() and isinstance(model, ObligationsModel):
            return model.said_of(index.row(), CHOICES[part - 1]) or self.tr("no disponible")
        return self.tr("Casilla") if index.isValid() else ""
