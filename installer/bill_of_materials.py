"""The bill of materials of a frozen tree, CycloneDX 1.6: `bill_of_materials.py TREE OUT.cdx.json`.

Every part is one that `bundled` found in the tree; what no distribution tells of itself (Python, Qt,
Chromium, ICU, letters and pictures) is asked where it is. Its time is SOURCE_DATE_EPOCH, and its number
follows from its contents.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import Distribution
from importlib.metadata import version as version_of
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from bundled import examine, normal
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import InvalidRequirement, Requirement

ROOT = Path(__file__).resolve().parent.parent
_BY_CLASSIFIER = {"BSD License": "BSD-3-Clause", "MIT License": "MIT"}
"""What a distribution says by a classifier alone; looked up in its licence file."""
_LICENCES = LicenseFactory()


def part(
    name: str, version: str, licence: str, *, purl: PackageURL | None = None, **more: object
) -> Component:
    """A component that is no Python distribution."""
    return Component(
        name=name, version=version, bom_ref=f"{name}@{version}",
        licenses=[_LICENCES.make_from_string(licence)],
        purl=purl or PackageURL("generic", None, name, version), **{"type": ComponentType.LIBRARY, **more},
    )  # fmt: skip


def licence_of(distribution: Distribution) -> str:
    """As an SPDX expression where it is told."""
    told = distribution.metadata.get("License-Expression") or distribution.metadata.get("License") or ""
    if told and "\n" not in told and told != "BSD":
        return str(told)
    classifiers = distribution.metadata.get_all("Classifier") or []
    said = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License :: OSI")]
    return _BY_CLASSIFIER.get(said[0], said[0]) if said else "NOASSERTION"


def distribution_part(distribution: Distribution) -> Component:
    """A component of the package index."""
    name = normal(distribution.name)
    return Component(
        name=name, version=distribution.version, type=ComponentType.LIBRARY,
        bom_ref=f"{name}@{distribution.version}", description=distribution.metadata.get("Summary"),
        purl=PackageURL("pypi", None, name, distribution.version),
        licenses=[_LICENCES.make_from_string(licence_of(distribution))],
    )  # fmt: skip


def python_part() -> Component:
    """The interpreter and its standard library."""
    version = platform.python_version()
    return part("python", version, "PSF-2.0", type=ComponentType.PLATFORM,
                cpe=f"cpe:2.3:a:python:python:{version}:*:*:*:*:*:*:*")  # fmt: skip


def starter_part() -> Component:
    """The program that starts Python comes from PyInstaller."""
    version = version_of("pyinstaller")
    return part("pyinstaller-bootloader", version, "GPL-2.0-or-later WITH Bootloader-exception",
                purl=PackageURL("pypi", None, "pyinstaller", version))  # fmt: skip


def qt_parts() -> list[Component]:
    """Qt and what it contains."""
    from PySide6.QtCore import qVersion
    from PySide6.QtWebEngineCore import qWebEngineChromiumSecurityPatchVersion, qWebEngineChromiumVersion

    qt, patch = qVersion(), qWebEngineChromiumSecurityPatchVersion()
    chromium = part(
        "chromium", qWebEngineChromiumVersion(), "BSD-3-Clause", type=ComponentType.FRAMEWORK,
        # Its fixes are those of this later version, which is what is to be compared with published faults.
        cpe=f"cpe:2.3:a:google:chrome:{patch}:*:*:*:*:*:*:*",
        properties=[Property(name="kiosk:security-patch-version", value=patch)],
        description="Part of Qt WebEngine",
    )  # fmt: skip
    return [
        part(
            "qt", qt, "LGPL-3.0-only", type=ComponentType.FRAMEWORK, cpe=f"cpe:2.3:a:qt:qt:{qt}:*:*:*:*:*:*:*"
        ),
        chromium,
    ]


def icu_part(tree: Path) -> list[Component]:
    """Qt's ICU by its library's name; Chromium's is part of Chromium."""
    found = sorted(tree.glob("_internal/PySide6/Qt/lib/libicuuc.so.*"))
    return [part("icu", each.name.rpartition(".so.")[2], "Unicode-3.0") for each in found[:1]]


def system_part(name: str) -> Component:
    """A library of the Debian system that this was built on."""
    package = f"lib{name}-0"
    asked = ["dpkg-query", "-f", "${Version}", "-W", package]
    version = subprocess.run(asked, capture_output=True, text=True, check=True).stdout  # noqa: S603
    return part(package, version, "LGPL-2.1-or-later", purl=PackageURL("deb", "debian", package, version))


def resource_parts() -> Iterator[Component]:
    """Letters and pictures, by the table of THIRD-PARTY-NOTICES.md."""
    for row in (ROOT / "THIRD-PARTY-NOTICES.md").read_text(encoding="utf-8").splitlines():
        found = re.search(r"`(@[^`]+)` (\d[\d.]*\d)", row)
        if row.startswith("| ") and found:
            package, _, name = found[1].partition("/")
            licence = "OFL-1.1" if "SIL Open Font" in row else "MIT"
            yield part(
                name,
                found[2],
                licence,
                type=ComponentType.FILE,
                purl=PackageURL("npm", package, name, found[2]),
            )


def needs(distribution: Distribution) -> Iterator[str]:
    """Names of what it says that it needs here."""
    for text in distribution.requires or ():
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield normal(requirement.name)


def bill(tree: Path) -> Bom:
    """Everything in the tree."""
    found = examine(tree, ROOT / "requirements.lock")
    version = (tree / "_internal/kiosk/VERSION").read_text(encoding="ascii").strip()
    program = next(each for each in (tree / "kiosk", tree / "kiosk.exe") if each.is_file())
    digest = HashType(alg=HashAlgorithm.SHA_256, content=hashlib.sha256(program.read_bytes()).hexdigest())
    root = part("kiosk", version, "Apache-2.0", type=ComponentType.APPLICATION, hashes=[digest])
    by_name = {normal(each.name): distribution_part(each) for each in found.distributions}
    others = [python_part(), starter_part(), *qt_parts(), *icu_part(tree), *map(system_part, found.system),
              *resource_parts()]  # fmt: skip
    bom = Bom(components=[*by_name.values(), *others])
    bom.metadata.component = root
    bom.metadata.timestamp = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), UTC)
    lock = hashlib.sha256((ROOT / "requirements.lock").read_bytes()).hexdigest()
    bom.metadata.properties.add(Property(name="kiosk:requirements.lock:sha256", value=lock))
    bom.register_dependency(root, [*by_name.values(), *others])
    qt, chromium = (each for each in others if each.name in ("qt", "chromium"))
    bom.register_dependency(qt, [chromium, *(each for each in others if each.name == "icu")])
    for distribution in found.distributions:
        needed = [by_name[name] for name in needs(distribution) if name in by_name]
        mine = by_name[normal(distribution.name)]
        bom.register_dependency(mine, [*needed, qt] if mine.name.startswith("pyside6") else needed)
    parts = " ".join(sorted(str(each.purl) for each in bom.components))
    bom.serial_number = uuid5(NAMESPACE_URL, f"{version} {digest.content} {parts}")
    return bom


def main(tree: Path, out: Path) -> int:
    """Write it, or say what is wrong with it."""
    try:
        bom = bill(tree)
    except ValueError as error:
        sys.stderr.write(f"bill of materials: {error}\n")
        return 1
    text = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1)
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        sys.stderr.write(f"bill of materials: not CycloneDX 1.6: {str(fault)[:2000]}\n")
        return 1
    out.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(f"{out}: {len(bom.components)} components\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
