"""Self-service payment kiosk of a savings and solidarity cooperative."""

import ctypes
import sys

__version__ = "0.1.0"

if sys.version_info < (3, 12):
    # WORKAROUND: PySide6 6.12.0 drops one reference to None with every call that returns nothing;
    # before Python 3.12 (immortal None) the count reaches zero after some thousand calls and the
    # process dies. A count no terminal can use up makes None as immortal as it is there.
    ctypes.c_ssize_t.from_address(id(None)).value += 1 << 40
