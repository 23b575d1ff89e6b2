"""Who has a journal open: a lock beside its file, shared by all, alone to put a copy in its place."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from kiosk.journal.errors import JournalUnusable


def shared(path: Path) -> Callable[[], object]:
    """Held until what this returns is called. Raises JournalUnusable while somebody replaces the journal."""
    if os.name != "posix":
        return lambda: None
    import fcntl

    lock = _opened(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise JournalUnusable(f"{path}: a copy is being put in its place") from None
    return partial(os.close, lock)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """While nobody else has the journal open. Raises JournalUnusable where somebody has."""
    if os.name != "posix":
        yield
        return
    import fcntl

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = _opened(path)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            said = "the kiosk or the sonda has it open: systemctl stop kiosk kiosk-sonda"
            raise JournalUnusable(f"{path}: {said}") from None
        yield
    finally:
        os.close(lock)


def lock_file(path: Path) -> Path:
    """Whoever has a journal open holds a shared lock on this file."""
    return path.with_name(path.name + ".lock")


def _opened(path: Path) -> int:
    return os.open(lock_file(path), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
