"""The gateways' sandboxes, held against clients and measurements that nobody of this project made."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from sandbox_servers import PATIENCE, SECRETS, pay, setting
from sandbox_servers import _process as process

from kiosk.sandbox.pse.server import profile

LOCK = Path(__file__).parent / "independent" / "checkout-p2p.lock"
SECRET = SECRETS["KIOSK_SANDBOX_SECRET"]


@pytest.fixture(scope="session")
def checkout_p2p(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with checkout-p2p, exactly as locked."""
    folder = tmp_path_factory.mktemp("checkout-p2p")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
         "--require-hashes", "--only-binary", ":all:", "--ignore-requires-python", "--target", str(folder),
         "-r", str(LOCK)],
        check=True,
    )  # fmt: skip
    return folder


@pytest.fixture
def placetopay() -> Iterator[str]:
    with process("kiosk.sandbox.pse", "--gateway", "placetopay") as url:
        yield url


class Independent:
    """The client with our sandbox's merchant, or with a key that is not its."""

    def __init__(self, base: str, key: str = SECRET) -> None:
        from checkout.checkout import Checkout

        self.client: Any = Checkout({"base_url": base, "login": profile("placetopay", SECRET).login,
                                     "tranKey": key})  # fmt: skip

    def create(self, **changed: object) -> Any:
        return self.client.request(
            {
                "buyer": {"name": "Marta", "surname": "Rincón", "document": "1023456789",
                          "documentType": "CC", "email": "marta@correo.example", "mobile": "3001112233"},
                "payment": {"reference": "26112600000000000001", "description": "Aportes",
                            "amount": {"currency": "COP", "total": 60000}},
                "returnUrl": "https://pagos.coop.example/retorno",
                "ipAddress": "190.0.2.15",
                "userAgent": "Independent/1",
                **changed,
            }
        )  # fmt: skip

    def told(self, request_id: object) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.query(str(request_id)).to_dict()
        return answer


@pytest.fixture
def independent(checkout_p2p: Path, placetopay: str, monkeypatch: pytest.MonkeyPatch) -> Independent:
    monkeypatch.syspath_prepend(str(checkout_p2p))
    return Independent(placetopay)


def word(answer: dict[str, Any]) -> str:
    return str(getattr(answer["status"]["status"], "value", answer["status"]["status"]))


def test_an_independent_client_pays_here(independent: Independent) -> None:
    created = independent.create()
    before = independent.told(created.request_id)
    assert word(before) == "PENDING"
    pay(created.process_url, "approve")
    after = independent.told(created.request_id)
    assert word(after) == "APPROVED"
    assert after["request"]["payment"]["reference"] == "26112600000000000001"


def test_what_is_refused_is_read_by_an_independent_client(independent: Independent, placetopay: str) -> None:
    from checkout.exceptions.http_exceptions import ClientErrorException

    with pytest.raises(ClientErrorException, match="No existe la sesi"):
        independent.told(999)
    with pytest.raises(ClientErrorException, match="request_not_valid"):
        independent.client.reverse("1")
    with pytest.raises(ClientErrorException, match="Autenticaci"):
        Independent(placetopay, key="not-its").create()
    setting(placetopay, financial_services=True)
    with pytest.raises(ClientErrorException, match="openingDate"):
        independent.create()


@pytest.mark.parametrize(
    ("number", "taken"), [("123456", True), ("E1234567", True), ("123456789", False), ("1234567890", False)]
)
def test_a_foreigners_document_is_read_by_the_published_rule(
    independent: Independent, number: str, taken: bool
) -> None:
    from checkout.exceptions.http_exceptions import ClientErrorException

    buyer = {"name": "Marta", "surname": "Rincón", "document": number, "documentType": "CE",
             "email": "marta@correo.example"}  # fmt: skip
    if taken:
        assert independent.create(buyer=buyer).request_id
    else:
        with pytest.raises(ClientErrorException, match="payer_data_not_valid"):
            independent.create(buyer=buyer)


def test_a_key_of_nobody_is_refused_where_others_measured_it() -> None:
    """Wompi: 200 on banks, 404 on the merchant, 401 on a creation."""
    nobody = "pub_test_0123456789abcdef0123456789abcdef"
    with process("kiosk.sandbox.pse", "--gateway", "wompi") as url:
        bearer = {"Authorization": f"Bearer {nobody}"}
        banks = requests.get(f"{url}/v1/pse/financial_institutions", headers=bearer, timeout=PATIENCE)
        merchant = requests.get(f"{url}/v1/merchants/{nobody}", timeout=PATIENCE)
        created = requests.post(f"{url}/v1/transactions", json={}, headers=bearer, timeout=PATIENCE)
        ours = requests.get(f"{url}/v1/merchants/{profile('wompi', SECRET).login}", timeout=PATIENCE).json()
    assert (banks.status_code, merchant.status_code, created.status_code) == (200, 404, 401)
    assert isinstance(ours["data"]["id"], int)


def test_the_vendors_own_example_is_taken_by_zonapagos() -> None:
    """Hyphens in the payment's number, no code 107, additional data agreed with the merchant."""
    merchant = profile("zonapagos", SECRET)
    body = {
        "InformacionPago": {
            "flt_total_con_iva": 1000, "flt_valor_iva": 0, "str_id_pago": "20-26112600001",
            "str_descripcion_pago": "Pago de prueba", "str_email": "marta@correo.example",
            "str_id_cliente": "1023456789", "str_tipo_id": "1", "str_nombre_cliente": "Marta",
            "str_apellido_cliente": "Rincon", "str_telefono_cliente": "3001112233",
        },
        "InformacionSeguridad": {"int_id_comercio": int(merchant.options["merchant"]),
                                 "str_usuario": merchant.login, "str_clave": SECRET, "int_modalidad": -1},
        "AdicionalesPago": [{"int_codigo": 111, "str_valor": "0"}, {"int_codigo": 112, "str_valor": "0"}],
        "AdicionalesConfiguracion": [
            {"int_codigo": 50, "str_valor": merchant.options["service_code"]},
            {"int_codigo": 104, "str_valor": "https://pagos.coop.example/retorno"},
        ],
    }  # fmt: skip
    with process("kiosk.sandbox.pse", "--gateway", "zonapagos") as url:
        answer = requests.post(f"{url}{merchant.path}/InicioPago", json=body, timeout=PATIENCE).json()
    assert answer["int_codigo"] == 1, answer
    assert re.match("https?://", answer["str_url"])
