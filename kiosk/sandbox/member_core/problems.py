"""RFC 9457 problem details, as the contract words them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_TITLES = {
    "malformed-request": "Malformed request",
    "validation-failed": "The request breaks the contract",
    "client-unauthorized": "Caller not recognised",
    "client-forbidden": "Caller may not do this",
    "invalid-credentials": "Document or password is wrong",
    "member-temporarily-locked": "Too many failed attempts",
    "member-blocked": "The member may not use this channel",
    "session-expired": "The member's session ended",
    "password-change-required": "The password must be changed first",
    "password-policy-violation": "The new password breaks the policy",
    "email-not-registered": "No e-mail on file",
    "payment-not-found": "No such payment",
    "payment-conflict": "This identifier was used with other content",
    "duplicate-collection": "This bank transaction is already recorded",
    "too-many-requests": "Too many requests",
    "core-unavailable": "The core is not available",
    "internal-error": "Internal error",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One place of a body that breaks the contract; `pointer` is a JSON Pointer into it."""

    pointer: str
    code: str
    message: str

    def wire(self) -> dict[str, str]:
        return {"pointer": self.pointer, "code": self.code, "message": self.message[:200]}


class ProblemAnswer(Exception):
    """An answer of 400 and above. `extra` are the contract's extension members."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str | None = None,
        *,
        retry_after: int | None = None,
        errors: Sequence[Violation] = (),
        extra: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after = retry_after
        self.errors = tuple(errors)
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})

    def body(self, request_id: str, instance: str | None) -> dict[str, object]:
        """The JSON object to send."""
        body: dict[str, object] = {
            "type": f"urn:member-core:problem:{self.code}",
            "title": _TITLES[self.code],
            "status": self.status,
            "code": self.code,
            "requestId": request_id,
        }
        if self.detail:
            body["detail"] = self.detail
        if instance:
            body["instance"] = instance
        if self.retry_after is not None:
            body["retryAfterSeconds"] = self.retry_after
        if self.errors:
            body["errors"] = [error.wire() for error in self.errors]
        return body | self.extra

    def all_headers(self) -> dict[str, str]:
        """Those of this problem, Retry-After among them."""
        waits = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return self.headers | waits


def malformed(detail: str, errors: Sequence[Violation] = ()) -> ProblemAnswer:
    """400: not JSON, a wrong type, an unknown query parameter, a bad cursor."""
    return ProblemAnswer(400, "malformed-request", detail, errors=errors)
