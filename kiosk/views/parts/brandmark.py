"""The cooperative's mark."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel

from kiosk.views.parts.page import Place
from kiosk.views.parts.theme import Theme


class Brandmark(QLabel):
    """The cooperative's logo file, or its initial on the brand colour."""

    def __init__(self, theme: Theme, place: Place, pixels: int = 60, *, inverse: bool = False) -> None:
        super().__init__()
        side = theme.u(pixels)
        self.setFixedSize(side, side)
        self.setAccessibleName(place.cooperative)
        if place.logo:
            logo = QPixmap(place.logo)
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            self.setPixmap(logo.scaled(side, side, keep, smooth))
            return
        ground, ink = ("#ffffff", theme.colours.brand) if inverse else (theme.colours.brand, "#ffffff")
        self.setText(place.cooperative.split()[-1][:1])
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setStyleSheet(
            f"background: {ground}; color: {ink}; border-radius: {theme.u(14)}px; "
            f"font-size: {theme.u(pixels * 0.55)}px; font-weight: 800;"
        )
