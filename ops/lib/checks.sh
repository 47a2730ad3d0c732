# shellcheck shell=bash
# The steps of ops/test.

install_packages() {
    local packages
    mapfile -t packages < <(
        packages_for_build
        packages_for_servers
        packages_for_compose
    )
    packages_install "${packages[@]}"
}

check_format() { swift format lint --strict --parallel --recursive Sources Tests Package.swift; }

check_scripts() {
    local scripts
    mapfile -t scripts < <(grep -rlE '^#!/usr/bin/env bash|^# shellcheck shell=bash' ops .ci)
    for script in "${scripts[@]}"; do bash -n "$script"; done
    # A second opinion where it is installed; the packages above do not bring it.
    if has_command shellcheck; then shellcheck "${scripts[@]}"; fi
    printf '%d scripts\n' "${#scripts[@]}"
}

check_compose() {
    local compose=(docker-compose)
    has_command docker-compose || compose=(docker compose)
    "${compose[@]}" --profile sandbox config -q
}

# A target may import only what Package.swift gives it.
build_everything() { swift build --build-tests --explicit-target-dependency-import-check error; }

# A minute of storm on a fleet of its own; ops/chaos alone does more.
run_storm() { ops/chaos --minutes 1 --seed 1 --orders 60; }

run_tests() {
    eval "$(ops/servers env)"
    # Hundreds of tests at once would wait for each other at the servers until their deadlines pass.
    swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width 8 "$@"
}
