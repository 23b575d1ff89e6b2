"""Start-up hook of the frozen program: python-escpos without its pictures, and so without Pillow.

Receipts are letters and the printer's own QR code. Pillow and its libraries for a dozen picture formats would
be 7 MB and most of the published faults of all that is bundled.
"""

import sys
import types


class EscposImage:
    """Stands in for python-escpos' own, which nothing here prints."""

    def __init__(self, *_: object, **__: object) -> None:
        raise NotImplementedError("this program prints no pictures")


_module = types.ModuleType("escpos.image")
_module.EscposImage = EscposImage  # type: ignore[attr-defined]
sys.modules["escpos.image"] = _module
