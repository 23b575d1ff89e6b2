#!/usr/bin/env bash
# Freezes the kiosk and tries the result out without a screen: version, contents, doctor, one tour with a payment.
# What a package needs besides, on a bare system, is installer/test-package.sh's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for program in strip objcopy as ld chrpath; do
    command -v "$program" >/dev/null || {
        echo "SKIPPED: the program is not frozen, for $program is missing (apt-get install binutils chrpath)."
        exit 0
    }
done
for program in shellcheck systemd-analyze makensis; do
    command -v "$program" >/dev/null || echo "SKIPPED: $program is missing; tests/test_package.py goes without it."
done

installer/freeze.sh
kiosk=$PWD/build/package/kiosk/kiosk
out=$(mktemp -d)
. installer/sandboxes.sh
trap 'stop_sandboxes; rm -rf "$out"' EXIT
export QT_QPA_PLATFORM=offscreen

said=$("$kiosk" --version)
[ "$said" = "$(cat build/version/VERSION)" ] || {
    echo "kiosk --version says $said" >&2
    exit 1
}
.venv/bin/python installer/bill_of_materials.py build/package/kiosk "$out/bill.cdx.json"
.venv/bin/python installer/notices.py build/package/kiosk "$out/notices.gz"

sed 's/^\[terminal\]/[terminal]\ndemonstration = true\nid = "TEST01"/' installer/debian/kiosk.toml >"$out/kiosk.toml"
sed -i "s|^file = .*|file = \"$out/journal.sqlite\"|" "$out/kiosk.toml"
"$kiosk" doctor --config "$out/kiosk.toml" >"$out/doctor" 2>&1 || [ $? -le 2 ] # its neighbours are not there
for look in 'web-engine +Chromium' 'fonts +Atkinson'; do
    grep -E "$look" "$out/doctor" || {
        cat "$out/doctor" >&2
        exit 1
    }
done

# What plays core and gateways is for no terminal: the tour meets the working copy's.
if find build/package/kiosk | grep -iE 'flask|werkzeug|jinja2|kiosk/sandbox' || "$kiosk" sandbox core --data "$out/none" 2>"$out/none.log"; then
    echo "the frozen program carries sandboxes" >&2
    exit 1
fi
grep -q "pip install 'kiosk\[sandbox\]'" "$out/none.log"
start_sandboxes "$out/sandboxes"

started=$(date +%s%N)
if ! "$kiosk" demo --tour "${sandboxes[@]}" --out "$out/tour" >"$out/tour.log" 2>&1 ||
    ! grep -q '"as_expected": true' "$out/tour/report.json"; then
    tail -20 "$out/tour.log" >&2
    exit 1
fi
echo "$(grep '^tour:' "$out/tour.log" | sed "s| in $out.*||"), $((($(date +%s%N) - started) / 1000000000)) s"
