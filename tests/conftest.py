"""What several test modules start: servers that take a second each."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from pytestqt.qtbot import QtBot
from sandbox_servers import MARIA, MARIAS_KEY, PATIENCE, core_process, gateway_process, terminal

from kiosk.app.demo import Demonstration
from kiosk.cooperative.member import MemberSession
from kiosk.member_core.core_api import CoreApi

if TYPE_CHECKING:
    from kiosk_case import KioskCase, Sandbox


@pytest.fixture(autouse=True)
def _collector_on_this_thread() -> Iterator[None]:
    """As the application does: a lane that freed a Qt object would end the whole run."""
    gc.disable()
    yield
    gc.collect(1)


@pytest.fixture(scope="module", autouse=True)
def _rest() -> Iterator[None]:
    """The long collection, between modules."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def gateway_url() -> Iterator[str]:
    """A sandbox gateway."""
    with gateway_process() as url:
        yield url


@pytest.fixture(scope="module")
def core_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A sandbox core with its invented members."""
    with core_process(tmp_path_factory.mktemp("core") / "core.sqlite") as url:
        yield url


@pytest.fixture
def url(core_url: str) -> str:
    """The sandbox core, as at its start."""
    requests.post(f"{core_url}/sandbox/reset", timeout=PATIENCE).raise_for_status()
    return core_url


@pytest.fixture
def core(url: str) -> CoreApi:
    """A terminal's driver for it."""
    return terminal(url)


@pytest.fixture
def maria(core: CoreApi) -> MemberSession:
    """A member who has signed in there."""
    return core.sign_in(MARIA, MARIAS_KEY)


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Core, gateway and printer of a demonstration, ready."""
    before = dict(os.environ)
    with closing(Demonstration(tmp_path_factory.mktemp("demonstration"), quick=True)) as started:
        started.wait()
        yield started
    for name in set(os.environ) - set(before):  # its made-up secrets must not outlive it
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture(scope="module")
def sandbox(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The demonstration's servers, for kiosks in front of them."""
    from kiosk_case import Sandbox

    with Sandbox(tmp_path_factory.mktemp("sandbox")) as servers:
        yield servers


@pytest.fixture
def case(sandbox: Sandbox, qtbot: QtBot, tmp_path: Path) -> Iterator[KioskCase]:
    """A kiosk at its welcome page, its journal of its own."""
    from kiosk_case import kiosk_on

    yield from kiosk_on(sandbox, tmp_path)
