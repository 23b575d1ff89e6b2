"""The floors of the architecture, and the size of the largest module and function.

The median never rots: what does is the one module that everybody may touch, so the largest is guarded.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULE_LINES = 450
FUNCTION_LINES = 60

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(root: Path) -> list[Path]:
    return sorted((root / "kiosk").rglob("*.py"))


def too_long_modules(root: Path) -> list[str]:
    """The modules of MODULE_LINES lines or more."""
    sizes = {path: len(path.read_text("utf-8").splitlines()) for path in modules(root)}
    return [f"{path.relative_to(root)}: {size} lines" for path, size in sizes.items() if size >= MODULE_LINES]


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        if isinstance(node, Function):
            yield node


def lines(function: Function) -> int:
    """From the first decorator to the last line, both counted."""
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    return (function.end_lineno or first) - first + 1


def too_long_functions(root: Path) -> list[str]:
    """The functions of FUNCTION_LINES lines or more."""
    return [
        f"{path.relative_to(root)}:{function.lineno} {function.name}: {lines(function)} lines"
        for path in modules(root)
        for function in functions(path)
        if lines(function) >= FUNCTION_LINES
    ]


def detours(root: Path) -> list[str]:
    """Names that are imported from a module which has them from another one itself."""
    trees = {".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"):
             ast.parse(path.read_text("utf-8")) for path in modules(root)}  # fmt: skip
    brought = {
        module: {name.asname or name.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
                 and (node.module or "").startswith("kiosk") for name in node.names}
        for module, tree in trees.items()
    }  # fmt: skip
    return [
        f"{module}: {name.name} from {node.module}"
        for module, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in brought
        for name in node.names
        if name.name in brought[node.module] and f"{node.module}.{name.name}" not in trees
    ]


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """Checks root's kiosk package against this project's contracts."""
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    contracts = str(ROOT / "pyproject.toml")
    return subprocess.run(
        [sys.executable, "-c", command, "--config", contracts, "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_keep_to_the_floors() -> None:
    answer = lint_imports(ROOT)

    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("module", "statement", "contract"),
    [
        ("cooperative/money.py", "import kiosk.teller", "Imports only go down the floors"),
        ("pse/gateway.py", "import kiosk.journal", "Imports only go down the floors"),
        ("teller/__init__.py", "import PySide6.QtCore", "No Qt below the models"),
        ("models/__init__.py", "import sqlalchemy", "Only the journal knows SQLAlchemy"),
        ("member_core/connector.py", "import requests", "Only the transport knows requests"),
        ("receipt/__init__.py", "import escpos", "Only the thermal printer knows its library"),
        ("views/__init__.py", "import flask", "Only the sandboxes are web servers"),
        ("teller/__init__.py", "import kiosk.sandbox.pse", "Only the app knows gateways"),
        ("views/__init__.py", "import kiosk.settings", "Settings are read by the app"),
        ("views/manager/home.py", "import kiosk.views.member.result", "The window stands above the pages"),
        ("views/parts/page.py", "import kiosk.views.frame.header", "The window stands above the pages"),
        (
            "views/frame/header.py",
            "import kiosk.views.frame.main_window",
            "No circle",
        ),
        ("visit/steps.py", "import kiosk.visit.visit", "No circle"),
    ],
)
def test_an_import_that_breaks_a_contract_is_caught(
    tmp_path: Path, module: str, statement: str, contract: str
) -> None:
    for path in modules(ROOT):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text("utf-8"), "utf-8")
    culprit = tmp_path / "kiosk" / module
    culprit.write_text(f"{culprit.read_text('utf-8')}\n{statement}\n", "utf-8")

    answer = lint_imports(tmp_path)

    broken = [line for line in answer.stdout.splitlines() if line.startswith(contract) and "BROKEN" in line]
    assert broken, answer.stdout + answer.stderr


def test_no_module_has_grown_too_large() -> None:
    found = too_long_modules(ROOT)

    assert not found, f"Is it one thing? Split by what it knows, under {MODULE_LINES} lines: {found}"


def test_no_function_has_grown_too_large() -> None:
    found = too_long_functions(ROOT)

    assert not found, f"Name its steps and move them out, under {FUNCTION_LINES} lines: {found}"


def classes(root: Path) -> list[tuple[str, str]]:
    """Name and file of every class but those of the migrations."""
    return [
        (node.name, str(path.relative_to(root)))
        for path in modules(root)
        if "migrations" not in path.parts
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    ]


def test_no_class_name_means_two_things() -> None:
    found = sorted(classes(ROOT))
    names = [name for name, _ in found]

    assert [each for each in found if names.count(each[0]) > 1] == []


UNSEARCHABLE = frozenset("_again _ask _get _go _next _note _put _said _set _take _tell _told _try".split())
"""Verbs without what they are done to: they stand everywhere and say nothing."""


def test_a_private_name_says_what_it_does() -> None:
    found = [f"{path.relative_to(ROOT)}: {each.name}" for path in modules(ROOT) for each in functions(path)
             if each.name in UNSEARCHABLE]  # fmt: skip
    assert found == []


def test_the_size_guards_see_what_is_too_large(tmp_path: Path) -> None:
    package = tmp_path / "kiosk"
    package.mkdir()
    long_function = "def grown():\n" + "    print()\n" * (FUNCTION_LINES - 1)
    (package / "function.py").write_text(long_function, "utf-8")
    (package / "module.py").write_text("x = 1\n" * MODULE_LINES, "utf-8")
    (package / "fine.py").write_text("def small():\n    pass\n" * 30, "utf-8")

    assert too_long_modules(tmp_path) == [f"kiosk/module.py: {MODULE_LINES} lines"]
    assert too_long_functions(tmp_path) == [f"kiosk/function.py:1 grown: {FUNCTION_LINES} lines"]


def test_a_name_is_imported_from_where_it_is_made() -> None:
    found = detours(ROOT)

    assert not found, f"Import it from its own module, or move it: {found}"


def test_the_guard_against_detours_sees_one(tmp_path: Path) -> None:
    package = tmp_path / "kiosk"
    package.mkdir()
    (package / "made.py").write_text("class Thing:\n    pass\n", "utf-8")
    (package / "between.py").write_text("from kiosk.made import Thing\n", "utf-8")
    (package / "user.py").write_text("from kiosk.between import Thing\n", "utf-8")

    assert detours(tmp_path) == ["kiosk.user: Thing from kiosk.between"]
