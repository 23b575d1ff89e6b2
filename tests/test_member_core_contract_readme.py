"""What docs/contracts/README.md tells the cooperative's IT to type works, word for word."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
from contract import CONTRACT
from sandbox_servers import SECRETS

README = (CONTRACT.parent / "README.md").read_text(encoding="utf-8")
CURL = [text for text in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) if "kiosk sandbox" not in text]


def _has_json(curl: str | None) -> bool:
    """--json came with curl 7.82."""
    if curl is None:
        return False
    said = subprocess.run([curl, "--version"], check=True, capture_output=True, text=True).stdout
    return tuple(int(part) for part in said.split()[1].split(".")[:2]) >= (7, 82)


@pytest.mark.skipif(
    not _has_json(shutil.which("curl")) or shutil.which("jq") is None, reason="needs curl 7.82 and jq"
)
def test_the_examples_work(url: str, tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    *visit, schemathesis = CURL
    assert len(visit) == 3
    assert "schemathesis run" in schemathesis
    script = "set -eu\n" + "".join(visit)
    script = script.replace("CORE=http://127.0.0.1:8700", f"CORE={url}")
    script = script.replace("demo-core-secret", SECRETS["KIOSK_SANDBOX_CORE_SECRET"])
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    answers = re.findall(r"^HTTP/1\.1 (\d+)", done.stdout, re.MULTILINE)
    assert answers == ["201", "200", "204", "204"]
    assert "Idempotent-Replayed: true" in done.stdout
    for said in ('"availability": "available"', "CR-881204", '"posted"', "ma***@correo.example",
                 '"payments_queued"'):  # fmt: skip
        assert said in done.stdout
    listed = re.findall(r'^"[0-9a-f-]{36}"$', done.stdout, re.MULTILINE)
    assert len(listed) == 1


def test_the_tables_are_sql() -> None:
    (tables,) = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
    with sqlite3.connect(":memory:") as db:
        db.executescript(tables)
        row = ("0d6f3b0e", "{}", "A-1", "placetopay", "TX-1", "received", "2026-11-20")
        insert = "INSERT INTO kiosk_payment VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)"
        db.execute(insert, row)
        for again in (row, ("other", *row[1:])):
            with pytest.raises(sqlite3.IntegrityError):
                db.execute(insert, again)
    db.close()
