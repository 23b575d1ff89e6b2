"""What doctor sees through Qt. Each look is a process of its own (`kiosk look`): Qt makes one application.

What is slow to load is imported by the look that needs it.
"""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QLocale, QTimer
from PySide6.QtGui import QGuiApplication, QInputDevice, QRawFont

from kiosk.resources import resource

_LETTERS = "áéíóúüñÁÉÍÓÚÜÑ¿¡«»$–…×"
"""What Spanish and amounts need beyond ASCII."""
_PATIENCE = 20_000


def screen() -> dict[str, object]:
    """The first screen, and devices that take touches."""
    app = QGuiApplication([])
    first = app.primaryScreen()
    size, millimetres = first.geometry(), first.physicalSize()
    touch = QInputDevice.DeviceType.TouchScreen
    return {
        "width": size.width(),
        "height": size.height(),
        "ratio": first.devicePixelRatio(),
        "mm_width": millimetres.width(),
        "mm_height": millimetres.height(),
        "platform": app.platformName(),
        "touch": [device.name() for device in QInputDevice.devices() if device.type() == touch],
    }


def fonts() -> dict[str, object]:
    """Which shipped fonts load, and letters that one of them lacks."""
    app = QGuiApplication([])
    loaded = {file.name: QRawFont(str(file), 20) for file in sorted(resource("fonts").glob("*.ttf"))}
    good = [font for font in loaded.values() if font.isValid()]
    seen: dict[str, object] = {
        "families": sorted({font.familyName() for font in good}),
        "broken": [name for name, font in loaded.items() if not font.isValid()],
        "missing": [c for c in _LETTERS if not all(font.supportsCharacter(ord(c)) for font in good)],
    }
    app.quit()
    return seen


def voice() -> dict[str, object]:
    """Spanish voices of the system's speech engine."""
    from PySide6.QtTextToSpeech import QTextToSpeech

    app = QGuiApplication([])
    engine, spanish = QTextToSpeech(), QLocale.Language.Spanish
    voices: list[str] = []
    for locale in engine.availableLocales():
        if locale.language() == spanish:
            engine.setLocale(locale)
            voices += [each.name() for each in engine.availableVoices()]
    app.quit()
    return {"engines": list(QTextToSpeech.availableEngines()), "voices": voices}


def web() -> dict[str, object]:
    """Chromium's versions, whether it shows a page, and how its renderer is locked in."""
    from PySide6.QtWebEngineCore import (
        QWebEnginePage,
        QWebEngineProfile,
        qWebEngineChromiumSecurityPatchVersion,
        qWebEngineChromiumVersion,
    )
    from PySide6.QtWidgets import QApplication

    app, loaded = QApplication([]), list[bool]()
    profile = QWebEngineProfile()
    page = QWebEnginePage(profile)

    def done(good: bool) -> None:
        loaded.append(good)
        app.quit()

    page.loadFinished.connect(done)
    QTimer.singleShot(_PATIENCE, app.quit)
    page.setHtml("<p>kiosk</p>")
    app.exec()
    return {
        "chromium": qWebEngineChromiumVersion(),
        "patch": qWebEngineChromiumSecurityPatchVersion(),
        "loaded": loaded == [True],
        "seccomp": _seccomp(page.renderProcessPid()),
        "apart": apart(page.renderProcessPid()),
    }


def _seccomp(process: int) -> str | None:
    """The kernel's word on a process: "2" is under a filter; None where it does not tell."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return None
    found = re.search(r"^Seccomp:\s*(\d)", status, re.MULTILINE)
    return found[1] if found else None


def apart(process: int) -> bool | None:
    """Whether a process lives in another user namespace than we do; None where the kernel does not tell."""
    theirs, ours = Path("/proc", str(process)), Path("/proc/self")
    try:
        return (theirs / "ns/user").readlink() != (ours / "ns/user").readlink()
    except PermissionError:  # Chromium lets nobody look into a renderer; whom it maps everybody may know
        try:
            return (theirs / "uid_map").read_text("ascii") != (ours / "uid_map").read_text("ascii")
        except OSError:
            return None
    except OSError:
        return None
