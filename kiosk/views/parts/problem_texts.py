"""The one sentence for each trouble: what happened, what it means for the money, what to do now."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from kiosk.cooperative import scheme_texts
from kiosk.cooperative.member import DocumentProblem, HolderProblem
from kiosk.cooperative.obligation import AmountProblem
from kiosk.visit.problems import Problem, Trouble

_CONTEXT = "ProblemTexts"

_TEXTS = {
    Trouble.WRONG_KEY: (
        QT_TRANSLATE_NOOP("ProblemTexts", "La cédula o la clave no coinciden."),
        QT_TRANSLATE_NOOP(
            "ProblemTexts",
            "No se ha pagado nada. Revise los números e intente otra vez, o toque «Es mi primera vez u olvidé la clave».",
        ),
    ),
    Trouble.LOCKED: (
        QT_TRANSLATE_NOOP("ProblemTexts", "Por seguridad este documento quedó bloqueado hasta las {until}."),
        QT_TRANSLATE_NOOP(
            "ProblemTexts",
            "Hubo varios intentos con clave equivocada. Su dinero está a salvo: espere o toque «Es mi primera vez u olvidé la clave». {call}",
        ),
    ),
    Trouble.TOO_MANY_TRIES: (
        QT_TRANSLATE_NOOP("ProblemTexts", "Espere {seconds} segundos antes de intentar otra vez."),
        QT_TRANSLATE_NOOP(
            "ProblemTexts",
            "Hubo varias claves equivocadas en este kiosco. Si no recuerda la suya, toque «Es mi primera vez u olvidé la clave».",
        ),
    ),
    Trouble.BLOCKED: (
        QT_TRANSLATE_NOOP("ProblemTexts", "Este canal no está habilitado para usted."),
        QT_TRANSLATE_NOOP(
            "ProblemTexts", "No se ha pagado nada. Acérquese a un asesor de esta agencia. {call}"
        ),
    ),
    Trouble.NO_EMAIL: (
        QT_TRANSLATE_NOOP("ProblemTexts", "No tenemos un correo electrónico suyo."),
        QT_TRANSLATE_NOOP(
            "ProblemTexts",
            "Para recibir la clave, actualice sus datos en su agencia con su documento.",
        ),
    ),
    Trouble.CORE_AWAY: (
        QT_TRANSLATE_NOOP("ProblemTexts", "En este momento no logramos comunicarnos con la Cooperativa."),
        QT_TRANSLATE_NOOP(
            "ProblemTexts",
            "No se ha pagado nada y lo que escribió sigue aquí. Espere un minuto e intente de nuevo. {call}",
        ),
    ),
    Trouble.TERMINAL_REFUSED: (
        QT_TRANSLATE_NOOP("ProblemTexts", "Este kiosco no está autorizado por la Cooperativa."),
        QT_TRANSLATE_NOOP(
            "ProblemTexts",
            "No se ha pagado nada. Avise a un asesor de la agencia: el área de sistemas debe revisarlo.",
        ),
    ),
    Trouble.SESSION_OVER: (
        QT_TRANSLATE_NOOP("ProblemTexts", "Su sesión terminó por seguridad."),
        QT_TRANSLATE_NOOP(
            "ProblemTexts", "No se ha pagado nada. Ingrese otra vez con su documento y su clave."
        ),
    ),
    Trouble.KEY_REFUSED: (
        QT_TRANSLATE_NOOP("ProblemTexts", "La clave nueva no cumple las reglas."),
        QT_TRANSLATE_NOOP(
            "ProblemTexts", "Su clave anterior sigue vigente. Escoja otra que no haya usado antes."
        ),
    ),
    Trouble.NOTHING_CHOSEN: (
        QT_TRANSLATE_NOOP("ProblemTexts", "Aún no ha escogido qué pagar."),
        QT_TRANSLATE_NOOP("ProblemTexts", "Toque un valor en la lista para agregarlo al total."),
    ),
    Trouble.TOO_MANY_LINES: (
        QT_TRANSLATE_NOOP("ProblemTexts", "En un solo pago caben máximo 20 obligaciones."),
        QT_TRANSLATE_NOOP("ProblemTexts", "Pague estas primero; luego puede hacer otro pago con las demás."),
    ),
    Trouble.BELOW_MINIMUM: (
        QT_TRANSLATE_NOOP("ProblemTexts", "El pago mínimo por PSE es {amount}."),
        QT_TRANSLATE_NOOP("ProblemTexts", "Agregue otra obligación o un valor mayor para continuar."),
    ),
    Trouble.ABOVE_MAXIMUM: (
        QT_TRANSLATE_NOOP("ProblemTexts", "El pago máximo por PSE es {amount}."),
        QT_TRANSLATE_NOOP("ProblemTexts", "Quite una obligación y haga luego otro pago."),
    ),
    Trouble.PAYMENT_PENDING: (
        QT_TRANSLATE_NOOP("ProblemTexts", "Una de estas obligaciones ya tiene un pago en proceso."),
        QT_TRANSLATE_NOOP("ProblemTexts", "No pague dos veces: consulte el estado en «Mis pagos»."),
    ),
    Trouble.PAID_ALREADY: (
        QT_TRANSLATE_NOOP("ProblemTexts", "Una de estas obligaciones ya está pagada."),
        QT_TRANSLATE_NOOP("ProblemTexts", "No pague dos veces: vea su comprobante en «Mis pagos»."),
    ),
    Trouble.NO_BANK_LIST: (
        QT_TRANSLATE_NOOP("ProblemTexts", "La lista de bancos no está disponible ahora."),
        QT_TRANSLATE_NOOP("ProblemTexts", "No se ha pagado nada y lo que escribió sigue aquí."),
    ),
    Trouble.NOT_CREATED: (
        QT_TRANSLATE_NOOP("ProblemTexts", "No se pudo crear la transacción."),
        QT_TRANSLATE_NOOP("ProblemTexts", "No se hizo ningún débito y lo que escogió sigue aquí."),
    ),
    Trouble.LIMIT: (
        QT_TRANSLATE_NOOP(
            "ProblemTexts",
            "El valor es mayor de lo que PSE permite.",
        ),
        QT_TRANSLATE_NOOP("ProblemTexts", "No se hizo ningún débito. Puede pagar un valor menor."),
    ),
    Trouble.BANK_UNREACHABLE: (
        QT_TRANSLATE_NOOP("ProblemTexts", "Ese banco no responde en este momento."),
        QT_TRANSLATE_NOOP("ProblemTexts", "No se hizo ningún débito y lo que escribió sigue aquí."),
    ),
    Trouble.GATEWAY_AWAY: (
        QT_TRANSLATE_NOOP("ProblemTexts", "No logramos comunicarnos con PSE."),
        QT_TRANSLATE_NOOP(
            "ProblemTexts",
            "No se hizo ningún débito y lo que escribió sigue aquí. Espere un minuto e intente otra vez. {call}",
        ),
    ),
    Trouble.DEBT_CHANGED: (
        QT_TRANSLATE_NOOP("ProblemTexts", "Lo que debe cambió mientras escogía."),
        QT_TRANSLATE_NOOP(
            "ProblemTexts",
            "No se hizo ningún débito. Tal vez ya se pagó en otro kiosco o en la web: revise los valores y escoja otra vez.",
        ),
    ),
    Trouble.JOURNAL: (
        QT_TRANSLATE_NOOP("ProblemTexts", "Este kiosco no puede guardar pagos ahora."),
        QT_TRANSLATE_NOOP(
            "ProblemTexts",
            "No se hizo ningún débito. Pague en ventanilla o en otro kiosco y avise a un asesor.",
        ),
    ),
}

_ANYTHING_ELSE = (
    QT_TRANSLATE_NOOP("ProblemTexts", "Algo no salió bien en este kiosco."),
    QT_TRANSLATE_NOOP(
        "ProblemTexts",
        "Si ya estaba pagando, su pago no se pierde: consúltelo en «Mis pagos». {call}",
    ),
)


class ProblemTexts:
    """Words for troubles, in the language in force. `of` gives (what happened, the rest)."""

    @staticmethod
    def of(problem: Problem, company: str, care: str, phone: str, email: str) -> tuple[str, str]:
        """Headline and advice for a problem. Where the scheme has a text, it is the advice, unchanged."""
        what, rest = ProblemTexts._plain(problem.trouble)
        call = QCoreApplication.translate(
            "ProblemTexts", "Si necesita ayuda llame a {care}: {phone}."
        ).format(care=care, phone=phone)
        if problem.contact is not None:
            said = problem.contact.text.strip()
            rest = f"{rest} {said}" if not said or said.endswith((".", "!", "?")) else f"{rest} {said}."
            if problem.contact.phone:
                call = QCoreApplication.translate("ProblemTexts", "Teléfono {phone}.").format(
                    phone=problem.contact.phone
                )
        if problem.trouble is Trouble.WRONG_KEY and problem.number is not None:
            rest = f"{ProblemTexts._attempts(problem.number)} {rest}"
        facts = {"amount": problem.amount, "until": problem.until, "call": call, "seconds": problem.number}
        what, rest = what.format(**facts), rest.format(**facts)
        fixed = ProblemTexts._scheme(problem, company, phone, email)
        return what, " ".join(part for part in (rest, fixed) if part)

    @staticmethod
    def _attempts(left: int) -> str:
        translate = QCoreApplication.translate
        if left == 1:
            return translate("ProblemTexts", "Le queda 1 intento antes de que el documento se bloquee.")
        return translate("ProblemTexts", "Le quedan {left} intentos.").format(left=left)

    @staticmethod
    def _scheme(problem: Problem, company: str, phone: str, email: str) -> str:
        """The scheme's own text, in Spanish in every language; empty where it has none."""
        held = problem.payment
        if problem.trouble is Trouble.LIMIT:
            return scheme_texts.limit_exceeded(phone, email)
        if problem.trouble is Trouble.NOT_CREATED:
            return scheme_texts.not_created(company, phone, email)
        if problem.trouble is Trouble.BANK_UNREACHABLE:
            return f"{scheme_texts.BANK_UNREACHABLE}."
        if problem.trouble is Trouble.NO_BANK_LIST:
            return f"{scheme_texts.NO_BANK_LIST}."
        if problem.trouble is Trouble.PAYMENT_PENDING and held is not None:
            return scheme_texts.pending_already(
                "pago", held.reference, phone, email, held.cus or held.reference
            )
        if problem.trouble is Trouble.PAID_ALREADY and held is not None:
            return scheme_texts.approved_already(held.reference, phone, email, held.cus or held.reference)
        return ""

    @staticmethod
    def _plain(trouble: Trouble) -> tuple[str, str]:
        what, rest = _TEXTS.get(trouble, _ANYTHING_ELSE)
        return QCoreApplication.translate(_CONTEXT, str(what)), QCoreApplication.translate(
            _CONTEXT, str(rest)
        )

    @staticmethod
    def document(problem: DocumentProblem) -> str:
        """What is wrong with a document."""
        translate = QCoreApplication.translate
        return {
            DocumentProblem.EMPTY: translate("ProblemTexts", "Escriba el número del documento."),
            DocumentProblem.NOT_DIGITS: translate(
                "ProblemTexts", "Escriba solo números, sin letras ni signos."
            ),
            DocumentProblem.CHARACTERS: translate("ProblemTexts", "Use solo letras y números."),
            DocumentProblem.TOO_SHORT: translate("ProblemTexts", "Al número le faltan cifras. Revíselo."),
            DocumentProblem.TOO_LONG: translate("ProblemTexts", "El número tiene cifras de más. Revíselo."),
            DocumentProblem.LEADING_ZERO: translate("ProblemTexts", "El número no puede empezar por cero."),
            DocumentProblem.PERSON_WITH_NIT: translate(
                "ProblemTexts", "Una persona no usa NIT. Escoja otro tipo de documento."
            ),
            DocumentProblem.CHECK_DIGIT: translate(
                "ProblemTexts", "El dígito de verificación no corresponde. Revise el NIT."
            ),
            DocumentProblem.COMPANY_WITHOUT_NIT: translate("ProblemTexts", "Una empresa debe usar su NIT."),
        }[problem]

    @staticmethod
    def holder(problem: HolderProblem) -> str:
        """What is wrong with another field of the account holder."""
        translate = QCoreApplication.translate
        return {
            HolderProblem.EMPTY: translate("ProblemTexts", "Este dato hace falta."),
            HolderProblem.TOO_LONG: translate("ProblemTexts", "El texto es demasiado largo."),
            HolderProblem.FORBIDDEN_CHARACTERS: translate("ProblemTexts", "Quite los signos especiales."),
            HolderProblem.NOT_AN_EMAIL: translate(
                "ProblemTexts", "Escriba un correo completo, como nombre@correo.com."
            ),
            HolderProblem.NOT_A_MOBILE: translate(
                "ProblemTexts", "El celular tiene 10 dígitos y empieza por 3."
            ),
        }[problem]

    @staticmethod
    def amount(problem: AmountProblem, minimum: str, maximum: str) -> str:
        """What is wrong with another amount."""
        translate = QCoreApplication.translate
        return {
            AmountProblem.NOT_ALLOWED: translate("ProblemTexts", "Esta obligación no recibe otros valores."),
            AmountProblem.EMPTY: translate("ProblemTexts", "Escriba cuánto quiere pagar."),
            AmountProblem.NOT_A_NUMBER: translate("ProblemTexts", "Escriba solo números, sin signos."),
            AmountProblem.DECIMALS: translate("ProblemTexts", "Escriba pesos completos, sin centavos."),
            AmountProblem.ZERO: translate("ProblemTexts", "El valor debe ser mayor que cero."),
            AmountProblem.BELOW_MINIMUM: translate("ProblemTexts", "El valor mínimo es {minimum}.").format(
                minimum=minimum
            ),
            AmountProblem.ABOVE_MAXIMUM: translate("ProblemTexts", "El valor máximo es {maximum}.").format(
                maximum=maximum
            ),
        }[problem]
