#!/usr/bin/env bash
# Whether makensis takes the installer's script, warnings being errors: with a stand-in for the frozen program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/kiosk/_internal"
touch "$folder/kiosk/kiosk.exe" "$folder/kiosk/kioskw.exe" "$folder/kiosk/_internal/nothing"
makensis -WX -V2 -DVERSION=0.0.0 "-DTREE=$folder/kiosk" "-DOUT=$folder/kiosk-0.0.0.exe" kiosk.nsi
[ -s "$folder/kiosk-0.0.0.exe" ]
echo "makensis takes it"
