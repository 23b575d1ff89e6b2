"""Where settings come from: built-in < organisation file < terminal file < environment.

The organisation file is `organisation.toml` beside the terminal's own, where there is one. The environment
speaks as KIOSK_SECTION__KEY=value. Tables are joined key by key; lists and values replace each other.
What a value must be is not known here but declared by the struct that is passed in.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import UnionType
from typing import Annotated, Union, get_args, get_origin, get_type_hints

import msgspec

ORGANISATION = "organisation.toml"
_PREFIX, _STEP = "KIOSK_", "__"
Tables = dict[str, object]


class LayerError(Exception):
    """A file that can not be read; the text names it."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One place of settings. `source` is the file or the variable; nothing for what is built in."""

    name: str
    source: str = ""

    def __str__(self) -> str:
        kind = " file" if self.name in ("organisation", "terminal") else ""
        return f"{self.name}{kind} {self.source}".rstrip()


BUILT_IN = Layer("built-in")


@dataclass(slots=True)
class Layered:
    """What all layers say together, and which one said it."""

    terminal: Layer
    tables: Tables = field(default_factory=dict)
    origins: dict[str, Layer] = field(default_factory=dict)
    """By dotted key, of tables as of values: the last layer that spoke of it."""

    def add(self, tables: Mapping[str, object], layer: Layer) -> None:
        """Lay these over what is there."""
        self._join(self.tables, tables, layer, "")

    def _join(self, below: Tables, above: Mapping[str, object], layer: Layer, prefix: str) -> None:
        for key, value in above.items():
            path = f"{prefix}{key}"
            self.origins[path] = layer
            if isinstance(value, Mapping):
                inner = below.get(key)
                if not isinstance(inner, dict):
                    inner = below[key] = {}
                self._join(inner, value, layer, f"{path}.")
            else:
                below[key] = value

    def origin(self, key: str) -> Layer:
        """The layer of a key; built-in where nobody spoke of it."""
        return self.origins.get(key, BUILT_IN)

    def complaint(self, key: str, what: str) -> str:
        """A refusal with the layer and the whole key in front."""
        # msgspec writes `agencies[...]` for a key of a table and `page_hosts[0]` for one of a list. What is
        # built in is never at fault.
        pattern = re.escape(re.sub(r"\[\d+\]", "", key)).replace(re.escape("[...]"), r"\.[^.]+")
        said = (path for path, layer in self.origins.items() if layer is not BUILT_IN)
        known = next((path for path in said if re.fullmatch(pattern, path)), key)
        layer = self.origins.get(known, self.terminal)
        return f"{layer}: {known}: {what}" if known else f"{layer}: {what}"


def read(
    terminal: Path, environment: Mapping[str, str], declared: type[msgspec.Struct], built_in: Tables
) -> Layered:
    """All layers. Raises LayerError. Nothing is checked but that files are TOML."""
    layered = Layered(Layer("terminal", str(terminal)))
    layered.add(built_in, BUILT_IN)
    found = organisation(terminal)
    if found is not None:
        layered.add(found, Layer("organisation", str(organisation_file(terminal))))
    layered.add(_toml(terminal), layered.terminal)
    for name, steps, value in _variables(environment, declared):
        tables: object = value
        for step in reversed(steps):
            tables = {step: tables}
        assert isinstance(tables, dict)
        layered.add(tables, Layer("environment", name))
    return layered


def organisation_file(terminal: Path) -> Path:
    """Where the organisation's settings would lie."""
    return terminal.parent / ORGANISATION


def organisation(terminal: Path) -> Tables | None:
    """The organisation's settings; None where there are none. Raises LayerError."""
    file = organisation_file(terminal)
    return _toml(file) if file.exists() and file.name != terminal.name else None


def _toml(path: Path) -> Tables:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LayerError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LayerError(f"{path}: {error}") from None


def _variables(
    environment: Mapping[str, str], declared: type[msgspec.Struct]
) -> Iterator[tuple[str, list[str], object]]:
    for name in sorted(environment):
        if name.startswith(_PREFIX) and _STEP in name:
            steps = name.removeprefix(_PREFIX).lower().split(_STEP)
            yield name, steps, _typed(environment[name], _kind(declared, steps))


def _kind(declared: object, steps: list[str]) -> object:
    """The type of a key; None for one that nobody declared, which is refused later by its name."""
    for step in steps:
        if isinstance(declared, type) and issubclass(declared, msgspec.Struct):
            declared = get_type_hints(declared, include_extras=True).get(step)
        elif get_origin(declared) is dict:
            declared = get_args(declared)[1]
        else:
            return None
    return declared


def _typed(text: str, kind: object) -> object:
    """A variable is text: it becomes what is declared where that can be, and is refused later where not."""
    if get_origin(kind) is tuple:
        return [part.strip() for part in text.split(",") if part.strip()]
    if not _plain(kind) & {int, float, bool}:
        return text
    try:
        return msgspec.convert(text, kind, strict=False)
    except msgspec.ValidationError:
        return text


def _plain(kind: object) -> set[object]:
    if get_origin(kind) is Annotated:
        return _plain(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return set().union(*(_plain(part) for part in get_args(kind)))
    return {kind}
