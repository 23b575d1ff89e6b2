"""The demonstration, with sandboxes of its own or others'; and a program that has none."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests
from documents import ROOT
from sandbox_servers import free_port

from kiosk.app.demo import Demonstration
from kiosk.app.sandboxes import NoSandbox, own_guide
from kiosk.pse.drivers import DRIVERS

WITHOUT = """
import sys
sys.modules["{missing}"] = None
from kiosk.cli import main
sys.exit(main(sys.argv[1:]))
"""
LOADED = """
import sys, kiosk.app.demo, kiosk.tour
print([name for name in sys.modules if "flask" in name or "kiosk.sandbox" in name])
"""


@pytest.fixture(scope="module", params=list(DRIVERS))
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demonstration]:
    folder = tmp_path_factory.mktemp("running")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("KIOSK_SANDBOX_SECRET", "KIOSK_SANDBOX_CORE_SECRET"):
            patch.setenv(name, "")  # put back in the end
        with closing(Demonstration(folder, quick=True, gateway=request.param)) as started:
            started.wait()
            yield started


def test_others_sandboxes_are_met_by_address(running: Demonstration, tmp_path: Path) -> None:
    at = (f"{running.core_url}/", running.gateway_url)
    with closing(Demonstration(tmp_path, outcome="declined", gateway=running.gateway, at=at)) as guest:
        own, met = running.settings(), guest.settings()
        assert met.gateway == own.gateway
        assert met.core == own.core
        assert guest.guide() == running.guide() == own_guide()
        switches = requests.get(f"{guest.gateway_url}/sandbox/settings", timeout=20).json()
        assert switches["outcome"] == "decline"
    assert requests.get(f"{running.core_url}/sandbox/guide", timeout=20).ok, "they go on"


def test_another_gateways_sandbox_is_refused(running: Demonstration, tmp_path: Path) -> None:
    other = next(name for name in DRIVERS if name != running.gateway)
    with pytest.raises(NoSandbox, match="of this gateway"):
        Demonstration(tmp_path, gateway=other, at=(running.core_url, running.gateway_url))


def test_what_is_no_sandbox_is_refused(running: Demonstration, tmp_path: Path) -> None:
    with pytest.raises(NoSandbox, match="is it a sandbox"):
        Demonstration(tmp_path, gateway=running.gateway, at=(running.gateway_url, running.gateway_url))


def test_nobody_at_an_address_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.app.sandboxes.COMES_WITHIN", 0.2)
    nowhere = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(NoSandbox, match="no sandbox answers at"):
        Demonstration(tmp_path, at=(nowhere, nowhere))


@pytest.mark.parametrize("missing", ["flask", "kiosk.sandbox"])
@pytest.mark.parametrize(
    "command", [("sandbox", "core", "--data", "none"), ("sandbox", "gateway"), ("demo",), ("demo", "--tour")]
)
def test_a_program_without_sandboxes_says_how_to_get_them(
    tmp_path: Path, missing: str, command: tuple[str, ...]
) -> None:
    script = WITHOUT.format(missing=missing)
    more = ("--out", str(tmp_path / "tour")) if "--tour" in command else ()
    ended = subprocess.run(
        [sys.executable, "-c", script, *command, *more],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in ended.stderr.splitlines() if line.startswith("kiosk:")]
    assert ended.returncode == 2, ended.stderr
    assert len(told) == 1
    assert "pip install 'kiosk[sandbox]'" in told[0]
    assert "Traceback" not in ended.stderr


def test_one_address_alone_is_refused(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "kiosk.cli", "demo", "--core-at", "http://127.0.0.1:1"],
        capture_output=True, text=True, check=False, cwd=tmp_path, env=None,
    )  # fmt: skip
    assert (ended.returncode, "come together" in ended.stderr) == (2, True)


def test_a_terminal_knows_no_web_server() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert not any(each.startswith("flask") for each in project["dependencies"])
    assert [each.split(">")[0] for each in project["optional-dependencies"]["sandbox"]] == ["flask"]
    loaded = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
