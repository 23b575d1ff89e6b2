#!/usr/bin/env bash
# Tries the package out on a bare Debian 12, as root: debootstrap, installation by apt, doctor, the guided tour
# with a payment as the unprivileged user and the web engine's sandbox on, the session in cage without a screen,
# upgrade and downgrade with a journal, removal, purge. Nothing of it touches the system it runs on.
#   installer/test-package.sh [dist/kiosk_VERSION_amd64.deb]
#   RELEASE=trixie        another Debian than bookworm (12)
#   MIRROR=http://…       where Debian comes from
#   APT_OPTIONS='-o …'    for apt in the bare system, e.g. a proxy
# shellcheck disable=SC2016 # ${…} in single quotes is dpkg-query's
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ "$(id -u)" -ne 0 ]; then
    echo "debootstrap and chroot need root: sudo $0" >&2
    exit 77
fi
# Mounts and processes of its own: whatever happens, nothing is left behind.
if [ -z "${KIOSK_IN_NAMESPACE:-}" ]; then
    export KIOSK_IN_NAMESPACE=1
    exec unshare --mount --pid --fork --kill-child --mount-proc "$0" "$@"
fi

release=${RELEASE:-bookworm}
mirror=${MIRROR:-http://deb.debian.org/debian}
read -ra apt_options <<<"${APT_OPTIONS:-}"
newest=$(find dist -name 'kiosk_*_amd64.deb' 2>/dev/null | sort | tail -1)
package=$(realpath "${1:-${newest:?no package in dist: make package first}}")
cache=build/package-test
root=$(mktemp -d "${TMPDIR:-/tmp}/kiosk-package.XXXXXX")
failed=0

cleanup() {
    stop_sandboxes
    umount --recursive --lazy "$root" 2>/dev/null || true
    rm -rf --one-file-system "$root"
}
. installer/sandboxes.sh
trap cleanup EXIT

step() { printf '\n== %s\n' "$*"; }
good() { printf '   ok    %s\n' "$*"; }
bad() {
    printf '   FAIL  %s\n' "$*"
    failed=$((failed + 1))
}
check() { # words, command ...
    local words=$1
    shift
    if "$@" >"$root/tmp/check.log" 2>&1; then good "$words"; else
        bad "$words"
        sed 's/^/         | /' "$root/tmp/check.log" | tail -15
    fi
}
expect() { # words, exit code, pattern, command ...
    local words=$1 code=$2 pattern=$3 status=0
    shift 3
    "$@" >"$root/tmp/expect.log" 2>&1 || status=$?
    if [ "$status" -eq "$code" ] && grep -qE -- "$pattern" "$root/tmp/expect.log"; then
        good "$words (exit $status)"
    else
        bad "$words: exit $status instead of $code, or not «$pattern»"
        sed 's/^/         | /' "$root/tmp/expect.log" | tail -40
    fi
}
# Not chroot: the kernel makes no user namespace for whoever is in one.
inside() { unshare --mount sh -c 'cd "$1" && shift && pivot_root . mnt && cd / && umount -l /mnt && exec env -i "$@"' \
    inside "$root" PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive HOME=/root "$@"; }
as_kiosk() { inside setpriv --reuid=kiosk --regid=kiosk --init-groups --no-new-privs \
    env HOME=/var/lib/kiosk XDG_RUNTIME_DIR=/run/user/kiosk "$@"; }
apt() { inside apt-get -q -y -o Dpkg::Use-Pty=0 "${apt_options[@]}" "$@"; }
sqlite() { # file, statement: the bare system has no sqlite3 and needs none
    .venv/bin/python -c 'import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as book:
    print(*(row[0] for row in book.execute(sys.argv[2])), sep="\n")' "$1" "$2"
}

step "A bare Debian, $release"
mount --bind "$root" "$root"
if [ ! -e "$cache/$release.tar" ]; then
    mkdir -p "$cache"
    debootstrap --variant=minbase --include=ca-certificates "$release" "$root" "$mirror" >"$cache/debootstrap.log"
    tar -C "$root" -cf "$cache/$release.tar.new" .
    mv "$cache/$release.tar.new" "$cache/$release.tar"
else
    tar -C "$root" -xf "$cache/$release.tar"
fi
chmod 755 "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
mount -t tmpfs -o mode=755 run "$root/run"
cp /etc/resolv.conf "$root/etc/resolv.conf"
echo "   $(cat "$root/etc/debian_version"), $(inside dpkg-query -f '.\n' -W | wc -l) packages"

step "Installation by apt"
cp "$package" "$root/root/kiosk.deb"
apt update >"$cache/apt.log"
started=$SECONDS
apt install --no-install-recommends /root/kiosk.deb >>"$cache/apt.log" 2>&1 || {
    tail -30 "$cache/apt.log"
    exit 1
}
echo "   $((SECONDS - started)) s, now $(inside dpkg-query -f '.\n' -W | wc -l) packages;" \
    "kiosk: $(du -sm "$root/usr/lib/kiosk" | cut -f1) MiB"
check "installed" grep -q 'ok installed' <(inside dpkg-query -f '${Status}' -W kiosk)
expect "an unprivileged user without a shell" 0 ':/var/lib/kiosk:/usr/sbin/nologin$' inside getent passwd kiosk
expect "state is the kiosk's alone" 0 '^700 kiosk$' inside stat -c '%a %U' /var/lib/kiosk
expect "secrets are root's alone, the receipt key is there" 0 '^600 root 64$' \
    inside stat -c '%a %U %s' /etc/kiosk/secrets/receipt-key
for unit in kiosk kiosk-sonda; do
    expect "$unit.service is enabled" 0 '^enabled$' inside systemctl is-enabled "$unit.service"
done
check "systemd takes the units" inside systemd-analyze verify --man=no /lib/systemd/system/kiosk.service \
    /lib/systemd/system/kiosk-sonda.service /lib/systemd/system/kiosk-out-of-service.service
check "every library is found" inside sh -c \
    'export LD_LIBRARY_PATH=/usr/lib/kiosk/_internal
     ! find /usr/lib/kiosk -type f \( -name "*.so*" -o -name QtWebEngineProcess \) -exec ldd {} + 2>&1 | grep "not found"'
check "no path of the builder's machine is searched" sh -c \
    "! find '$root/usr/lib/kiosk' -name '*.so*' -exec readelf -d {} + 2>/dev/null | grep -E 'R(UN)?PATH.*(\[|:)/'"
expect "nothing set up: doctor says what is missing" 2 'terminal.id|nit|core|gateway' \
    as_kiosk kiosk doctor --config /etc/kiosk/kiosk.toml
version=$(dpkg-deb -f "$package" Version)
check "the program says the package's version, $version" [ "$(as_kiosk kiosk --version)" = "$version" ]
check "the package is the one of SHA256SUMS" sh -c \
    'cd "$1" && grep -qF "$2" SHA256SUMS && sha256sum --check --quiet SHA256SUMS' sh "$(dirname "$package")" "$(basename "$package")"
expect "the bill of materials names this version, Qt, Chromium and Python" 0 "^$version qt chromium python \$" \
    .venv/bin/python -c 'import gzip, json, sys
bill = json.loads(gzip.open(sys.argv[1]).read())
names = {each["name"] for each in bill["components"]}
print(bill["metadata"]["component"]["version"], *(n for n in ("qt", "chromium", "python") if n in names), "")' \
    "$root/usr/share/doc/kiosk/kiosk.cdx.json.gz"
expect "the notices hold the LGPL and say how Qt is replaced" 0 '^GNU LESSER.*replace' sh -c \
    'text=$(zcat "$1" | tr -s " \n" "  ")
     case $text in *"GNU LESSER GENERAL PUBLIC LICENSE"*"GNU GENERAL PUBLIC LICENSE"*) echo "GNU LESSER; replaced by yours" ;; esac' \
    sh "$root/usr/share/doc/kiosk/third-party-notices.txt.gz"
check "every file is as packed" inside dpkg --verify kiosk
expect "it loads libusb for printers" 0 'libusb' inside sh -c 'ls /usr/lib/kiosk/_internal | grep libusb'

step "Tour and payment as the unprivileged user, offscreen, sandbox on"
start_sandboxes "$root/tmp/sandboxes" # the package has none; the bare system shares our loopback
if as_kiosk unshare --user --map-root-user true 2>/dev/null; then
    good "user namespaces work here"
else
    bad "user namespaces do not work here: the web engine must refuse to start"
fi
check "preflight agrees" as_kiosk /usr/lib/kiosk/helpers/preflight
as_kiosk env QT_QPA_PLATFORM=offscreen KIOSK_DEMO_JOURNAL_KEY=0123456789abcdef kiosk demo --tour "${sandboxes[@]}" --out /var/lib/kiosk/tour >"$root/tmp/tour.log" 2>&1 &
tour=$!
: >"$root/tmp/renderers"
while kill -0 "$tour" 2>/dev/null; do
    # The tour clears up after itself; its journal serves the upgrade below.
    .venv/bin/python - "$root" <<'END' || true
import re, sqlite3, sys
from pathlib import Path

root = Path(sys.argv[1])
ours = (root / "proc/1/ns/user").readlink()
for process in (root / "proc").glob("[0-9]*"):
    try:
        command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        # Renderers are forked by a zygote and keep its command line; their system calls are filtered.
        if "QtWebEngineProcess --type=zygote" not in command or "--no-zygote-sandbox" in command:
            continue
        status = (process / "status").read_text()
        seccomp = re.search(r"^Seccomp:\s*(\d)", status, re.M)[1]
        uid = re.search(r"^Uid:\s*(\d+)", status, re.M)[1]
        apart = (process / "ns/user").readlink() != ours and (process / "ns/pid").readlink() != (root / "proc/1/ns/pid").readlink()
        with (root / "tmp/renderers").open("a") as seen:
            print(f"filtered={seccomp == '2'} root={uid == '0'} namespaces={apart} off={'no-sandbox' in command}", file=seen)
    except (OSError, TypeError):
        pass
book = root / "var/lib/kiosk/tour/state/journal.sqlite"
if book.exists():
    with sqlite3.connect(book) as source, sqlite3.connect(root / "tmp/journal.sqlite") as copy:
        source.backup(copy)
END
    sleep 0.3
done
status=0
wait "$tour" || status=$?
if [ "$status" -eq 0 ] && grep -q 'approved -> POSTED' "$root/tmp/tour.log"; then
    good "$(grep '^tour:' "$root/tmp/tour.log" | sed "s|$root||")"
else
    bad "the tour ended with $status"
    tail -20 "$root/tmp/tour.log"
fi
if grep -q '^filtered=True ' "$root/tmp/renderers" &&
    ! grep -qv '^filtered=.* root=False namespaces=True off=False$' "$root/tmp/renderers"; then
    good "every renderer and zygote seen: own user and process namespaces; renderers under seccomp's filter"
else
    bad "renderers: $(sort "$root/tmp/renderers" | uniq -c | tr '\n' ';')"
fi
expect "the payment is whole: screen, PDF and paper say one CUS" 0 '"as_expected": true' \
    cat "$root/var/lib/kiosk/tour/report.json"
rm -rf "$root/var/lib/kiosk/tour"

inside install -d -o kiosk -g kiosk -m 700 /run/user/kiosk # XDG_RUNTIME_DIR, as the unit makes it
step "The watchdog's words, as systemd hears them"
.venv/bin/python installer/hang_and_listen.py "$root/run/notify" >"$root/tmp/words.log" 2>&1 &
listener=$!
until [ -S "$root/run/notify" ] || ! kill -0 "$listener" 2>/dev/null; do sleep 0.1; done
status=0
as_kiosk env NOTIFY_SOCKET=/run/notify WATCHDOG_USEC=3000000 QT_QPA_PLATFORM=offscreen kiosk demo "${sandboxes[@]}" --size 1280x800 \
    >"$root/tmp/hung.log" 2>&1 || status=$?
wait "$listener" || bad "the watchdog's words"
while IFS= read -r line; do
    case $line in held:*) good "${line#held: }" ;; *) bad "$line" ;; esac
done <"$root/tmp/words.log"
if [ "$status" -eq 134 ] && grep -q 'Current thread\|Thread 0x' "$root/tmp/hung.log"; then
    good "it says where every thread was (exit $status)"
else
    bad "its end: $status"
    tail -5 "$root/tmp/hung.log"
fi

step "A voice"
expect "without speech-dispatcher: no voice, and no harm" 0 '"voices": \[\]' \
    as_kiosk env QT_QPA_PLATFORM=offscreen kiosk look voice
apt install --no-install-recommends speech-dispatcher speech-dispatcher-espeak-ng espeak-ng >>"$cache/apt.log" 2>&1 ||
    bad "what is recommended for speech can not be installed"
expect "with what the package recommends: Spanish" 0 '"speechd".*"voices": \["[^"]*[Ss]panish' \
    as_kiosk env QT_QPA_PLATFORM=offscreen kiosk look voice

step "AppArmor"
apt install --no-install-recommends apparmor >>"$cache/apt.log" 2>&1 || bad "apparmor can not be installed"
apt install --reinstall /root/kiosk.deb >>"$cache/apt.log" 2>&1 || bad "the package is not configured beside AppArmor"
profile=/etc/apparmor.d/kiosk
if [ -e "$root/etc/apparmor.d/abi/4.0" ]; then
    expect "the profile is linked beside AppArmor 4, which takes it" 0 '^kiosk kiosk-web $' \
        inside sh -c 'apparmor_parser --skip-kernel-load --skip-cache --names "$1" | tr "\n" " "' sh "$profile"
else
    check "AppArmor 3 does not get a profile in words of 4" [ ! -e "$root$profile" ]
fi

step "The session in cage, without screen or input devices"
in_cage() {
    as_kiosk env WLR_BACKENDS=headless WLR_LIBINPUT_NO_DEVICES=1 WLR_RENDERER=pixman QT_QPA_PLATFORM=wayland \
        RUNTIME_DIRECTORY=/run/user/kiosk timeout --foreground --preserve-status --kill-after=20 --signal="$1" 15 \
        /usr/lib/kiosk/helpers/session "${@:2}"
}
status=0
in_cage TERM kiosk demo "${sandboxes[@]}" >"$root/tmp/cage.log" 2>&1 || status=$?
if [ "$status" -eq 0 ] && grep -q 'journal and receipts of this demonstration' "$root/tmp/cage.log" &&
    ! grep -qiE 'could not|no qt platform|abort|traceback' "$root/tmp/cage.log"; then
    good "the kiosk runs on Wayland in cage for 15 s and ends when told (exit $status)"
else
    bad "cage ended with $status"
    tail -20 "$root/tmp/cage.log"
fi
expect "the session ends as the kiosk does (2: settings)" 2 '' in_cage TERM kiosk run --config /etc/kiosk/kiosk.toml
expect "a crash is a crash, and says where (the watchdog's signal)" 134 'Fatal Python error: Aborted' \
    in_cage ABRT kiosk demo "${sandboxes[@]}"

step "Upgrade with a journal and settings"
cat >>"$root/etc/kiosk/kiosk.toml" <<'END'
# set by staff
END
sed -i 's/^\[terminal\]/[terminal]\ndemonstration = true\nid = "TEST01"/' "$root/etc/kiosk/kiosk.toml"
mv "$root/tmp/journal.sqlite" "$root/var/lib/kiosk/journal.sqlite"
inside chown kiosk:kiosk /var/lib/kiosk/journal.sqlite
inside chmod 600 /var/lib/kiosk/journal.sqlite
for secret in core gateway receipt-key journal-key; do # in their place, and as LoadCredential gives them to the services
    echo 0123456789abcdef >"$root/etc/kiosk/secrets/$secret"
    chmod 600 "$root/etc/kiosk/secrets/$secret"
    echo 0123456789abcdef >"$root/run/secret_$secret"
    chown --reference="$root/var/lib/kiosk" "$root/run/secret_$secret"
    chmod 400 "$root/run/secret_$secret"
done
as_service() { as_kiosk env CREDENTIALS_DIRECTORY=/run "$@"; }
head_of() { as_service kiosk journal verify --config /etc/kiosk/kiosk.toml | sed -n 's/^head //p'; }
before=$(head_of)
payments=$(sqlite "$root/var/lib/kiosk/journal.sqlite" 'select count(*) from payments')
echo "   $payments payments, head ${before%%:*}:${before:(-8)}"
check "there is something to lose" [ -n "$before" -a "$payments" -gt 0 ]
expect "doctor on it tells of a whole journal, and that no gateway is there" 2 'journal +whole' \
    as_service kiosk doctor --config /etc/kiosk/kiosk.toml

current=$(dpkg-deb -f "$package" Version)
repacked() { # version: the same package under another version, quickly
    rm -rf "$root/root/tree"
    dpkg-deb -R "$package" "$root/root/tree"
    sed -i "s/^Version: .*/Version: $1/" "$root/root/tree/DEBIAN/control"
    dpkg-deb --root-owner-group -Znone -b "$root/root/tree" "$root/root/kiosk-$2.deb" >/dev/null
    rm -rf "$root/root/tree"
}
repacked "$current+next" next
expect "upgrade" 0 'the journal was copied to' apt install --no-install-recommends /root/kiosk-next.deb
expect "the version is the higher one" 0 '\+next$' inside dpkg-query -f '${Version}' -W kiosk
check "the journal is the same, event by event" [ "$(head_of)" = "$before" ]
check "what staff wrote into the settings is there" grep -q '^# set by staff' "$root/etc/kiosk/kiosk.toml"
copy=$(find "$root/var/lib/kiosk/backups" -name '*.sqlite' | head -1)
expect "the copy from before holds the same payments" 0 "^$payments\$" sqlite "$copy" 'select count(*) from payments'

step "Downgrade"
expect "back to the first version, by a copy again" 0 'the journal was copied to' \
    apt install --no-install-recommends --allow-downgrades /root/kiosk.deb
check "the journal is the same" [ "$(head_of)" = "$before" ]
expect "the journal goes back to an older schema, after a copy" 0 'now of schema 0001' \
    as_service kiosk journal downgrade 0001 --config /etc/kiosk/kiosk.toml
sleep 1
expect "the next version's copy leaves it there" 0 'the journal was copied to' \
    apt install --no-install-recommends --reinstall /root/kiosk.deb
copy=$(find "$root/var/lib/kiosk/backups" -name 'journal-before-2*.sqlite' | sort | tail -1)
expect "as an older program wants it" 0 '^0001$' sqlite "$copy" 'select version_num from alembic_version'
check "and up again: the journal is the same" [ "$(head_of)" = "$before" ]
schema=$(sqlite "$root/var/lib/kiosk/journal.sqlite" 'select version_num from alembic_version')
# As if the version that is left had a newer schema: what an older program finds after a downgrade.
sqlite "$root/var/lib/kiosk/journal.sqlite" "update alembic_version set version_num = 'r9999'" >/dev/null
expect "a journal of a newer schema: configuration fails and says so" 1 'is newer than this program' \
    inside /var/lib/dpkg/info/kiosk.postinst configure
expect "it is copied all the same, so that the newer version can come back" 0 'copied to' \
    as_service kiosk journal backup --config /etc/kiosk/kiosk.toml /var/lib/kiosk/backups/newer.sqlite
# An installed version of before it could copy such a journal.
rm "$root/usr/bin/kiosk"
printf '#!/bin/sh\ncase "$*" in *"journal backup"*) echo "schema r9999 is newer than this program" >&2; exit 2 ;; esac
exec /usr/lib/kiosk/kiosk "$@"\n' >"$root/usr/bin/kiosk"
chmod 755 "$root/usr/bin/kiosk"
expect "also after a version that could not: its files are copied" 100 'the journal was copied to' \
    apt install --no-install-recommends /root/kiosk-next.deb
expect "the newer program is there" 0 '\+next$' inside dpkg-query -f '${Version}' -W kiosk
sqlite "$root/var/lib/kiosk/journal.sqlite" "update alembic_version set version_num = '$schema'" >/dev/null
expect "and is configured once it can read the journal" 0 '' inside dpkg --configure kiosk
expect "back again" 0 '' apt install --no-install-recommends --allow-downgrades /root/kiosk.deb

step "Removal and purge"
expect "remove" 0 '' apt remove kiosk
check "the program is gone" [ ! -e "$root/usr/lib/kiosk" ]
check "settings, secrets and journal are there" \
    [ -e "$root/etc/kiosk/kiosk.toml" -a -e "$root/etc/kiosk/secrets/receipt-key" -a -e "$root/var/lib/kiosk/journal.sqlite" ]
expect "again, after a removal: a copy first" 0 'the journal was copied to' \
    apt install --no-install-recommends /root/kiosk-next.deb
check "the journal is the same" [ "$(head_of)" = "$before" ]
expect "purge says what it keeps" 0 'var/lib/kiosk is kept' apt purge kiosk
check "settings and secrets are gone" [ ! -e "$root/etc/kiosk" ]
check "the journal and the key of its receipts are there" \
    [ -e "$root/var/lib/kiosk/journal.sqlite" -a -e "$root/var/lib/kiosk/receipt-key" ]
expect "and whole" 0 "^$payments\$" sqlite "$root/var/lib/kiosk/journal.sqlite" 'select count(*) from payments'
rm -rf "$root/var/lib/kiosk"
apt install --no-install-recommends /root/kiosk.deb >/dev/null 2>&1
expect "a terminal that never took a payment leaves nothing" 0 '' apt purge kiosk
check "nothing" [ ! -e "$root/var/lib/kiosk" -a ! -e "$root/etc/kiosk" -a ! -e "$root/usr/lib/kiosk" ]

step "Lintian"
if command -v lintian >/dev/null; then
    check "nothing, but for what installer/debian/lintian-overrides explains" lintian --fail-on error,warning --no-tag-display-limit "$package"
else
    echo "   SKIPPED: lintian is missing"
fi

printf '\n%s\n' "$([ "$failed" -eq 0 ] && echo 'All of it holds.' || echo "$failed did not hold.")"
[ "$failed" -eq 0 ]
