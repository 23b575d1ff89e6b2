"""What the payer sees: the gateway's hosted page, PSE's portal, the bank's page.

They know the book and nothing of any gateway's wire format. A form sent twice does its work
once; whoever comes back to a page that is over is told so and shown the way to the merchant.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from kiosk.resources import resource
from kiosk.sandbox.pse.banks import BANKS, NO_BANKS, PLACEHOLDER, PLACEHOLDER_CODE, OurBank, bank_of
from kiosk.sandbox.pse.book import Book, Debit, DebitState, NotPayable, PaymentSession, SessionState
from kiosk.sandbox.pse.settings import BankList, LiveSettings, PlayedOutcome

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_LONGEST_EMAIL = 80
_DOCUMENTS = {"reglamento": "Reglamento de usuarios", "datos": "Autorización de datos personales"}
_FONTS = {"Regular", "SemiBold", "Bold"}
_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; font-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
)
_CLOCK_GRAIN = 0.05  # sleep and wall clock differ: the debit must be due when the browser leaves
_AT_ONCE = {
    PlayedOutcome.APPROVE: DebitState.APPROVED,
    PlayedOutcome.NEVER: DebitState.APPROVED,
    PlayedOutcome.DECLINE: DebitState.DECLINED,
    PlayedOutcome.FUNDS: DebitState.NO_FUNDS,
    PlayedOutcome.FAIL: DebitState.FAILED,
    PlayedOutcome.PENDING: DebitState.PENDING,
}
_OVER = {
    SessionState.APPROVED: ("Este pago ya fue aprobado", "No es necesario pagar otra vez."),
    SessionState.PENDING: (
        "Su pago está pendiente",
        "Estamos esperando la respuesta de su banco. No pague otra vez mientras llega.",
    ),
    SessionState.CANCELLED_BY_PAYER: ("Usted canceló este pago", "No se hizo ningún débito."),
    SessionState.CANCELLED_BY_MERCHANT: ("El comercio canceló este pago", "No se hizo ningún débito."),
    SessionState.EXPIRED: (
        "El tiempo para pagar se agotó",
        "No se hizo ningún débito. Puede empezar de nuevo desde el comercio.",
    ),
    SessionState.EXHAUSTED: (
        "Se agotaron los intentos para este pago",
        "No se hizo ningún débito. Puede empezar de nuevo desde el comercio.",
    ),
}
_AGAIN = (
    "Este intento ya terminó",
    "No se hizo ningún débito. Puede intentarlo de nuevo o volver al comercio.",
)


@dataclass(frozen=True, slots=True)
class PageChoice:
    """One radio of «Resultado de esta prueba»."""

    outcome: PlayedOutcome
    title: str
    detail: str


def pages(book: Book, live: LiveSettings) -> Blueprint:
    """The payer's pages with their own templates and assets."""
    web = Blueprint("pages", __name__, template_folder="templates", static_folder="static",
                    static_url_path="/assets")  # fmt: skip
    served = _Pages(book, live)
    web.add_url_rule("/session/<int:number>/<page_key>", "hosted", served.hosted)
    web.add_url_rule("/pse/<page_key>", "portal", served.portal)
    web.add_url_rule("/pse/<page_key>", "go_to_bank", served.go_to_bank, methods=["POST"])
    web.add_url_rule("/pse/<page_key>/cancel", "cancel", served.cancel, methods=["POST"])
    web.add_url_rule("/bank/<page_key>/<cus>", "bank", served.bank)
    web.add_url_rule("/bank/<page_key>/<cus>", "decide", served.decide, methods=["POST"])
    web.add_url_rule("/documents/<name>", "document", _document)
    web.add_url_rule("/assets/fonts/<weight>.ttf", "font", _font)
    web.after_request(_guarded)
    return web


class _Pages:
    """One method per page and per form."""

    def __init__(self, book: Book, live: LiveSettings) -> None:
        self._book = book
        self._live = live

    def hosted(self, number: int, page_key: str) -> ResponseReturnValue:
        session = self._session(page_key)
        if session.number != number:
            abort(404)
        return self._over(session) or self._page("hosted.html", session)

    def portal(self, page_key: str) -> ResponseReturnValue:
        session = self._session(page_key)
        person = "company" if session.asked.company else "natural"
        typed = {"email": session.asked.email, "person": person, "bank": PLACEHOLDER_CODE}
        return self._closed_portal(session) or self._portal_form(session, typed, {})

    def go_to_bank(self, page_key: str) -> ResponseReturnValue:
        session = self._session(page_key)
        closed = self._closed_portal(session)
        if closed:
            return closed
        typed = {name: request.form.get(name, "").strip() for name in ("email", "person", "bank")}
        errors = _portal_errors(typed)
        if errors:
            return self._portal_form(session, typed, errors)
        try:
            debit = self._book.begin_debit(session.number, typed["bank"], typed["person"] == "company")
        except NotPayable:
            return redirect(url_for("pages.portal", page_key=page_key))
        return redirect(url_for("pages.bank", page_key=page_key, cus=debit.cus))

    def cancel(self, page_key: str) -> ResponseReturnValue:
        session = self._session(page_key)
        self._book.cancel_by_payer(session.number)
        return redirect(session.cancel_url)

    def bank(self, page_key: str, cus: str) -> ResponseReturnValue:
        session = self._session(page_key)
        debit, brand = _at_bank(session, cus)
        if debit.state is not DebitState.AT_BANK:
            return self._over(session) or self._page("notice.html", session, words=_AGAIN, again=True)
        now = self._live.now
        choices = _choices(now.late_seconds, now.slow_seconds)
        chosen = now.outcome or PlayedOutcome.APPROVE
        return self._page("bank.html", session, debit=debit, bank=brand, choices=choices, chosen=chosen)

    def decide(self, page_key: str, cus: str) -> ResponseReturnValue:
        session = self._session(page_key)
        debit, brand = _at_bank(session, cus)
        try:
            outcome = PlayedOutcome(request.form.get("outcome", ""))
        except ValueError:
            abort(400)
        self._carry_out(debit, outcome)
        if outcome is PlayedOutcome.NEVER:
            return self._page("dead_end.html", session, debit=debit, bank=brand)
        return redirect(session.return_url)

    def _carry_out(self, debit: Debit, outcome: PlayedOutcome) -> None:
        """Do what the visitor chose; nothing where the debit was decided before."""
        now = self._live.now
        if outcome is PlayedOutcome.LATE:
            self._book.decide(debit, DebitState.PENDING, now.late_seconds)
        elif outcome is PlayedOutcome.SLOW:
            if self._book.decide(debit, DebitState.PENDING, now.slow_seconds):
                time.sleep(now.slow_seconds + _CLOCK_GRAIN)
        else:
            self._book.decide(debit, _AT_ONCE[outcome])

    def _session(self, page_key: str) -> PaymentSession:
        return self._book.session_of_page(page_key) or abort(404)

    def _page(self, template: str, session: PaymentSession, http: int = 200, **more: object) -> Response:
        text = render_template(template, session=session, merchant=self._live.now.merchant, **more)
        return Response(text, http)

    def _over(self, session: PaymentSession) -> Response | None:
        """The page for a session that takes no more debits; None for one that does."""
        words = _OVER.get(session.state)
        return self._page("notice.html", session, words=words, again=False) if words else None

    def _closed_portal(self, session: PaymentSession) -> Response | None:
        over = self._over(session)
        if over is None and self._live.now.banks == BankList.EMPTY:
            return self._page("no_banks.html", session, message=NO_BANKS)
        return over

    def _portal_form(
        self, session: PaymentSession, typed: dict[str, str], errors: dict[str, str]
    ) -> Response:
        return self._page(
            "portal.html", session, 422 if errors else 200, typed=typed, errors=errors, banks=BANKS,
            placeholder=PLACEHOLDER,
        )  # fmt: skip


def _document(name: str) -> ResponseReturnValue:
    if name not in _DOCUMENTS:
        abort(404)
    return render_template("document.html", title=_DOCUMENTS[name])


def _font(weight: str) -> ResponseReturnValue:
    path = resource("fonts", f"AtkinsonHyperlegibleNext-{weight}.ttf")
    if weight not in _FONTS or not path.is_file():
        abort(404)
    return send_file(path, mimetype="font/ttf", max_age=86400)


def _guarded(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    if answer.mimetype == "text/html":
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _portal_errors(typed: dict[str, str]) -> dict[str, str]:
    errors = {}
    if not _EMAIL.fullmatch(typed["email"]) or len(typed["email"]) > _LONGEST_EMAIL:
        errors["email"] = "Escriba un correo válido, por ejemplo nombre@correo.co"
    if typed["person"] not in ("natural", "company"):
        errors["person"] = "Elija si es persona natural o jurídica"
    if bank_of(typed["bank"]) is None:  # code 0, the placeholder, is no bank
        errors["bank"] = "Seleccione su banco para continuar"
    return errors


def _at_bank(session: PaymentSession, cus: str) -> tuple[Debit, OurBank]:
    debit = next((each for each in session.debits if each.cus == cus), None)
    brand = bank_of(debit.bank) if debit else None
    if debit is None or brand is None:
        abort(404)
    return debit, brand


def _choices(late_seconds: int, slow_seconds: int) -> tuple[PageChoice, ...]:
    return (
        PageChoice(PlayedOutcome.APPROVE, "Aprobar", "El banco hace el débito"),
        PageChoice(PlayedOutcome.DECLINE, "Rechazar", "El banco no lo autoriza"),
        PageChoice(PlayedOutcome.FUNDS, "Fondos insuficientes", "La cuenta no tiene saldo"),
        PageChoice(PlayedOutcome.FAIL, "Falla técnica", "No se hace en el banco"),
        PageChoice(PlayedOutcome.PENDING, "Dejar pendiente", "El banco no da respuesta"),
        PageChoice(PlayedOutcome.LATE, "Aprobar más tarde", f"Pendiente por {_seconds(late_seconds)}"),
        PageChoice(PlayedOutcome.NEVER, "No regresar", "Se debita, pero no vuelve"),
        PageChoice(PlayedOutcome.SLOW, "Banco lento", f"Aprueba en {_seconds(slow_seconds)}"),
    )


def _seconds(number: int) -> str:
    return f"{number} segundo" if number == 1 else f"{number} segundos"
