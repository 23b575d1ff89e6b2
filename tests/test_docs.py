"""What README and docs/ name is there: commands, options, files, targets, settings, modules, labels."""

from __future__ import annotations

import argparse
import re
import tomllib
import typing
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import msgspec
import pytest
from documents import ROOT, Document, documents, read

from kiosk.cli import _parser
from kiosk.settings import Settings

DOCUMENTS = documents()
Complaints = Callable[[Document], list[str]]

_FOLDERS = ("kiosk", "tests", "docs", "installer", "resources", "instruments", ".ci")
_HIDDEN = {"look"}  # doctor's own, see kiosk/cli/__init__.py
_OF_OTHERS = {"--request-cert"}  # Schemathesis'
_MADE_ELSEWHERE = {"secrets/"}  # beside a terminal's settings


# -- commands ------------------------------------------------------------------------------------


def children(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def options(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    return {name: action for action in parser._actions for name in action.option_strings}


def placeholder(word: str) -> bool:
    """NAME, FILE, …: to be filled in by the reader."""
    return "…" in word or re.fullmatch(r"[A-Z][A-Z_:]*(\.[a-z]+)?", word) is not None


def wrong_words(parser: argparse.ArgumentParser, words: list[str]) -> list[str]:
    """What of a command the real parser does not know."""
    known, left = options(parser), list(words)
    while left and not any(action.nargs == argparse.REMAINDER for action in parser._actions):
        below, word = children(parser), left.pop(0)
        if word.startswith("-") and word != "-":
            if wrong := wrong_option(known, word, left):
                return wrong
        elif below:
            named = list(below)[:1] if placeholder(word) else word.split("|")
            if unknown := [name for name in named if name not in below]:
                return [f"no command {unknown[0]}"]
            if wrong := [each for name in named[1:] for each in wrong_words(below[name], left)]:
                return wrong
            parser = below[named[0]]
            known = known | options(parser)
    return []


def wrong_option(known: dict[str, argparse.Action], word: str, left: list[str]) -> list[str]:
    """Also takes its value, where it has one, off what is left."""
    name, _, value = word.partition("=")
    if name not in known:
        return [f"no option {name}"]
    if not value and known[name].nargs is None and left:
        value = left.pop(0)
    choices = known[name].choices
    wrong = choices and value and not placeholder(value) and value not in choices
    return [f"{name} is never {value}"] if wrong else []


def wrong_commands(document: Document) -> list[str]:
    said = [
        f"kiosk {' '.join(words)}: {wrong}"
        for words in document.commands
        for wrong in wrong_words(_parser(), words)
    ]
    alone = [span.split()[0].partition("=")[0] for span in document.spans if re.match(r"--[a-z]", span)]
    return said + [f"{name}: no option" for name in alone if name not in declared_options() | _OF_OTHERS]


@cache
def declared_options() -> set[str]:
    """Those of the kiosk's commands, and of the other programs of this project."""
    files = [file for folder in _FOLDERS if folder != "tests" for file in (ROOT / folder).rglob("*.py")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return set(re.findall(r"""["'](--[a-z][a-z-]+)["']""", text))


def leaves(parser: argparse.ArgumentParser, path: str = "kiosk") -> Iterator[str]:
    """Every command that can be typed; the gateways of `pse explain` are one."""
    below = children(parser)
    if not below or "placetopay" in below:
        yield path
    else:
        for name, child in below.items():
            if name not in _HIDDEN:
                yield from leaves(child, f"{path} {name}")


# -- files, links, targets -----------------------------------------------------------------------


def wrong_links(document: Document) -> list[str]:
    said = []
    for target in document.links:
        file, _, anchor = target.partition("#")
        path = document.path.parent / file
        if file and not path.exists():
            said.append(f"{target}: leads nowhere")
        elif anchor and anchor not in (read(path) if file else document).anchors:
            said.append(f"{target}: no such heading")
    return said


def wrong_files(document: Document) -> list[str]:
    """Names of files and folders of the project; those with a part in capitals are to be filled in."""
    said = []
    for span in document.spans:
        name = re.sub(r"::?\w+$", "", span).split(" ")[0]
        to_be_filled_in = re.search(r"[A-Z]{2,}(?!.*\.md$)|[<*{…]", name)
        if to_be_filled_in or name in _MADE_ELSEWHERE or name.startswith("build/"):
            continue
        first, slash, _ = name.partition("/")
        ours = slash and first in _FOLDERS
        module = re.fullmatch(r"[a-z_]+(/[a-z_0-9]+)*(\.py|/)", name)
        places = (ROOT, ROOT / "kiosk", ROOT / "docs", document.path.parent)
        if (ours or module) and not any((place / name).exists() for place in places):
            said.append(f"{name}: not there")
    return said


def wrong_targets(document: Document) -> list[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z0-9-]+):", makefile, re.MULTILINE))
    variables = set(re.findall(r"^([A-Z_]+) [?:]?=", makefile, re.MULTILINE))
    said = []
    for line in document.lines_of_code:
        for target, rest in re.findall(r"(?:^|[;&] ?)make ([a-z][a-z0-9-]*)(.*)", line):
            said += [] if target in targets else [f"make {target}: no such target"]
            said += [
                f"make {target} {name}=: no such variable"
                for name in re.findall(r"(?:^| )([A-Z_]+)=", rest)
                if name not in variables
            ]
    return said


# -- settings ------------------------------------------------------------------------------------


def section(kind: type) -> dict[str, object]:
    return {field.name: field.type for field in msgspec.structs.fields(kind)}


def known_setting(key: str) -> bool:
    kind: object = Settings
    for name in key.split("."):
        if typing.get_origin(kind) is dict:
            kind = typing.get_args(kind)[1]
            continue
        fields = section(kind) if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else {}
        if name not in fields:
            return False
        kind = fields[name]
    return True


def keys_of(tables: object, before: str = "") -> Iterator[str]:
    for name, value in tables.items() if isinstance(tables, dict) else ():
        yield from keys_of(value, f"{before}{name}.") if isinstance(value, dict) else (f"{before}{name}",)


def wrong_settings(document: Document) -> list[str]:
    sections = "|".join(section(Settings))
    named = [
        found[1]
        for span in document.spans
        if (found := re.match(rf"((?:{sections})\.[a-z_.]*[a-z_])(?:$| =)", span))
        and not re.search(r"\.(py|md|toml|sqlite|pdf|json|service)$", found[1])
    ]
    for language, text in document.fences:
        if language == "toml":
            named += keys_of(tomllib.loads(text))
            named += commented(text)
    for line in document.lines_of_code:
        named += [found.lower().replace("__", ".") for found in re.findall(r"\bKIOSK_(\w+__\w+)", line)
                  if found != "SECTION__KEY"]  # fmt: skip
    return [f"{key}: no such setting" for key in named if not known_setting(key)]


def commented(toml: str) -> Iterator[str]:
    """Keys behind a #: what a terminal may set and most do not."""
    table = ""
    for line in toml.splitlines():
        if found := re.match(r"(?:# )?\[([\w.]+)\]", line):
            table = found[1].replace(".NAME", ".name")
        elif found := re.match(r"# ([a-z_]+) = ", line):
            yield f"{table}.{found[1]}"


# -- labels --------------------------------------------------------------------------------------

_SAID_BY_THE_SCREEN = ("kiosk", "installer")


def words_of_the_program() -> str:
    """All of its texts, those written in pieces joined, without markup and line ends."""
    files = [
        file
        for folder in _SAID_BY_THE_SCREEN
        for file in sorted((ROOT / folder).rglob("*"))
        if file.is_file() and file.suffix in ("", ".py", ".ps1", ".nsi", ".html")
    ]
    text = " ".join(file.read_text(encoding="utf-8", errors="replace") for file in files)
    return " ".join(re.sub(r'"\s*\n\s*f?"', "", text).split()).casefold()


WORDS = words_of_the_program()


def wrong_labels(document: Document) -> list[str]:
    return [
        f"«{label}»: the screen never says so" for label in document.labels if label.casefold() not in WORDS
    ]


# -- the documents as they are ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "look",
    [wrong_commands, wrong_links, wrong_files, wrong_targets, wrong_settings, wrong_labels],
    ids=["commands", "links", "files", "targets", "settings", "labels"],
)
def test_what_the_documents_name_is_there(look: Complaints) -> None:
    assert [f"{each.name}: {wrong}" for each in DOCUMENTS for wrong in look(each)] == []


def test_enough_was_looked_at() -> None:
    """A reading that finds nothing would find no fault either."""
    assert sum(len(each.commands) for each in DOCUMENTS) > 60
    assert sum(len(each.links) for each in DOCUMENTS) > 40
    assert sum(len(each.spans) for each in DOCUMENTS) > 500


def test_every_command_is_explained() -> None:
    named = [" ".join(["kiosk", *words]) for words in read(ROOT / "docs/commands.md").commands]

    assert [leaf for leaf in leaves(_parser()) if not any(each.startswith(leaf) for each in named)] == []


def test_every_document_is_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        path = ahead.pop()
        if path not in reached and path.suffix == ".md":
            reached.add(path)
            links = [link.partition("#")[0] for link in read(path).links]
            ahead += [(path.parent / file).resolve() for file in links if file]

    assert [file.name for file in (ROOT / "docs").rglob("*.md") if file.resolve() not in reached] == []


def test_every_decision_has_its_number_its_day_and_whether_it_is_in_force() -> None:
    decisions = read(ROOT / "docs/decisions.md").text.partition("\n1. ")[2]
    items = re.split(r"\n(?=\d+\. )", f"1. {decisions}")
    found = [
        re.match(r"(\d+)\. \(\d{4}-\d\d-\d\d, (in force|replaced by \d+)\) \*\*", item) for item in items
    ]

    assert [int(each[1]) if each else None for each in found] == list(range(1, len(items) + 1))


def test_every_setting_is_explained() -> None:
    settings = read(ROOT / "docs/settings.md")
    named = {key for language, text in settings.fences if language == "toml"
             for key in (*keys_of(tomllib.loads(text)), *commented(text))}  # fmt: skip
    every = {f"{table}.{key}" for table, kind in section(Settings).items()
             if isinstance(kind, type) for key in section(kind)}  # fmt: skip

    assert [key for key in sorted(every) if not any(f"{each}.".startswith(f"{key}.") for each in named)] == []


# -- the architecture ----------------------------------------------------------------------------------


def table(document: Document, heading: str, column: int) -> set[str]:
    """The code names in one column of the table below a heading."""
    part = document.text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:-1] for line in part.splitlines() if line.startswith("|")]
    return {name.rstrip("/") for row in rows for name in re.findall(r"`([^`]+)`", row[column])}


def test_the_floors_name_every_room_of_the_kiosk() -> None:
    rooms = {
        path.stem
        for path in (ROOT / "kiosk").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem != "__init__"
    }

    named = {name.partition("/")[0] for name in table(read(ROOT / "docs/architecture.md"), "Floors", 1)}
    assert named == rooms


def test_what_stands_beside_the_program_is_named() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    beside = {
        path.name for path in ROOT.iterdir()
        if path.is_dir() and not any(fnmatch(path.name, each.strip("/")) for each in (*ignored, ".git"))
    }  # fmt: skip

    named = table(read(ROOT / "docs/architecture.md"), "Beside the program", 0)
    instruments = {path.parent.relative_to(ROOT) for path in ROOT.glob("instruments/*/__main__.py")}
    assert named == beside - {"kiosk"} | {str(path) for path in instruments}


# -- what would be found ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("look", "text", "complaint"),
    [
        (wrong_commands, "`kiosk jurnal list`", "no command jurnal"),
        (wrong_commands, "    kiosk journal verify --tail 3:00\n", "no option --tail"),
        (wrong_commands, "    kiosk-service journal lists   # the newest\n", "no command lists"),
        (wrong_commands, "    systemctl stop kiosk && kiosk sonda --twice\n", "no option --twice"),
        (wrong_commands, "`kiosk demo --outcome stolen`", "--outcome is never stolen"),
        (wrong_commands, "`kiosk journal verify|prove`", "no command prove"),
        (wrong_commands, "`kiosk pse explain GATEWAY --operation refund`", "--operation is never refund"),
        (wrong_commands, "`--unheard-of`", "--unheard-of: no option"),
        (wrong_links, "[there](docs/nowhere.md)", "docs/nowhere.md: leads nowhere"),
        (wrong_links, "# Here\n[there](#elsewhere)", "#elsewhere: no such heading"),
        (wrong_links, '<img src="docs/pictures/none.png">', "docs/pictures/none.png: leads nowhere"),
        (wrong_files, "`kiosk/teller/cashbox.py`", "kiosk/teller/cashbox.py: not there"),
        (wrong_files, "`teller/cashbox.py`", "teller/cashbox.py: not there"),
        (wrong_files, "`tests/test_gone.py`", "tests/test_gone.py: not there"),
        (wrong_targets, "    make coffee\n", "make coffee: no such target"),
        (wrong_targets, "`make torture M=6`", "make torture M=: no such variable"),
        (wrong_settings, "`gateway.pages`", "gateway.pages: no such setting"),
        (wrong_settings, "```toml\n[core]\nuri = 1\n```\n", "core.uri: no such setting"),
        (wrong_settings, "```toml\n[core]\n# uri = 1\n```\n", "core.uri: no such setting"),
        (wrong_settings, "`KIOSK_SCREEN__INCHES=27`", "screen.inches: no such setting"),
        (wrong_labels, "«Pagar mañana»", "«Pagar mañana»: the screen never says so"),
    ],
)
def test_a_mistake_is_found(look: Complaints, text: str, complaint: str) -> None:
    found = look(Document(ROOT / "MADE_UP.md", text + "\n"))

    assert len(found) == 1, found
    assert complaint in found[0]


def test_what_is_right_is_let_pass() -> None:
    text = """# A page
`kiosk demo --tour --out DIR`, `kiosk journal verify|list`, `--json`, [here](#a-page), «Salir»,
`kiosk/pse/NAME.py`, `make torture N=60`, `gateway.options.merchant`, `journal.sqlite`

    kiosk-service journal verify --head NUMBER:HASH && kiosk-service sonda --once
"""
    document = Document(ROOT / "MADE_UP.md", text)

    for look in (wrong_commands, wrong_links, wrong_files, wrong_targets, wrong_settings, wrong_labels):
        assert look(document) == []
