"""Runs the measurements, all or those named. Needs no screen; limits are the project's targets."""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path

from instruments.benchmarks.measure import Measurement

NAMES = ("first_page", "page_to_page", "approval_to_receipt", "journal_growth")


def main() -> int:
    """Print one line per measurement; 1 with --strict where one is over its limit."""
    parser = argparse.ArgumentParser(prog="python -m instruments.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all without one")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything here")
    parser.add_argument("--strict", action="store_true", help="exit 1 where a limit is passed")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"no measurement called {', '.join(sorted(unknown))}")
    found: list[Measurement] = []
    for name in options.names or NAMES:
        for measurement in import_module(f"instruments.benchmarks.{name}").measure():
            print(measurement.line(), flush=True)
            found.append(measurement)
    if options.json:
        options.json.write_text(json.dumps([each.row() for each in found], indent=2) + "\n", encoding="utf-8")
    return int(options.strict and any(each.ratio > 1 for each in found))


if __name__ == "__main__":
    sys.exit(main())
