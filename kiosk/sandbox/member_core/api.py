"""The nine operations of the Member Core API and the token endpoint, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, jsonify, request

from kiosk.sandbox.member_core import access, keys, machines, payments, recovery, shapes, tls
from kiosk.sandbox.member_core.machines import Machine, TokenRefused
from kiosk.sandbox.member_core.problems import ProblemAnswer, malformed
from kiosk.sandbox.member_core.settings import CoreSandboxSettings, Switches, instant
from kiosk.sandbox.member_core.store import Store, load_debts

# Smaller than the contract's greatest limit, so that thirty obligations come in two pages.
OBLIGATIONS_A_PAGE = 20
CLOSED_SECONDS = 120
LONGEST_WINDOW = 31 * 86400
_STATUSES = ("received", "posted", "needs_attention", "reversed")
_MESSAGES = {
    "payments_queued": "Sus pagos se reciben y se aplican mañana a primera hora.",
    "unavailable": "El sistema de la cooperativa está en cierre. Intente más tarde.",
}


@dataclass(frozen=True, slots=True)
class CoreOperation:
    """What is checked before an operation runs."""

    scope: str
    query: frozenset[str] = frozenset()
    while_unavailable: bool = False
    forbidden: bool = True
    """Whether the contract knows a 403 for it."""
    malformed: bool = True
    """Whether it knows a 400; where it does not, what is odd about a call is passed over."""


OPERATIONS = {
    "getStatus": CoreOperation("status.read", while_unavailable=True, malformed=False),
    "createMemberSession": CoreOperation("member.session"),
    "deleteMemberSession": CoreOperation(
        "member.session", while_unavailable=True, forbidden=False, malformed=False
    ),
    "requestPasswordRecovery": CoreOperation("member.recovery"),
    "changePassword": CoreOperation("member.session"),
    "listObligations": CoreOperation("member.session", frozenset({"limit", "cursor"})),
    "putPayment": CoreOperation("payments.write"),
    "getPayment": CoreOperation("payments.read"),
    "listPayments": CoreOperation(
        "payments.read", frozenset({"receivedFrom", "receivedTo", "status", "limit", "cursor"})
    ),
    "putNotice": CoreOperation("payments.write"),
}

Answer = Response | tuple[Response, int] | tuple[Response, int, dict[str, str]]


class Api:
    """The operations; a route calls the method of its operationId."""

    def __init__(
        self, settings: CoreSandboxSettings, store: Store, switches: Switches, outbox: recovery.Outbox
    ) -> None:
        self._settings = settings
        self._store = store
        self._switches = switches
        self._outbox = outbox
        self.gate = machines.Gate()

    def register(self, app: Flask) -> None:
        """Add the routes and the checks in front of them."""
        routes: list[tuple[str, str, str, Callable[..., Answer]]] = [
            ("GET", "/v1/status", "getStatus", self.get_status),
            ("POST", "/v1/member-sessions", "createMemberSession", self.create_member_session),
            ("DELETE", "/v1/member-sessions/current", "deleteMemberSession", self.delete_member_session),
            ("POST", "/v1/password-recoveries", "requestPasswordRecovery", self.request_password_recovery),
            ("PUT", "/v1/members/me/password", "changePassword", self.change_password),
            ("GET", "/v1/members/me/obligations", "listObligations", self.list_obligations),
            ("PUT", "/v1/payments/<payment_id>", "putPayment", self.put_payment),
            ("GET", "/v1/payments/<payment_id>", "getPayment", self.get_payment),
            ("GET", "/v1/payments", "listPayments", self.list_payments),
            ("PUT", "/v1/notices/<notice_id>", "putNotice", self.put_notice),
            ("POST", "/oauth2/token", "issueToken", self.issue_token),
            ("POST", "/v1/oauth2/token", "issueToken", self.issue_token),
        ]
        for method, rule, endpoint, view in routes:
            app.add_url_rule(rule, endpoint, view, methods=[method], provide_automatic_options=False)
        app.before_request(self._admit)

    def _admit(self) -> None:
        operation = OPERATIONS.get(request.endpoint or "")
        if operation is None:
            return
        if operation.malformed and request.headers.get("Request-Id", g.request_id) != g.request_id:
            raise malformed("Request-Id has 1 to 64 letters, digits, dots, dashes or underscores.")
        now = self._switches.epoch()
        machine = self._caller(now)
        machines.require_scope(machine, operation.scope, operation.forbidden)
        g.machine = machine
        if request.endpoint != "createMemberSession":
            self.gate.pass_or_wait(f"client {machine.client_id}", self._switches.rates.calls, now)
        for name, values in request.args.lists() if operation.malformed else ():
            if name not in operation.query or len(values) > 1:
                raise malformed("A query parameter is unknown or repeated.")
        if self._switches.availability == "unavailable" and not operation.while_unavailable:
            raise ProblemAnswer(503, "core-unavailable", retry_after=CLOSED_SECONDS)

    def _caller(self, now: int) -> Machine:
        authorization = request.headers.get("Authorization")
        name = tls.machine_name(request.environ.get("werkzeug.socket"))
        if name is not None and authorization is None:
            return machines.certified(name)
        with self._store.transaction() as db:
            return machines.recognise(db, authorization, self._settings.client_id, now)

    def issue_token(self) -> Answer:
        """RFC 6749 section 4.4; the client proves itself by HTTP Basic or in the form."""
        basic = request.authorization
        form = request.form
        if basic is not None and basic.type == "basic":
            client, secret = basic.username or "", basic.password or ""
        else:
            client, secret = form.get("client_id", ""), form.get("client_secret", "")
        known = machines.same(client, self._settings.client_id)
        try:
            if not machines.same(secret, self._settings.client_secret) or not known:
                raise TokenRefused(401, "invalid_client")
            if form.get("grant_type") != "client_credentials":
                raise TokenRefused(
                    400, "unsupported_grant_type" if "grant_type" in form else "invalid_request"
                )
            with self._store.transaction() as db:
                return jsonify(machines.issue(db, client, form.get("scope"), self._switches.epoch()))
        except TokenRefused as refused:
            challenge = {"WWW-Authenticate": 'Basic realm="member-core"'} if refused.status == 401 else {}
            return jsonify(error=refused.error), refused.status, challenge

    def get_status(self) -> Answer:
        """Answers also while the core is closed."""
        availability = self._switches.availability
        body: dict[str, object] = {
            "contractVersion": "1.1.0",
            "implementation": "Núcleo de demostración",
            "availability": availability,
            "businessDate": self._switches.today().isoformat(),
            "capabilities": {
                "listPayments": True,
                "takeNotices": True,
                "passwordRecovery": {"enabled": True, "disclosure": self._switches.disclosure},
                "passwordPolicy": keys.policy(),
            },
        }
        if availability in _MESSAGES:
            body["message"] = _MESSAGES[availability]
        return jsonify(body)

    def create_member_session(self) -> Answer:
        """Every call is an attempt."""
        body = _body(shapes.MEMBER_SESSION)
        now = self._switches.epoch()
        self.gate.pass_or_wait(f"kiosk {body['kioskId']}", self._switches.rates.sign_ins, now)
        with self._store.transaction() as db:
            outcome = access.sign_in(
                db, body["documentType"], body["documentNumber"], body["password"], _machine().client_id, now
            )
        if isinstance(outcome, access.AccessVerdict):
            raise outcome.problem
        return jsonify(outcome), 201

    def delete_member_session(self) -> Answer:
        """Also 204 when the session is gone already."""
        with self._store.transaction() as db:
            access.end_session(db, request.headers.get("Member-Session"), _machine().client_id)
        return Response(status=204)

    def request_password_recovery(self) -> Answer:
        """The message goes to the outbox once the recovery is kept."""
        body = _body(shapes.PASSWORD_RECOVERY)
        informative = self._switches.disclosure == "informative"
        now = self._switches.epoch()
        with self._store.transaction() as db:
            answer, message = recovery.recover(
                db, body["documentType"], body["documentNumber"], informative, now
            )
        if message is not None:
            self._outbox.add(message)
        return jsonify(answer), 202

    def change_password(self) -> Answer:
        """The one thing a session with a temporary key may do."""
        now = self._switches.epoch()
        with self._store.transaction() as db:
            session = access.find_session(db, _session_token(), _machine().client_id, now)
        body = _body(shapes.PASSWORD_CHANGE)
        with self._store.transaction() as db:
            verdict = access.change_key(db, session, body["currentPassword"], body["newPassword"], now)
        if verdict is not None:
            raise verdict.problem
        return Response(status=204)

    def list_obligations(self) -> Answer:
        """One page; the cursor is the position of the last row."""
        limit = min(shapes.page_limit(request.args.get("limit")), OBLIGATIONS_A_PAGE)
        after = shapes.read_cursor("obligations", request.args.get("cursor"))
        with self._store.transaction() as db:
            session = access.find_session(db, _session_token(), _machine().client_id, self._switches.epoch())
            debts = load_debts(db, session.member_id, after, limit + 1)
        if session.key_only:
            raise ProblemAnswer(403, "password-change-required")
        page, today = debts[:limit], self._switches.today()
        more = len(debts) > limit
        return jsonify(
            asOf=instant(self._switches.epoch()),
            currency="COP",
            items=[debt.wire(today) for debt in page],
            nextCursor=shapes.write_cursor("obligations", page[-1].position) if more else None,
        )

    def put_payment(self, payment_id: str) -> Answer:
        """201 the first time, 200 afterwards; on disk before the answer leaves."""
        _check_payment_id(payment_id)
        body = _body(shapes.PAYMENT)
        payments.check_sums(body)
        now, today = self._switches.epoch(), self._switches.today()
        with self._store.transaction() as db:
            apply_now = self._switches.availability == "available"
            payment, replayed = payments.put(db, payment_id, body, apply_now, now, today)
        if replayed:
            return jsonify(payment), 200, {"Idempotent-Replayed": "true"}
        return jsonify(payment), 201, {"Location": f"/v1/payments/{payment_id}"}

    def get_payment(self, payment_id: str) -> Answer:
        """404 means that the PUT never arrived."""
        _check_payment_id(payment_id)
        with self._store.transaction() as db:
            return jsonify(payments.read(db, payment_id))

    def list_payments(self) -> Answer:
        """For reconciliation, oldest first."""
        since = shapes.read_bound("receivedFrom", request.args.get("receivedFrom"))
        until = shapes.read_bound("receivedTo", request.args.get("receivedTo"))
        status = request.args.get("status")
        if not 0 <= until - since <= LONGEST_WINDOW:
            raise malformed("receivedTo must follow receivedFrom by at most 31 days.")
        if status is not None and status not in _STATUSES:
            raise malformed("status is unknown.")
        limit = shapes.page_limit(request.args.get("limit"))
        after = shapes.read_cursor("payments", request.args.get("cursor"))
        with self._store.transaction() as db:
            found = payments.listed(db, since, until, status, after, limit + 1)
        cursor = shapes.write_cursor("payments", found[limit - 1][0]) if len(found) > limit else None
        return jsonify(items=[payment for _, payment in found[:limit]], nextCursor=cursor)

    def put_notice(self, notice_id: str) -> Answer:
        """Kept for whoever tells members; the same one again changes nothing."""
        if not shapes.PAYMENT_ID.fullmatch(notice_id):
            raise malformed("The notice's identifier must be a lower-case UUID.")
        said = json.dumps(_body(shapes.NOTICE), ensure_ascii=False)
        with self._store.transaction() as db:
            row = (notice_id, said, self._switches.epoch())
            db.execute("INSERT OR IGNORE INTO notices VALUES (?, ?, ?)", row)
        return Response(status=204)


def _machine() -> Machine:
    machine: Machine = g.machine
    return machine


def _session_token() -> str | None:
    return request.headers.get("Member-Session")


def _body(shape: shapes.Shape) -> dict[str, Any]:
    return shapes.read_body(request.get_data(), request.mimetype, shape)


def _check_payment_id(payment_id: str) -> None:
    if not shapes.PAYMENT_ID.fullmatch(payment_id):
        raise malformed("The payment's identifier must be a lower-case UUID.")
