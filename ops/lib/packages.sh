# shellcheck shell=bash
# Debian packages: installed only where something is missing, and without starting any service of the machine.

as_root() {
    if is_root; then "$@"; else sudo "$@"; fi
}

has_header() { [[ -e /usr/include/$1 || -e /usr/include/$(uname -m)-linux-gnu/$1 ]]; }

# Each function prints the packages that are missing for its purpose.
packages_for_build() {
    has_command git || echo git
    # git fetches the dependencies by https.
    [[ -s /etc/ssl/certs/ca-certificates.crt ]] || echo ca-certificates
    has_command pkg-config || echo pkg-config
    has_command ld.gold || echo binutils
    has_header stdio.h || echo libc6-dev
    [[ -d /usr/include/c++ ]] || echo libstdc++-12-dev
    has_header amqp.h || echo librabbitmq-dev
    has_header postgresql/libpq-fe.h || echo libpq-dev
    has_header zlib.h || echo zlib1g-dev
    [[ -d /usr/share/zoneinfo ]] || echo tzdata
    # The toolchain's own programs are linked against these.
    if ! swift package --version >/dev/null 2>&1; then
        printf '%s\n' libcurl4 libxml2 libsqlite3-0 libncurses6 libedit2
    fi
}

packages_for_servers() {
    [[ -n $(postgres_bin) ]] || echo postgresql
    [[ -n $(rabbitmq_sbin) ]] || echo rabbitmq-server
    has_command curl || echo curl
}

packages_for_compose() {
    has_command docker-compose || docker compose version >/dev/null 2>&1 || echo docker-compose
}

# packages_install PACKAGE…
packages_install() {
    if (($# == 0)); then return; fi
    has_command apt-get || die "these packages are missing and this machine has no apt-get: $*" "Install them, then try again."
    is_root || has_command sudo || die "these packages are missing and neither root nor sudo is at hand" \
        "Run as root: apt-get install $*"
    say "installing $*"
    mkdir -p "$RUN"
    local log="$RUN/apt.log"
    packages_apt "$@" >"$log" 2>&1 || {
        show_tail "$log"
        die "apt-get could not install $*" "The whole story: $log"
    }
}

# Debian starts a service when its package comes. Our servers are private, so the machine's stay as they are: invoke-rc.d and
# systemd ask policy-rc.d, which says no (101) for as long as this takes. A policy that is there already is left alone.
packages_apt() (
    local policy=/usr/sbin/policy-rc.d
    if [[ ! -e $policy ]]; then
        trap 'as_root rm -f "$policy"' EXIT
        { printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && as_root chmod 755 "$policy"; } || exit 1
    fi
    apt_install() {
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
    }
    # The list of a fresh machine is empty or old: fetch it only when it turns out to be.
    apt_install "$@" || { as_root apt-get update -qq && apt_install "$@"; }
)
