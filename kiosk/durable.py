"""Files that are whole whenever they are read, also after a power cut.

A file is written beside its place, brought onto the disk, and only then given its name; the folder is
brought onto the disk last, because a new name outlives a power cut only after that.
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
    """Put a file in its place or leave the former one there, whole. Its folder exists. Raises OSError."""
    with replaced(path, mode=mode) as draft:
        draft.write_bytes(content)


@contextmanager
def replaced(path: Path, *, mode: int = OWN) -> Iterator[Path]:
    """An empty draft beside `path` that takes its place when the block ends, and is gone where that raises.

    Two that write the same file do not meet: each has a draft of its own, and the last one to end counts.
    Raises OSError.
    """
    draft = draft_beside(path)
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWN))
        yield draft
        draft.chmod(mode)
        _flush(draft, os.O_RDWR)
        draft.replace(path)
        flush_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def draft_beside(path: Path) -> Path:
    """A name in the same folder that no other file has."""
    return path.with_name(f"{path.name}.{uuid4().hex}.new")


def flush_folder(folder: Path) -> None:
    """Bring a folder's names onto the disk. Raises OSError."""
    if os.name == "posix":  # Windows opens no folder
        _flush(folder, os.O_RDONLY)


def _flush(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
