"""Why a payment waits for staff, and what to do, in the language in force."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from kiosk.cooperative.payment import Review

_TEXTS = {
    Review.UNEXPECTED: (
        QT_TRANSLATE_NOOP("ReviewTexts", "Pasó algo que no se esperaba"),
        QT_TRANSLATE_NOOP("ReviewTexts", "Busque la referencia en la página de la pasarela, compare y cierre el caso."),
    ),
    Review.LATE_APPROVAL: (
        QT_TRANSLATE_NOOP("ReviewTexts", "El banco lo aprobó después de darse por no pagado"),
        QT_TRANSLATE_NOOP("ReviewTexts", "Revise si el asociado pagó dos veces. Aplíquelo en el sistema o devuélvalo."),
    ),
    Review.REVERSED: (
        QT_TRANSLATE_NOOP("ReviewTexts", "La pasarela lo reversó después de aprobarlo"),
        QT_TRANSLATE_NOOP("ReviewTexts", "Pida que lo reversen en el sistema y avise al asociado."),
    ),
    Review.CONTRADICTION: (
        QT_TRANSLATE_NOOP("ReviewTexts", "La pasarela se contradice"),
        QT_TRANSLATE_NOOP("ReviewTexts", "Pregunte a la pasarela cuál intento vale. No lo aplique antes de su respuesta."),
    ),
    Review.NOT_OURS: (
        QT_TRANSLATE_NOOP("ReviewTexts", "La pasarela respondió con otro valor, moneda o referencia"),
        QT_TRANSLATE_NOOP("ReviewTexts", "No lo aplique. Pida a la pasarela el detalle de esta referencia."),
    ),
    Review.LOST_CREATION: (
        QT_TRANSLATE_NOOP("ReviewTexts", "No se sabe si el pago llegó a existir"),
        QT_TRANSLATE_NOOP("ReviewTexts", "Busque la referencia en la página de la pasarela. Si no está, no se hizo."),
    ),
    Review.NOT_APPLIED: (
        QT_TRANSLATE_NOOP("ReviewTexts", "El sistema lo recibió, pero no lo aplicó todo"),
        QT_TRANSLATE_NOOP("ReviewTexts", "Pida en la cooperativa que lo apliquen y cierre el caso."),
    ),
    Review.CORE_CONFLICT: (
        QT_TRANSLATE_NOOP("ReviewTexts", "El sistema tiene otro pago con el mismo número"),
        QT_TRANSLATE_NOOP("ReviewTexts", "Compare los dos registros en la cooperativa antes de cerrar el caso."),
    ),
    Review.STILL_PENDING: (
        QT_TRANSLATE_NOOP("ReviewTexts", "Lleva dos días sin respuesta del banco"),
        QT_TRANSLATE_NOOP("ReviewTexts", "Pida a la pasarela el estado. El kiosco sigue consultando y cierra el caso solo."),
    ),
    Review.NOT_POSTED: (
        QT_TRANSLATE_NOOP("ReviewTexts", "Aprobado hace más de una hora y sin registrar en el sistema"),
        QT_TRANSLATE_NOOP("ReviewTexts", "Mire si el sistema responde. El kiosco sigue intentando y cierra el caso solo."),
    ),
    Review.OTHER_ACCOUNT: (
        QT_TRANSLATE_NOOP("ReviewTexts", "Se hizo con otra cuenta de la pasarela: aquí no se puede consultar"),
        QT_TRANSLATE_NOOP("ReviewTexts", "Pida a Sistemas que deje esa cuenta en la configuración hasta que termine."),
    ),
    Review.PAID_TWICE: (
        QT_TRANSLATE_NOOP("ReviewTexts", "Pagado dos veces: el banco reporta otro débito por el mismo pago"),
        QT_TRANSLATE_NOOP("ReviewTexts", "Devuelva el segundo débito a quien pagó y ciérrelo como devuelto, con soporte."),
    ),
}  # fmt: skip


def review_words(review: Review) -> tuple[str, str]:
    """What is wrong, and what to do."""
    what, rest = _TEXTS[review]
    return QCoreApplication.translate("ReviewTexts", str(what)), QCoreApplication.translate(
        "ReviewTexts", str(rest)
    )
