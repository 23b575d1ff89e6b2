#!/usr/bin/env bash
# Compares the locked versions with published faults (pip-audit), where a database of them answers.
#   audit.sh [--where-possible]    no database: said, and taken for good enough (CI without a network)
# Exit: 0 nothing known; 1 something is; 3 not audited.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

answers() { # service
    # A version with published faults: a database that does not know of them is none.
    printf 'jinja2==2.4.1\n' >"$folder/known.txt"
    .venv/bin/pip-audit --progress-spinner off --timeout 20 --service "$1" --disable-pip --no-deps \
        --format json -r "$folder/known.txt" 2>/dev/null | grep -qE '"id": *"(PYSEC|GHSA|CVE)-'
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for service in pypi osv; do
    if answers "$service"; then
        found=0
        for lock in requirements.lock requirements-dev.lock; do
            echo "$lock against $service:"
            .venv/bin/pip-audit --progress-spinner off --service "$service" --strict --disable-pip \
                --require-hashes -r "$lock" || found=1
        done
        exit "$found"
    fi
done
echo "NOT AUDITED: neither PyPI's advisories nor api.osv.dev can be had from here (docs/supply-chain.md)."
[ "${1:-}" = --where-possible ] || exit 3
