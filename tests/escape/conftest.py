"""The escape suite: a hostile bank page in the real kiosk. Counts what was tried and what was held."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

if hasattr(os, "geteuid") and os.geteuid() == 0:
    os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")  # Chromium's own refuses to start as root

if shutil.which("openssl") is None:
    collect_ignore_glob = ["test_*"]  # there is nothing to make certificates with

pytest.register_assert_rewrite("attempts", "cell")

from cell import Cell  # noqa: E402 - after what they need is set
from hostile import Town, good_certificate  # noqa: E402 - after what they need is set
from PySide6.QtWidgets import QApplication  # noqa: E402 - after what they need is set

_FLAGS = "QTWEBENGINE_CHROMIUM_FLAGS"
_count = {"tried": 0, "held": 0}
_certificates = tempfile.mkdtemp(prefix="escape-")


def pytest_configure() -> None:
    """Before the engine starts: it takes the good site's key, and no other, without an authority."""
    if shutil.which("openssl"):
        _, fingerprint = good_certificate(Path(_certificates))
        flag = f"--ignore-certificate-errors-spki-list={fingerprint}"
        os.environ[_FLAGS] = f"{os.environ.get(_FLAGS, '')} {flag}".strip()


def pytest_unconfigure() -> None:
    shutil.rmtree(_certificates, ignore_errors=True)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Sites with certificates of every kind."""
    with Town(tmp_path_factory.mktemp("town"), Path(_certificates) / "good.pem") as made:
        yield made


@pytest.fixture(scope="module")
def kiosk_cell(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory, town: Town) -> Iterator[Cell]:
    made = Cell(tmp_path_factory.mktemp("escape"), town)
    yield made
    made.close()


@pytest.fixture
def cell(kiosk_cell: Cell, town: Town, request: pytest.FixtureRequest) -> Iterator[Cell]:
    """For one attempt: the kiosk before its member goes to the bank."""
    request.node.user_properties.append(("escape", request.node.name))
    yield kiosk_cell
    kiosk_cell.leave()
    town.forget()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and ("escape" in dict(report.user_properties)):
        _count["tried"] += 1
        _count["held"] += report.passed


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"escape: tried={_count['tried']} held={_count['held']}")
