"""How a payment stands, in the words that every page, list, voice and screen reader uses."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from kiosk.cooperative import scheme_texts
from kiosk.cooperative.payment import Payment, State
from kiosk.cooperative.standing import Standing, standing


def standing_words(payment: Payment) -> str:
    """A few words: the scheme's own where it has some, in Spanish in every language."""
    match standing(payment):
        case Standing.DISPUTED:
            return QCoreApplication.translate("StandingWords", "En revisión")
        case Standing.PAID:
            said = (
                QCoreApplication.translate("StandingWords", "{state} · aplicada")
                if payment.state is State.POSTED
                else QCoreApplication.translate("StandingWords", "{state} · se está registrando")
            )
            return said.format(state=short_scheme_words(payment))
    return short_scheme_words(payment)


def short_scheme_words(payment: Payment) -> str:
    """The scheme's state without the sentence that follows it."""
    return scheme_texts.of_state(payment.state).split(".")[0]
