"""The benchmarks say what they found, and whether it is over its goal."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from types import SimpleNamespace

import pytest

from instruments.benchmarks import __main__ as program
from instruments.benchmarks.goals import GOALS
from instruments.benchmarks.measure import Measurement, NotMeasured, judged


def measured(monkeypatch: pytest.MonkeyPatch, *found: Measurement | NotMeasured) -> None:
    def measure(*, short: bool) -> Iterator[Measurement | NotMeasured]:
        del short
        yield from found

    monkeypatch.setattr(program, "import_module", lambda _: SimpleNamespace(measure=measure))


@pytest.mark.parametrize("name", program.NAMES)
def test_every_measurement_is_there(name: str) -> None:
    assert callable(import_module(f"instruments.benchmarks.{name}").measure)


@pytest.mark.parametrize(("strict", "code"), [((), 0), (("--strict",), 1)])
def test_a_missed_goal_is_said_and_ends_a_strict_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], strict: tuple[str, ...], code: int
) -> None:
    goal, _ = GOALS["whole visit, median"]
    measured(monkeypatch, judged("whole visit, median", goal * 2))

    assert program.main(["page_to_page", *strict]) == code
    assert "OVER" in capsys.readouterr().out


def test_what_could_not_be_measured_is_said_and_misses_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    goal, _ = GOALS["whole visit, median"]
    measured(monkeypatch, judged("whole visit, median", goal), NotMeasured("Chromium", "there is none"))

    assert program.main(["page_to_page", "--strict"]) == 0
    said = capsys.readouterr().out
    assert "ok" in said
    assert "not measured: there is none" in said
