"""What several test modules start: servers that take a second each."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# Nothing of the kiosk or of Qt is imported here: a test of the domain alone starts in a second.
if TYPE_CHECKING:
    from kiosk_case import KioskCase, Sandbox
    from pytestqt.qtbot import QtBot
    from sqlalchemy import Engine

    from kiosk.app.demo import Demonstration
    from kiosk.cooperative.member import MemberSession
    from kiosk.member_core.core_api import CoreApi

_SCHEMATHESIS = "schemathesis.pytest.plugin"


def pytest_collectstart(collector: pytest.Collector) -> None:
    """The one module that schemathesis writes tests in."""
    plugins = collector.config.pluginmanager
    if collector.path.name == "test_member_core_contract.py" and not plugins.hasplugin(_SCHEMATHESIS):
        plugins.import_plugin(_SCHEMATHESIS)


def pytest_collection_finish() -> None:
    """What was imported and collected stays: no later collection needs to look at it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _collector_on_this_thread() -> Iterator[None]:
    """As the application does: a lane that freed a Qt object would end the whole run."""
    gc.disable()
    yield
    gc.collect(1)


@pytest.fixture(autouse=True)
def _new_journals_are_copied(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> None:
    """The first new journal of a run is built by the migrations, the others are copies of it.

    What a test does to a journal that is there, and journals of other processes, go the whole way.
    """
    opening = sys.modules.get("kiosk.journal.opening")
    if opening is None or "whole_migrations" in request.keywords:
        return
    migrate, blank = opening._migrate, tmp_path_factory.getbasetemp() / "blank.sqlite"

    def upgrade(engine: Engine) -> None:
        draft = Path(str(engine.url.database))
        if draft.stat().st_size:
            migrate(engine, "head")
        elif blank.exists():
            shutil.copyfile(blank, draft)
        else:
            migrate(engine, "head")
            with closing(sqlite3.connect(draft)) as whole:
                whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copyfile(draft, blank)

    monkeypatch.setattr(opening, "_upgrade", upgrade)


@pytest.fixture(scope="module", autouse=True)
def _rest() -> Iterator[None]:
    """The long collection, between modules."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def gateway_url() -> Iterator[str]:
    """A sandbox gateway."""
    from sandbox_servers import gateway_process

    with gateway_process() as url:
        yield url


@pytest.fixture(scope="module")
def core_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A sandbox core with its invented members."""
    from sandbox_servers import core_process

    with core_process(tmp_path_factory.mktemp("core") / "core.sqlite") as url:
        yield url


@pytest.fixture
def url(core_url: str) -> str:
    """The sandbox core, as at its start."""
    import requests
    from sandbox_servers import PATIENCE

    requests.post(f"{core_url}/sandbox/reset", timeout=PATIENCE).raise_for_status()
    return core_url


@pytest.fixture
def core(url: str) -> CoreApi:
    """A terminal's driver for it."""
    from sandbox_servers import terminal

    return terminal(url)


@pytest.fixture
def maria(core: CoreApi) -> MemberSession:
    """A member who has signed in there."""
    from sandbox_servers import MARIA, MARIAS_KEY

    return core.sign_in(MARIA, MARIAS_KEY)


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Core, gateway and printer of a demonstration, ready."""
    from kiosk.app.demo import Demonstration

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
    """A kiosk at its welcome page, its journal of its own; the window may have served before."""
    from kiosk_case import kept_kiosk_on

    yield from kept_kiosk_on(sandbox, tmp_path)


@pytest.fixture
def new_case(sandbox: Sandbox, qtbot: QtBot, tmp_path: Path) -> Iterator[KioskCase]:
    """A kiosk that nobody stood at before."""
    from kiosk_case import kiosk_on

    yield from kiosk_on(sandbox, tmp_path)
