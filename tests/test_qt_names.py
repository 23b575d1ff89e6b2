"""No name of ours hides one of Qt's: who calls `page.scroll` gets what Qt's documents say.

Mypy sees most of it, but only where PySide6's stubs are right, and it takes any fitting signature for an
override. Here every name that a class of ours shares with a Qt class above it must be a virtual of Qt's,
reimplemented on purpose.
"""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

ROOMS = ("app", "lockdown", "models", "receipt", "tour", "views", "visit")
"""The packages of `kiosk` whose classes derive from Qt's."""

REIMPLEMENTED = {
    *("changeEvent", "childEvent", "closeEvent", "eventFilter", "focusNextPrevChild", "hideEvent"),
    *("keyPressEvent", "mousePressEvent", "paintEvent", "resizeEvent", "showEvent"),
    *("hasHeightForWidth", "heightForWidth", "minimumSizeHint", "sizeHint"),
    *("data", "rowCount"),  # models
    *("editorEvent", "paint"),  # delegates
    *("acceptNavigationRequest", "chooseFiles", "javaScriptAlert", "javaScriptConfirm"),  # the bank's page
    *("javaScriptConsoleMessage", "javaScriptPrompt"),
}
"""Virtuals of Qt. One more belongs here only where Qt's documents say «virtual» and Qt is to call ours."""


def from_qt(kind: type) -> bool:
    return kind.__module__.startswith("PySide6.")


def of_ours() -> list[type]:
    """Every class of the rooms that has a Qt class above it."""
    found: list[type] = []
    for room in ROOMS:
        package = importlib.import_module(f"kiosk.{room}")
        inside = [each.name for each in pkgutil.walk_packages(package.__path__, f"kiosk.{room}.")]
        for name in [package.__name__, *inside]:
            kinds = filter(inspect.isclass, vars(importlib.import_module(name)).values())
            found += [k for k in kinds if k.__module__ == name and any(map(from_qt, k.__mro__))]
    return found


def own_names(kind: type) -> Iterator[str]:
    """What a class's body defines, and what its methods set on `self`."""
    yield from vars(kind)
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(kind)))):
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name


def hidden(kind: type) -> set[str]:
    """Names of a Qt class above that this class, or one of ours between, uses for something else.

    A virtual that is set on `self` instead of defined counts too: Qt would never call it.
    """
    qt = {name for above in kind.__mro__ if from_qt(above) for name in vars(above)}
    ours = [each for each in kind.__mro__ if each.__module__.split(".")[0] == kind.__module__.split(".")[0]]
    found = set()
    for each in ours:
        virtuals = {name for name in REIMPLEMENTED if inspect.isfunction(vars(each).get(name))}
        found |= (set(own_names(each)) & qt) - virtuals
    return {name for name in found if not name.startswith("__") and name != "staticMetaObject"}


def test_no_name_hides_one_of_qt() -> None:
    kinds = of_ours()
    found = {kind.__qualname__: names for kind in kinds if (names := hidden(kind))}

    assert len(kinds) > 90, "the rooms are not where they were"
    assert not found, f"Qt has these names already; give ours another: {found}"


def test_what_is_reimplemented_is_reimplemented_somewhere() -> None:
    used = {name for kind in of_ours() for name in REIMPLEMENTED & set(vars(kind))}

    assert REIMPLEMENTED - used == set()


class Attribute(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.mine, self.scroll = 1, QScrollArea()


class Annotated(QWidget):
    def build(self) -> None:
        self.actions: list[str] = []


class Method(QWidget):
    def move(self) -> None: ...


class Signals(QObject):
    destroyed = Signal()


class Property(QWidget):
    @property
    def font(self) -> str:
        return ""


class VirtualAsAttribute(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.sizeHint = None


class Mixed:
    def show(self) -> None: ...


class Mixture(Mixed, QWidget):
    pass


class Below(Attribute):
    pass


class Fine(QWidget):
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.scroller = QScrollArea()

    def sizeHint(self) -> None: ...


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (Attribute, {"scroll"}),
        (Annotated, {"actions"}),
        (Method, {"move"}),
        (Signals, {"destroyed"}),
        (Property, {"font"}),
        (VirtualAsAttribute, {"sizeHint"}),
        (Mixture, {"show"}),
        (Below, {"scroll"}),
        (Fine, set()),
    ],
)
def test_the_guard_sees_every_way_to_hide_a_name(kind: type, names: set[str]) -> None:
    assert hidden(kind) == names
