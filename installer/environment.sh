#!/bin/sh
# Makes or refreshes .venv from a locked, hashed requirements file and installs the project itself in it.
#   environment.sh run   what the kiosk needs (requirements.lock)
#   environment.sh dev   that and the developer's tools (requirements-dev.lock)
# A stamp holds the digest of what was installed, so that nothing is done, and no network needed, twice.
set -eu
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
venv=.venv

digest() {
    { cat "$1" pyproject.toml; pwd -P; "$venv/bin/python" -V; } | sha256sum | cut -d' ' -f1
}

current() { # stamp, lock
    [ -x "$venv/bin/python" ] && [ -f "$1" ] && [ "$(cat "$1")" = "$(digest "$2")" ]
}

case "${1:-run}" in
    run) lock=requirements.lock stamp=$venv/.installed ;;
    dev) lock=requirements-dev.lock stamp=$venv/.installed-dev ;;
    *) echo "usage: environment.sh run|dev" >&2; exit 2 ;;
esac
! current "$stamp" "$lock" || exit 0

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Python 3.11 or newer is needed; $python is older or missing. Name another: make PYTHON=python3.12 ..." >&2
    exit 1
}
# Made anew when the system's Python went on to another version, or when the directory was moved: its
# programs name their interpreter by full path.
if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1 || ! grep -q "$(pwd -P)/$venv/bin/" "$venv/bin/pip"; then
    "$python" -m venv --clear "$venv"
fi

echo "Installing $lock into $venv/ (the first time some 300 MB are fetched) ..."
pip="$venv/bin/python -m pip --disable-pip-version-check"
# Wheels only: nothing is compiled on the terminal, and no package's own code runs while installing.
$pip install --quiet --require-hashes --only-binary :all: -r "$lock"
$pip install --quiet --no-deps --no-build-isolation -e .

digest "$lock" >"$stamp"
# The developer's lock holds everything of the kiosk's own.
[ "$lock" = requirements.lock ] || digest requirements.lock >"$venv/.installed"
