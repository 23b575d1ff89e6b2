"""What doctor sees through Qt, each look in a process of its own, for each starts an application.

`kiosk look` hands Qt's modules in: nothing on this floor imports them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from kiosk.resources import resource

_LETTERS = "áéíóúüñÁÉÍÓÚÜÑ¿¡«»$–…×"
"""What Spanish and amounts need beyond ASCII."""
_PATIENCE = 20_000


def screen(gui: Any) -> dict[str, object]:
    """The first screen, and devices that take touches."""
    app = gui.QGuiApplication([])
    first = app.primaryScreen()
    size, millimetres = first.geometry(), first.physicalSize()
    touch = gui.QInputDevice.DeviceType.TouchScreen
    return {
        "width": size.width(),
        "height": size.height(),
        "ratio": first.devicePixelRatio(),
        "mm_width": millimetres.width(),
        "mm_height": millimetres.height(),
        "platform": app.platformName(),
        "touch": [device.name() for device in gui.QInputDevice.devices() if device.type() == touch],
    }


def fonts(gui: Any) -> dict[str, object]:
    """Which shipped fonts load, and letters that one of them lacks."""
    app = gui.QGuiApplication([])
    loaded = {file.name: gui.QRawFont(str(file), 20) for file in sorted(resource("fonts").glob("*.ttf"))}
    good = [font for font in loaded.values() if font.isValid()]
    seen: dict[str, object] = {
        "families": sorted({font.familyName() for font in good}),
        "broken": [name for name, font in loaded.items() if not font.isValid()],
        "missing": [c for c in _LETTERS if not all(font.supportsCharacter(ord(c)) for font in good)],
    }
    app.quit()
    return seen


def voice(core: Any, gui: Any, speech: Any) -> dict[str, object]:
    """Spanish voices of the system's speech engine."""
    app = gui.QGuiApplication([])
    engine, spanish = speech.QTextToSpeech(), core.QLocale.Language.Spanish
    voices: list[str] = []
    for locale in engine.availableLocales():
        if locale.language() == spanish:
            engine.setLocale(locale)
            voices += [each.name() for each in engine.availableVoices()]
    app.quit()
    return {"engines": list(speech.QTextToSpeech.availableEngines()), "voices": voices}


def web(core: Any, widgets: Any, engine: Any) -> dict[str, object]:
    """Chromium's versions, whether it shows a page, and how its renderer is locked in."""
    app, loaded = widgets.QApplication([]), []
    profile = engine.QWebEngineProfile()
    page = engine.QWebEnginePage(profile)

    def done(good: bool) -> None:
        loaded.append(good)
        app.quit()

    page.loadFinished.connect(done)
    core.QTimer.singleShot(_PATIENCE, app.quit)
    page.setHtml("<p>kiosk</p>")
    app.exec()
    return {
        "chromium": engine.qWebEngineChromiumVersion(),
        "patch": engine.qWebEngineChromiumSecurityPatchVersion(),
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
