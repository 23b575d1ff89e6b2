"""The notices of everything bundled: `notices.py TREE OUT.gz`.

Each distribution's own licence files as they were installed, Python's, those of letters and pictures, and
what the LGPL asks for Qt: its text, the GPL's that it rests on, where the source is and how the libraries are
replaced.
"""

from __future__ import annotations

import gzip
import re
import sys
import sysconfig
from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path

from bill_of_materials import licence_of
from bundled import examine

ROOT = Path(__file__).resolve().parent.parent
_LICENCE_FILE = re.compile(r"(.*/)?(licen[cs]e|copying|notice|authors)[^/]*", re.IGNORECASE)
_LICENCES = ROOT / "installer/licences"
_QTS = ("pyside6", "shiboken6")
"""What comes under the LGPL and brings no text of it."""
_QT = """Qt {qt}, PySide6 and Shiboken6 {qt} are used under the GNU Lesser General Public License, version 3.
Copyright (C) The Qt Company Ltd. and other contributors.

Source: https://download.qt.io/official_releases/qt/ and
https://download.qt.io/official_releases/QtForPython/pyside6/, both version {qt}. They were taken as the
PySide6 wheels hold them, without their debugging symbols and without ICU's data for other languages.

You may change these libraries and run the kiosk with yours: they are shared libraries of their own, found
beside the program in _internal/PySide6/Qt/lib (Qt), _internal/PySide6 (PySide6) and _internal/shiboken6.
Build the same version of Qt or PySide6 from source, put the files over those, and start the kiosk again:

    install -m 644 libQt6Core.so.6 /usr/lib/kiosk/_internal/PySide6/Qt/lib/
    systemctl restart kiosk

Nothing checks them, and the kiosk's licence forbids neither this nor reverse engineering to debug it.

Qt contains parts of others: https://doc.qt.io/qt-6/licenses-used-in-qt.html. Qt WebEngine contains Chromium
{chromium}, Copyright (C) The Chromium Authors, BSD-3-Clause, and what Chromium contains:
https://doc.qt.io/qt-6/qtwebengine-licensing.html. ICU is Copyright (C) Unicode, Inc., Unicode-3.0.
"""
_RESOURCES = {
    "Atkinson Hyperlegible Next": "resources/fonts/OFL.txt",
    "Phosphor Icons": "resources/icons/LICENSE",
}


def texts_of(distribution: Distribution) -> list[str]:
    """Its licence files. Raises ValueError where it has none: then somebody must look."""
    files = [each for each in distribution.files or () if _LICENCE_FILE.fullmatch(str(each))]
    own = sorted({str(each): each for each in files if ".dist-info/" in str(each)}.items())
    texts = [each.read_text(encoding="utf-8").strip() for _, each in own]
    if not texts:
        raise ValueError(f"{distribution.name} {distribution.version} came without a licence file")
    return texts


def chapters(tree: Path) -> Iterator[tuple[str, list[str]]]:
    """Headings and texts."""
    from PySide6.QtCore import qVersion
    from PySide6.QtWebEngineCore import qWebEngineChromiumVersion

    yield "The Kiosk: Apache-2.0", ["See LICENSE, or /usr/share/common-licenses/Apache-2.0 on Debian."]
    qt = _QT.format(qt=qVersion(), chromium=qWebEngineChromiumVersion())
    yield (
        "Qt, PySide6 and Shiboken6: LGPL-3.0-only",
        [qt, *((_LICENCES / name).read_text(encoding="utf-8") for name in ("LGPL-3.txt", "GPL-3.txt"))],
    )
    places = (Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix))
    python = next(each for each in (place / "LICENSE.txt" for place in places) if each.exists())
    yield f"Python {sys.version.partition(' ')[0]}: PSF-2.0", [python.read_text(encoding="utf-8")]
    starter = "GPL-2.0-or-later with an exception: programs made with it may have any licence."
    yield "The program that starts Python (PyInstaller's bootloader)", [starter]
    found = examine(tree, ROOT / "requirements.lock")
    for distribution in found.distributions:
        if not distribution.name.lower().startswith(_QTS):
            heading = f"{distribution.name} {distribution.version}: {licence_of(distribution)}"
            yield heading, texts_of(distribution)
    for name in found.system:
        copyright_file = Path(f"/usr/share/doc/lib{name}-0/copyright")
        yield f"lib{name}, as Debian built it: LGPL-2.1-or-later", [copyright_file.read_text("utf-8")]
    for name, place in _RESOURCES.items():
        yield name, [(ROOT / place).read_text(encoding="utf-8")]


def main(tree: Path, out: Path) -> int:
    """Write them, compressed as Debian likes it, with no time in it."""
    try:
        parts = list(chapters(tree))
    except (ValueError, OSError) as error:
        sys.stderr.write(f"notices: {error}\n")
        return 1
    line = "=" * 78
    contents = "\n".join(f"  {heading}" for heading, _ in parts)
    body = "".join(f"\n\n{line}\n{heading}\n{line}\n\n" + "\n\n".join(texts) for heading, texts in parts)
    text = f"What the kiosk is made of, and under which licences\n\n{contents}{body}\n"
    out.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    sys.stdout.write(f"{out}: {len(parts)} parts\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
