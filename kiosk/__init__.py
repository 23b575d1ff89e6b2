"""Self-service payment kiosk of a savings and solidarity cooperative."""

import ctypes
import sys
from pathlib import Path

_BUILT = Path(__file__).with_name("VERSION")
"""In a package only: what installer/version.py said of the commit."""
__version__ = _BUILT.read_text(encoding="ascii").strip() if _BUILT.exists() else "0.1.0"

if sys.version_info < (3, 12):
    # WORKAROUND: PySide6 6.12.0 is built for immortal singletons and drops references to them that
    # it does not own. Before Python 3.12 a count reaches zero after some thousand calls and the
    # process dies. Counts that no terminal can use up make them as immortal as they are there.
    for _singleton in (None, True, False, NotImplemented, ...):
        ctypes.c_ssize_t.from_address(id(_singleton)).value += 1 << 40
