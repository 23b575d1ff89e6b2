"""Where the files shipped with the kiosk lie: fonts, icons, translations, agencies."""

from __future__ import annotations

import sys
from pathlib import Path

_ROOT = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parent.parent)) / "resources"


def resource(*names: str) -> Path:
    """The path of a shipped file, in a checkout as in a packaged build."""
    return _ROOT.joinpath(*names)
