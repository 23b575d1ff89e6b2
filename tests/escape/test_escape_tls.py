# ruff: noqa: E501 - hostile scripts read better whole
"""Certificates that prove nothing, on real servers; each fault by itself, as the authority is trusted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from attempts import PAGE
from cell import Cell
from hostile import HOST, Reply, Town
from PySide6 import QtWebEngineCore
from PySide6.QtNetwork import QSslCertificate
from PySide6.QtWebEngineCore import QWebEngineProfileBuilder

from kiosk.tour.hands import pause

pytestmark = pytest.mark.qt_log_ignore("^GPUInfo not initialized", extend=True)
NOT_PROVED = "No pudimos comprobar que esta sea la página de su banco"
FAULTS = {
    "expired": "certificate", "wrong-host": "certificate", "wrong-subdomain": "certificate",
    "common-name-only": "certificate", "self-signed": "certificate", "unknown-authority": "certificate",
    "not-yet-valid": "certificate", "old-protocol": "failed",
}  # fmt: skip


class _Trusting:
    """Stands for QWebEngineProfile: what it makes trusts our authority. (Off the record Qt forgets that.)"""

    def __init__(self, real: type, town: Town, folder: Path) -> None:
        self._real, self._town, self._folder = real, town, folder
        self._made = 0

    def __call__(self) -> QtWebEngineCore.QWebEngineProfile:
        self._made += 1
        builder = QWebEngineProfileBuilder()
        builder.setPersistentStoragePath(str(self._folder / str(self._made)))
        builder.setCachePath(str(self._folder / str(self._made)))
        builder.setAdditionalTrustedCertificates(QSslCertificate.fromPath(str(self._town.authority.pem)))
        return builder.createProfile(f"trusting-{self._made}")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


@pytest.fixture(scope="module")
def profiles(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    real = QtWebEngineCore.QWebEngineProfile
    made = _Trusting(real, town, tmp_path_factory.mktemp("profiles"))
    with mock.patch.object(QtWebEngineCore, "QWebEngineProfile", made):
        yield


@pytest.fixture
def trusting(profiles: None, cell: Cell) -> Cell:
    cell.town.replies |= {"/page": Reply(PAGE), "/loot": Reply("<script>parent.eval('said(`yes`)')</script>")}
    return cell


def test_our_authority_is_trusted(profiles: None, kiosk_cell: Cell, town: Town) -> None:
    """No attempt: without this the faults below would prove nothing."""
    town.replies["/page"] = Reply(PAGE)
    kiosk_cell.open(f"{town.sound.address(HOST)}/page")
    assert kiosk_cell.ask_web("document.querySelector('h1').id") == "title"
    kiosk_cell.leave()
    town.forget()


def told_of(cell: Cell, kind: str) -> None:
    cell.wait(lambda: cell.trouble, "trouble")
    assert cell.trouble == kind
    if kind == "certificate":
        assert cell.page.trouble._what.text() == NOT_PROVED
        assert not cell.sees("retry")
    assert cell.escaped(trouble=kind) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_first_page(trusting: Cell, fault: str) -> None:
    site = trusting.town.faulty[fault]
    trusting.begin(f"{site.address(HOST)}/page")
    told_of(trusting, FAULTS[fault])
    assert not site.asked


@pytest.mark.parametrize("fault", FAULTS)
def test_later_page(trusting: Cell, fault: str) -> None:
    site = trusting.town.faulty[fault]
    trusting.open(f"{trusting.town.sound.address(HOST)}/page")
    trusting.ask_web(f"void setTimeout(() => {{ location = '{site.address(HOST)}/loot' }})")
    told_of(trusting, FAULTS[fault])
    assert not site.asked


BESIDE = {
    "frame": "document.body.append(Object.assign(document.createElement('iframe'), {src: WHERE}))",
    "script": "document.body.append(Object.assign(document.createElement('script'), {src: WHERE}))",
    "fetch": "granted(() => fetch(WHERE, {mode: 'no-cors'}))",
    "form": "document.body.append(Object.assign(document.createElement('iframe'), {name: 'x'})); const f = Object.assign("
            "document.createElement('form'), {action: WHERE, method: 'post', target: 'x'}); "
            "document.body.append(f); f.submit()",
}  # fmt: skip


@pytest.mark.parametrize("fault", ["expired", "wrong-host", "self-signed"])
@pytest.mark.parametrize("way", BESIDE)
def test_beside_the_page(trusting: Cell, way: str, fault: str) -> None:
    site = trusting.town.faulty[fault]
    trusting.open(f"{trusting.town.sound.address(HOST)}/page")
    where = f"{site.address(HOST)}/loot"
    trusting.ask_web(f"void setTimeout(() => {{ {BESIDE[way].replace('WHERE', repr(where))} }})")
    pause(350)
    assert not site.asked
    assert trusting.escaped() == []


@pytest.mark.parametrize("way", ["redirect", "new-window", "history"])
def test_ways_round(trusting: Cell, way: str) -> None:
    town = trusting.town
    site = town.faulty["expired"]
    where = f"{site.address(HOST)}/loot"
    town.replies["/hop"] = Reply(status=302, headers={"Location": where})
    trusting.open(f"{town.sound.address(HOST)}/page")
    script = {
        "redirect": "location = '/hop'",
        "new-window": f"open('{where}')",
        "history": f"location.replace('{where}')",
    }[way]
    trusting.ask_web(f"void (go.onclick = () => {{ {script} }})")
    trusting.touch_web("#go")
    told_of(trusting, "certificate")
    assert not site.asked


def test_the_member_leaves_a_page_without_proof(trusting: Cell) -> None:
    trusting.begin(f"{trusting.town.faulty['self-signed'].address(HOST)}/page")
    told_of(trusting, "certificate")
    # Neither key nor script gets past it.
    trusting.web.page.runJavaScript("location.reload()")
    for _ in range(3):
        pause(50)
        assert trusting.trouble == "certificate"
    assert trusting.escaped(trouble="certificate") == []
