"""Throw-away browsers: one for each stay at a bank, off the record, taken down in order.

QtWebEngine is big and slow to start: it is imported here only inside functions. `warm` does it
ahead of time.
"""

from __future__ import annotations

import atexit
import re
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QWidget

from kiosk.lockdown.web_policy import WebPolicy

if TYPE_CHECKING:
    from PySide6.QtWebEngineCore import QWebEngineProfile

    from kiosk.lockdown.bank_page import Dialogs

LANGUAGES = "es-CO,es;q=0.9"


def plain_user_agent(qt_agent: str) -> str:
    """Qt's user agent without its own name: banks turn browsers away that they do not know."""
    return re.sub(r"\s*QtWebEngine/\S+", "", qt_agent)


def new_profile() -> QWebEngineProfile:
    """A browser that has seen nothing and writes nothing down."""
    from PySide6.QtWebEngineCore import QWebEngineProfile

    from kiosk.lockdown.bank_page import guard_script

    profile = QWebEngineProfile()
    profile.setHttpUserAgent(plain_user_agent(profile.httpUserAgent()))
    profile.setHttpAcceptLanguage(LANGUAGES)
    profile.setHttpCacheType(QWebEngineProfile.HttpCacheType.MemoryHttpCache)
    profile.setPersistentCookiesPolicy(QWebEngineProfile.PersistentCookiesPolicy.NoPersistentCookies)
    profile.setPersistentPermissionsPolicy(QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime)
    profile.setSpellCheckEnabled(False)
    profile.setPushServiceEnabled(False)
    profile.scripts().insert(guard_script())
    return profile


class WebVisit(QObject):
    """Profile, page and view of one stay at a bank. `close` ends it and forgets everything."""

    def __init__(self, policy: WebPolicy, dialogs: Dialogs, parent: QWidget) -> None:
        from PySide6.QtWebEngineWidgets import QWebEngineView

        from kiosk.lockdown.bank_page import BankWebPage, set_up_view
        from kiosk.lockdown.renderer_watch import RendererWatch

        super().__init__()
        self.profile = new_profile()
        self.page = BankWebPage(self.profile, policy, dialogs)
        self._watch = RendererWatch(self.page)
        self.view = QWebEngineView(parent)
        self.view.setObjectName("bank_view")
        set_up_view(self.view)
        self.view.setPage(self.page)
        self._closed = False
        self._self: WebVisit | None = None
        _alive.append((self.view, self.page, self.profile))

    @property
    def answers(self) -> bool:
        """Whether the page does what it is asked for."""
        return self._watch.answers

    def close(self) -> None:
        """Take it down from the event loop, each part after the one that leans on it."""
        if self._closed:
            return
        self._closed = True
        self.view.hide()
        clipboard = QGuiApplication.clipboard()
        clipboard.clear()
        if clipboard.supportsSelection():  # what was marked last comes back by a middle click
            clipboard.clear(QClipboard.Mode.Selection)
        if self.page.talking:
            # Its call to us is still on the stack; what is queued runs after it returned.
            self.page.talked.connect(self._take_down, Qt.ConnectionType.QueuedConnection)
            self._self = self  # nobody else waits for it
        else:
            self._take_down()

    def _take_down(self) -> None:
        self._self = None
        delete_in_order(self.view, self.page, self.profile)


_alive: list[tuple[QObject, ...]] = []
"""Parts not yet deleted, in the order to delete them: a profile outlives its pages, a page its view."""


def delete_in_order(*parts: QObject) -> None:
    """Delete each part from the event loop once the former is gone."""
    first, rest = parts[0], parts[1:]
    if parts not in _alive:
        _alive.append(parts)

    def gone() -> None:
        _alive[:] = [known for known in _alive if known[-1] is not parts[-1]]
        if rest:
            delete_in_order(*rest)

    first.destroyed.connect(gone)
    first.deleteLater()


def _delete_now() -> None:
    """The program ends without another turn of the event loop: Chromium must still be let go in order."""
    for parts in _alive:
        for part in parts:
            if shiboken6.isValid(part):
                shiboken6.delete(part)
    _alive.clear()


_warm = False


def warm() -> None:
    """Import and start the engine ahead of its first use. Later calls do nothing."""
    global _warm  # noqa: PLW0603 - the engine is one per process, too
    if _warm:
        return
    _warm = True
    import PySide6.QtWebEngineWidgets  # noqa: F401
    from PySide6.QtWebEngineCore import QWebEnginePage

    profile = new_profile()
    page = QWebEnginePage(profile)
    _alive.append((page, profile))
    page.loadFinished.connect(lambda _: delete_in_order(page, profile))
    page.setUrl(QUrl("about:blank"))


atexit.register(_delete_now)
