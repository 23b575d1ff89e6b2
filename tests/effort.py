"""How long a test that can go on for ever goes on: shortly in `make test`, for long in `make soak`."""

from __future__ import annotations

import os

SOAKS = os.environ.get("KIOSK_TESTS") == "soak"


def examples(few: int, many: int) -> int:
    """`few`, or `many` where the tests marked `longer` are soaked."""
    return many if SOAKS else few
