#!/usr/bin/env bash
# Tries the package's services out under a real systemd, as root: a bare Debian 12 is booted in a container
# (systemd-nspawn). Screen and seat are replaced by cage's headless backend; everything else of the units is as
# packaged, restrictions and credentials included. installer/test-package.sh tries out the rest.
#   installer/test-service.sh [dist/kiosk_VERSION_amd64.deb]
#   APT_OPTIONS='-o …'    for apt in the bare system, e.g. a proxy
# shellcheck disable=SC2016 # $1 in single quotes is the inner shell's
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ "$(id -u)" -ne 0 ] || ! command -v systemd-nspawn >/dev/null; then
    echo "SKIPPED: this needs root and systemd-nspawn (apt-get install systemd-container)." >&2
    exit 77
fi
newest=$(find dist -name 'kiosk_*_amd64.deb' 2>/dev/null | sort | tail -1)
package=$(realpath "${1:-${newest:?no package in dist: make package first}}")
bare=build/package-test/bookworm.tar
[ -e "$bare" ] || {
    echo "$bare is missing: installer/test-package.sh makes it" >&2
    exit 1
}
read -ra apt_options <<<"${APT_OPTIONS:-}"
root=$(mktemp -d "${TMPDIR:-/tmp}/kiosk-service.XXXXXX")
failed=0 container=

cleanup() {
    [ -z "$container" ] || kill -KILL "$container" 2>/dev/null || true
    sleep 1
    rm -rf --one-file-system "$root" "$root.log" "$root.boot"
}
trap cleanup EXIT

good() { printf '   ok    %s\n' "$*"; }
bad() {
    printf '   FAIL  %s\n' "$*"
    failed=$((failed + 1))
}
check() { # words, command ...
    local words=$1
    shift
    if "$@" >"$root.log" 2>&1; then good "$words"; else
        bad "$words"
        sed 's/^/         | /' "$root.log" | tail -15
    fi
}
nspawn=(systemd-nspawn --quiet "--directory=$root" --register=no --keep-unit --machine=kiosk-service)
inside() { nsenter --target "$first" --all -- "$@"; }
state() { inside systemctl show kiosk --property="$1" --value; }
becomes() { # property, value, seconds
    for _ in $(seq "$3"); do
        [ "$(state "$1")" != "$2" ] || return 0
        sleep 1
    done
    inside systemctl status --no-pager kiosk
    return 1
}
program() { # the kiosk's process, as this system numbers it
    for process in /proc/[0-9]*; do
        if [ "$(readlink "$process/ns/pid")" = "$(readlink "/proc/$first/ns/pid")" ] &&
            tr '\0' ' ' <"$process/cmdline" | grep -q '^/usr/bin/kiosk run'; then
            echo "${process#/proc/}"
            return
        fi
    done 2>/dev/null
    return 1
}

printf '== Installation\n'
tar -C "$root" -xf "$bare"
chmod 755 "$root" # mktemp made it for root alone
cp "$package" "$root/root/kiosk.deb"
cp /etc/resolv.conf "$root/etc/resolv.conf"
"${nspawn[@]}" --setenv=DEBIAN_FRONTEND=noninteractive sh -ec 'apt-get -q "$@" update; exec apt-get -q -y "$@" install \
    --no-install-recommends /root/kiosk.deb dbus speech-dispatcher speech-dispatcher-espeak-ng espeak-ng' \
    sh "${apt_options[@]}" >"$root.log" 2>&1 </dev/null || {
    tail -20 "$root.log"
    exit 1
}
sed -i 's/^\[terminal\]/[terminal]\ndemonstration = true\nid = "TEST01"/' "$root/etc/kiosk/kiosk.toml"
for secret in core gateway; do
    (umask 077 && echo 0123456789abcdef >"$root/etc/kiosk/secrets/$secret")
done
mkdir -p "$root/etc/systemd/system/kiosk.service.d" "$root/etc/systemd/system/seatd.service.d"
cat >"$root/etc/systemd/system/kiosk.service.d/headless.conf" <<'END'
[Service]
StandardInput=null
TTYPath=
TTYReset=no
TTYVHangup=no
TTYVTDisallocate=no
Environment=WLR_BACKENDS=headless WLR_RENDERER=pixman LIBSEAT_BACKEND=noop
END
printf '[Service]\nExecStart=\nExecStart=/bin/sleep infinity\n' >"$root/etc/systemd/system/seatd.service.d/none.conf"

printf '\n== Under systemd %s\n' "$(chroot "$root" systemctl --version | head -1 | cut -d' ' -f2)"
"${nspawn[@]}" --boot --capability=all >"$root.boot" 2>&1 </dev/null &
container=$!
first=
for _ in $(seq 50); do
    first=$(pgrep --parent "$container" | head -1) && [ -n "$first" ] && break
    sleep 0.2
done
for _ in $(seq 60); do
    [ "$(inside systemctl show kiosk --property=ActiveState --value 2>/dev/null)" != active ] || break
    sleep 1
done
check "ready after the first page: active" becomes ActiveState active 5
check "the sonda is active beside it" inside systemctl is-active kiosk-sonda
said=$(inside kiosk-service doctor 2>&1 || true)
for line in 'healthy +secrets' 'healthy +settings' 'healthy +journal' 'healthy +web-engine' 'healthy +fonts' \
    'healthy +web-sandbox +active: renderers in a user namespace of their own' 'healthy +voice +Spanish'; do
    check "doctor as the service: ${line// +/ }" grep -E "$line" <<<"$said"
done
sleep 31
check "fed: 31 s later it is the same process" [ "$(state NRestarts)" = 0 ]
# The window's thread alone is stopped, as by a loop in it.
.venv/bin/python -c 'import sys, time
sys.path.insert(0, "installer")
from hang_and_listen import hung, running
process, started = int(sys.argv[1]), time.monotonic()
with hung(process):
    while running(process) and time.monotonic() < started + 60:
        time.sleep(0.2)
print(f"   ended {time.monotonic() - started:.0f} s after its window hung")' "$(program)"
check "started again by the watchdog" becomes NRestarts 1 20
check "and ready again" becomes ActiveState active 30
check "the log says watchdog, and where each thread was" sh -c \
    'printf "%s" "$1" | grep -q "result .watchdog" && printf "%s" "$1" | grep -q "Fatal Python error: Aborted"' sh \
    "$(inside journalctl --no-pager -u kiosk && inside journalctl --no-pager --namespace=kiosk -u kiosk)"
kill -TERM "$(program)" # ends with 0, as «Cerrar el programa» does
check "an end with 0 is left alone: inactive" becomes ActiveState inactive 30
sleep 5
check "still, and nothing says out of service" [ "$(state ActiveState) $(inside systemctl is-active kiosk-out-of-service)" = "inactive inactive" ]
check "systemctl start brings it back" inside systemctl start kiosk
for _ in 1 2 3 4 5; do
    kill -KILL "$(program)" 2>/dev/null || true
    sleep 5
done
check "five crashes: failed, and the out-of-service screen's turn" sh -c '[ "$1" = failed ] && echo "$2" | grep -q .' sh \
    "$(state ActiveState)" "$(inside journalctl --no-pager -u kiosk-out-of-service)"
inside systemctl poweroff >/dev/null 2>&1 || true
sleep 5

printf '\n%s\n' "$([ "$failed" -eq 0 ] && echo 'All of it holds.' || echo "$failed did not hold.")"
[ "$failed" -eq 0 ]
