"""What a reader finds of a file that was being replaced: the former or the new one, whole."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kiosk.durable import draft_beside, replaced, write_whole

FORMER, NEW = b"former " * 1000, b"new " * 100_000

DIES = """
import os, pathlib, sys
from kiosk import durable
path, step = pathlib.Path(sys.argv[1]), sys.argv[2]
new = b"new " * 100_000

def dies(*_, **__):
    os._exit(9)

def half(draft, content):
    with draft.open("wb") as file:
        file.write(content[:1000])
    os._exit(9)

flushes = []
whole = os.fsync

def flush(handle):
    flushes.append(handle)
    if len(flushes) == {"before the flush": 1, "before the folder": 2}.get(step):
        os._exit(9)
    whole(handle)

os.fsync = flush
if step == "half written":
    pathlib.Path.write_bytes = half
elif step == "before the name":
    pathlib.Path.replace = dies
elif step == "before the draft goes":
    pathlib.Path.unlink = dies
durable.write_whole(path, new)
"""
"""Ends without another word at one step, as a power cut ends a program."""

FULL = """
import pathlib, resource, signal, sys
from kiosk import durable
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    durable.write_whole(pathlib.Path(sys.argv[1]), b"new " * 100_000)
except OSError as error:
    print(type(error).__name__)
"""
"""No file may grow beyond 5000 bytes, which is what a full disk is to a program: a write that fails."""


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("step", "left"),
    [
        ("half written", FORMER),
        ("before the flush", FORMER),
        ("before the name", FORMER),
        ("before the folder", NEW),
        ("before the draft goes", NEW),
    ],
)
def test_a_crash_leaves_one_of_both_whole(tmp_path: Path, step: str, left: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(FORMER)

    assert run(DIES, str(file), step).returncode == 9

    assert file.read_bytes() == left
    write_whole(file, b"again")
    assert file.read_bytes() == b"again"


@pytest.mark.skipif(os.name != "posix", reason="no limit of a file's size")
def test_a_full_disk_leaves_the_former_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(FORMER[:100])

    assert run(FULL, str(file)).stdout.split() == ["OSError"]

    assert file.read_bytes() == FORMER[:100]
    assert list(tmp_path.iterdir()) == [file]


def test_the_file_is_on_the_disk_before_its_name_and_the_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    flush, rename = os.fsync, Path.replace

    def flushed(handle: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        flush(handle)

    def renamed(draft: Path, path: Path) -> Path:
        done.append("name")
        return rename(draft, path)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", renamed)
    write_whole(tmp_path / "file", NEW)

    assert done == ["file", "name", "folder"]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o400])
def test_permissions_are_the_wanted_ones_and_never_wider(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "file"
    before = os.umask(0)
    try:
        with replaced(file, mode=mode) as draft:
            assert stat.S_IMODE(draft.stat().st_mode) == 0o600
            draft.write_bytes(NEW)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_what_goes_wrong_inside_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(FORMER)

    def half() -> None:
        with replaced(file) as draft:
            draft.write_bytes(NEW)
            raise ValueError("not like that")

    with pytest.raises(ValueError, match="not like that"):
        half()

    assert file.read_bytes() == FORMER
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "nowhere" / "file", NEW)


def test_many_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "file"
    contents = [bytes([letter]) * 50_000 for letter in range(65, 73)]
    writers = [threading.Thread(target=write_whole, args=(file, content)) for content in contents]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert file.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [file]


def test_a_draft_is_beside_its_file_and_like_no_other(tmp_path: Path) -> None:
    file = tmp_path / "file"
    drafts = {draft_beside(file) for _ in range(100)}
    assert len(drafts) == 100
    assert {draft.parent for draft in drafts} == {tmp_path}
