# shellcheck shell=bash
# What ops/chaos and ops/bench have in common: a build, servers of their own, and a fleet that must not outlive them.
# PLACE is the folder under .run, its last component the name.

rehearsal_install() {
    local packages
    mapfile -t packages < <(
        packages_for_build
        packages_for_servers
    )
    packages_install "${packages[@]}"
}

# rehearsal_build ARGUMENT… of swift build; sets BIN.
rehearsal_build() {
    has_command swift || die 'no swift on the PATH' 'Install the Swift 6.3 toolchain: https://www.swift.org/install'
    local log="$PLACE/build.log"
    say "building (log: .run/${PLACE##*/}/build.log)"
    swift build "$@" >"$log" 2>&1 || {
        grep -E 'error:' "$log" | head -n 15 >&2 || show_tail "$log"
        die 'the build failed' "Log: $log"
    }
    BIN=$(swift build "$@" --show-bin-path)
}

# Starts the servers and says where they are.
rehearsal_servers() {
    ops/servers up
    ports_load "$POSTGRES_PORTS"
    ports_load "$RABBITMQ_PORTS"
    export CONVEYOR_TEST_RABBITMQ_MANAGEMENT_URL CONVEYOR_MIGRATIONS="$ROOT/migrations"
    CONVEYOR_TEST_RABBITMQ_MANAGEMENT_URL=$(rabbitmq_management_url)
}

# Kills whatever of an earlier run or this one is left on these servers, frozen or not: the program that minds the fleet, and the fleet.
rehearsal_fleet_end() {
    local pid
    for pid in $(compgen -G '/proc/[0-9]*/exe' | cut -d / -f 3); do
        [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == "$ROOT/"* ]] || continue
        if grep -qazxF "CONVEYOR_SERVERS=$CONVEYOR_SERVERS" "/proc/$pid/environ" 2>/dev/null; then
            kill -KILL "$pid" 2>/dev/null || true
        fi
    done
}

# rehearsal_locked COMMAND…: one at a time in a checkout.
rehearsal_locked() {
    mkdir -p "$PLACE"
    exec 9>"$PLACE/lock"
    flock -n 9 || die "another ops/${PLACE##*/} is at work in this checkout" 'Wait for it, or end it with Ctrl-C.'
    "$@"
}
