"""The sandbox core against inputs that nobody wrote by hand, right and wrong ones, by schemathesis.

The contract's examples are replaced by what the sandbox's members know, so that every operation is
really reached; whatever else is sent, the answer must be the contract's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from contract import SPEC
from hypothesis import HealthCheck, settings
from sandbox_servers import MARIA, MARIAS_KEY, PATIENCE, SECRETS
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
DOCUMENT = {"documentType": MARIA.type.value, "documentNumber": MARIA.number, "kioskId": "DEMO01"}
EXAMPLES: dict[str, dict[str, str]] = {
    "createMemberSession": {**DOCUMENT, "password": MARIAS_KEY},
    "requestPasswordRecovery": DOCUMENT,
    "changePassword": {"currentPassword": MARIAS_KEY, "newPassword": "735291"},
}
SUCCESS = {200, 201, 202, 204}
PLAIN: dict[str, Any] = json.loads(json.dumps(SPEC, default=str))
PAYMENT = PLAIN["components"]["examples"]["PaymentRequestTwoLines"]["value"]


def _contract() -> Any:
    spec = json.loads(json.dumps(PLAIN))
    for operation in (each for path in spec["paths"].values() for each in path.values()):
        if "operationId" in operation and operation["operationId"] in EXAMPLES:
            known = {"value": EXAMPLES[operation["operationId"]]}
            operation["requestBody"]["content"]["application/json"]["examples"] = {"known": known}
    schema = schemathesis.openapi.from_dict(spec)
    schema.config.generation.with_security_parameters = False  # ours are real
    return schema


CONTRACT = _contract()


class Caller:
    """A machine with a token, and María in front of it; what was answered to it."""

    def __init__(self, url: str) -> None:
        self.url, self.statuses = url, set[int]()
        answer = requests.post(
            f"{url}/oauth2/token", {"grant_type": "client_credentials"}, timeout=PATIENCE,
            auth=("kiosk-demo", SECRETS["KIOSK_SANDBOX_CORE_SECRET"]),
        )  # fmt: skip
        self._headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def reset(self) -> None:
        """María's key and what she owes as at the start; the contract's example of a payment is stored."""
        requests.post(f"{self.url}/sandbox/reset", timeout=PATIENCE).raise_for_status()
        requests.put(
            f"{self.url}/v1/payments/0d6f3b0e-8f0a-4f4e-9a54-3d2f6f1c7a11",
            json=PAYMENT, headers=self._headers, timeout=PATIENCE,
        ).raise_for_status()  # fmt: skip

    def headers_for(self, operation: Any) -> dict[str, str]:
        """The machine's token and, where the operation wants one, a new session."""
        if not any("memberSession" in way for way in operation.definition.raw["security"]):
            return self._headers
        if operation.definition.raw["operationId"] == "changePassword":
            self.reset()  # an earlier case may have changed the key, or locked the member
        answer = requests.post(
            f"{self.url}/v1/member-sessions", json=EXAMPLES["createMemberSession"], headers=self._headers,
            timeout=PATIENCE,
        )  # fmt: skip
        return self._headers | {"Member-Session": answer.json()["sessionToken"]}


@pytest.fixture
def caller(core_url: str) -> Iterator[Caller]:
    found = Caller(core_url)
    found.reset()
    yield found
    assert found.statuses & SUCCESS, "the operation was never really reached"
    assert found.statuses - SUCCESS, "nothing wrong was ever sent"


@CONTRACT.parametrize()
@settings(
    max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
def test_every_answer_is_the_contracts(case: schemathesis.Case, caller: Caller) -> None:
    answer = case.call(base_url=f"{caller.url}/v1", headers=caller.headers_for(case.operation))
    caller.statuses.add(answer.status_code)
    case.validate_response(answer, checks=CHECKS)
