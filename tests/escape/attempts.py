"""What a hostile page tries, as data: a page, a touch, and the words the member must read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cell import Cell
from hostile import HOST, Reply

from kiosk.tour.hands import pause

PAGE = """<!doctype html><meta charset=utf-8><title>Banco</title><body><h1 id=title>Banco de su confianza</h1>
<script>
const told = [], said = (word) => told.push(String(word));
const granted = (ask) => Promise.resolve().then(ask).then(
  (what) => said("yes " + what), (error) => said("no " + error.name));
const lasts = (other) => setTimeout(() => said(other && !other.closed ? "yes" : "no"), 400);
addEventListener("click", () => said("tried"), true);
</script><button id=go>Continuar</button>
"""
NOT_HERE = "Esta dirección no se abre en el kiosco: "
OTHER_PROGRAM = "abre otro programa"
NO_LINK = "Este enlace no se abre en el kiosco"
NO_FILES = "no se guardan archivos"
NO_UPLOADS = "no se pueden adjuntar archivos"


def touch_go(cell: Cell) -> None:
    """As a member does: the page gets all the rights a touch gives it."""
    cell.touch_web("#go")


@dataclass(frozen=True)
class Attempt:
    """`script` runs when «Continuar» is touched; `body` is in the page besides."""

    name: str
    script: str = ""
    body: str = ""
    words: str = ""
    """What the member is told; empty where the product stays silent."""
    act: Callable[[Cell], object] = touch_go
    answers: bool = False
    """The page hears an answer, a no."""
    trouble: str = ""
    """Our own panel stands in place of the page."""
    settle: int = 100
    replies: tuple[tuple[str, Reply], ...] = ()


def tries(*attempts: Attempt) -> pytest.MarkDecorator:
    """One test for each."""
    names = [attempt.name for attempt in attempts]
    assert len(set(names)) == len(names)
    return pytest.mark.parametrize("attempt", attempts, ids=names)


def show(cell: Cell, body: str, **headers: str) -> None:
    """Open a hostile page as a payment's bank page."""
    town = cell.town
    town.replies["/page"] = Reply(PAGE + body, headers=headers)
    cell.open(f"{town.good.address(HOST)}/page")


def run(cell: Cell, attempt: Attempt) -> None:
    """Try it. Nothing may have got out; what is refused is said; the page is where it was."""
    town = cell.town
    town.replies |= dict(attempt.replies)
    town.replies.setdefault("/loot", Reply("<h1>Botín</h1>"))
    script = f"<script>go.onclick = () => {{ {attempt.script} }}</script>" if attempt.script else ""
    show(cell, attempt.body + script)
    attempt.act(cell)
    if attempt.words:
        cell.wait(
            # On a busy machine the engine may take the touch for too old and refuse by itself, unasked.
            lambda: attempt.words in cell.message or (attempt.answers and "no NotAllowedError" in cell.told),
            f"word about {attempt.words!r}",
            8,
        )
    if attempt.trouble:
        cell.wait(lambda: cell.trouble == attempt.trouble, attempt.trouble, 12)
    if attempt.answers:
        cell.wait(lambda: [said for said in cell.told if said != "tried"], "answer to the page", 8)
    pause(attempt.settle)
    assert cell.escaped(trouble=attempt.trouble) == []
    if attempt.trouble:
        return
    assert cell.address.path() == "/page"
    assert attempt.act is not touch_go or "tried" in cell.told
    if not attempt.words:
        assert not cell.message


def private_file(folder: Path) -> Path:
    """Something on this machine that no page may read."""
    path = folder / "secreto.txt"
    path.write_text("clave", encoding="utf-8")
    return path
