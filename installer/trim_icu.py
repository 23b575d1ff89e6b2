"""Makes ICU's data smaller: `trim_icu.py FILE …`, Qt's libicudata.so.NN or Chromium's icudtl.dat.

Qt's has 32 MB for all languages of the world; Qt asks it only for collation, encodings and time zones, and
the kiosk speaks Spanish and English. Chromium's has 10 MB, of which it keeps everything but the names and
sorting of other languages, and the dictionaries that break lines of Chinese, Japanese, Thai, Khmer, Lao and
Burmese. The library is a container around one ICU data package ("Common Data",
https://unicode-org.github.io/icu/userguide/icu_data/), and the file is such a package: a table of names and
offsets, then the items. What ICU does not find it takes from the root of each tree.
"""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

# Rules of line breaking, transliterations, names of places, units and currencies in all languages: not Qt's.
_QTS = re.compile(
    r"""
    (?:coll|brkitr|curr|lang|region|unit|zone|rbnf)?/?
    (?:root|en|en_US|en_001|es|es_CO|es_419|pool|res_index|ucadata|tzdbNames)\.(?:res|icu)
    | (?!unames)[^/]+\.(?:icu|nrm)
    | (?:zoneinfo64|timezoneTypes|windowsZones|metaZones|supplementalData|currencyNumericCodes|icuver|icustd
        |keyTypeData|likelySubtags|numberingSystems|plurals|pluralRanges|dayPeriods|genderList|metadata|units
        |langInfo|grammaticalFeatures)\.res
    | (?:ibm-5348_P100-1997|ibm-9447_P100-2002|ibm-858_P100-1997|ibm-850_P100-1999)\.cnv
    """,
    re.VERBOSE,
)

_WEB_ENGINES = re.compile(r"(?!brkitr/\w+\.dict)(?!(?:\w+/)?(?!en|es|res_index)[a-z]{2,3}(?:_\w+)?\.res).+")


def items_of(package: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The package's header, and its items by name."""
    header_size, magic = struct.unpack_from("<HH", package)
    if magic != 0x27DA or package[12:16] != b"CmnD":
        raise ValueError("not an ICU data package")
    (count,) = struct.unpack_from("<I", package, header_size)
    table = [struct.unpack_from("<II", package, header_size + 4 + 8 * i) for i in range(count)]
    ends = [start for _, start in table[1:]] + [len(package) - header_size]
    items = {}
    for (name_at, start), end in zip(table, ends, strict=True):
        name_start = header_size + name_at
        name = package[name_start : package.index(b"\0", name_start)].decode()
        items[name] = package[header_size + start : header_size + end]
    return package[:header_size], items


def package_of(header: bytes, items: dict[str, bytes]) -> bytes:
    """Put together as ICU expects it: names sorted, items on multiples of 16."""
    names = sorted(items, key=str.encode)
    texts = b"".join(name.encode() + b"\0" for name in names)
    offset = 4 + 8 * len(names)
    name_at, start = offset, -(-(offset + len(texts)) // 16) * 16
    table, body = struct.pack("<I", len(names)), b""
    for name in names:
        table += struct.pack("<II", name_at, start + len(body))
        name_at += len(name.encode()) + 1
        body += items[name] + bytes(-len(items[name]) % 16)
    return header + (table + texts).ljust(start, b"\0") + body


_ASSEMBLER = """
.section .rodata
.global {symbol}
.type {symbol}, @object
.balign 16
{symbol}: .incbin "{file}"
.size {symbol}, {size}
.section .note.GNU-stack,"",@progbits
"""


def run(*command: str | Path) -> str:
    """A tool of binutils."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603


def smaller(package: bytes, kept: re.Pattern[str], name: str) -> bytes:
    """A package of what is kept."""
    header, items = items_of(package)
    left = {item: body for item, body in items.items() if kept.fullmatch(item.partition("/")[2])}
    made = package_of(header, left)
    sys.stdout.write(f"{name}: {len(left)} of {len(items)} items, {len(made) // 1000} kB\n")
    return made


def trim_library(library: Path) -> None:
    """Take the package out, leave items away, wrap it anew under the same name and symbol."""
    found = re.search(r"\b(icudt\d+_dat)\b", run("readelf", "--dyn-syms", "-W", library))
    soname = re.search(r"soname: \[(.+)\]", run("readelf", "-d", library))
    if found is None or soname is None:
        raise ValueError(f"{library}: not a library of ICU data")
    with tempfile.TemporaryDirectory() as folder:
        data, source, made = (Path(folder, name) for name in ("data", "data.s", "data.o"))
        run("objcopy", "-O", "binary", "--only-section=.rodata", library, data)
        package = smaller(data.read_bytes(), _QTS, library.name)
        data.write_bytes(package)
        source.write_text(_ASSEMBLER.format(symbol=found[1], file=data, size=len(package)), encoding="ascii")
        run("as", "-o", made, source)
        run("ld", "-shared", "-s", "-soname", soname[1], "-z", "noexecstack", "-o", library, made)


def main(files: list[Path]) -> None:
    """Each in its place."""
    for file in files:
        if file.suffix == ".dat":
            file.write_bytes(smaller(file.read_bytes(), _WEB_ENGINES, file.name))
        else:
            trim_library(file)


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
