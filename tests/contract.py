"""The Member Core API contract, and a transport that lets nothing outside it pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
import yaml
from werkzeug.datastructures import Headers

from kiosk.transport import Reply, Transport

if TYPE_CHECKING:
    # Imported where it is used: it takes seconds, in every process that only collects these tests.
    from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse

CONTRACT = Path(__file__).parents[1] / "docs" / "contracts" / "member_core.openapi.yaml"
SPEC: dict[str, Any] = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
REFUSED = {400, 401, 403, 422}
"""What a core answers to a call that is not the contract's."""


class ContractBroken(AssertionError):
    """A call or an answer is not the contract's."""


class Contract:
    """The contract at one address. `mutual_tls`: the machine is known without a token."""

    def __init__(self, base_url: str, *, mutual_tls: bool = False) -> None:
        from openapi_core import Config, OpenAPI

        config = Config(extra_media_type_deserializers={"application/problem+json": json.loads})
        self._api = OpenAPI.from_dict(_at(base_url, mutual_tls), config=config)

    def asked(self, request: requests.Request | requests.PreparedRequest) -> RequestsOpenAPIRequest:
        """A call as openapi-core reads one."""
        from openapi_core.contrib.requests import RequestsOpenAPIRequest

        return RequestsOpenAPIRequest(request)

    def check_request(self, asked: RequestsOpenAPIRequest) -> None:
        """Raises ContractBroken."""
        _keep(lambda: self._api.validate_request(asked), f"{asked.method} {asked.path}")

    def check_answer(self, asked: RequestsOpenAPIRequest, answer: RequestsOpenAPIResponse | Answer) -> None:
        """Raises ContractBroken."""
        where = f"{answer.status_code} to {asked.method} {asked.path}"
        _keep(lambda: self._api.validate_response(asked, answer), where)

    def check(self, answer: requests.Response) -> None:
        """An exchange as requests tells it; a refused call need not have been right."""
        from openapi_core.contrib.requests import RequestsOpenAPIResponse

        asked = self.asked(answer.request)
        if answer.status_code not in REFUSED:
            self.check_request(asked)
        self.check_answer(asked, RequestsOpenAPIResponse(answer))


contract_at = cache(Contract)


class Answer:
    """A transport's reply as openapi-core reads one."""

    def __init__(self, reply: Reply) -> None:
        self.status_code, self.data = reply.status, reply.body
        self.headers = Headers(dict(reply.headers))
        self.content_type = reply.headers.get("content-type", "")


class CheckedTransport(Transport):
    """A real transport; every call and, unless `answers` is off, every answer must be the contract's."""

    def __init__(
        self, base_url: str, *, answers: bool = True, client_certificate: Path | None = None, **more: Any
    ) -> None:
        super().__init__(base_url, client_certificate=client_certificate, **more)
        self._contract = contract_at(self.base_url, mutual_tls=client_certificate is not None)
        self._answers = answers

    def request(self, method: str, path: str, **more: Any) -> Reply:
        """As the transport; raises ContractBroken besides."""
        plain = requests.Request(
            method, self.base_url + path, json=more.get("json"), params=more.get("query"),
            headers=dict(more.get("headers") or {}),
        )  # fmt: skip
        asked = self._contract.asked(plain)
        self._contract.check_request(asked)
        reply = super().request(method, path, **more)
        if self._answers:
            self._contract.check_answer(asked, Answer(reply))
        return reply


def _keep(check: Callable[[], object], where: str) -> None:
    from openapi_core.exceptions import OpenAPIError

    try:
        check()
    except OpenAPIError as error:
        reasons = [str(each) for each in getattr(error.__cause__, "schema_errors", ())]
        raise ContractBroken(f"{where}: {'; '.join([str(error), *reasons])}") from error


def _at(base_url: str, mutual_tls: bool) -> dict[str, Any]:
    """The document with this server, and with what openapi-core does not know said in its words."""
    spec: dict[str, Any] = json.loads(json.dumps(SPEC, default=str))
    spec["servers"] = [{"url": base_url}]
    schemes = spec["components"]["securitySchemes"]
    schemes["kioskOAuth"] = {"type": "http", "scheme": "bearer"}
    del schemes["kioskMutualTls"]
    operations = (each for path in spec["paths"].values() for each in path.values() if "security" in each)
    for holder in [spec, *operations]:
        ways = [way for way in holder["security"] if ("kioskMutualTls" in way) == mutual_tls]
        holder["security"] = [
            {name: scopes for name, scopes in way.items() if name != "kioskMutualTls"} for way in ways
        ]
    return spec
