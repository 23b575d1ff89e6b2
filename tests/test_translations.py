"""The English catalogue: complete, with the same placeholders, and compiled from what it says."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from kiosk.resources import resource

ROOT = Path(__file__).parent.parent
TOOLS = Path(sys.executable).parent


def _messages(file: Path) -> dict[tuple[str, str], str]:
    found = {}
    for context in ElementTree.parse(file).getroot().iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            found[name, message.findtext("source") or ""] = message.findtext("translation") or ""
    return found


def test_every_text_has_its_english(tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.ts"
    command = [
        TOOLS / "pyside6-lupdate",
        "-extensions",
        "py",
        "-recursive",
        ROOT / "kiosk/views",
        ROOT / "kiosk/models",
    ]
    subprocess.run([*command, "-ts", fresh, "-locations", "none"], check=True, capture_output=True)
    shipped = _messages(resource("i18n", "kiosk_en.ts"))
    texts = _messages(fresh)
    assert len(texts) > 300
    assert sorted(set(texts) - set(shipped)) == []
    assert sorted(set(shipped) - set(texts)) == []
    assert [source for (_, source), english in shipped.items() if not english.strip()] == []


def test_no_text_is_hidden_from_the_extractor() -> None:
    """It does not look into f-strings, so that a text in one would stay Spanish unnoticed."""
    known = set(_messages(resource("i18n", "kiosk_en.ts")))
    hidden = [
        (owner.name, ast.unparse(call))
        for file in (ROOT / "kiosk" / "views").rglob("*.py")
        for owner in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(owner, ast.ClassDef)
        for call in ast.walk(owner)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "self.tr"
        for text in call.args[:1]
        if not (isinstance(text, ast.Constant) and (owner.name, text.value) in known)
    ]
    assert hidden == []


def test_placeholders_are_the_same() -> None:
    for (_, source), english in _messages(resource("i18n", "kiosk_en.ts")).items():
        assert sorted(re.findall(r"\{\w+\}", source)) == sorted(re.findall(r"\{\w+\}", english)), source


def test_the_compiled_catalogue_is_fresh(tmp_path: Path) -> None:
    compiled = tmp_path / "kiosk_en.qm"
    source = resource("i18n", "kiosk_en.ts")
    subprocess.run([TOOLS / "pyside6-lrelease", source, "-qm", compiled], check=True, capture_output=True)
    assert compiled.read_bytes() == resource("i18n", "kiosk_en.qm").read_bytes()
