"""The invented members of the sandbox and what each owes.

Nobody here exists: citizens' numbers are above any that was issued, e-mail domains are reserved
for examples. Dates are days before or after today, so that the demo never goes stale.
Amounts are whole pesos.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.sandbox.member_core.rows import (
    SeedObligation,
    contribution,
    funeral_fund,
    life_fund,
    loan,
    service,
)


@dataclass(frozen=True, slots=True)
class SeedMember:
    """A member as the sandbox starts. `key` None: never had one; `email` None: none on file.

    `locked`: too many failures, and locked again whenever the lock ends. `blocked`: by the
    cooperative. `first_entry`: the key is temporary and must be changed.
    """

    member_id: str
    document_type: str
    document_number: str
    name: str
    key: str | None
    email: str | None
    obligations: tuple[SeedObligation, ...] = ()
    first_entry: bool = False
    locked: bool = False
    blocked: bool = False
    phrases: tuple[str, str] | None = field(default=None)
    """What the guide says of this member, in Spanish and English; None: not in the guide."""


_LONG_NAME = "María del Perpetuo Socorro Alejandrina Fernández de Córdoba y Castellanos de Valdivieso"
_LONG_ROW = "Crédito de vivienda con subsidio de tasa para asociados del litoral del Pacífico"

_THIRTY_NAMES = (
    "Plan odontológico familiar", "Seguro de hogar", "Auxilio educativo", "Plan exequial de mascotas",
    "Telefonía móvil", "Medicina prepagada", "Bono de mercado", "Turismo y recreación",
    "Seguro del vehículo", "Gimnasio",
)  # fmt: skip


def _thirty() -> tuple[SeedObligation, ...]:
    loans = [
        loan(f"CR-90{n:02d}", "Crédito libre inversión", f"90-{n:02d}", 84_000 + 3_500 * n,
             1_900_000 + 75_000 * n,
             late_days=11 + n if n % 4 == 1 else None, due_in=4 + n, paid=n, total=36)
        for n in range(1, 11)
    ]  # fmt: skip
    services = [
        service(f"SA-91{n:02d}", f"{_THIRTY_NAMES[n % 10]} {n // 10 + 1}", f"91-{n:02d}", 18_000 + 1_200 * n,
                late_days=6 if n % 6 == 2 else None, due_in=3 + n)
        for n in range(17)
    ]  # fmt: skip
    funds = [
        contribution("AP-100109", "Aportes", "100109", 60_000, 5_220_000, due_in=9),
        life_fund("FV-100109", "100109", 34_000, due_in=14),
        funeral_fund("FF-100109", "100109", 21_500, due_in=21),
    ]
    return (*loans, *funds, *services)


MEMBERS: tuple[SeedMember, ...] = (
    SeedMember(
        "A-100101", "CC", "1900100101", "María Fernanda Ospina Castillo", "4821",
        "mafe.ospina@correo.example",
        (
            loan("CR-881204", "Crédito libre inversión", "88-1204", 318_300, 5_092_800, late_days=18,
                 paid=20, total=36),
            contribution("AP-100101", "Aportes", "100101", 60_000, 4_380_000, late_days=12),
            life_fund("FV-100101", "100101", 34_000, late_days=3),
            funeral_fund("FF-100101", "100101", 21_500, due_in=26),
            service("SA-7701", "Plan odontológico familiar", "77-01", 45_000, due_in=17),
        ),
        phrases=("Tres obligaciones vencidas", "Three overdue obligations"),
    ),
    SeedMember(
        "A-100102", "CC", "1900100102", "Gloria Inés Mosquera Riascos", "1357",
        "gloria.mosquera@correo.example",
        (
            loan("CR-870033", "Crédito educativo", "87-0033", 196_400, 2_160_400, due_in=8, paid=13,
                 total=24),
            contribution("AP-100102", "Aportes", "100102", 55_000, 7_865_000, due_in=8),
            life_fund("FV-100102", "100102", 34_000, due_in=22),
        ),
        phrases=("Todo al día, nada vencido", "All up to date, nothing overdue"),
    ),
    SeedMember(
        "A-100103", "CC", "1900100103", "Héctor Fabio Quiñones Angulo", "7394",
        "hector.quinones@correo.example",
        (
            loan("CR-640118", "Crédito de vivienda", "64-0118", 742_600, 48_269_000, late_days=133,
                 charges=186_350,
                 paid=41, total=120),
            loan("CR-852207", "Crédito libre inversión", "85-2207", 389_150, 8_561_300, late_days=101,
                 charges=74_180,
                 paid=10, total=36),
            loan("CR-889016", "Crédito de calamidad doméstica", "88-9016", 127_500, 1_402_500, late_days=71,
                 charges=9_940, paid=3, total=15),
            contribution("AP-100103", "Aportes", "100103", 80_000, 9_120_000, late_days=131),
            life_fund("FV-100103", "100103", 34_000, late_days=102),
            funeral_fund("FF-100103", "100103", 21_500, late_days=71),
        ),
        phrases=("Varios créditos con meses en mora", "Several loans, months overdue"),
    ),
    SeedMember(
        "A-100104", "CC", "1900100104", "Yeison Andrés Cuaspud Tulcán", "6048", None,
        (
            loan("CR-884410", "Crédito agropecuario", "88-4410", 164_900, 2_968_200, due_in=5, paid=6,
                 total=24),
            contribution("AP-100104", "Aportes", "100104", 45_000, 1_035_000, late_days=6),
        ),
        phrases=("Sin correo registrado", "No e-mail on file"),
    ),
    SeedMember(
        "A-100105", "CC", "1900100105", "Valentina Restrepo Hurtado", "2468", "vale.restrepo@correo.example",
        (
            contribution("AP-100105", "Aportes", "100105", 45_000, 90_000, due_in=11),
            life_fund("FV-100105", "100105", 34_000, due_in=11),
        ),
        first_entry=True,
        phrases=("Primer ingreso: debe cambiar la clave", "First entry: must change the key"),
    ),
    SeedMember(
        "A-100106", "CC", "1900100106", "Óscar Iván Banguera Caicedo", "5279",
        "oscar.banguera@correo.example",
        (contribution("AP-100106", "Aportes", "100106", 45_000, 2_250_000, due_in=10),),
        locked=True,
        phrases=("Bloqueado por intentos fallidos", "Locked after failed attempts"),
    ),
    SeedMember(
        "A-100107", "CC", "1900100107", "Luz Dary Trujillo Perea", "8163", "luzdary.trujillo@correo.example",
        (contribution("AP-100107", "Aportes", "100107", 45_000, 3_015_000, late_days=40),),
        blocked=True,
        phrases=("Bloqueada por la cooperativa", "Blocked by the cooperative"),
    ),
    SeedMember(
        "A-100108", "CC", "1900100108", "Santiago Mejía Zúñiga", "3905", "santiago.mejia@correo.example",
        phrases=("Sin obligaciones", "No obligations at all"),
    ),
    SeedMember(
        "A-100109", "CC", "1900100109", "Amparo Belalcázar de Rengifo", "9417",
        "amparo.belalcazar@correo.example",
        _thirty(),
        phrases=("Treinta obligaciones", "Thirty obligations"),
    ),
    SeedMember(
        "A-100110", "CC", "1900100110", "Segundo Jaramillo Benavides", "6582",
        "segundo.jaramillo@correo.example",
        (
            loan("CR-890077", "Crédito libre inversión", "89-0077", 205_700, 3_702_600, late_days=9, paid=6,
                 total=24),
            loan("CR-610455", "Crédito de vehículo", "61-0455", 468_000, 6_552_000, late_days=193,
                 charges=213_400,
                 paid=34, total=60, reason="legal_collection"),
            service("SA-7720", "Medicina prepagada", "77-20", 118_000, due_in=7,
                    reason="payroll_deduction_only"),
            loan("CR-550921", "Crédito educativo", "55-0921", 0, 0, paid=24, total=24, reason="closed"),
            life_fund("FV-100110", "100110", 0, reason="nothing_due"),
            service("SA-7733", "Turismo y recreación", "77-33", 62_000, due_in=16, reason="other"),
        ),
        phrases=("Filas que no se pueden pagar aquí", "Rows that can not be paid here"),
    ),
    SeedMember(
        "A-100111", "NIT", "999100111", "Comercializadora La Espiga del Pacífico S.A.S.", "7150",
        "pagos@laespiga.example",
        (
            loan("CR-720310", "Crédito empresarial", "72-0310", 1_984_300, 37_701_700, late_days=5, paid=17,
                 total=36),
            contribution("AP-100111", "Aportes", "100111", 250_000, 14_500_000, due_in=13),
        ),
        phrases=("Empresa que entra con NIT", "A company, with NIT"),
    ),
    SeedMember(
        "A-100112", "CC", "1900100112", _LONG_NAME, "5836", "maria.fernandez.de.cordoba@correo.example",
        (
            loan("CR-650812", _LONG_ROW, "65-0812-VIS-SUROCCIDENTE-00123", 1_236_890, 118_741_440,
                 late_days=15,
                 paid=24, total=240),
            service("SA-7745", "Póliza de seguro todo riesgo para el hogar y sus electrodomésticos", "77-45",
                    87_650,
                    due_in=19),
        ),
        phrases=("Nombres muy largos", "Very long names"),
    ),
    SeedMember(
        "A-100113", "CC", "1900100113", "Rosa Elvira Chamorro Erazo", "4706", "rosa.chamorro@correo.example",
        (
            loan("CR-891550", "Crédito rotativo", "89-1550", 38_400, 268_800, due_in=6, paid=5, total=12,
                 least=100),
            contribution("AP-100113", "Aportes", "100113", 45_000, 405_000, due_in=6, least=100),
        ),
        phrases=("Otro valor desde $ 100", "Another amount from $ 100"),
    ),
    SeedMember(
        "A-100114", "TI", "1900100114", "Juan José Arboleda Montaño", "8294",
        "juanjo.arboleda@correo.example",
        (contribution("AP-100114", "Aportes ahorrador juvenil", "100114", 15_000, 195_000, late_days=2),),
        phrases=("Menor con tarjeta de identidad", "A minor, with identity card (TI)"),
    ),
    SeedMember(
        "A-100115", "CE", "9100115", "Mariela Guaramato Pernía", "3671", "mariela.guaramato@correo.example",
        (
            loan("CR-892004", "Crédito libre inversión", "89-2004", 142_350, 1_565_850, late_days=22, paid=1,
                 total=12),
            life_fund("FV-100115", "100115", 34_000, due_in=12),
        ),
        phrases=("Con cédula de extranjería", "With a foreigner's card (CE)"),
    ),
    SeedMember(
        "A-100116", "PPT", "9100116", "Yulimar Andreína Parra Colmenares", None,
        "yulimar.parra@correo.example",
        (contribution("AP-100116", "Aportes", "100116", 45_000, 45_000, due_in=15),),
    ),
)  # fmt: skip
