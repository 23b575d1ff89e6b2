"""The bank's own page, under a bar of ours that says whose page it is and leads out at any time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, QTimer, QUrl, Signal, SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from kiosk.cooperative.payment import Payment
from kiosk.lockdown.web_policy import WebPolicy, shown_host
from kiosk.lockdown.web_profile import WebVisit
from kiosk.views.bank.bar import BankBar, BankMessage
from kiosk.views.bank.dialogs import DialogOverlay
from kiosk.views.bank.panels import HelpOverlay, LeaveOverlay, OpeningPanel, TroublePanel
from kiosk.views.bank.web_typing import WebTyping
from kiosk.views.parts.overlay import Overlay
from kiosk.views.parts.page import Page
from kiosk.views.parts.tree import layout_of

_FIRST_QUESTION_AFTER = 3.0
"""Seconds before the gateway is asked for the first time."""
_HURRY_AT = 60
_ENDED, _MOST_CRASHES = ("crashed", "hung"), 3

_STEADY_TRIES = 40
_WEB_HEIGHT = 720
"""CSS pixels of screen that pages of banks need to be usable."""

# Size of the page's window, whether it was painted (before that Chromium drops touches), and rectangle of
# the first element that fits, in view pixels at zoom 1.
_RECT = """
(() => {{
  const found = document.querySelector({selector});
  if (found) found.scrollIntoView({{block: "nearest", inline: "nearest", behavior: "instant"}});
  const box = found ? found.getBoundingClientRect() : {{width: 0}};
  const rect = box.width && box.height ? [box.x, box.y, box.width, box.height] : null;
  const painted = performance.getEntriesByType("paint").length > 0;
  return JSON.stringify([[innerWidth, innerHeight], painted, rect]);
}})()
"""


class Stage(QWidget):
    """Holds the web view and what may stand before it, all but the message of the same size."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        for child in self.children():
            if isinstance(child, BankMessage):
                child.place()
            elif isinstance(child, QWidget):
                child.setGeometry(self.rect())
        super().resizeEvent(event)


class BankPage(Page):
    """Lives through one stay at the bank at a time: `enter` makes a browser, `leave` forgets it."""

    header = False
    keypad_side = False
    late_after = 20.0
    """Seconds without a page after which the member is told."""

    page_visible = Signal()
    """There is a page to see and to touch."""

    def build(self) -> None:
        theme = self.theme
        self.scroller.hide()
        self.bar = BankBar(theme, self._open_help, self._open_leave)
        self.stage = Stage()
        whole = layout_of(self)
        assert isinstance(whole, QBoxLayout)
        whole.insertWidget(0, self.bar)
        whole.insertWidget(1, self.stage, 1)
        self.opening = OpeningPanel(self.stage, theme)
        self.trouble = TroublePanel(self.stage, theme, self.place, self._reload, self._give_up)
        self.help = HelpOverlay(self, theme, self.place, self._reload, self.visit.paying.continue_on_phone)
        self.leaving = LeaveOverlay(self, theme, self._give_up)
        self.dialog = DialogOverlay(self.stage, theme)  # «Cancelar» above it stays in reach
        for overlay in self._overlays():
            overlay.closing.connect(self._focus_page)
        self.message = BankMessage(self.stage, theme)
        self.message.said.connect(self.announced)
        self.typing = WebTyping(self)
        self._web: WebVisit | None = None
        self._payment: Payment | None = None
        self._entered = 0.0
        self._crashes = 0
        self._hurried = False
        self._clock = QTimer(self, interval=250)
        self._clock.timeout.connect(self._tick)
        self._watch = QTimer(self)
        self._watch.timeout.connect(self._ask_gateway)

    @property
    def web(self) -> WebVisit | None:
        """The browser of this stay."""
        return self._web

    # -- coming and going -----------------------------------------------------------------

    def enter(self) -> None:
        payment = self.visit.paying.payment
        if self._web is not None and payment is self._payment:
            return
        self.leave()
        self._payment = payment
        self._entered, self._crashes, self._hurried = time.monotonic(), 0, False
        self.bar.show_origin("", locked=False)
        self._tick()
        self._clock.start()
        self._watch.start(max(1, int(self.visit.limits.watch_every * 1000)))
        self._show_opening()
        # The engine may still have to start: let the opening panel be painted first.
        QTimer.singleShot(0, self, self._open_web)

    def _give_up(self) -> None:
        self.visit.paying.left_bank(given_up=True)

    def leave(self) -> None:
        for timer in (self._clock, self._watch):
            timer.stop()
        self.typing.rest()
        self.typing.watch(None)
        self.dialog.dismiss()
        for overlay in self._overlays():
            overlay.close_it()
        for panel in (self.opening, self.trouble):
            panel.hide()
        self.message.hush()
        self.bar.line.end()
        web, self._web, self._payment = self._web, None, None
        if web is not None:
            web.close()

    def _overlays(self) -> tuple[Overlay, ...]:
        return self.help, self.leaving, self.dialog

    def _open_web(self) -> None:
        gateway = self.visit.paying.gateway
        if self._payment is None or gateway is None or self._web is not None or not self._clock.isActive():
            return
        from kiosk.lockdown.load_watch import LoadWatch

        policy = WebPolicy(gateway.allowed_hosts(), gateway.is_return, self.place.demonstration)
        web = self._web = WebVisit(policy, self.dialog, self.stage)
        web.view.setZoomFactor(self._zoom())
        page = web.page
        self._load = LoadWatch(page, self.late_after)
        listen = self._listener(web)
        listen(page.returned, self.visit.paying.left_bank, queued=True)
        listen(page.refused, self._refused, queued=True)
        listen(page.urlChanged, lambda _: self._show_origin())
        listen(page.loadProgress, self.bar.line.grow)
        listen(self._load.started, self.bar.line.begin)
        listen(self._load.ended, self.bar.line.end)
        listen(self._load.visible, self._page_visible)
        listen(self._load.late, lambda: self._show_trouble("late"), queued=True)
        listen(self._load.failed, self._show_trouble, queued=True)
        web.view.setGeometry(self.stage.rect())
        web.view.show()
        web.view.lower()
        self.typing.watch(web)
        self._load_first()

    def _zoom(self) -> float:
        # Large text as far as a web page keeps the height it is made for.
        return max(1.0, min(self.theme.text_scale, self.window().height() / _WEB_HEIGHT))

    def _listener(self, web: WebVisit) -> Callable[..., None]:
        """Connects signals of one browser; what they say after it is gone is not heard."""

        def listen(signal: SignalInstance, call: Callable[..., object], *, queued: bool = False) -> None:
            def heard(*what: object) -> None:
                if self._web is not web:
                    return
                if queued:  # the page may be in a call to us: act when it has returned
                    QTimer.singleShot(0, self, lambda: call(*what) if self._web is web else None)
                else:
                    call(*what)

            signal.connect(heard)

        return listen

    # -- loading --------------------------------------------------------------------------

    def _load_first(self) -> None:
        web, payment = self._web, self._payment
        if web is None:
            return
        self._load.again()
        if payment is None or not payment.redirect_url:
            self._show_trouble("failed")
            return
        web.page.load(QUrl(payment.redirect_url, QUrl.ParsingMode.StrictMode))

    def _reload(self) -> None:
        self.dialog.dismiss()  # an open question would keep the page waiting
        for overlay in self._overlays():
            overlay.close_it()
        self._show_opening()
        web = self._web
        if web is not None and not web.answers:
            # A page that hangs hears of no load: another browser takes its place.
            self._web = None
            self.typing.watch(None)
            web.close()
            QTimer.singleShot(0, self, self._open_web)
        else:
            self._load_first()

    def _show_opening(self) -> None:
        self.trouble.hide()
        self.opening.setGeometry(self.stage.rect())
        self.opening.show()
        self.opening.raise_()

    def _page_visible(self) -> None:
        self.opening.hide()
        self.trouble.hide()
        self._show_origin()
        if not any(overlay.isVisible() for overlay in self._overlays()):
            self._focus_page()
        self.page_visible.emit()

    def _focus_page(self) -> None:
        # For no reason: with Tab's, Chromium would pick the page's first field.
        if self._web is not None and self.trouble.isHidden():
            self._web.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_trouble(self, kind: str) -> None:
        self.typing.rest()
        self.dialog.dismiss()
        self._crashes += kind in _ENDED
        self.opening.hide()
        self.trouble.setGeometry(self.stage.rect())
        hopeless = kind == "certificate" or (kind in _ENDED and self._crashes >= _MOST_CRASHES)
        self.trouble.show_trouble(kind, hopeless=hopeless)

    def _show_origin(self) -> None:
        if self._web is not None:
            url = self._web.page.url()
            self.bar.show_origin(shown_host(url), locked=url.scheme() == "https")

    # -- time -----------------------------------------------------------------------------

    def _tick(self) -> None:
        left = self.visit.limits.bank_seconds - (time.monotonic() - self._entered)
        self.bar.show_time(left + 0.99)
        if left <= 0:
            self._clock.stop()
            self.visit.paying.left_bank()
        elif left <= _HURRY_AT < self.visit.limits.bank_seconds and not self._hurried:
            self._hurried = True
            self.message.say(lambda: self.tr("Le queda un minuto para terminar en la página de su banco."))

    def _ask_gateway(self) -> None:
        if time.monotonic() - self._entered >= _FIRST_QUESTION_AFTER:
            self.visit.paying.ask_now()

    # -- words of ours above the page -----------------------------------------------------

    def _open_help(self) -> None:
        self.help.phone.setVisible(self.visit.paying.offers_phone)
        self._open(self.help)

    def _open_leave(self) -> None:
        self._open(self.leaving)

    def _open(self, overlay: Overlay) -> None:
        self.typing.rest()
        overlay.open()

    def _refused(self, what: str, host: str) -> None:
        def words() -> str:
            return {
                "address": self.tr(
                    "Esta dirección no se abre en el kiosco: {host}. Siga en la página de su banco."
                ),
                "link": self.tr("Este enlace no se abre en el kiosco. Siga en la página de su banco."),
                "dialog": self.tr("La página insiste con avisos: los que siguen no se muestran."),
                "app": self.tr(
                    "Este enlace abre otro programa y aquí no se puede. Siga en la página de su banco."
                ),
                "download": self.tr("En el kiosco no se guardan archivos. Al final le damos su comprobante."),
                "file": self.tr("En el kiosco no se pueden adjuntar archivos."),
            }[what].format(host=host or "…")

        self.message.say(words)

    def retranslate(self) -> None:
        """Bar, panels and overlays hear of a new language by themselves."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for overlay in self._overlays():
            overlay.setGeometry(self.rect())

    # -- for the guided tour --------------------------------------------------------------

    def find_rect(self, selector: str, callback: Callable[[QRect | None], object]) -> None:
        """Where the first element that fits a CSS selector is, in the view's coordinates.

        It is scrolled into sight first. None where it is not there or has no size. A page that is not
        yet painted, or has not heard of the view's new size (the keyboard opened or went), is given time.
        """
        self._find(selector, callback, _STEADY_TRIES)

    def _find(self, selector: str, callback: Callable[[QRect | None], object], tries: int) -> None:
        web = self._web
        if web is None:
            callback(None)
            return
        from kiosk.lockdown.bank_page import ISOLATED

        def found(answer: object) -> None:
            if self._web is not web or not isinstance(answer, str) or not answer:
                callback(None)
                return
            zoom = web.page.zoomFactor()
            size, painted, rect = json.loads(answer)
            steady = painted and all(
                abs(theirs * zoom - ours) <= 2 * zoom
                for theirs, ours in zip(size, (web.view.width(), web.view.height()), strict=True)
            )
            if not steady and tries:
                QTimer.singleShot(50, self, lambda: self._find(selector, callback, tries - 1))
            else:
                callback(QRect(*(round(number * zoom) for number in rect)) if rect else None)

        web.page.runJavaScript(_RECT.format(selector=json.dumps(selector)), ISOLATED, found)
