"""What a frozen tree really holds: whose every file and module of it is.

Distributions are found by the files that their RECORDs name, and must be the locked ones. What has no owner
is an error: a bill of materials that is silent about a part is worse than none.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from PyInstaller.archive.readers import CArchiveReader

_PYTHONS = re.compile(
    r"libpython[\d.]+so\S*|base_library\.zip|python3\.\d+/lib-dynload/\S+"
    r"|(python3\d*|libcrypto\S*|libssl\S*|libffi\S*|sqlite3|vcruntime\w*|ucrtbase|api-ms-\S+)\.dll|\w+\.pyd"
)
_OURS = re.compile(r"(kiosk|resources)/.+|LICENSE|THIRD-PARTY-NOTICES\.md|PySide6/Qt/libexec/qt\.conf")
_SYSTEMS = re.compile(r"lib(usb-1\.0)\.so\S*")
"""Libraries of Debian's that come along all the same (kiosk.spec, BUNDLED_ANYWAY)."""
_STARTERS = {"_pyi_rth_utils"}
"""PyInstaller's own modules."""


@dataclass(frozen=True)
class Tree:
    """The parts of a frozen tree."""

    distributions: tuple[Distribution, ...]
    """In order of their names."""
    system: tuple[str, ...]
    """Libraries of the system, as in "usb-1.0"."""


def normal(name: str) -> str:
    """A distribution's name as names are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock: Path) -> dict[str, str]:
    """Versions by name."""
    found = re.findall(r"^([\w.-]+)(?:\[\S*\])?==([^\s;\\]+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return {normal(name): version for name, version in found}


def examine(folder: Path, lock: Path) -> Tree:
    """Whose everything in the tree is. Raises ValueError for what is nobody's, or not what is locked."""
    installed = {normal(each.name): each for each in distributions()}
    owners = {str(file): name for name, each in installed.items() for file in each.files or ()}
    used: set[str] = set()
    system: set[str] = set()
    strange: list[str] = []
    for place in _files(folder / "_internal"):
        if place in owners:
            used.add(owners[place])
        elif found := _SYSTEMS.fullmatch(place):
            system.add(found[1])
        elif not _PYTHONS.fullmatch(place) and not _OURS.fullmatch(place):
            strange.append(place)
    for module in _modules(folder):
        path = module.replace(".", "/")
        owner = owners.get(f"{path}.py") or owners.get(f"{path}/__init__.py")
        if owner:
            used.add(owner)
        elif not _known(module):
            strange.append(module)
    versions = locked(lock)
    strange += [f"{name} {installed[name].version} (locked: {versions.get(name, 'not at all')})"
                for name in sorted(used) if versions.get(name) != installed[name].version]  # fmt: skip
    if strange:
        raise ValueError(f"not to be accounted for: {', '.join(strange[:20])}")
    return Tree(tuple(installed[name] for name in sorted(used)), tuple(sorted(system)))


def _files(folder: Path) -> list[str]:
    found = (each for each in folder.rglob("*") if each.is_file() and not each.is_symlink())
    return sorted(each.relative_to(folder).as_posix() for each in found)


def _modules(folder: Path) -> list[str]:
    program = next(each for each in (folder / "kiosk", folder / "kiosk.exe") if each.is_file())
    return sorted(CArchiveReader(str(program)).open_embedded_archive("PYZ.pyz").toc)


def _known(module: str) -> bool:
    top = module.partition(".")[0]
    ours = top == "kiosk" or top in _STARTERS
    return ours or top in sys.stdlib_module_names or top.startswith("_sysconfigdata")
