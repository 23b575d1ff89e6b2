"""The version of what is built here: `version.py [FILE]` prints it, and writes it to FILE.

From git alone, so that the same commit says the same everywhere, in `kiosk --version` and in the package:
1.2.3 at the tag v1.2.3; 1.2.3+4.gHASH four commits after it; 1.2.3~45.gHASH, which sorts before 1.2.3, where
nothing was released yet (45 commits). `.dirty` where something was not committed. KIOSK_VERSION replaces it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_DIGITS = "--abbrev=12"
"""As many in every clone: git's own choice grows with the repository."""
_BUILT_FROM = (
    "kiosk", "resources", "installer", "docs", "pyproject.toml", "requirements.lock", "requirements-dev.lock",
    "CHANGELOG.md", "THIRD-PARTY-NOTICES.md", "LICENSE",
)  # fmt: skip


def git(*arguments: str) -> str | None:
    """What git answers here; None where it has none."""
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(ROOT), *arguments],  # noqa: S607
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def version(base: str, described: str | None, commits: str | None, head: str | None, *, dirty: bool) -> str:
    """Put together; `described` is git's word about the nearest tag, "v1.2.3-4-gHASH"."""
    if described:
        found = re.sub(r"-(\d+)-g", r"+\1.g", described.removeprefix("v"))
        found = found.removesuffix(f"+0.g{found.rpartition('.g')[2]}")
    elif head and commits:
        found = f"{base}~{commits}.g{head}"
    else:
        return base
    return found + (".dirty" if dirty else "")


def version_here() -> str:
    """Of this tree.

    Raises RuntimeError where git does not answer, and for a shallow clone, whose commits can not be counted.
    """
    if given := os.environ.get("KIOSK_VERSION"):
        return given
    base = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    # Not some other repository that this tree was unpacked in.
    if not (ROOT / ".git").exists():
        return base
    described = git("describe", "--tags", "--long", _DIGITS, "--match", "v[0-9]*")
    if git("rev-parse", "--is-shallow-repository") == "true" and not described:
        raise RuntimeError("a shallow clone has no version: git fetch --unshallow, or set KIOSK_VERSION")
    head = git("rev-parse", "--short=12", "HEAD")
    if head is None:
        raise RuntimeError("git does not answer for this tree (git status says why), or set KIOSK_VERSION")
    dirty = bool(git("status", "--porcelain", "--", *_BUILT_FROM))
    return version(base, described, git("rev-list", "--count", "HEAD"), head, dirty=dirty)


def main() -> int:
    """Print it, and write it where asked."""
    try:
        found = version_here()
    except RuntimeError as error:
        sys.stderr.write(f"version: {error}\n")
        return 1
    for file in map(Path, sys.argv[1:]):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(found + "\n", encoding="ascii")
    sys.stdout.write(found + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
