"""`python -m instruments.accessibility --out DIR`: every page in every mode is measured."""

from __future__ import annotations

import argparse
import html
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from PySide6.QtWidgets import QApplication

from instruments.accessibility.measure import Measure, highest, measure

SCREENS = ((1920, 1080, 21.5), (1080, 1920, 21.5), (1366, 768, 15.6))
"""Width and height in pixels, diagonal in inches."""
MODES = (
    ("normal", False, False, False),
    ("large", True, False, False),
    ("large, high contrast", True, True, False),
    ("controls below", False, False, True),
)
"""Name; large text, high contrast, reach."""
Row = tuple[str, str, str, Measure]


def main(arguments: Sequence[str] | None = None) -> int:
    """1 where something is below its limit."""
    parser = argparse.ArgumentParser(prog="python -m instruments.accessibility", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/accessibility"))
    options = parser.parse_args(arguments)
    application = QApplication.instance() or QApplication([])
    rows = [row for screen in SCREENS for row in on_screen(*screen)]
    options.out.mkdir(parents=True, exist_ok=True)
    write(options.out, rows)
    below = [row for row in rows if not row[3].well]
    for screen, mode, page, found in below:
        print(
            f"{screen}, {mode}, {page}: {found.check} {found.value:.2f}, needs {found.limit} ({found.where})"
        )
    pages = len({(row[0], row[1], row[2]) for row in rows})
    print(
        f"accessibility: pages={pages} measured={len(rows)} below={len(below)} in {options.out}/report.html"
    )
    application.processEvents()
    return int(bool(below))


def on_screen(width: int, height: int, inches: float) -> list[Row]:
    """Every page of the kiosk on one screen, in every mode."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
    from stage import Stage

    stage = Stage(width, height, inches)
    millimetres = inches * 25.4 / math.hypot(width, height)
    rows: list[Row] = []
    for mode, large, contrast, reach in MODES:
        stage.look(large=large, contrast=contrast, language="es", reach=reach)
        for scene in stage.scenes:
            stage.put(scene)
            window = stage.window
            found = measure(window, window.current, millimetres, large=large)
            if reach:
                found.append(highest(window, stage.theme.out_of_reach))
            rows += [(f'{width}x{height}, {inches}"', mode, scene, each) for each in found]
    stage.close()
    return rows


def write(out: Path, rows: list[Row]) -> None:
    """One table for people, one list for scripts."""
    listed = [
        {"screen": screen, "mode": mode, "page": page, **asdict(found), "well": found.well}
        for screen, mode, page, found in rows
    ]
    (out / "report.json").write_text(
        json.dumps(listed, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    cells = "".join(_line(*row) for row in rows)
    (out / "report.html").write_text(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Accessibility report</title><style>"
        "body{font:16px sans-serif;margin:2em}"
        "td,th{padding:.2em .8em;text-align:left;border-bottom:1px solid #ccc}"
        ".below{background:#fbe9e7}</style><h1>Accessibility report</h1><table><tr><th>Screen<th>Mode<th>Page"
        f"<th>Check<th>Measured<th>Limit<th>Worst<th>{cells}</table></html>\n",
        encoding="utf-8",
    )


def _line(screen: str, mode: str, page: str, found: Measure) -> str:
    sign = "≥" if found.at_least else "≤"
    measured, limit = f"{found.value:.2f} {found.unit}", f"{sign} {found.limit}"
    below = "" if found.well else "below"
    values = (screen, mode, page, found.check, measured, limit, found.where, below)
    cells = "".join(f"<td>{html.escape(value)}" for value in values)
    return f'<tr class="{"" if found.well else "below"}">{cells}'


if __name__ == "__main__":
    sys.exit(main())
