"""What was copied on a public screen must not be pasted by the next member."""

from __future__ import annotations

from PySide6.QtGui import QClipboard, QGuiApplication


def forget_clipboard() -> None:
    """Empty it, and what was marked last, which comes back by a middle click."""
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    if clipboard.supportsSelection():
        clipboard.clear(QClipboard.Mode.Selection)
