"""What the documents name, taken out of their Markdown: code, commands, links, headings, labels."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_INDENTED = re.compile(r"(?:^(?: {4}|\t).*\n)+", re.MULTILINE)
_SPAN = re.compile(r"`([^`]+)`")
_PROGRAM = re.compile(r"(?:\.venv/bin/)?kiosk(-service)?(?: |$)")


@dataclass(frozen=True, slots=True)
class Document:
    """One Markdown file. Code spans may run over a line's end."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT)) if self.path.is_relative_to(ROOT) else self.path.name

    @property
    def fences(self) -> list[tuple[str, str]]:
        """Language and text of each fenced block."""
        return _FENCE.findall(self.text)

    @property
    def blocks(self) -> list[str]:
        """Fenced and indented code."""
        rest = _FENCE.sub("\n", self.text)
        return [text for _, text in self.fences] + [found[0] for found in _INDENTED.finditer(rest)]

    @property
    def prose(self) -> str:
        return _INDENTED.sub("\n", _FENCE.sub("\n", self.text + "\n"))

    @property
    def spans(self) -> list[str]:
        """What stands between backticks in the prose."""
        return [" ".join(found.split()) for found in _SPAN.findall(self.prose)]

    @property
    def links(self) -> list[str]:
        """Targets of links and pictures inside the project."""
        found = re.findall(r"\]\(([^)\s]+)\)", self.prose) + re.findall(r'src="([^"]+)"', self.prose)
        return [target for target in found if not re.match(r"[a-z]+:", target)]

    @property
    def anchors(self) -> set[str]:
        """What a link may name after #, as GitHub makes it of the headings."""
        headings = re.findall(r"^#+ (.*)$", self.prose, re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

    @property
    def labels(self) -> set[str]:
        """Words of the screen, as they are quoted."""
        return {" ".join(found.split()) for found in re.findall(r"«([^»]+)»", self.text)}

    @property
    def lines_of_code(self) -> list[str]:
        """Spans, and the lines of blocks without their comments; continued lines joined."""
        found = list(self.spans)
        for block in self.blocks:
            joined = re.sub(r"\\\n\s*", " ", block)
            found += [re.sub(r"(^|\s+)#.*$", "", line).strip() for line in joined.splitlines()]
        return [line for line in found if line]

    @property
    def commands(self) -> list[list[str]]:
        """Every `kiosk …` and `kiosk-service …`, as words after the program's name."""
        return [words for line in self.lines_of_code for words in _commands(line)]


def _commands(line: str) -> Iterator[list[str]]:
    for part in re.split(r"\s(?:&&|\|\||;|\|)\s|; ", line):
        if found := _PROGRAM.match(part.strip()):
            rest = part.strip()[found.end() :]
            if rest and not rest.startswith(("(", ".")):
                yield shlex.split(rest.replace("[", " ").replace("]", " ").replace("'", ""))


def documents() -> list[Document]:
    """All that this test answers for."""
    files = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"),
             *ROOT.glob("[a-z]*/README.md"), *ROOT.glob("instruments/*/README.md"),
             *(ROOT / "installer").rglob("*.md")]  # fmt: skip
    return [read(path) for path in sorted(set(files))]


def read(path: Path) -> Document:
    return Document(path, path.read_text(encoding="utf-8"))
