"""The sandbox's own controls: settings while it runs, and what it has on record.

For tests, the tour and a curious engineer; only callers on this machine are answered.
"""

from __future__ import annotations

import ipaddress
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from kiosk.pse.drivers import DRIVERS
from kiosk.sandbox.pse.banks import bank_of
from kiosk.sandbox.pse.book import Book, Debit, PaymentSession
from kiosk.sandbox.pse.faults import Faults, GatewayFault
from kiosk.sandbox.pse.settings import LiveSettings


def controls(book: Book, live: LiveSettings, faults: Faults) -> Blueprint:
    """Routes under /sandbox."""
    local = Blueprint("controls", __name__, url_prefix="/sandbox")

    @local.before_request
    def only_this_machine() -> None:
        if not ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback:
            abort(403)

    @local.get("/settings")
    def settings() -> ResponseReturnValue:
        return jsonify(**live.shown(), faults=faults.shown())

    @local.post("/settings")
    def change() -> ResponseReturnValue:
        try:
            _put_in_force(request.get_json(), live, faults)
        except ValueError as error:
            return jsonify(error=str(error)), 400
        return settings()

    @local.get("/merchant/<gateway>")
    def merchant(gateway: str) -> ResponseReturnValue:
        """The invented merchant's own, for a demonstration that did not start this server."""
        now = live.now
        if gateway != now.gateway:
            abort(404)
        return jsonify(asdict(DRIVERS[gateway].load_sandbox().profile(now.secret_key)))

    @local.get("/sessions")
    def sessions() -> ResponseReturnValue:
        return jsonify([_session(session) for session in book.sessions()])

    _add_turns(local, book)
    return local


def _add_turns(local: Blueprint, book: Book) -> None:
    """What befalls a session from outside."""

    @local.post("/sessions/<int:number>/expire")
    def expire(number: int) -> ResponseReturnValue:
        if book.session(number) is None:
            abort(404)
        book.expire(number)
        return jsonify(_session(book.session(number) or abort(404)))

    @local.post("/sessions/<int:number>/overturn")
    def overturn(number: int) -> ResponseReturnValue:
        if not book.overturn(number):
            abort(404)
        return jsonify(_session(book.session(number) or abort(404)))


def _put_in_force(wanted: Any, live: LiveSettings, faults: Faults) -> None:
    """All of it or, with a ValueError, nothing."""
    if not isinstance(wanted, dict):
        raise ValueError("the settings are an object")
    coming = _faults(wanted.pop("faults")) if "faults" in wanted else None
    live.change(wanted)
    if coming is not None:
        faults.replace(coming)


def _faults(wanted: object) -> list[GatewayFault]:
    if wanted is None:
        return []
    return [GatewayFault.read(each) for each in (wanted if isinstance(wanted, list) else [wanted])]


def _session(session: PaymentSession) -> dict[str, object]:
    asked = session.asked
    return {
        "number": session.number,
        "page_key": session.page_key,
        "reference": asked.reference,
        "description": asked.description,
        "amount": asked.amount.wire(),
        "currency": asked.amount.currency,
        "return_url": asked.return_url,
        "cancel_url": asked.cancel_url,
        "state": session.state,
        "since": _time(session.since),
        "created_at": _time(session.created_at),
        "expires_at": _time(asked.expires_at),
        "debits": [_debit(debit) for debit in session.debits],
    }


def _debit(debit: Debit) -> dict[str, object]:
    bank = bank_of(debit.bank)
    return {
        "number": debit.number,
        "cus": debit.cus,
        "bank": debit.bank,
        "bank_name": bank.name if bank else None,
        "person": "company" if debit.company else "natural",
        "state": debit.state,
        "started_at": _time(debit.started_at),
        "decided_at": _time(debit.decided_at),
        "due_at": _time(debit.due_at),
    }


def _time(time: datetime | None) -> str | None:
    return time.isoformat() if time else None
