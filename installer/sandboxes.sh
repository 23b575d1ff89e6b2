# shellcheck shell=bash
# Sourced: the working copy's sandboxes on free ports of loopback, for a program that carries none.
#   start_sandboxes DIR    starts both with their data in DIR; --core-at and --gateway-at are then in $sandboxes
#   stop_sandboxes         ends them
sandboxes=()
sandbox_processes=()

start_sandboxes() {
    local which log
    mkdir -p "$1"
    for which in core gateway; do
        log=$1/$which.log
        .venv/bin/python -m kiosk.cli sandbox "$which" --data "$1/$which.sqlite" >"$log" 2>&1 &
        sandbox_processes+=("$!")
        for _ in $(seq 200); do
            grep -q '^listening on ' "$log" && break
            sleep 0.1
        done
        sandboxes+=("--$which-at" "$(sed -n 's/^listening on //p' "$log")")
    done
}

stop_sandboxes() {
    [ "${#sandbox_processes[@]}" -eq 0 ] || kill "${sandbox_processes[@]}" 2>/dev/null || true
    sandbox_processes=()
}
