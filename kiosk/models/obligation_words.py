"""An obligation in words: what its row shows, and what a screen reader and the voice say of it."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QObject

from kiosk.cooperative.money import Money
from kiosk.cooperative.obligation import PAYMENT_LIVE, Choice, Obligation, ObligationKind
from kiosk.models.dates import ago, short_date

CHOICES = (Choice.OVERDUE, Choice.NEXT_DUE, Choice.OTHER)
"""The three ways to pay an obligation, in the order of a row."""


def possible(obligation: Obligation, choice: Choice) -> bool:
    """Whether this choice can be made at all."""
    if choice is Choice.OTHER:
        return obligation.payable and obligation.other.allowed
    return obligation.amount_of(choice) is not None


class ObligationWords(QObject):
    """Words of an obligation, in the language in force."""

    def kind(self, kind: ObligationKind) -> str:
        """crédito, aportes, …"""
        return {
            ObligationKind.LOAN: self.tr("Crédito"),
            ObligationKind.CONTRIBUTION: self.tr("Aportes"),
            ObligationKind.LIFE_FUND: self.tr("Fondo vida"),
            ObligationKind.FUNERAL_FUND: self.tr("Fondo vida servicio funerario"),
            ObligationKind.ADDITIONAL_SERVICE: self.tr("Servicios adicionales"),
        }[kind]

    def detail(self, obligation: Obligation) -> str:
        """Name and number, without saying the kind twice."""
        kind = self.kind(obligation.kind)
        name = obligation.name
        if name.casefold().startswith(kind.casefold()):
            name = name[len(kind):].strip(" ·-").capitalize()  # fmt: skip
        return "\u00a0· ".join(part for part in (name, obligation.reference) if part)

    def standing(self, obligation: Obligation, today: date) -> tuple[str, str]:
        """(words, colour): how late it is, or why it can not be paid here."""
        if not obligation.payable:
            reasons = {
                "nothing_due": self.tr("No tiene valores por pagar"),
                "legal_collection": self.tr("En cobro jurídico: consulte en la agencia"),
                "payroll_deduction_only": self.tr("Solo por descuento de nómina"),
                "closed": self.tr("Cancelada"),
                PAYMENT_LIVE: self.tr("Con un pago en proceso: mírelo en «Mis pagos»"),
            }
            return reasons.get(
                obligation.not_payable_reason or "", self.tr("No se paga en este kiosco")
            ), "soft"
        if obligation.overdue:
            days = (today - obligation.overdue_since).days if obligation.overdue_since else 0
            return (ago(days) if days > 0 else self.tr("Vencido")), "problem"
        return self.tr("Al día"), "approved"

    def chip(self, obligation: Obligation, choice: Choice, other: str) -> tuple[str, str]:
        """Caption and value of one of the three choices."""
        if choice is Choice.OVERDUE:
            return self.tr("Vencido"), obligation.overdue.shown() if obligation.overdue else "—"
        if choice is Choice.NEXT_DUE:
            due = obligation.next_due
            if due is None:
                return self.tr("Próximo"), "—"
            return self.tr("Próximo · {date}").format(date=short_date(due.due_date)), due.amount.shown()
        if not obligation.other.allowed:
            return self.tr("Otro valor"), "—"
        return self.tr("Otro valor"), other or self.tr("Escribir")

    def choice(self, obligation: Obligation, choice: Choice, pays: Money | None) -> str:
        """One of the three choices, as it is said; `pays` where it is chosen; empty where it can not be."""
        if not possible(obligation, choice):
            return ""
        name, value = self.chip(obligation, choice, pays.shown() if pays else "")
        return f"{name}: {value}" + (", " + self.tr("marcado") if pays else "")

    def row(self, obligation: Obligation, chosen: Choice | None, pays: Money | None, today: date) -> str:
        """The whole row, as it is said: what it is, how it stands, what can be chosen, what is chosen."""
        said = [self.kind(obligation.kind), self.detail(obligation), self.standing(obligation, today)[0]]
        if obligation.payable:
            ways = (Choice.OVERDUE, Choice.NEXT_DUE)
            said += [self.choice(obligation, way, pays if way is chosen else None) for way in ways]
        if pays:
            said.append(self.tr("Marcado: se pagan {amount}").format(amount=pays.shown()))
        elif obligation.payable:
            said.append(self.tr("sin marcar"))
        return ". ".join(part for part in said if part)
