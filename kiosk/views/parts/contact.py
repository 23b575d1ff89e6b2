"""Whom to ask: the scheme wants telephone and e-mail on every screen of a pending payment."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from kiosk.views.parts.controls import breakable, together
from kiosk.views.parts.page import Place


def whom_to_ask(place: Place) -> str:
    """One line with the office's telephone and e-mail."""
    return QCoreApplication.translate("Contact", "¿Dudas? {phone} · {email}").format(
        phone=together(place.care_phone), email=breakable(place.care_email)
    )
