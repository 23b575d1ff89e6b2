"""Answers from flags, from a file, or from whoever sits at the console."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from kiosk.provisioning.questions import Answers, Question
from kiosk.teller.pin import hashed

DEMONSTRATION = "demonstration"
"""An answer that is never asked for: a terminal on sandboxes."""
_REFERENCE = re.compile(r"(file|credential|env):.+")


class Console(Protocol):
    """Whoever answers."""

    def ask(self, prompt: str) -> str:
        """A line."""

    def ask_secret(self, prompt: str) -> str:
        """A line that nobody sees."""

    def say(self, text: str) -> None:
        """Tell."""


class Incomplete(Exception):
    """Answers are missing or wrong; the text names them."""


def answer_file(path: Path, known: tuple[Question, ...]) -> Answers:
    """Flat TOML with the questions' names. Raises Incomplete."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Incomplete(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    names = {question.name for question in known} | {DEMONSTRATION}
    if strange := sorted(set(found) - names):
        raise Incomplete(f"{path}: no such answer: {', '.join(strange)}")
    return {
        name: ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in found.items()
    }


def settled_by(tables: Mapping[str, object], asked: tuple[Question, ...]) -> Answers:
    """What the organisation's file answers, by the questions' names."""
    settled = Answers()
    for question in asked:
        found: object = tables
        for step in question.key.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
        if found is not None:
            settled[question.name] = str(found)
    return settled


def complete(
    asked: tuple[Question, ...], given: Answers, settled: Answers, console: Console | None
) -> tuple[Answers, Answers]:
    """Answers and typed secrets, both by name; asks the console where there is one. Raises Incomplete.

    `settled` is what the organisation's file says already: that is not asked.
    """
    answers, typed, faults = Answers(), Answers(), []
    for question in asked:
        name, known = question.name, settled | answers
        if not question.when(known) or (name not in given and name in settled):
            continue
        if name in given:
            problem = _problem(question, given[name])
            faults += [f"{question.flag}: {problem}"] if problem else []
            answers[name] = given[name]
        elif console is not None:
            if question.secret:
                reference, value = _ask_secret(question, console)
                answers[name] = reference
                typed |= {name: value} if value else {}
            else:
                answers[name] = _ask_answer(question, known, console)
        elif question.proposal is not None:
            answers[name] = question.proposal(known)
        else:
            faults.append(f"{question.flag} falta ({question.asks})")
    if faults:
        raise Incomplete("; ".join(faults))
    return answers, typed


def _problem(question: Question, text: str) -> str:
    if question.secret:
        return "" if _REFERENCE.fullmatch(text) else "un secreto se indica por file:, credential: o env:"
    return question.problem(text)


def _ask_answer(question: Question, known: Answers, console: Console) -> str:
    proposal = question.proposal(known) if question.proposal else ""
    while True:
        text = console.ask(f"{question.asks}{f' [{proposal}]' if proposal else ''}: ").strip() or proposal
        if not (problem := question.problem(text)):
            return text
        console.say(f"  No sirve: {problem}.")


def _ask_secret(question: Question, console: Console) -> tuple[str, str]:
    """A reference that was typed, or nothing and what is to be kept: of a PIN its hash only."""
    while True:
        text = console.ask_secret(f"{question.asks} (o file:/ruta, credential:NOMBRE): ").strip()
        if _REFERENCE.fullmatch(text):
            return text, ""
        if not text:
            console.say("  No puede quedar vacío.")
        elif question.name != "manager_pin":
            return "", text
        elif console.ask_secret("Otra vez: ").strip() != text:
            console.say("  No coinciden.")
        else:
            try:
                return "", hashed(text)
            except ValueError:
                console.say("  No sirve: de 6 a 12 cifras, y no una serie fácil de adivinar.")
