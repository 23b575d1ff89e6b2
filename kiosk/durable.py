"""Files that are complete whenever they are read, even after a power cut.

A file is written under a temporary name in the same folder, flushed to disk, and only then renamed. The
folder is flushed last, because only then does the new name survive a power cut.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

OWN = 0o600
"""Permissions of a file for its owner alone."""


def write_whole(path: Path, content: bytes, *, mode: int = OWN) -> None:
    """Replace the file at `path`, or leave the old one complete. The folder must exist. Raises OSError."""
    with replaced(path, mode=mode) as draft:
        draft.write_bytes(content)


@contextmanager
def replaced(path: Path, *, mode: int = OWN) -> Iterator[Path]:
    """Yield an empty draft file that replaces `path` when the block ends, or is deleted if the block raises.

    Writers of the same file do not disturb each other: each has its own draft, and the last to end wins.
    Raises OSError.
    """
    draft = draft_beside(path)
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWN))
        yield draft
        draft.chmod(mode)
        _flush_to_disk(draft, os.O_RDWR)
        draft.replace(path)
        flush_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def draft_beside(path: Path) -> Path:
    """A name in the same folder that no other file has."""
    return path.with_name(f"{path.name}.{uuid4().hex}.new")


def flush_folder(folder: Path) -> None:
    """Flush the names in a folder to disk. Raises OSError."""
    if os.name == "posix":  # Windows can not open a folder
        _flush_to_disk(folder, os.O_RDONLY)


def _flush_to_disk(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
