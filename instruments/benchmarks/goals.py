"""What each measurement is to be at most, in one table. A value above its goal is OVER."""

from __future__ import annotations

GOALS: dict[str, tuple[float, str]] = {
    "first page / bare Qt window": (1.3, "times"),
    "first page / Chromium, a static page": (0.5, "times"),
    "package / working copy, until ready": (1.1, "times"),
    "whole visit, median": (16.0, "ms"),
    "whole visit, worst": (50.0, "ms"),
    "whole visit, worst first showing": (50.0, "ms"),
    "longest block of a tour": (50.0, "ms"),
    "a touch on «Ver mejor»": (50.0, "ms"),
    "start of the web engine": (50.0, "ms"),
    "memory of a visit": (5.0, "KiB"),
}
"""Name -> goal and unit. How long an approval may take depends on how often the gateway is asked, how much a
journal may grow on the operation: those stand beside their measurements."""
