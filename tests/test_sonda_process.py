"""`kiosk sonda` as systemd runs it: real processes on one journal, real servers, no interface."""

from __future__ import annotations

import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from counterparts import HOLDER, PAYER
from sandbox_servers import (
    MARIA,
    MARIAS_KEY,
    PATIENCE,
    SECRETS,
    core_process,
    free_port,
    line,
    movements,
    pay,
    puts,
    setting,
    until,
)  # fmt: skip

from kiosk.app import assembly
from kiosk.cooperative.member import Member
from kiosk.cooperative.order import Order
from kiosk.cooperative.payment import Event, Payment, State
from kiosk.settings import load
from kiosk.teller.desk import Desk

CONFIG = """
[terminal]
id = "SOLO01"
demonstration = true
[journal]
file = "{folder}/journal.sqlite"
[receipts]
folder = "{folder}"
signing_key = "env:KIOSK_SANDBOX_SECRET"
[core]
url = "{core}/v1"
token_url = "{core}/oauth2/token"
client_id = "kiosk-demo"
client_secret = "env:KIOSK_SANDBOX_CORE_SECRET"
[gateway]
url = "{gateway}"
login = "kiosk-demo-login"
secret = "env:KIOSK_SANDBOX_SECRET"
return_url = "https://kiosco.invalid/retorno"
[sonda]
watch_every = 0.2
first_after = 1
every = 1
post_every = 0.2
[payments]
minimum = 100
"""


OWED = {"AP-100101": "60000", "FV-100101": "34000", "FF-100101": "21500"}


class Branch:
    """A terminal whose interface is down: its journal, its gateway and its core."""

    def __init__(self, folder: Path, core: str, port: int) -> None:
        self.folder, self.core, self.port = folder, core, port
        self.gateway = f"http://127.0.0.1:{port}"
        self.config = folder / "kiosk.toml"
        self.config.write_text(
            CONFIG.format(folder=folder, core=core, gateway=self.gateway), encoding="utf-8"
        )
        self.desk: Desk = assembly.build_desk(load(self.config))
        self.member: Member = self.desk.connector.sign_in(MARIA, MARIAS_KEY).member

    def order(self, obligation: str = "AP-100101") -> Order:
        return Order((line(obligation, OWED[obligation]),))

    def started(self, obligation: str = "AP-100101") -> Payment:
        """At the bank, with nobody in front of the screen any more."""
        payment = self.desk.checkout.start(self.order(obligation), self.member, HOLDER)
        assert payment.redirect_url
        return payment

    def now(self, payment: Payment) -> Payment:
        return self.desk.journal.get(payment.payment_id)

    def posted(self, *payments: Payment) -> bool:
        return all(self.now(payment).state is State.POSTED for payment in payments)

    @contextmanager
    def gateway_up(self) -> Iterator[None]:
        """The gateway as a process that remembers its sessions when it comes back."""
        process = subprocess.Popen(
            [sys.executable, "-m", "kiosk.sandbox.pse", "--port", str(self.port),
             "--data", str(self.folder / "gateway.sqlite")],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            assert process.stdout
            assert process.stdout.readline().startswith("listening")
            yield
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)

    @contextmanager
    def sonda(self) -> Iterator[Watchman]:
        watchman = Watchman(self.config, self.folder)
        try:
            yield watchman
        finally:
            watchman.process.kill()
            watchman.process.wait(PATIENCE)


class Watchman:
    """A `kiosk sonda` process and what it has said."""

    def __init__(self, config: Path, folder: Path) -> None:
        name = f"{len(list(folder.glob('*.out')))}"
        self.out, self.err = folder / f"{name}.out", folder / f"{name}.err"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kiosk.cli", "-v", "sonda", "--config", str(config)],
                stdout=out,
                stderr=err,
            )

    def lines(self) -> list[str]:
        return self.out.read_text("utf-8").splitlines()

    def log(self) -> str:
        return self.err.read_text("utf-8")

    def _listens_to(self, number: int) -> bool:
        """Whether it has a handler of its own for a signal (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
        return bool(int(caught.split()[1], 16) >> (number - 1) & 1)

    def ended_by(self, number: int) -> int:
        until(lambda: self._listens_to(number))  # one of two may still be starting when all is done
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture
def branch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Branch]:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with core_process(tmp_path / "core.sqlite") as core:
        made = Branch(tmp_path, core, free_port())
        with closing(made.desk):
            yield made


def test_it_ends_what_the_interface_left_and_says_a_line_for_each_change(branch: Branch) -> None:
    with branch.gateway_up():
        paid, refused = branch.started("AP-100101"), branch.started("FV-100101")
        waiting = branch.started("FF-100101")
        pay(str(paid.redirect_url))
        pay(str(refused.redirect_url), "decline")
        with branch.sonda() as sonda:
            until(lambda: branch.posted(paid) and branch.now(refused).state is State.DECLINED)
            until(lambda: branch.now(waiting).asks >= 3)
            assert sorted(line.split()[:2] for line in sonda.lines()) == sorted(
                [[paid.reference, "POSTED"], [refused.reference, "DECLINED"]]
            ), "nothing is said of what stays as it is"
            assert sonda.ended_by(signal.SIGTERM) == 0
            assert "Traceback" not in sonda.log()
    assert puts(branch.core, paid.payment_id) == 1
    assert movements(branch.core, paid.payment_id) == [("AP-100101", "60000.00")]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_finishes_the_payment_in_hand_before_it_ends(branch: Branch, number: int) -> None:
    with branch.gateway_up():
        payment = branch.started()
        pay(str(payment.redirect_url))
        setting(
            branch.gateway,
            faults={"operation": "query", "kind": "delay", "times": 99, "seconds": 2},
        )
        with branch.sonda() as sonda:
            # The claim is on disk before the gateway is asked; its answer takes two seconds.
            first = payment.next_ask_at
            until(lambda: branch.now(payment).next_ask_at != first)
            assert sonda.ended_by(number) == 0
    assert branch.posted(payment)
    assert "Traceback" not in sonda.log()


def test_two_at_once_ask_and_post_each_payment_once(branch: Branch) -> None:

    with branch.gateway_up():
        payments = [branch.started(each) for each in OWED]
        for payment in payments:
            pay(str(payment.redirect_url))
        with branch.sonda() as one, branch.sonda() as other:
            until(lambda: branch.posted(*payments))
            assert [one.ended_by(signal.SIGTERM), other.ended_by(signal.SIGTERM)] == [0, 0]
            said = {line.split()[0] for line in one.lines() + other.lines()}
    assert said == {payment.reference for payment in payments}
    assert [puts(branch.core, payment.payment_id) for payment in payments] == [1, 1, 1]
    questions = [f"POST 127.0.0.1:{branch.port}/api/session/{each.gateway_id} ->" for each in payments]
    assert [(one.log() + other.log()).count(question) for question in questions] == [1, 1, 1]


def test_the_gateway_comes_back_after_an_outage(branch: Branch) -> None:
    with branch.gateway_up():
        payment = branch.started()
        pay(str(payment.redirect_url))
    with branch.sonda() as sonda:
        until(lambda: "gateway placetopay: away" in sonda.log())
        assert branch.now(payment).state is State.AT_BANK
        with branch.gateway_up():
            until(lambda: branch.posted(payment))
            until(lambda: "gateway placetopay: answers again" in sonda.log())
        assert sonda.log().count("gateway placetopay: away") == 1
        assert sonda.ended_by(signal.SIGTERM) == 0
    assert puts(branch.core, payment.payment_id) == 1


def test_what_was_prepared_before_a_crash_ends_without_the_interface(branch: Branch) -> None:
    journal = branch.desk.journal
    ages_ago = assembly.now() - timedelta(minutes=3)
    left = journal.prepare(branch.order(), PAYER, terminal="SOLO01", gateway="placetopay", now=ages_ago)
    with branch.sonda() as sonda:
        until(lambda: branch.now(left).state is State.FAILED)
        until(sonda.lines)
        assert sonda.lines()[0].split() == [left.reference, "FAILED"]
    assert [entry.event for entry in journal.events(left.payment_id)] == ["prepared", Event.LEFT]


def test_a_journal_that_is_busy_for_long_is_waited_for(branch: Branch) -> None:
    with branch.gateway_up():
        payment = branch.started()
        pay(str(payment.redirect_url))
        writer = sqlite3.connect(branch.folder / "journal.sqlite", isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        with branch.sonda() as sonda:
            until(lambda: "database is locked" in sonda.log())
            writer.execute("ROLLBACK")
            until(lambda: branch.posted(payment))
            until(lambda: "rounds go on" in sonda.log())
            assert sonda.log().count("no round") == 1
            assert sonda.ended_by(signal.SIGTERM) == 0
        writer.close()


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="fills the disk the Linux way")
def test_a_full_disk_is_told_of_once_and_survived(branch: Branch) -> None:
    with branch.gateway_up():
        payment = branch.started()
        with branch.sonda() as sonda:
            until(lambda: branch.now(payment).asks >= 1)
            usual = resource.prlimit(sonda.process.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(sonda.process.pid, resource.RLIMIT_FSIZE, (4096, usual[1]))
            pay(str(payment.redirect_url))
            until(lambda: "no round" in sonda.log())
            assert sonda.process.poll() is None
            resource.prlimit(sonda.process.pid, resource.RLIMIT_FSIZE, usual)
            until(lambda: branch.posted(payment))
            assert sonda.log().count("no round") == 1
            assert sonda.ended_by(signal.SIGTERM) == 0
    assert puts(branch.core, payment.payment_id) == 1
    assert movements(branch.core, payment.payment_id) == [("AP-100101", "60000.00")]


def command(branch: Branch, *arguments: str | Path) -> tuple[int, list[str]]:
    """One command of the program with this branch's settings; its exit code and lines."""
    done = subprocess.run(
        [sys.executable, "-m", "kiosk.cli", *map(str, arguments), "--config", str(branch.config)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.splitlines()


def test_asked_by_name_it_says_what_it_heard_though_nothing_is_due(branch: Branch) -> None:
    with branch.gateway_up():
        payment = branch.desk.checkout.left(branch.started())
        other = branch.desk.checkout.left(branch.started("FV-100101"))
        pay(str(payment.redirect_url))
        code, lines = command(branch, "sonda", "--now", payment.reference)
        assert (code, lines) == (0, [f"{payment.reference}: PENDING -> POSTED; {lines[0].split('; ')[1]}"])
        assert branch.now(other).asks == 0
        code, lines = command(branch, "sonda", "--now", "nobodys")
        assert (code, lines) == (2, ["nobodys: not in this terminal's journal"])
    code, lines = command(branch, "sonda", "--now")
    assert code == 1
    assert "PENDING -> PENDING (the gateway gave no answer); next question" in lines[0]


def test_a_restored_copy_asks_about_what_it_does_not_know(branch: Branch, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    with branch.gateway_up():
        known = branch.desk.checkout.left(branch.started())
        assert command(branch, "journal", "backup", copy)[0] == 0
        lost = branch.started("FV-100101")
        for each in (known, lost):
            pay(str(each.redirect_url))
        assert branch.desk.checkout.ask(lost).state is State.POSTED
        (tmp_path / f"{lost.reference}-posted.pdf").write_bytes(b"%PDF")
        branch.desk.close()
        code, lines = command(branch, "journal", "restore", copy)
        said = "\n".join(lines)
        assert code == 0, said
        assert "1 payments restored, epoch 2" in said
        assert f"there is a receipt of {lost.reference}, which the copy does not know" in said
        assert f"{known.reference}: PENDING -> POSTED" in said
        assert f"core: it has {lost.payment_id}, 34000.00" in said
        assert lines[-1].startswith("head ")
    branch.desk = assembly.build_desk(load(branch.config))
    assert branch.now(known).state is State.POSTED
    assert puts(branch.core, lost.payment_id) == 1
