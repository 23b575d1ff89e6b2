"""Watches a page load: when there is something to see, when it takes too long, when it fails."""

from __future__ import annotations

import json
import time

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWebEngineCore import QWebEngineLoadingInfo, QWebEnginePage

from kiosk.lockdown.bank_page import ISOLATED, BankWebPage

LATE_AFTER = 20.0
"""Seconds without anything to see after which the member is told."""
_LOOK_EVERY = 400

# Age of the document in milliseconds, how far it is, and whether there is anything in it.
_PROBE = (
    "JSON.stringify([performance.now(), document.readyState, (document.body || {}).childElementCount || 0])"
)

_Status = QWebEngineLoadingInfo.LoadStatus
_Domain = QWebEngineLoadingInfo.ErrorDomain


class LoadWatch(QObject):
    """Belongs to one page and dies with it."""

    started = Signal()
    visible = Signal()
    """There is something to see, though more may come."""
    ended = Signal()
    """Nothing more comes."""
    late = Signal()
    failed = Signal(str)
    """"failed", "certificate", "crashed" or "hung"."""

    def __init__(self, page: BankWebPage, late_after: float = LATE_AFTER) -> None:
        super().__init__(page)
        self._page, self._late_after = page, late_after
        self._since = 0.0
        self._ever_visible = False
        self._timer = QTimer(self, interval=_LOOK_EVERY)
        self._timer.timeout.connect(self._notice_lateness)
        page.loadingChanged.connect(self._changed)
        page.renderProcessTerminated.connect(self._terminated)

    def again(self) -> None:
        """A new beginning: what was seen before does not count."""
        self._ever_visible = False

    def _changed(self, info: QWebEngineLoadingInfo) -> None:
        if self._page.loading_elsewhere(info):
            return
        status = info.status()
        if status == _Status.LoadStartedStatus:
            self._since = time.monotonic()
            self._timer.start()
            self.started.emit()
            return
        self._timer.stop()
        self.ended.emit()
        if status == _Status.LoadSucceededStatus and info.url().scheme() == "about":
            self.failed.emit("failed")  # Chromium asks nobody before it shows an empty page
        elif status == _Status.LoadSucceededStatus:
            self._see()
        elif status == _Status.LoadFailedStatus:
            self._judge(info.errorDomain(), info.errorCode())
        elif not self._ever_visible:
            self.failed.emit("failed")  # refused, and there is no page to stay on

    def _judge(self, domain: QWebEngineLoadingInfo.ErrorDomain, code: int) -> None:
        if domain == _Domain.NoErrorDomain:
            return  # the renderer died: said already
        if domain == _Domain.HttpStatusCodeDomain and code < 500:
            self._see()  # the server's own words
        else:
            self.failed.emit("certificate" if domain == _Domain.CertificateErrorDomain else "failed")

    def _terminated(self, status: QWebEnginePage.RenderProcessTerminationStatus, _code: int) -> None:
        self._timer.stop()
        self.ended.emit()
        put_down, self._page.put_down = self._page.put_down, False
        if status != QWebEnginePage.RenderProcessTerminationStatus.NormalTerminationStatus:
            self.failed.emit("hung" if put_down else "crashed")

    def _see(self) -> None:
        self._ever_visible = True
        self.visible.emit()

    def _notice_lateness(self) -> None:
        if time.monotonic() - self._since >= self._late_after:
            self._timer.stop()
            self.late.emit()
            return
        since = self._since
        self._page.runJavaScript(_PROBE, ISOLATED, lambda answer: self._probed(answer, since))

    def _probed(self, answer: object, since: float) -> None:
        if not isinstance(answer, str) or not answer or since != self._since or not self._timer.isActive():
            return
        age, state, children = json.loads(answer)
        # An older document is the one that is being left.
        new = age <= (time.monotonic() - since) * 1000 + 1000
        if new and state != "loading" and children:
            self._timer.stop()
            self._see()
