"""A QR code as plain squares: no image library, no Qt."""

from __future__ import annotations

from functools import lru_cache

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

QUIET_ZONE = 4
"""Light modules that must surround the code (ISO/IEC 18004)."""


@lru_cache(maxsize=4)
def qr_matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    """Rows of modules, True = dark, without the quiet zone. UTF-8, error correction M.

    The last few are kept, because screen, paper and file show the same one: `forget_codes` when the
    member is gone. Raises ValueError for more text than any code holds (about 2,300 bytes).
    """
    code: QRCode = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text.encode("utf-8"), optimize=0)
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


def forget_codes() -> None:
    """Keep no member's code."""
    qr_matrix.cache_clear()
