"""How an invented obligation is written down, one function per kind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeedObligation:
    """An obligation as the sandbox starts; whole pesos, days counted from today.

    `late_days`: the oldest unpaid instalment fell due that many days ago; how many are late and
    when the next one falls due follow from the calendar. `charges`: late charges. `due_in`: the
    next instalment, when nothing is late. `least`: the smallest free amount, None when there is
    no free amount. `reason`: why it can not be paid, None when it can.
    """

    obligation_id: str
    kind: str
    name: str
    reference: str
    instalment: int
    balance: int
    meaning: str = "owed"
    late_days: int | None = None
    charges: int = 0
    due_in: int | None = None
    least: int | None = None
    paid: int | None = None
    total: int | None = None
    reason: str | None = None


def loan(
    obligation_id: str,
    name: str,
    reference: str,
    instalment: int,
    balance: int,
    *,
    paid: int,
    total: int,
    late_days: int | None = None,
    charges: int = 0,
    due_in: int | None = None,
    least: int = 10_000,
    reason: str | None = None,
) -> SeedObligation:
    """Crédito."""
    return SeedObligation(
        obligation_id, "loan", name, reference, instalment, balance, "owed", late_days, charges, due_in,
        least, paid, total, reason,
    )  # fmt: skip


def contribution(
    obligation_id: str,
    name: str,
    reference: str,
    instalment: int,
    saved: int,
    *,
    late_days: int | None = None,
    due_in: int | None = None,
    least: int = 5_000,
) -> SeedObligation:
    """Aportes: the balance is what the member has saved, and there is no upper limit."""
    return SeedObligation(
        obligation_id,
        "contribution",
        name,
        reference,
        instalment,
        saved,
        "saved",
        late_days,
        0,
        due_in,
        least,
    )


def _yearly(
    kind: str,
    obligation_id: str,
    name: str,
    reference: str,
    instalment: int,
    late_days: int | None,
    due_in: int | None,
    reason: str | None,
) -> SeedObligation:
    # Twelve instalments are owed: what settles the year today, so that paying makes it fall.
    return SeedObligation(
        obligation_id, kind, name, reference, instalment, 12 * instalment, "owed", late_days, 0, due_in,
        reason=reason,
    )  # fmt: skip


def life_fund(
    obligation_id: str,
    reference: str,
    instalment: int,
    *,
    late_days: int | None = None,
    due_in: int | None = None,
    reason: str | None = None,
) -> SeedObligation:
    """Fondo vida."""
    return _yearly("life_fund", obligation_id, "Fondo vida", reference, instalment, late_days, due_in, reason)


def funeral_fund(
    obligation_id: str,
    reference: str,
    instalment: int,
    *,
    late_days: int | None = None,
    due_in: int | None = None,
    reason: str | None = None,
) -> SeedObligation:
    """Fondo vida servicio funerario."""
    name = "Fondo vida servicio funerario"
    return _yearly("funeral_fund", obligation_id, name, reference, instalment, late_days, due_in, reason)


def service(
    obligation_id: str,
    name: str,
    reference: str,
    instalment: int,
    *,
    late_days: int | None = None,
    due_in: int | None = None,
    reason: str | None = None,
) -> SeedObligation:
    """Servicios adicionales."""
    return _yearly(
        "additional_service", obligation_id, name, reference, instalment, late_days, due_in, reason
    )
