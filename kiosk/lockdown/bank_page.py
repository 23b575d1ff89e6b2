"""The bank's page under guard. Imports QtWebEngine: import this module only when it is near."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from PySide6.QtCore import QChildEvent, QCoreApplication, QEvent, QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineDownloadRequest,
    QWebEngineFrame,
    QWebEngineLoadingInfo,
    QWebEngineNewWindowRequest,
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineScript,
    QWebEngineSettings,
    QWebEngineWebAuthUxRequest,
)
from PySide6.QtWidgets import QWidget

from kiosk.lockdown.web_policy import Judgement, WebPolicy, shown_host

_ON = QWebEngineSettings.WebAttribute
_SETTINGS = {
    _ON.JavascriptEnabled: True,
    _ON.LocalStorageEnabled: True,
    _ON.JavascriptCanOpenWindows: True,  # judged, then opened in place
    _ON.PlaybackRequiresUserGesture: True,
    _ON.WebRTCPublicInterfacesOnly: True,
    _ON.JavascriptCanAccessClipboard: False,
    _ON.JavascriptCanPaste: False,
    _ON.PluginsEnabled: False,
    _ON.PdfViewerEnabled: False,
    _ON.FullScreenSupportEnabled: False,
    _ON.ScreenCaptureEnabled: False,
    _ON.ErrorPageEnabled: False,  # Chromium's own page says nothing about the money
    _ON.NavigateOnDropEnabled: False,
    _ON.HyperlinkAuditingEnabled: False,
    _ON.AllowRunningInsecureContent: False,
    _ON.AllowGeolocationOnInsecureOrigins: False,
    _ON.AllowWindowActivationFromJavaScript: False,
    _ON.LocalContentCanAccessFileUrls: False,
    _ON.LocalContentCanAccessRemoteUrls: False,
    _ON.DnsPrefetchEnabled: False,
    _ON.AutoLoadIconsForPage: False,
    _ON.BackForwardCacheEnabled: False,
}

ISOLATED = QWebEngineScript.ScriptWorldId.ApplicationWorld.value
"""The world of our scripts: they see the page, the page's scripts do not see them."""


_NO_PROGRAMS = frozenset({
    "about", "blob", "chrome", "chrome-extension", "chrome-untrusted", "data", "devtools", "file",
    "filesystem", "ftp", "javascript", "qrc", "view-source", "ws", "wss",
})  # fmt: skip
"""Schemes of the browser's own: what they name is refused, but is no other program."""
_MOST_IN_A_ROW = 3
"""Dialogs that may follow each other; what a page says beyond is dropped, its questions answered with no."""
_QUIET = 3.0
"""Seconds after which a dialog does not follow the one before, but begins anew."""


class Dialogs(Protocol):
    """Who shows what the page says. `confirm` and `prompt` wait for an answer, for a limited time."""

    def tell(self, text: str) -> None:
        """Show and return at once."""

    def confirm(self, text: str) -> bool:
        """Yes or no; no after the time limit."""

    def prompt(self, text: str, suggested: str) -> tuple[bool, str]:
        """A text; (False, "") after the time limit."""


class BankWebPage(QWebEnginePage):
    """Opens what the policy allows and refuses everything a kiosk's member must not reach."""

    returned = Signal()
    """The page sent the member back to us."""
    refused = Signal(str, str)
    """Something was refused: "address" with its host; "link", "app", "download", "file" or "dialog"."""
    talked = Signal()
    """A question of the page was answered: its call is about to return."""

    def __init__(self, profile: QWebEngineProfile, policy: WebPolicy, dialogs: Dialogs) -> None:
        super().__init__(profile)
        self._policy, self._dialogs = policy, dialogs
        self.put_down = False
        """Whether its process was ended because it hung or took all memory."""
        self.talking = False
        """While true the page is inside a call to us and must not be deleted."""
        self._said_in_a_row, self._last_said = 0, 0.0
        self._elsewhere = False
        settings = self.settings()
        for attribute, on in _SETTINGS.items():
            settings.setAttribute(attribute, on)
        settings.setUnknownUrlSchemePolicy(
            QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes
        )
        self._refuse_offers()
        profile.downloadRequested.connect(self._refuse_download)

    def _refuse_offers(self) -> None:
        # authenticationRequired stays unconnected: nobody is asked for a key, and the load fails.
        self.newWindowRequested.connect(self._open_in_place)
        self.permissionRequested.connect(lambda permission: permission.deny())
        self.fullScreenRequested.connect(lambda request: request.reject())
        self.certificateError.connect(self._refuse_certificate)
        self.selectClientCertificate.connect(lambda selection: selection.selectNone())
        self.registerProtocolHandlerRequested.connect(lambda request: request.reject())
        self.fileSystemAccessRequested.connect(lambda request: request.reject())
        self.desktopMediaRequested.connect(lambda request: request.cancel())
        self.webAuthUxRequested.connect(_refuse_passkey)

    # -- addresses ------------------------------------------------------------------------

    def acceptNavigationRequest(
        self, url: QUrl | str, kind: QWebEnginePage.NavigationType, is_main_frame: bool
    ) -> bool:
        address = QUrl(url)
        judgement = self._policy.judge(address, main_frame=is_main_frame)
        if judgement is Judgement.RETURN:
            # Queued by the receiver: nobody may tear the page down while it is asking.
            self.returned.emit()
        elif judgement is Judgement.REFUSE and is_main_frame:
            self._refuse(address)
        return judgement is Judgement.OPEN

    def _open_in_place(self, request: QWebEngineNewWindowRequest) -> None:
        url = request.requestedUrl()
        if url.scheme() in ("http", "https"):
            # By the page itself: judged like its links, and until the new page is there the address
            # stays the old one's. (setUrl would change it at once, even where it is refused.)
            address = json.dumps(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))
            self.runJavaScript(f"location.assign({address})", ISOLATED)
        elif not url.isEmpty() and url.toString() != "about:blank":
            self._refuse(url)

    def _refuse(self, url: QUrl) -> None:
        if url.scheme() in ("http", "https"):
            self.refused.emit("address", shown_host(url))
        else:
            self.refused.emit("link" if url.scheme() in _NO_PROGRAMS else "app", "")

    def loading_elsewhere(self, info: QWebEngineLoadingInfo) -> bool:
        """Whether this is an address for another program (mailto:, an app), already refused by Qt.

        A load that was led there by a redirect ends like others: it began as one of ours.
        """
        scheme = info.url().scheme()
        elsewhere = bool(scheme) and scheme not in ("http", "https", "about", "chrome")
        begins = info.status() == QWebEngineLoadingInfo.LoadStatus.LoadStartedStatus
        known, self._elsewhere = self._elsewhere, elsewhere and begins
        if elsewhere and not known:
            self._refuse(info.url())
        return elsewhere and (begins or known)

    # -- what else a page may ask for -----------------------------------------------------

    def _refuse_certificate(self, error: QWebEngineCertificateError) -> None:
        error.rejectCertificate()

    def _refuse_download(self, download: QWebEngineDownloadRequest) -> None:
        download.cancel()
        self.refused.emit("download", "")

    def chooseFiles(self, mode: object, old_files: object, accepted_types: object) -> list[str]:
        self.refused.emit("file", "")
        return []

    def javaScriptConsoleMessage(self, level: object, message: str, line: int, source: str) -> None:
        """Dropped: a bank's console may name its client."""

    # -- dialogs --------------------------------------------------------------------------

    def _may_say(self) -> bool:
        """Not word upon word: a page that never lets up would shut the member in behind its dialogs."""
        now = time.monotonic()
        if now - self._last_said >= _QUIET:
            self._said_in_a_row = 0
        self._said_in_a_row += 1
        self._last_said = now
        if self._said_in_a_row == _MOST_IN_A_ROW + 1:
            self.refused.emit("dialog", "")
        return self._said_in_a_row <= _MOST_IN_A_ROW

    @contextmanager
    def _talk(self) -> Iterator[None]:
        self.talking = True
        try:
            yield
        finally:
            self.talking = False
            self._last_said = time.monotonic()
            self.talked.emit()

    def javaScriptAlert(self, origin: QUrl | str, text: str) -> None:
        if self._may_say():
            self._dialogs.tell(text)

    def javaScriptConfirm(self, origin: QUrl | str, text: str) -> bool:
        if text == _leave_question():
            return True
        if self.talking or not self._may_say():
            return False
        with self._talk():
            return self._dialogs.confirm(text)

    def javaScriptPrompt(self, origin: QUrl | str, text: str, suggested: str) -> tuple[bool, str]:
        if self.talking or not self._may_say():
            return False, ""
        with self._talk():
            return self._dialogs.prompt(text, suggested)

    # -- scripts --------------------------------------------------------------------------

    def run_everywhere(self, script: str) -> None:
        """Run one of our scripts in every frame of the page."""
        waiting: list[QWebEngineFrame] = [self.mainFrame()]
        while waiting:
            frame = waiting.pop()
            if frame.isValid():
                frame.runJavaScript(script, ISOLATED)
                waiting.extend(frame.children())


_Passkey = QWebEngineWebAuthUxRequest.WebAuthUxState


def _refuse_passkey(request: QWebEngineWebAuthUxRequest) -> None:
    if request.state() not in (_Passkey.Cancelled, _Passkey.Completed):
        request.cancel()  # which is heard here again


def _leave_question() -> str:
    """What Qt asks, through the page's confirm, where a page wants to keep its visitor."""
    return QCoreApplication.translate(
        "QWebEnginePage", "Are you sure you want to leave this page? Changes that you made may not be saved."
    )


def guard_script() -> QWebEngineScript:
    """Runs first in every frame; see `_GUARD`."""
    script = QWebEngineScript()
    script.setName("guard")
    script.setWorldId(ISOLATED)
    script.setInjectionPoint(QWebEngineScript.InjectionPoint.DocumentCreation)
    script.setRunsOnSubFrames(True)
    script.setSourceCode(_GUARD)
    return script


# No dragging (it starts a loop of its own in Qt), nothing put on the clipboard, no colour chooser (a
# window of its own), no say in whether it is left (Qt's question about it is in English), forms and links
# for a new window keep what they send by opening in place, and a field with the focus stays in sight when
# the keyboard takes room.
_GUARD = """
(() => {
  "use strict";
  const refuse = (event) => event.preventDefault();
  for (const kind of ["dragstart", "drop", "copy", "cut"]) addEventListener(kind, refuse, true);
  const hide = (event) => event.stopImmediatePropagation();
  for (const kind of ["dragenter", "dragover", "drop", "copy", "cut", "beforeunload"])
    addEventListener(kind, hide, true);
  const here = (element, name) => {
    if ((element.getAttribute(name) || "").toLowerCase() === "_blank") element.setAttribute(name, "_top");
  };
  addEventListener("click", (event) => {
    const hit = event.composedPath()[0];
    if (!(hit instanceof Element)) return;
    if (hit.matches("input[type=color]")) refuse(event);
    const link = hit.closest("a[target], area[target]");
    if (link) here(link, "target");
  }, true);
  addEventListener("submit", (event) => {
    here(event.target, "target");
    if (event.submitter) here(event.submitter, "formtarget");
  }, true);
  addEventListener("resize", () => {
    const field = document.activeElement;
    if (field && field.matches("input, textarea, [contenteditable]"))
      field.scrollIntoView({block: "center", inline: "nearest", behavior: "instant"});
  });
})();
"""

_ACTIVE = """
  let field = document.activeElement;
  while (field && field.shadowRoot && field.shadowRoot.activeElement) field = field.shadowRoot.activeElement;
  if (!field || field === document.body || field.tagName === "IFRAME") return;
"""
KEEP_IN_SIGHT = f"(() => {{{_ACTIVE} field.scrollIntoView({{block: 'center', behavior: 'instant'}}); }})()"
"""Brings the field with the focus to the middle of what is left of the page."""
BLUR = f"(() => {{{_ACTIVE} field.blur(); }})()"
"""Takes the focus from the field, as leaving it would."""


_DROPS = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)


class ViewGuard(QObject):
    """Keeps windows of Qt's own off the screen (a colour chooser, the menu a long press on a text brings),
    and the page's size as it is. Lists of the page, a <select>'s for one, are Chromium's and may open."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QChildEvent) and event.polished():
            self._look_at(event.child())
        elif kind in _DROPS:
            event.ignore()
            return True
        elif isinstance(event, QWheelEvent):
            return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        return False

    def _look_at(self, child: QObject) -> None:
        if not isinstance(child, QWidget):
            return
        chromiums = child.metaObject().className() == "QQuickWidget"
        child.setAcceptDrops(False)
        if not chromiums and child.isWindow():
            child.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
            QTimer.singleShot(0, child, child.close)
        elif chromiums and not child.isWindow():
            child.installEventFilter(self)  # where wheel and drops arrive


def set_up_view(view: QWidget) -> None:
    """What the view itself must not do: menus and windows of its own, taking what is dropped on it."""
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
    view.setAcceptDrops(False)
    ViewGuard(view)
