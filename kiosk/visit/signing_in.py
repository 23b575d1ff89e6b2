"""Who is served: consent, cédula and clave, the key forgotten, the key replaced."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from kiosk.cooperative.member import Document, MemberSession
from kiosk.member_core.connector import Recovery
from kiosk.visit.navigation import Navigation
from kiosk.visit.steps import Turn


class SigningIn(QObject):
    """The member's session at the core. Signals carry no data: ask here."""

    changed = Signal()
    """Another session, or none."""
    entered = Signal()
    """The member is at the menu."""
    another_member = Signal()
    """A session had ended, and now somebody else signs in."""

    def __init__(self, navigation: Navigation) -> None:
        super().__init__()
        self._navigation = navigation
        self._suggestion: tuple[str, str, str] | None = None
        self.forget()

    def forget(self) -> None:
        """The visit is over."""
        self.document: Document | None = None
        self.session: MemberSession | None = None
        self.recovery: Recovery | None = None
        self.consented = False
        self._whose = ""
        self._suggestion = None

    @property
    def served(self) -> MemberSession:
        """The session. Raises RuntimeError where there is none."""
        if self.session is None:
            raise RuntimeError("nobody is signed in")
        return self.session

    @property
    def must_change_key(self) -> bool:
        """Whether the core lets this session do nothing but change the key."""
        return self.session is not None and self.session.must_change_key

    def consent(self) -> None:
        """The privacy notice was accepted for this visit."""
        self.consented = True
        self._navigation.next()

    def suggest(self, kind: str, number: str, key: str) -> None:
        """The demonstration's invented member to fill in at the sign-in."""
        self._suggestion = (kind, number, key)

    def take_suggestion(self) -> tuple[str, str, str] | None:
        """The suggestion, once."""
        taken, self._suggestion = self._suggestion, None
        return taken

    def sign_in(self, document: Document, key: str) -> None:
        """Cédula and clave."""
        self.document = document
        self._navigation.ask(lambda desk: desk.sign_in(document, key), self._signed_in, "signing_in")

    def _signed_in(self, session: MemberSession) -> None:
        if self._whose not in ("", session.member.member_id):
            self.another_member.emit()
        self._whose = session.member.member_id
        self.session = session
        self.changed.emit()
        if session.must_change_key:
            self._navigation.turn(Turn.KEY_TO_CHANGE)
        else:
            self._navigation.turn(Turn.SIGNED_IN)
            self.entered.emit()

    def recover_key(self, document: Document) -> None:
        """Ask for an e-mail with a way in; `Navigation.moved` tells when `recovery` is there."""
        self.document = document
        self._navigation.ask(lambda desk: desk.connector.recover_key(document), self._recovered, "recovering")

    def _recovered(self, recovery: Recovery) -> None:
        self.recovery = recovery
        self._navigation.moved.emit()

    def change_key(self, current: str, new: str) -> None:
        """Replace the key; the session goes on."""
        session = self.served

        def done(_: None) -> None:
            if self.session is not None:
                self.session = replace(session, must_change_key=False)
            self._navigation.turn(Turn.KEY_CHANGED)
            self.entered.emit()

        self._navigation.ask(
            lambda desk: desk.connector.change_key(session, current, new), done, "changing_key"
        )

    # -- what the core says of a session meanwhile ----------------------------------------

    def key_to_change(self) -> bool:
        """The core asks for a new key first; False where nobody is signed in."""
        if self.session is None:
            return False
        self.session = replace(self.session, must_change_key=True)
        self._navigation.turn(Turn.KEY_TO_CHANGE)
        return True

    def over(self) -> None:
        """The core has ended the session: sign in again."""
        if self.session is None:
            return
        self.session = None
        self.changed.emit()
        self._navigation.turn(Turn.SESSION_OVER)
