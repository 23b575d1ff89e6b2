"""Dates as members read them, in Bogotá's time and the language in force."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import QCoreApplication

from kiosk.cooperative.bogota import BOGOTA


def _months() -> list[str]:
    translate = QCoreApplication.translate
    return translate("Dates", "ene feb mar abr may jun jul ago sep oct nov dic").split()


def today() -> date:
    """The day in Bogotá."""
    return datetime.now(BOGOTA).date()


def short_date(day: date) -> str:
    """5 dic"""
    return f"{day.day} {_months()[day.month - 1]}"


def long_time(instant: datetime) -> str:
    """23 nov 2026, 10:42:18"""
    local = instant.astimezone(BOGOTA)
    return f"{short_date(local.date())} {local.year}, {local:%H:%M:%S}"


def clock_time(instant: datetime) -> str:
    """10:42"""
    return f"{instant.astimezone(BOGOTA):%H:%M}"


def minute_time(instant: datetime) -> str:
    """23 nov 2026, 10:42"""
    local = instant.astimezone(BOGOTA)
    return f"{short_date(local.date())} {local.year}, {local:%H:%M}"


def ago(days: int) -> str:
    """Vencido hace 18 días."""
    translate = QCoreApplication.translate
    if days == 1:
        return translate("Dates", "Vencido hace 1 día")
    if days < 60:
        return translate("Dates", "Vencido hace {days} días").format(days=days)
    return translate("Dates", "Vencido hace {months} meses").format(months=days // 30)
