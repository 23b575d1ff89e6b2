"""Runs the measurements, all or those named. Needs no screen; the goals stand in goals.py."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from instruments.benchmarks.measure import Measurement

NAMES = ("first_page", "page_to_page", "approval_to_receipt", "memory", "journal_growth")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line per measurement; 1 with --strict where one is over its goal."""
    parser = argparse.ArgumentParser(prog="python -m instruments.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all without one")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything here")
    parser.add_argument("--short", action="store_true", help="as little of each as shows that it runs")
    parser.add_argument("--strict", action="store_true", help="exit 1 where a goal is missed")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"no measurement called {', '.join(sorted(unknown))}")
    found: list[Measurement] = []
    for name in options.names or NAMES:
        for measurement in import_module(f"instruments.benchmarks.{name}").measure(short=options.short):
            print(measurement.line(), flush=True)
            if isinstance(measurement, Measurement):
                found.append(measurement)
    if options.json:
        options.json.write_text(json.dumps([each.row() for each in found], indent=2) + "\n", encoding="utf-8")
    return int(options.strict and any(each.ratio > 1 for each in found))


if __name__ == "__main__":
    sys.exit(main())
