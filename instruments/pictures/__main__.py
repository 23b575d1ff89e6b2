"""`python -m instruments.pictures keep|check TOUR`: docs/pictures made from a tour or compared with it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from instruments.pictures.album import ALBUM, FOLDER, NoPicture, keep
from instruments.pictures.compare import complaints


def main(arguments: Sequence[str] | None = None) -> int:
    """1 where a picture is stale or missing."""
    parser = argparse.ArgumentParser(prog="python -m instruments.pictures", description=__doc__)
    parser.add_argument("what", choices=("keep", "check"))
    parser.add_argument("tour", type=Path, help="what `kiosk demo --tour --out TOUR` left")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    if options.what == "keep":
        try:
            keep(options.tour, options.folder)
        except NoPicture as error:
            sys.stderr.write(f"pictures: {error}\n")
            return 1
    found = complaints(options.tour, options.folder)
    for complaint in found:
        sys.stderr.write(f"pictures: {complaint}\n")
    if found:
        sys.stderr.write("pictures: `make pictures` makes them anew; look at them before you commit them\n")
    size = sum((options.folder / f"{shown.name}.png").stat().st_size for shown in ALBUM) if not found else 0
    sys.stdout.write(f"pictures: shown={len(ALBUM)} stale={len(found)} bytes={size}\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
