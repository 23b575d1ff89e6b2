"""The commands that need no screen, run as scripts run them."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from counterparts import MORNING, PAYER, order
from till import APPROVED, till_at

from kiosk.cooperative.money import Money
from kiosk.cooperative.payment import Event, Review, State
from kiosk.journal.journal import Journal
from kiosk.journal.keys import NO_KEYS, Keyring
from kiosk.pse.gateway import Approval
from kiosk.receipt.code import token

CONFIG = """
[terminal]
demonstration = true
[cooperative]
nit = "890.000.000-1"
[journal]
file = "{folder}/journal.sqlite"
[receipts]
folder = "{folder}"
signing_key = "env:KIOSK_TEST_KEY"
[core]
url = "http://127.0.0.1:9/v1"
token_url = "http://127.0.0.1:9/token"
client_secret = "env:KIOSK_TEST_KEY"
[gateway]
url = "http://127.0.0.1:9"
secret = "env:KIOSK_TEST_KEY"
"""
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "kiosk.toml"
    path.write_text(CONFIG.format(folder=tmp_path), encoding="utf-8")
    return path


def kiosk(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kiosk.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"KIOSK_TEST_KEY": KEY},
    )


def pending_payment(folder: Path, keys: Keyring = NO_KEYS) -> str:
    journal = Journal.open(folder / "journal.sqlite", keys=keys)
    payment = journal.prepare(order(), PAYER, terminal="PAM01", gateway="placetopay", now=MORNING)
    payment = journal.record(payment, Event.SENT, now=MORNING, next_ask_at=MORNING)
    journal.close()
    return payment.reference


def test_journal_list_and_verify(config: Path, tmp_path: Path) -> None:
    reference = pending_payment(tmp_path)
    listed = kiosk("journal", "list", "--config", config)
    assert (listed.returncode, listed.stdout.split()[1:4]) == (0, [reference, "REQUESTED", "185000.00"])
    assert kiosk("journal", "verify", "--config", config).returncode == 0


def test_a_second_debit_is_closed_by_its_own_cus_only(config: Path, tmp_path: Path) -> None:
    first = Approval("A-1", Money.of(185000), "55501", "BANCO UNO", MORNING)
    second = Approval("A-2", Money.of(185000), "55777", "BANCO DOS", MORNING)
    with till_at(tmp_path) as till:
        till.gateway.answers = [replace(APPROVED, approved_amount=first.amount, approvals=(first, second))]
        paid = till.checkout.ask(till.left())
        assert paid.review is Review.PAID_TWICE
    said = ["--by", "Gerencia", "--reason", "doble débito", "--evidence", "carta 12", "--config", str(config)]
    wrong = kiosk("journal", "return", paid.reference, "--cus", "55501", *said)
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr
    right = kiosk("journal", "return", paid.reference, "--cus", "55777", *said)
    assert (right.returncode, right.stdout) == (
        0, f"journal: the second debit 55777 of {paid.reference} is returned\n",
    )  # fmt: skip
    assert kiosk("journal", "list", "--review", "--config", config).stdout == ""


def test_journal_verify_finds_a_changed_event(config: Path, tmp_path: Path) -> None:
    pending_payment(tmp_path)
    with sqlite3.connect(tmp_path / "journal.sqlite") as book:
        table = next(name for (name,) in book.execute("select name from sqlite_master where type='table'")
                     if "event" in name)  # fmt: skip
        for (trigger,) in book.execute("select name from sqlite_master where type='trigger'").fetchall():
            book.execute(f"drop trigger {trigger}")
        book.execute(f"update {table} set at = '2020-01-01 00:00:00.000000'")
    verified = kiosk("journal", "verify", "--config", config)
    assert verified.returncode == 2
    assert "journal: event 1 was altered\n" in verified.stdout


def test_journal_is_kept_and_a_case_is_settled(config: Path, tmp_path: Path) -> None:
    reference = pending_payment(tmp_path)

    def journal(*arguments: str | Path) -> tuple[int, str]:
        ran = kiosk("journal", *arguments, "--config", config)
        assert "Traceback" not in ran.stderr
        return ran.returncode, ran.stdout + ran.stderr

    head = journal("verify")[1].splitlines()[0].removeprefix("head ")
    assert journal("verify", "--head", head)[0] == 0
    assert journal("verify", "--head", "1:" + "f" * 64)[0] == 2
    told = {"--by": "gerente", "--reason": "No existe en la pasarela", "--evidence": "Carta 118"}
    verdict = ["settle", reference, "--as", "failed", *(part for pair in told.items() for part in pair)]
    assert journal(*verdict) == (2, f"kiosk: {reference}: only a flagged payment can be settled\n")
    book = Journal.open(tmp_path / "journal.sqlite")
    (payment,) = book.find()
    book.flag(payment, Review.LOST_CREATION, now=MORNING)
    book.close()
    assert "look for the reference on the gateway's page" in journal("list", "--review")[1]
    assert journal(*verdict) == (0, f"journal: {reference} is FAILED\n")
    shown = json.loads(journal("show", reference)[1])
    assert (shown["state"], shown["events"][-1]["facts"]["evidence"]) == ("FAILED", "Carta 118")
    assert journal("show", "NOPE") == (2, "kiosk: no payment NOPE\n")
    assert journal("list", "--find", reference)[1].count(reference) == 1

    assert journal("backup", tmp_path / "copy.sqlite")[0] == 0
    assert journal("rebuild") == (0, "journal: 1 payments written anew from their events\n")
    (tmp_path / "journal.sqlite").write_bytes(b"not a database" * 100)
    assert journal("verify")[0] == 2
    assert journal("set-aside")[0] == 0
    assert journal("list") == (2, f"kiosk: {tmp_path}/journal.sqlite: there is no journal yet\n")
    (tmp_path / "copy.sqlite").rename(tmp_path / "journal.sqlite")
    assert journal("verify")[0] == 0
    assert journal("new")[0] == 2


def test_journal_goes_back_to_an_older_schema_after_a_copy(config: Path, tmp_path: Path) -> None:
    def downgrade(revision: str) -> tuple[int, str]:
        ran = kiosk("journal", "downgrade", revision, "--config", config)
        return ran.returncode, ran.stdout + ran.stderr

    file, backups = tmp_path / "journal.sqlite", tmp_path / "backups"
    assert downgrade("0001") == (2, f"kiosk: {file}: there is no journal yet\n")
    reference = pending_payment(tmp_path)
    refused = "no schema '9', only 0001, 0002, 0003, 0004, 0005; nothing was changed"
    assert downgrade("9") == (2, f"kiosk: {file}: {refused}\n")
    assert not backups.exists()
    code, said = downgrade("0001")
    (copy,) = backups.iterdir()
    assert (code, said.splitlines()[0]) == (0, f"journal: the journal was copied to {copy}")
    assert copy.stat().st_mode & 0o777 == 0o600
    assert downgrade("0001")[0] == 2  # it is there already
    assert kiosk("journal", "backup", tmp_path / "old.sqlite", "--config", config).returncode == 0
    for book in (file, tmp_path / "old.sqlite"):  # what an upgrade copies is copied as it is
        with sqlite3.connect(book) as found:
            assert found.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
    assert reference in kiosk("journal", "list", "--config", config).stdout
    assert kiosk("journal", "verify", "--config", config).returncode == 0


def test_a_file_that_is_no_journal_is_said_so(config: Path, tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"not a database" * 100)
    for command in (("journal", "list"), ("sonda", "--once")):
        refused = kiosk(*command, "--config", config)
        assert refused.returncode == 2
        assert refused.stderr.startswith("kiosk: ")
        assert "Traceback" not in refused.stderr


def test_the_sonda_alone_keeps_what_it_cannot_ask_about(config: Path, tmp_path: Path) -> None:
    reference = pending_payment(tmp_path)
    assert kiosk("sonda", "--once", "--config", config).returncode == 0
    journal = Journal.open(tmp_path / "journal.sqlite")
    (payment,) = journal.find()
    journal.close()
    assert payment.reference == reference
    assert payment.state in (State.REQUESTED, State.PENDING)


WITHOUT_QT = """
import sys
class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "shiboken6"):
            raise ImportError(name)
sys.meta_path.insert(0, NoQt())
from kiosk.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_the_sonda_needs_no_qt(config: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_QT, "sonda", "--once", "--config", str(config)],
        capture_output=True, text=True, timeout=60, check=False, env=os.environ | {"KIOSK_TEST_KEY": KEY},
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")


def test_receipt_verify_tells_true_from_forged(config: Path) -> None:
    from receipt_cases import PAID

    real = token(PAID, KEY.encode())
    genuine = kiosk("receipt", "verify", real, "--config", config)
    assert genuine.returncode == 0
    assert json.loads(genuine.stdout)["cus"] == PAID.cus
    forged = kiosk("receipt", "verify", real[:-2] + "AA", "--config", config)
    assert (forged.returncode, forged.stdout) == (1, "receipt: not genuine\n")


def test_settings_that_are_wrong_end_with_one_line(config: Path) -> None:
    config.write_text("[terminal]\ncolour = 1\n", encoding="utf-8")
    refused = kiosk("journal", "list", "--config", config)
    assert refused.returncode == 2
    assert "terminal.colour" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_size_is_two_numbers() -> None:
    refused = kiosk("demo", "--tour", "--size", "big")
    assert refused.returncode == 2
    assert "1920x1080" in refused.stderr


def test_doctor_as_scripts_run_it(config: Path) -> None:
    ran = kiosk("doctor", "--config", config, "--json")
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["level"]) == (2, "broken")  # nobody listens at these addresses
    levels = {row["check"]: row["level"] for row in told["findings"]}
    assert levels["clock"] == levels["gateway"] == levels["core"] == "broken"
    assert KEY not in ran.stdout + ran.stderr
    shown = kiosk("doctor", "--config", config).stdout.splitlines()
    assert [line.split()[1] for line in shown if line[0] != " "] == list(levels)
