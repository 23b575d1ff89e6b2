"""The banks to pay from as a Qt model, with the one that is picked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

if TYPE_CHECKING:
    from kiosk.pse.gateway import Bank

Index = QModelIndex | QPersistentModelIndex


class BanksModel(QAbstractListModel):
    """Rows are banks by name; at most one is picked. `picked_changed` tells when."""

    BANK = Qt.ItemDataRole.UserRole + 1
    PICKED = Qt.ItemDataRole.UserRole + 2

    picked_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Bank] = []
        self._picked: Bank | None = None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        bank = self._rows[index.row()]
        if role == self.BANK:
            return bank
        if role == self.PICKED:
            return bank == self._picked
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return bank.name
        return None

    @property
    def picked(self) -> Bank | None:
        """The bank that is picked."""
        return self._picked

    def load(self, banks: Sequence[Bank]) -> None:
        """Show these. What was picked stays picked if it is among them."""
        self.beginResetModel()
        self._rows = list(banks)
        if self._picked not in self._rows:
            self._picked = None
        self.endResetModel()
        self.picked_changed.emit()

    def pick(self, row: int) -> None:
        """This one and no other."""
        self._picked = self._rows[row]
        self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1), [self.PICKED])
        self.picked_changed.emit()
