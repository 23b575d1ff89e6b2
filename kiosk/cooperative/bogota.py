"""Colombia's calendar: one zone, no summer time since 1993."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

BOGOTA = timezone(timedelta(hours=-5), "America/Bogota")


def day_of(instant: datetime) -> date:
    """The Bogotá day of an aware instant."""
    return instant.astimezone(BOGOTA).date()


def bounds(day: date) -> tuple[datetime, datetime]:
    """The first instant of a Bogotá day and of the next one."""
    start = datetime.combine(day, time(), BOGOTA)
    return start, start + timedelta(days=1)
