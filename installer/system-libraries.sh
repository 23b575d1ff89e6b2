#!/bin/sh
# Installs the system libraries that the kiosk needs on Debian and its relatives and that the Python
# wheels do not bring along. Says what it installs; touches nothing, and needs no network, when all
# are there. Without root or a password-free sudo it prints the command to run and exits with 1.
# With "tests" also the programs that some tests drive; those are skipped where they can not be had.
# PYTHON names the interpreter that the environment will be made from.
# shellcheck disable=SC1091,SC2086 # lists of names are words; /etc/os-release is the system's
set -eu

# "new|old": Debian 13 renamed some libraries (64-bit time); the first that the system knows is taken.
PACKAGES="
ca-certificates
libasound2t64|libasound2
libcups2t64|libcups2
libdbus-1-3
libegl1
libexpat1
libfontconfig1
libfreetype6
libgbm1
libgl1
libglib2.0-0t64|libglib2.0-0
libnspr4
libnss3
libudev1
libusb-1.0-0
libwayland-client0
libwayland-cursor0
libwayland-egl1
libx11-6
libx11-xcb1
libxcb-cursor0
libxcb-dri3-0
libxcb-glx0
libxcb-icccm4
libxcb-image0
libxcb-keysyms1
libxcb-randr0
libxcb-render-util0
libxcb-render0
libxcb-shape0
libxcb-shm0
libxcb-sync1
libxcb-util1
libxcb-xfixes0
libxcb-xkb1
libxcb1
libxcomposite1
libxdamage1
libxext6
libxfixes3
libxkbcommon-x11-0
libxkbcommon0
libxkbfile1
libxrandr2
libxtst6
zlib1g
"
# A screen and an accessibility bus, a voice, certificates, what freezes a program, and what checks scripts.
TOOLS="
at-spi2-core
binutils
chrpath
curl
dbus
dbus-bin|dbus
jq
nsis
openssl
shellcheck
speech-dispatcher
speech-dispatcher-espeak-ng
systemd
xvfb
"
[ "${1:-}" = tests ] || TOOLS=

python=${PYTHON:-python3}
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    PACKAGES="$PACKAGES python3-venv"
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This system has no apt: install the equivalents of these Debian packages by hand:" $PACKAGES >&2
    exit 0
fi

installed() {
    dpkg-query --show --showformat='${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

# Without package lists (a fresh container, not root) only the release tells the new names from the old.
release_has_new_names() (
    ID=debian VERSION_ID=
    [ ! -r /etc/os-release ] || . /etc/os-release
    case "$ID" in
        ubuntu) [ "${VERSION_ID%%.*}" -ge 24 ] ;;
        *) [ "${VERSION_ID%%.*}" -ge 13 ] ;;
    esac 2>/dev/null || [ -z "$VERSION_ID" ]
)

known() {
    apt-cache show --no-all-versions "$1" 2>/dev/null | grep -q '^Package:'
}

name_here() {
    new=${1%%|*} old=${1##*|}
    if [ "$new" = "$old" ] || known "$new"; then
        echo "$new"
    elif known "$old"; then
        echo "$old"
    elif release_has_new_names; then
        echo "$new"
    else
        echo "$old"
    fi
}

not_installed() {
    for entry in "$@"; do
        installed "${entry%%|*}" || installed "${entry##*|}" || printf ' %s' "$entry"
    done
}

libraries=$(not_installed $PACKAGES)
missing="$libraries$(not_installed $TOOLS)"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    names=
    for entry in $missing; do names="$names $(name_here "$entry")"; done
    install="apt-get update && apt-get install -y --no-install-recommends$names"
    if [ -z "$libraries" ]; then
        printf 'Some tests will be skipped. To run them all, as root:\n\n  %s\n\n' "$install"
        exit 0
    fi
    cat >&2 <<END
System libraries are missing, and installing them needs root. Run this as root, then the same make again:

  $install

END
    exit 1
fi

$as_root apt-get update -q
names=
for entry in $missing; do names="$names $(name_here "$entry")"; done
echo "Installing system libraries:$names"
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends $names
