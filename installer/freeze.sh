#!/usr/bin/env bash
# Freezes the kiosk into build/package/kiosk (PyInstaller, onedir), stripped and trimmed: what the package wraps.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for program in strip readelf objcopy as ld chrpath; do
    command -v "$program" >/dev/null || {
        echo "$program is missing: apt-get install binutils chrpath" >&2
        exit 1
    }
done
version=$(.venv/bin/python installer/version.py build/version/VERSION)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y pyproject.toml)}
# The same commit gives the same bytes: all times are the commit's, and hashing is not random.
export SOURCE_DATE_EPOCH PYTHONHASHSEED=1 PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8 TZ=UTC
umask 022
echo "Freezing $version (a minute) ..."
.venv/bin/python -m PyInstaller --noconfirm --clean --log-level ERROR \
    --workpath build/pyinstaller --distpath build/package installer/kiosk.spec

inner=build/package/kiosk/_internal
# Never the programs themselves: PyInstaller's archive hangs on them.
find "$inner" -type f -name '*.so*' -print0 | while IFS= read -r -d '' file; do
    ! readelf -SW "$file" | grep -qE '\.(symtab|debug_info)' || strip --strip-unneeded "$file"
done
# Where Python was built on the builder's machine is nothing to search on the terminal.
find "$inner" -type f -name '*.so*' -print0 | while IFS= read -r -d '' file; do
    ! readelf -d "$file" | grep -qE 'R(UN)?PATH.*(\[|:)/' || chrpath --delete "$file" >/dev/null
done
.venv/bin/python installer/trim_icu.py "$inner"/PySide6/Qt/lib/libicudata.so.* "$inner"/PySide6/Qt/resources/icudtl.dat
echo "build/package/kiosk: $(du -sm build/package/kiosk | cut -f1) MiB"
