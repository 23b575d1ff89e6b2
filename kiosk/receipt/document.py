"""From a payment to the document a member takes home.

Content: the scheme's result data (company, NIT, request and bank times, state in words, ticket,
reference, CUS, bank, amount, description, IP, support) with the sector's rule that documents and
numbers are masked except the last four. A document is called a receipt only where the money
moved and nobody disputes it; anything else is a statement (constancia) that says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.cooperative import scheme_texts as scheme
from kiosk.cooperative.bogota import BOGOTA
from kiosk.cooperative.money import ZERO
from kiosk.cooperative.order import Order, OrderLine
from kiosk.cooperative.payment import Payment, State
from kiosk.cooperative.standing import Standing, standing
from kiosk.receipt.blocks import (
    Amount,
    Block,
    Code,
    Heading,
    Mark,
    Note,
    OutcomeBlock,
    Receipt,
    Row,
    RuleBlock,
    Tone,
)
from kiosk.receipt.code import token
from kiosk.receipt.languages import texts
from kiosk.receipt.masking import masked_document, masked_number, short_name
from kiosk.receipt.texts import Texts

# These say that the core is behind, not that the bank's answer is in doubt.


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who gives the receipt, where, and whom to call. `signing_key` has at least 16 bytes.

    `verification_url` is put in front of the token as it is ("https://host/v/"); empty for none.
    """

    cooperative: str
    nit: str
    agency: str
    city: str
    terminal: str
    ip_address: str
    support_name: str
    support_phone: str
    support_email: str
    signing_key: bytes = field(repr=False)
    verification_url: str = ""


def receipt_of(
    payment: Payment,
    issuer: Issuer,
    *,
    now: datetime,
    copy: bool = False,
    demonstration: bool = False,
    language: str = "es",
) -> Receipt:
    """The document of a payment as it stands. `now` is aware.

    A copy equals the original but for its mark, as long as the payment is the same; only a
    pending document also tells when (`now`) it was true. Raises ValueError for a language
    without texts, a naive `now` or a short signing key.
    """
    if now.tzinfo is None:
        raise ValueError("now has no time zone")
    paper = _Paper(payment, issuer, now, texts(language))
    marks = [Mark(paper.words.demonstration)] if demonstration else []
    head: list[Block] = [*marks, *paper.copy_mark()] if copy else [*marks]
    return Receipt(
        title=paper.title,
        blocks=(*head, *paper.body(), *marks),
        qr_text=paper.qr_text(demonstration),
        language=language,
    )


def description_of(order: Order, language: str = "es") -> str:
    """What the payment is for, in one line, without the characters the scheme forbids."""
    return _described(order, texts(language))


def _described(order: Order, words: Texts) -> str:
    if len(order.lines) > 1:
        return words.pays_many.format(count=len(order.lines))
    name = " · ".join(filter(None, _line_name(order.lines[0], words)))
    return words.pays_one.format(name=name.replace("|", " ").replace('"', " "))


def local_time(instant: datetime, words: Texts) -> str:
    """Colombian date and time to the second with its offset: "23 nov 2026, 10:42:18 UTC-05:00"."""
    here = instant.astimezone(BOGOTA)
    offset = here.strftime("%z")
    month = words.months[here.month - 1]
    return f"{here.day} {month} {here.year}, {here:%H:%M:%S} UTC{offset[:3]}:{offset[3:]}"


def _clean(value: str) -> str:
    """One line without control characters: names come from outside and go to a printer."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def _line_name(line: OrderLine, words: Texts) -> tuple[str, str]:
    """What is paid, and the core's own name for it where that says more."""
    kind, name = words.kinds[line.kind], _clean(line.name)
    return (name, "") if name.casefold().startswith(kind.casefold()) else (kind, name)


@dataclass(frozen=True, slots=True)
class _Paper:
    """One document in the making."""

    payment: Payment
    issuer: Issuer
    now: datetime
    words: Texts

    @property
    def disputed(self) -> bool:
        return standing(self.payment) is Standing.DISPUTED

    @property
    def paid(self) -> bool:
        return standing(self.payment) is Standing.PAID

    @property
    def unpaid(self) -> bool:
        return standing(self.payment) is Standing.UNPAID

    @property
    def title(self) -> str:
        words = self.words
        if self.disputed:
            return words.title_review
        return words.title_paid if self.paid else words.title_unpaid if self.unpaid else words.title_pending

    @property
    def state_text(self) -> str:
        # While staff look at it, nobody knows: the scheme's word for that is pending.
        return scheme.PENDING if self.disputed else scheme.of_state(self.payment.state)

    def copy_mark(self) -> list[Block]:
        return [Mark(self.words.copy, self.words.reprinted.format(when=local_time(self.now, self.words)))]

    def body(self) -> Iterator[Block]:
        yield self.letterhead()
        tone = Tone.GOOD if self.paid else Tone.BAD if self.unpaid else Tone.OPEN
        yield OutcomeBlock(self.title, self.state_text, tone)
        yield self.headline()
        yield from self.advice()
        yield RuleBlock()
        yield from self.lines()
        yield RuleBlock()
        yield from self.transaction()
        yield RuleBlock()
        yield from self.member()
        yield RuleBlock()
        yield Code(self.words.qr_verify if self.issuer.verification_url else self.words.qr_keep)
        yield RuleBlock()
        yield from self.support()

    def letterhead(self) -> Heading:
        words, issuer = self.words, self.issuer
        return Heading(
            _clean(issuer.cooperative),
            (
                words.nit.format(nit=_clean(issuer.nit)),
                words.place.format(agency=_clean(issuer.agency), city=_clean(issuer.city)),
                words.terminal.format(terminal=_clean(issuer.terminal)),
            ),
            letterhead=True,
        )

    def headline(self) -> Amount:
        words = self.words
        label = words.total_paid if self.paid else words.total_unpaid if self.unpaid else words.total_pending
        return Amount(label, self.payment.total.shown(), headline=True)

    def advice(self) -> Iterator[Block]:
        words = self.words
        if self.disputed:
            yield Note(words.note_pending, strong=True)
            yield Note(words.note_review, strong=True)
        elif self.paid:
            if self.payment.state is not State.POSTED:
                yield Note(words.note_being_applied)
        elif self.unpaid:
            yield Note(words.note_unpaid, strong=True)
            yield Note(words.note_claim)
        else:
            yield Note(words.note_pending, strong=True)
            yield Note(words.note_wait, strong=True)

    def lines(self) -> Iterator[Block]:
        words, lines = self.words, self.payment.order.lines
        yield Heading(words.section_lines)
        for line in lines:
            label, name = _line_name(line, words)
            reference = words.line_reference.format(reference=masked_number(line.reference))
            detail = " · ".join(filter(None, (name, reference if line.reference else "")))
            yield Amount(label, line.amount.shown(), detail)
        if len(lines) > 1:
            yield Amount(words.total, self.payment.total.shown(), total=True)
        yield Row(words.cost, ZERO.shown())
        yield Note(words.note_gmf)

    def transaction(self) -> Iterator[Block]:
        words, payment = self.words, self.payment
        missing = words.not_given if self.paid or self.unpaid else words.not_yet
        yield Heading(words.section_transaction)
        yield Row(words.cus, _clean(payment.cus or "") or missing)
        yield Row(words.reference, _clean(payment.reference))
        yield Row(words.ticket, _clean(payment.gateway_id or "") or missing)
        yield Row(words.bank, _clean(payment.bank or "") or words.not_given)
        yield Row(words.method, scheme.METHOD)
        # Obligations carry no VAT; the scheme wants currency and VAT named all the same.
        yield Row(words.currency, f"{payment.total.currency} · {words.vat} {ZERO.shown()}")
        yield Row(words.description, _described(payment.order, words))
        yield Row(words.requested, local_time(payment.created_at, words))
        if payment.decided_at and (self.paid or self.unpaid):
            yield Row(words.decided, local_time(payment.decided_at, words))
        if not (self.paid or self.unpaid):
            yield Row(words.consulted, local_time(self.now, words))
        if payment.cause and self.unpaid:
            yield Row(words.cause, _clean(payment.cause)[:80])
        if payment.core_receipt:
            yield Row(words.core_receipt, _clean(payment.core_receipt))
        yield Row(words.ip_address, _clean(self.issuer.ip_address))

    def member(self) -> Iterator[Block]:
        words, payer = self.words, self.payment.payer
        yield Heading(words.section_member)
        yield Row(words.member, _clean(payer.member_name))
        document = masked_document(_clean(payer.member_document_masked))
        holder_document = masked_document(_clean(payer.holder_document_masked))
        # The core masks without the kind of document: number and name tell that it is the same person.
        same_name = payer.holder_name.casefold() == payer.member_name.casefold()
        own = holder_document == document or (holder_document.endswith(f" {document}") and same_name)
        yield Row(words.document, holder_document if own else document)
        if not own:
            name = _clean(payer.holder_name)
            # A company's name is public; another person's is shortened.
            company = holder_document.startswith("NIT ")
            yield Row(words.holder, name if company else short_name(name))
            yield Row(words.holder_document, holder_document)

    def support(self) -> Iterator[Block]:
        words, issuer = self.words, self.issuer
        yield Heading(words.section_support, (_clean(issuer.support_name),))
        yield Row(words.phone, _clean(issuer.support_phone))
        yield Row(words.email, _clean(issuer.support_email))
        yield Note(words.note_support)
        yield Note(words.note_no_invoice_paid if self.paid else words.note_no_invoice_other)

    def qr_text(self, demonstration: bool) -> str:
        payment, issuer, words = self.payment, self.issuer, self.words
        signed = token(payment, issuer.signing_key)
        if issuer.verification_url:
            return issuer.verification_url + signed
        facts = [
            words.demonstration if demonstration else "",
            _clean(issuer.cooperative),
            self.state_text,
            payment.total.shown(),
            f"{words.cus} {_clean(payment.cus)}" if payment.cus else "",
            f"{words.qr_reference} {_clean(payment.reference)}",
            local_time(payment.decided_at or payment.created_at, words),
            signed,
        ]
        return "\n".join(fact for fact in facts if fact)
