"""docs/one-payment.md names functions that are there, call what it says, and are met in its order."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from till import APPROVED, Till, till_at

from kiosk.cooperative.payment import State

DOCUMENT = (Path(__file__).parents[1] / "docs/one-payment.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([\w/]+)\.py:([\w.]+)` \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
ROWS = [(file, name, re.findall(r"`([\w.]+)`", calls)) for file, name, calls in ROW.findall(DOCUMENT)]


def function(file: str, name: str) -> object:
    found: object = importlib.import_module("kiosk." + file.replace("/", "."))
    for part in name.split("."):
        found = getattr(found, part)
    return found


@pytest.mark.parametrize(("file", "name", "calls"), ROWS, ids=str)
def test_a_function_calls_what_is_said(file: str, name: str, calls: list[str]) -> None:
    source = inspect.getsource(function(file, name))  # type: ignore[arg-type]

    assert calls
    for call in calls:
        assert re.search(rf"\b{re.escape(call)}\b", source), call


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with till_at(tmp_path) as made:
        yield made


def test_a_payment_meets_them_in_this_order(till: Till) -> None:
    """Those of teller and journal; pages, driver and core have their own tests."""
    told = [f"{file.replace('/', '.')}:{name}" for file, name, _ in ROWS if file.startswith("teller/")]
    told.remove("teller.checkout:Checkout.pay")  # asks the core, which is only half played here
    told.remove("teller.desk:Receipts.save")
    met: list[str] = []

    def watch(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and "/kiosk/" in code.co_filename:
            file = code.co_filename.rpartition("/kiosk/")[2].removesuffix(".py").replace("/", ".")
            met.append(f"{file}:{code.co_qualname}")

    till.gateway.answers = [APPROVED]
    sys.setprofile(watch)
    try:
        payment = till.checkout.ask(till.left())
    finally:
        sys.setprofile(None)

    assert payment.state is State.POSTED
    firsts = [met.index(name) for name in told]
    assert firsts == sorted(firsts)
