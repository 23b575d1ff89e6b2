"""docs/adding-a-gateway.md, -page, -printer and -language, done word for word in a copy of the project."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from documents import ROOT, read

PARTS = ("docs", "installer", "instruments", "kiosk", "resources", "tests", "pyproject.toml")


class Stale(Exception):
    """A step of the text can not be done: what it changes is not there as it says."""


def follow(document: Path, copy: Path) -> list[str]:
    """Do every step in a copy; which files were written or changed."""
    touched = []
    for language, text in read(document).fences:
        if language == "python" and text.startswith("# "):
            name, _, code = text[2:].partition("\n")
            (copy / name).write_text(code, encoding="utf-8")
            touched.append(name)
        elif language == "diff":
            name, _, hunks = text.partition("\n")
            for hunk in re.split(r"^@@\n", hunks, flags=re.MULTILINE):
                change(copy / name, hunk)
            touched.append(name)
        elif language == "sh":
            subprocess.run(
                ["bash", "-euo", "pipefail", "-c", text], cwd=copy, check=True, capture_output=True
            )
    return touched


def change(file: Path, hunk: str) -> None:
    lines = hunk.splitlines(keepends=True)
    before = "".join(line[1:] or "\n" for line in lines if line[0] != "+")
    after = "".join(line[1:] or "\n" for line in lines if line[0] != "-")
    text = file.read_text(encoding="utf-8")
    if text.count(before) != 1:
        raise Stale(f"{file.name} has {text.count(before)} times:\n{before}")
    file.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, tmp_path / part)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


def run(copy: Path, code: str) -> str:
    """What a program says that sees the copy instead of the project."""
    environment = os.environ | {"PYTHONPATH": f"{copy}{os.pathsep}{copy / 'tests'}", "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-c", code], cwd=copy, env=environment, capture_output=True,
                          text=True, timeout=120, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def mended(copy: Path, *arguments: str) -> str:
    """What a checker of the house says of the copy; nothing where it is content."""
    done = subprocess.run([Path(sys.executable).parent / arguments[0], *arguments[1:]], cwd=copy,
                          capture_output=True, text=True, check=False)  # fmt: skip
    return done.stdout if done.returncode else ""


PAGE = """
from PySide6.QtWidgets import QApplication
app = QApplication([])
from stage import Stage, settle
from kiosk.visit.steps import Step
from kiosk.views.parts.languages import Languages
stage = Stage(1366, 768)
for language in ("es", "en"):
    stage.look(large=False, contrast=False, language=language)
    stage.put("payments")
    stage.window.current.office.click()
    settle()
    print(stage.visit.step.value, "|", stage.window.current.title.text())
stage.visit.back()
print(stage.visit.step.value)
stage.close()
"""


WALKED = """
import pytest
raise SystemExit(pytest.main(["-q", "-p", "no:cacheprovider", "tests/test_visit_map.py"]))
"""


def test_a_page_shows_up_in_both_languages_and_leads_back(copy: Path) -> None:
    touched = follow(ROOT / "docs/adding-a-page.md", copy)

    assert run(copy, PAGE).splitlines() == ["office | Su agencia", "office | Your office", "payments"]
    assert "kiosk/tour/__init__.py" in touched
    assert "[100%]" in run(copy, WALKED)
    assert (
        mended(copy, "ruff", "check", "--no-cache", *(name for name in touched if name.endswith(".py"))) == ""
    )


PRINTER = """
from pathlib import Path
from receipt_cases import ISSUER, NOW, PAID
from kiosk.app.assembly import _printer
from kiosk.receipt.document import receipt_of
from kiosk.settings import Settings
folder = Path("spool")
folder.mkdir()
printer = _printer(Settings.of({"terminal": {"demonstration": True},
                                "printer": {"kind": "spool", "folder": folder}}))
receipt = receipt_of(PAID, ISSUER, now=NOW, copy=False, demonstration=True, language="es")
print(printer.state().value, printer.print(receipt, copies=2).confirmed, len(list(folder.iterdir())))
text = next(folder.glob("*.txt")).read_text(encoding="utf-8")
plain = " ".join(text.split())
words = receipt.text().replace(":", " ").split()
print([word for word in words if word not in plain])
folder.rename("gone")
print(printer.state().value)
try:
    printer.print(receipt)
except Exception as error:
    print(type(error).__name__, error)
"""


def test_a_printer_prints_every_word_and_says_when_it_can_not(copy: Path) -> None:
    touched = follow(ROOT / "docs/adding-a-printer.md", copy)

    said = run(copy, PRINTER).splitlines()

    assert said == ["unknown False 2", "[]", "offline", "PrinterFault offline: FileNotFoundError"]
    assert (
        mended(copy, "ruff", "check", "--no-cache", *(name for name in touched if name.endswith(".py"))) == ""
    )
    assert mended(copy, "lint-imports", "--no-logo", "--no-cache") == ""


LANGUAGE = """
from PySide6.QtWidgets import QApplication
app = QApplication([])
from receipt_cases import ISSUER, NOW, PAID
from stage import Stage
from kiosk.cli import _parser
from kiosk.receipt.document import receipt_of
from kiosk.speech.voice import ACCENTS
from kiosk.views.parts.languages import Languages
stage = Stage(1366, 768)
Languages.switch(), Languages.switch()
stage.put("welcome")
print(Languages.current, "|", stage.window.current.start.accessibleName(), "|", Languages.other_name())
print(receipt_of(PAID, ISSUER, now=NOW, copy=False, demonstration=True, language="pt").title)
print(ACCENTS["pt"][0], _parser().parse_args(["demo", "--language", "pt"]).language)
stage.close()
"""


def test_a_language_is_on_screen_on_paper_and_has_a_voice(copy: Path) -> None:
    follow(ROOT / "docs/adding-a-language.md", copy)

    said = run(copy, LANGUAGE).splitlines()

    assert said == ["pt | Toque para começar | Español", "Comprovante de pagamento", "pt_BR pt"]


def test_a_recipe_that_no_longer_fits_is_found(copy: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.md"
    recipe.write_text(
        "```diff\nkiosk/views/frame/pages.py\n     Step.GONE: 1,\n+    Step.NEW: 2,\n```\n", "utf-8"
    )

    with pytest.raises(Stale, match=r"pages\.py has 0 times"):
        follow(recipe, copy)


HELD = """
import pytest
files = ["conformance", "hostile_answers", "every_status", "settings"]
raise SystemExit(pytest.main(["-q", "-p", "no:cacheprovider", "-k", "taquilla or files_say",
                              *(f"tests/test_gateway_{each}.py" for each in files)]))
"""
PAID = """
from kiosk.cli import main
raise SystemExit(main(["demo", "--gateway", "taquilla", "--tour", "--out", "tour"]))
"""
ASKED = """
from kiosk.cli import main
raise SystemExit(main(["init", "--out", "kiosk.toml", "--gateway", "taquilla", "--no-doctor"]))
"""


def test_a_fourth_gateway_keeps_every_promise_and_a_member_pays_there(copy: Path) -> None:
    touched = follow(ROOT / "docs/adding-a-gateway.md", copy)

    assert touched == ["kiosk/pse/taquilla.py", "kiosk/sandbox/pse/taquilla_api.py", "kiosk/pse/drivers.py",
                       "tests/test_gateway_hostile_answers.py"]  # fmt: skip
    assert "Taquilla" in (copy / "docs/settings.md").read_text(encoding="utf-8")
    assert "[100%]" in run(copy, HELD)
    run(copy, PAID)
    assert json.loads((copy / "tour/report.json").read_text(encoding="utf-8"))["as_expected"] is True
    with pytest.raises(AssertionError, match=r"--shop falta \(Número de local en Taquilla\)"):
        run(copy, ASKED)
    assert mended(copy, "ruff", "check", "--no-cache", *touched) == ""
    assert mended(copy, "mypy", "--cache-dir", str(copy / "types"), *touched[:3]) == ""
