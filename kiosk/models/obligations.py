"""The member's obligations and what is chosen to pay: one Qt model, the only source of the total."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from kiosk.cooperative.money import Money, total
from kiosk.cooperative.obligation import Choice, Obligation
from kiosk.cooperative.order import MOST_LINES, Order, OrderLine
from kiosk.models.dates import today
from kiosk.models.obligation_words import ObligationWords

Index = QModelIndex | QPersistentModelIndex


class ObligationsModel(QAbstractListModel):
    """Rows are obligations; each may have one choice and its amount.

    `chosen` tells that the selection (and so the total) changed; `refused` that a line more
    than one payment may carry was asked for.
    """

    OBLIGATION = Qt.ItemDataRole.UserRole + 1
    CHOICE = Qt.ItemDataRole.UserRole + 2
    AMOUNT = Qt.ItemDataRole.UserRole + 3

    chosen = Signal()
    refused = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Obligation] = []
        self._chosen: dict[int, tuple[Choice, Money]] = {}
        self._words = ObligationWords()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = index.row()
        choice, amount = self._chosen.get(row, (None, None))
        if role == self.OBLIGATION:
            return self._rows[row]
        if role == self.CHOICE:
            return choice
        if role == self.AMOUNT:
            return amount
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._words.row(self._rows[row], choice, amount, today())
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{self._rows[row].name} {amount.shown() if amount else ''}".strip()
        return None

    def load(self, obligations: Sequence[Obligation]) -> None:
        """Show these; payable ones first, overdue before the rest, and nothing chosen."""
        self.beginResetModel()
        self._rows = sorted(obligations, key=lambda o: (not o.payable, not o.overdue))
        self._chosen = {}
        self.endResetModel()
        self.chosen.emit()

    def obligation(self, row: int) -> Obligation:
        """The obligation in a row."""
        return self._rows[row]

    def said_of(self, row: int, choice: Choice) -> str:
        """One of the three choices of a row, as it is said; empty where it can not be made."""
        chosen, amount = self._chosen.get(row, (None, None))
        return self._words.choice(self._rows[row], choice, amount if choice is chosen else None)

    def choice(self, row: int) -> Choice | None:
        """What is chosen in a row, if anything."""
        return self._chosen[row][0] if row in self._chosen else None

    def choose(self, row: int, choice: Choice, amount: Money | None = None) -> None:
        """Pay this row so; `amount` is for OTHER only and already checked against its limits."""
        pays = amount if choice is Choice.OTHER else self._rows[row].amount_of(choice)
        if not pays or (choice is Choice.OTHER and self._rows[row].other_problem(pays)):
            return
        if row not in self._chosen and len(self._chosen) >= MOST_LINES:
            self.refused.emit()
            return
        self._chosen[row] = (choice, pays)
        self._changed(row)

    def leave_out(self, row: int) -> None:
        """Pay nothing of this row."""
        if self._chosen.pop(row, None):
            self._changed(row)

    def toggle(self, row: int) -> None:
        """Tick or untick a row: what is overdue, else what is due next."""
        if row in self._chosen:
            self.leave_out(row)
            return
        for choice in (Choice.OVERDUE, Choice.NEXT_DUE):
            if self._rows[row].amount_of(choice):
                self.choose(row, choice)
                return

    def choose_all_overdue(self) -> None:
        """Everything overdue and nothing else; what does not fit in one payment is left out."""
        late = [row for row, o in enumerate(self._rows) if o.amount_of(Choice.OVERDUE)]
        self._chosen = {row: (Choice.OVERDUE, self._rows[row].overdue) for row in late[:MOST_LINES]}
        self._all_changed()
        if len(late) > MOST_LINES:  # said last: a new total takes older sentences away
            self.refused.emit()

    def choose_nothing(self) -> None:
        """Untick every row."""
        self._chosen = {}
        self._all_changed()

    @property
    def overdue_total(self) -> Money:
        """All that is overdue and payable here."""
        return total(o.overdue for o in self._rows if o.amount_of(Choice.OVERDUE))

    @property
    def pays_all_overdue(self) -> bool:
        """Whether the choice is exactly what «pay all that is overdue» would choose."""
        late = [row for row, o in enumerate(self._rows) if o.amount_of(Choice.OVERDUE)][:MOST_LINES]
        return bool(late) and self._chosen == {r: (Choice.OVERDUE, self._rows[r].overdue) for r in late}

    @property
    def total(self) -> Money:
        """What the chosen rows add up to."""
        return total(amount for _, amount in self._chosen.values())

    @property
    def lines(self) -> list[OrderLine]:
        """The chosen rows in the order shown."""
        return [
            OrderLine.of(str(number), self._rows[row], *self._chosen[row])
            for number, row in enumerate(sorted(self._chosen), 1)
        ]

    def order(self) -> Order:
        """The order to pay. Raises InvalidOrder when nothing is chosen."""
        return Order(tuple(self.lines))

    def _changed(self, row: int) -> None:
        index = self.index(row)
        self.dataChanged.emit(index, index)
        self.chosen.emit()

    def _all_changed(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))
        self.chosen.emit()
