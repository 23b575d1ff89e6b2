#!/usr/bin/env bash
# Freezes the kiosk and wraps it into dist/kiosk_VERSION_amd64.deb, with its bill of materials and SHA256SUMS.
#   KIOSK_VERSION=1.2.3   instead of what git says (installer/version.py)
#   KIOSK_FREEZE=0        take build/package/kiosk as it is
# The same commit gives the same package: all times are the commit's, and hashing is not random.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

frozen=build/package/kiosk
root=build/deb
here=installer/debian

for program in dpkg-deb dpkg-shlibdeps; do
    command -v "$program" >/dev/null || {
        echo "$program is missing: apt-get install dpkg-dev" >&2
        exit 1
    }
done
if [ "$(dpkg --print-architecture)" != amd64 ]; then
    echo "The package is built for amd64 only." >&2
    exit 1
fi

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y pyproject.toml)}
export SOURCE_DATE_EPOCH PYTHONHASHSEED=1 PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8 TZ=UTC
umask 022

[ "${KIOSK_FREEZE:-1}" = 0 ] || installer/freeze.sh
version=$(cat "$frozen/_internal/kiosk/VERSION")

rm -rf "$root"
mkdir -p "$root/usr/lib" "$root/DEBIAN" dist
cp -a "$frozen" "$root/usr/lib/kiosk"
tree=$root/usr/lib/kiosk
chmod -R u=rwX,go=rX "$tree"
find "$tree/_internal" -type f -not -path '*/libexec/*' -exec chmod a-x {} +

put() { # mode, from, to
    install -D -m "$1" "$2" "$root$3"
}
put 755 $here/preflight /usr/lib/kiosk/helpers/preflight
put 755 $here/wait-for-clock /usr/lib/kiosk/helpers/wait-for-clock
put 755 $here/session /usr/lib/kiosk/helpers/session
put 755 $here/out-of-service /usr/lib/kiosk/helpers/out-of-service
put 755 $here/kiosk-service /usr/sbin/kiosk-service
put 644 $here/kiosk.toml /etc/kiosk/kiosk.toml
put 644 $here/journald@kiosk.conf /etc/systemd/journald@kiosk.conf
for unit in kiosk kiosk-sonda kiosk-out-of-service; do
    put 644 $here/$unit.service /lib/systemd/system/$unit.service
done
put 644 $here/kiosk.sysusers /usr/lib/sysusers.d/kiosk.conf
put 644 $here/kiosk.tmpfiles /usr/lib/tmpfiles.d/kiosk.conf
put 644 $here/60-kiosk-printer.rules /lib/udev/rules.d/60-kiosk-printer.rules
put 644 $here/apparmor /usr/share/kiosk/apparmor
put 644 $here/copyright /usr/share/doc/kiosk/copyright
put 644 docs/settings.md /usr/share/doc/kiosk/settings.md
put 644 docs/install.md /usr/share/doc/kiosk/install.md
put 644 THIRD-PARTY-NOTICES.md /usr/share/doc/kiosk/THIRD-PARTY-NOTICES.md
put 644 docs/supply-chain.md /usr/share/doc/kiosk/supply-chain.md
put 644 docs/operations.md /usr/share/doc/kiosk/operations.md
put 644 docs/backup.md /usr/share/doc/kiosk/backup.md
put 644 docs/network.md /usr/share/doc/kiosk/network.md
put 644 docs/commands.md /usr/share/doc/kiosk/commands.md
put 644 docs/threat-model.md /usr/share/doc/kiosk/threat-model.md
put 644 $here/lintian-overrides /usr/share/lintian/overrides/kiosk
mkdir -p "$root/usr/bin" "$root/usr/share/man/man1" "$root/usr/share/man/man8"
ln -s ../lib/kiosk/kiosk "$root/usr/bin/kiosk"
gzip -9n <$here/kiosk.1 >"$root/usr/share/man/man1/kiosk.1.gz"
gzip -9n <$here/kiosk-service.8 >"$root/usr/share/man/man8/kiosk-service.8.gz"
put 644 CHANGELOG.md /usr/share/doc/kiosk/CHANGELOG.md
maintainer=${KIOSK_MAINTAINER:-Kiosk maintainers <kiosk@packages.invalid>}
cat <<END | gzip -9n >"$root/usr/share/doc/kiosk/changelog.gz"
kiosk ($version) bookworm; urgency=medium

  * What changed is in CHANGELOG.md beside this file.

 -- $maintainer  $(date -R --date="@$SOURCE_DATE_EPOCH")
END

bill=dist/kiosk_$version.cdx.json
rm -f dist/kiosk_*
QT_QPA_PLATFORM=offscreen .venv/bin/python installer/bill_of_materials.py "$tree" "$bill"
gzip -9n <"$bill" >"$root/usr/share/doc/kiosk/kiosk.cdx.json.gz"
QT_QPA_PLATFORM=offscreen .venv/bin/python installer/notices.py "$tree" "$root/usr/share/doc/kiosk/third-party-notices.txt.gz"

# What Debian's own libraries are needed for is asked of the files themselves.
mkdir -p build/shlibs/debian
printf 'Source: kiosk\n\nPackage: kiosk\nArchitecture: amd64\n' >build/shlibs/debian/control
libraries=$(
    cd build/shlibs
    mapfile -t files < <(find "../../$tree" -type f \( -name '*.so*' -o -perm -u+x \) -exec sh -c \
        'for file; do head -c4 "$file" | grep -q ELF && echo "$file"; done; true' sh {} +)
    mapfile -t folders < <(find "../../$tree/_internal" -name '*.so*' -printf '-l%h\n' | sort -u)
    dpkg-shlibdeps -O --ignore-missing-info -xkiosk "${folders[@]}" "${files[@]}" 2>shlibdeps.log |
        sed -n 's/^shlibs:Depends=//p' || true
)
[ -n "$libraries" ] || {
    grep error build/shlibs/shlibdeps.log >&2
    echo "Install the Debian package of the missing library, then the same again" \
        "(libpulse0 and libspeechd2 belong to reading aloud)." >&2
    exit 1
}

size=$(du -sk --apparent-size --exclude=DEBIAN "$root" | cut -f1)
sed "s|@VERSION@|$version|; s|@SIZE@|$size|; s|@MAINTAINER@|$maintainer|; s|@LIBRARIES@|$libraries|" $here/control.in >"$root/DEBIAN/control"
install -m 644 $here/conffiles "$root/DEBIAN/conffiles"
for script in preinst postinst prerm postrm; do
    install -m 755 "$here/$script" "$root/DEBIAN/$script"
done
(cd "$root" && find . -type f -not -path './DEBIAN/*' -printf '%P\0' | LC_ALL=C sort -z | xargs -0 md5sum) \
    >"$root/DEBIAN/md5sums"
chmod 644 "$root/DEBIAN/md5sums"
find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

package=dist/kiosk_${version}_amd64.deb
echo "Packing (some minutes) ..."
rm -f dist/SHA256SUMS
dpkg-deb --root-owner-group -Zxz --build "$root" "$package" >/dev/null
(cd dist && sha256sum "kiosk_${version}_amd64.deb" "kiosk_$version.cdx.json" >SHA256SUMS)
echo "$package: $((($(stat -c %s "$package") + 500000) / 1000000)) MB, $(((size + 500) / 1000)) MB installed"
