"""The sandbox's own switches: no part of the contract, no password, loopback only."""

from __future__ import annotations

import json

from flask import Flask, Response, jsonify, request

from kiosk.sandbox.member_core import payments
from kiosk.sandbox.member_core.guide import guide
from kiosk.sandbox.member_core.machines import Gate
from kiosk.sandbox.member_core.problems import ProblemAnswer, malformed
from kiosk.sandbox.member_core.recovery import Outbox
from kiosk.sandbox.member_core.settings import (
    AVAILABILITIES,
    DISCLOSURES,
    FAULT_KINDS,
    CoreFault,
    CoreSandboxSettings,
    Rates,
    Switches,
)
from kiosk.sandbox.member_core.store import Store, load_debt, save_debt


class Control:
    """Routes under /sandbox."""

    def __init__(
        self,
        settings: CoreSandboxSettings,
        store: Store,
        switches: Switches,
        outbox: Outbox,
        gate: Gate,
        operations: set[str],
    ) -> None:
        self._settings = settings
        self._store = store
        self._switches = switches
        self._outbox = outbox
        self._gate = gate
        self._operations = operations | {"*"}

    def register(self, app: Flask) -> None:
        """Add the routes; endpoints start with "sandbox" so that no fault hits them."""
        app.add_url_rule("/sandbox/settings", "sandboxSettings", self.show, methods=["GET"])
        app.add_url_rule("/sandbox/settings", "sandboxChange", self.change, methods=["POST"])
        app.add_url_rule("/sandbox/guide", "sandboxGuide", self.guide, methods=["GET"])
        app.add_url_rule("/sandbox/reset", "sandboxReset", self.reset, methods=["POST"])
        app.add_url_rule("/sandbox/payments", "sandboxPayments", self.payments, methods=["GET"])
        app.add_url_rule("/sandbox/notices", "sandboxNotices", self.notices, methods=["GET"])
        app.add_url_rule("/sandbox/outbox", "sandboxOutbox", self.outbox, methods=["GET"])
        app.add_url_rule("/sandbox/reverse", "sandboxReverse", self.reverse, methods=["POST"])
        app.add_url_rule("/sandbox/settle", "sandboxSettle", self.settle, methods=["POST"])

    def notices(self) -> Response:
        """What members should be told, in the order it came."""
        with self._store.transaction() as db:
            rows = db.execute("SELECT notice_id, request FROM notices ORDER BY received, rowid").fetchall()
        return jsonify([{"noticeId": row[0], **json.loads(row[1])} for row in rows])

    def guide(self) -> Response:
        """Whom a demonstration that did not start this server may be, and the members worth trying."""
        own = self._settings
        return jsonify(client_id=own.client_id, client_secret=own.client_secret, members=guide())

    def show(self) -> Response:
        """The switches as they are."""
        switches = self._switches
        return jsonify(
            availability=switches.availability,
            disclosure=switches.disclosure,
            now=switches.now().isoformat(),
            rates={"sign_ins": switches.rates.sign_ins, "calls": switches.rates.calls},
            faults=[
                {
                    "operation": fault.operation,
                    "kind": fault.kind,
                    "times": fault.times,
                    "seconds": fault.seconds,
                }
                for fault in switches.faults
            ],
        )

    def change(self) -> Response:
        """Any of availability, disclosure, faults (one, a list, null), rates, advance_seconds.

        All are checked before any takes effect. Opening the core again posts what waited.
        """
        wanted = _json_object()
        unknown = wanted.keys() - {"availability", "disclosure", "faults", "rates", "advance_seconds"}
        if unknown:
            raise malformed("Unknown setting.")
        availability = _one_of(wanted, "availability", AVAILABILITIES)
        disclosure = _one_of(wanted, "disclosure", DISCLOSURES)
        faults = self._faults(wanted["faults"]) if "faults" in wanted else None
        rates = _rates(wanted["rates"]) if "rates" in wanted else None
        ahead = wanted.get("advance_seconds", 0)
        if type(ahead) is not int or not 0 <= ahead <= 366 * 86400:
            raise malformed("advance_seconds must be a whole number up to a year.")
        self._switches.advance(ahead)
        if disclosure is not None:
            self._switches.disclosure = disclosure  # type: ignore[assignment]
        if faults is not None:
            self._switches.set_faults(faults)
        if rates is not None:
            self._switches.rates = rates
        if availability is not None:
            self._open_or_close(availability)
        return self.show()

    def _open_or_close(self, availability: str) -> None:
        with self._store.transaction() as db:  # no PUT is half way through while it changes
            self._switches.availability = availability  # type: ignore[assignment]
            if availability == "available":
                payments.apply_received(db, self._switches.epoch(), self._switches.today())

    def _faults(self, wanted: object) -> list[CoreFault]:
        entries = [] if wanted is None else wanted if isinstance(wanted, list) else [wanted]
        return [self._fault(entry) for entry in entries]

    def _fault(self, entry: object) -> CoreFault:
        if not isinstance(entry, dict) or entry.keys() - {"operation", "kind", "times", "seconds"}:
            raise malformed("A fault has operation, kind, times and seconds.")
        times, seconds = entry.get("times", 1), entry.get("seconds", 2)
        if entry.get("operation") not in self._operations or entry.get("kind") not in FAULT_KINDS:
            raise malformed("The fault's operation or kind is unknown.")
        if times is not None and (type(times) is not int or times < 1):
            raise malformed("times must be a whole number from 1, or null for ever.")
        if type(seconds) is not int or not 0 <= seconds <= 600:
            raise malformed("seconds must be a whole number up to 600.")
        return CoreFault(entry["operation"], entry["kind"], times, seconds)

    def reset(self) -> Response:
        """Data, switches, clock and outbox as at the start; access tokens stay good."""
        self._switches.restore()
        self._store.reset(self._switches.today())
        self._outbox.clear()
        self._gate.forget()
        return self.show()

    def payments(self) -> Response:
        """For audits: all payments, how often each was put, and what moved."""
        with self._store.transaction() as db:
            return jsonify(payments.audit(db))

    def outbox(self) -> Response:
        """The e-mails a real core would have sent."""
        return jsonify(items=self._outbox.wire())

    def reverse(self) -> Response:
        """Undo a payment as staff would: {"paymentId": …}."""
        wanted = _json_object().get("paymentId")
        with self._store.transaction() as db:
            return jsonify(payments.reverse(db, str(wanted)))

    def settle(self) -> Response:
        """Settle an obligation as if at the counter: {"obligationId": …}."""
        wanted = _json_object().get("obligationId")
        with self._store.transaction() as db:
            debt = load_debt(db, str(wanted))
            if debt is None:
                raise malformed("No such obligation.")
            debt.close()
            save_debt(db, debt)
        return jsonify(debt.wire(self._switches.today()))


def _json_object() -> dict[str, object]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise malformed("The body is not a JSON object.")
    return body


def _one_of(wanted: dict[str, object], name: str, allowed: tuple[str, ...]) -> str | None:
    value = wanted.get(name)
    if name in wanted and value not in allowed:
        raise malformed(f"{name} must be one of {', '.join(allowed)}.")
    return str(value) if name in wanted else None


def _rates(wanted: object) -> Rates:
    if not isinstance(wanted, dict) or wanted.keys() - {"sign_ins", "calls"}:
        raise ProblemAnswer(400, "malformed-request", "rates has sign_ins and calls.")
    for value in wanted.values():
        if value is not None and (type(value) is not int or value < 0):
            raise malformed("A rate is a whole number of calls a minute, or null.")
    return Rates(wanted.get("sign_ins"), wanted.get("calls"))
