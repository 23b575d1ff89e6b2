"""What a checkout is told of its terminal, and what it tells others of payer and payment."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kiosk.cooperative.member import AccountHolder, Document, Member
from kiosk.cooperative.order import Order
from kiosk.cooperative.payment import Payer, Payment
from kiosk.pse.gateway import Bank, Charge
from kiosk.teller.limits import DebitLimits


@dataclass(frozen=True, slots=True)
class TerminalFacts:
    """What the gateway is told of this terminal. `session_minutes`: how long its page may be paid.

    `limits` holds for every debit begun here.
    """

    terminal: str
    merchant: str
    ip_address: str
    user_agent: str
    session_minutes: int = 15
    limits: DebitLimits = field(default_factory=DebitLimits)


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds. Scheme: first question 7 minutes after creation, then every 10 to 15 minutes."""

    first_after: float = 420.0
    every: float = 720.0
    post_every: float = 30.0
    """Between two attempts to post an approved payment."""
    bank_budget: float = 420.0
    """How long the bank's page stays open without a sign of the member."""


def payer_of(member: Member, holder: AccountHolder) -> Payer:
    """What the journal keeps of both: names and masked documents."""
    return Payer(
        member_id=member.member_id,
        member_name=member.display_name,
        member_document_masked=member.document_masked,
        holder_name=holder.name,
        holder_document_masked=holder.document.masked(),
    )


def description(order: Order, merchant: str) -> str:
    """What the bank shows: plain ASCII, at most 30 characters, none that the scheme forbids."""
    lines = order.lines
    what = lines[0].name if len(lines) == 1 else f"{len(lines)} obligaciones {merchant}"
    plain = unicodedata.normalize("NFKD", what).encode("ascii", "ignore").decode("ascii")
    words = re.sub(r"[^A-Za-z0-9.,-]+", " ", plain).strip()
    return words[:30].strip() or "Pago"


def charge_of(
    payment: Payment,
    holder: AccountHolder,
    bank: Bank | None,
    terminal: TerminalFacts,
    now: datetime,
    *,
    member: Member,
    document: Document | None,
) -> Charge:
    """What the gateway is asked to collect. `document` is the member's own."""
    return Charge(
        reference=payment.reference,
        amount=payment.total,
        description=description(payment.order, terminal.merchant),
        holder=holder,
        expires_at=payment.expires_at or now + timedelta(minutes=terminal.session_minutes),
        ip_address=terminal.ip_address,
        user_agent=terminal.user_agent,
        bank=bank,
        opened_on=member.joined_on,
        beneficiary=document,
    )
