"""Seconds from the gateway's approval until the approved result is painted.

The start is the moment that the sandbox gateway wrote down for its decision, the end the paint of the
result page with a paid payment: same machine, same clock. Two ways lead there. *Returns*: the member
approves on the bank's page, which sends the browser back. *Never returns*: the bank debits and its page
goes nowhere, so only the kiosk's own questions can tell; approvals fall on different moments between them.
The result is shown once the core has the payment too, so the core's answer is part of both.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from instruments.benchmarks.measure import SIZE, Measurement, alone
from kiosk.cooperative.payment import CREDITED

if TYPE_CHECKING:
    from instruments.benchmarks.walk import Walk
    from kiosk.app.demo import Demonstration
    from kiosk.app.window import Application

PAYMENTS = 6
ALLOWANCE = 0.15
_FIRST_QUESTION = 3.2
"""Seconds at the bank after which the kiosk asks at every interval."""


def _to_bank(application: Application, walk: Walk) -> None:
    """From the welcome page to the bank's, by the visit's own deeds."""
    from kiosk.cooperative.member import AccountHolder, Document, DocumentType, HolderKind
    from kiosk.tour import HOLDER, MEMBER
    from kiosk.visit.steps import Step

    visit = application.visit
    document = Document(DocumentType.CC, MEMBER[0])
    visit.begin()
    visit.signing_in.consent()
    visit.signing_in.sign_in(document, MEMBER[1])
    walk.arrive(Step.MENU)
    visit.paying.open_choice()
    walk.wait(lambda: bool(visit.paying.obligations.total), "a total")
    visit.paying.confirm_choice()
    visit.next()
    visit.paying.name_holder(
        AccountHolder(HolderKind.NATURAL, document, "María Fernanda Ospina Castillo", *HOLDER)
    )
    walk.arrive(Step.REVIEW)
    visit.paying.pay()
    walk.arrive(Step.BANK)


def _approve_and_leave_open(page: str) -> None:
    """As another browser would: the bank decides, and the kiosk's view stays where it is."""
    base, _, rest = page.partition("/session/")
    form = {"email": "marta.rincon@correo.example", "person": "natural", "bank": "1902"}
    portal = f"{base}/pse/{rest.split('/')[1]}"
    bank = requests.post(portal, data=form, timeout=20, allow_redirects=False).headers["Location"]
    requests.post(base + bank, data={"outcome": "never"}, timeout=20).raise_for_status()


def _decided_at(demonstration: Demonstration, reference: str) -> float:
    sessions = requests.get(f"{demonstration.gateway_url}/sandbox/sessions", timeout=20).json()
    debits = next(each["debits"] for each in sessions if each["reference"] == reference)
    return max(datetime.fromisoformat(debit["decided_at"]).timestamp() for debit in debits)


def pay_once(
    demonstration: Demonstration, application: Application, walk: Walk, later: float | None
) -> dict[str, float]:
    """One payment; `later` is None where the member comes back, else a share of the interval."""
    from kiosk.visit.steps import Step

    visit = application.visit
    _to_bank(application, walk)
    begun = visit.paying.payment
    assert begun is not None
    assert begun.redirect_url is not None, "a payment at the bank has its page"
    if later is None:
        walk._at_bank()
    else:
        walk.dwell(_FIRST_QUESTION + later * visit.limits.watch_every)
        _approve_and_leave_open(begun.redirect_url)
    walk.wait(lambda: visit.step is Step.RESULT and walk.painted_step is Step.RESULT, "the result")
    ended = visit.paying.payment
    if ended is None or ended.state not in CREDITED:
        raise RuntimeError(f"the payment is {ended.state if ended else 'gone'}")
    painted, printing = walk.painted_at, visit.printing
    walk.wait(lambda: printing.receipt is not None, "the receipt's code")
    decided = _decided_at(demonstration, begun.reference)
    found = {"result": painted - decided, "code": time.time() - decided}
    walk.dwell(1.0)
    visit.finish()
    walk.arrive(Step.WELCOME)
    return found


def pay(payments: int) -> dict[str, Any]:
    """Seconds of all payments, of those that return and those that do not."""
    from instruments.benchmarks.walk import Walk, owe_again
    from kiosk.app.demo import Demonstration
    from kiosk.app.window import Application, qt_application

    with tempfile.TemporaryDirectory() as folder:
        demonstration = Demonstration(Path(folder) / "state", quick=True)
        app = qt_application(["kiosk"])
        demonstration.wait()
        application = Application(demonstration.settings(), (), SIZE)
        walk = Walk(application, Path(folder), "approved")
        found: dict[str, Any] = {
            "watch_every": application.settings.sonda.watch_every,
            "returns": [],
            "stays": [],
        }
        try:
            application.show(fullscreen=True)
            walk.dwell(2.0)
            for number in range(payments + 1):
                for name, later in (("returns", None), ("stays", number / payments)):
                    owe_again(demonstration)
                    figures = pay_once(demonstration, application, walk, later)
                    if number:  # the first one builds the pages
                        found[name].append(figures)
        finally:
            application.close()
            demonstration.close()
        app.processEvents()
    return found


def measure(*, short: bool = False) -> Iterator[Measurement]:
    """The worst of each way, to the result and to the receipt's code."""
    found = alone("instruments.benchmarks.approval_to_receipt", str(1 if short else PAYMENTS))
    limit = found["watch_every"] + ALLOWANCE
    for way, name in (("returns", "the member returns"), ("stays", "the browser never returns")):
        seconds = [each["result"] for each in found[way]]
        detail = {"result_seconds": seconds, "median": statistics.median(seconds)}
        yield Measurement(f"approval to result, {name}", max(seconds), limit, "s", detail)
    codes = [each["code"] for way in ("returns", "stays") for each in found[way]]
    yield Measurement("approval to receipt", max(codes), limit + ALLOWANCE, "s", {"code_seconds": codes})


if __name__ == "__main__":
    print(json.dumps(pay(int(sys.argv[1]))))
