# shellcheck shell=bash
# What every script of ops/ starts from: where the checkout is, how to speak, how to fail.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# Whatever a run leaves behind: data, logs, ports.
# shellcheck disable=SC2034 # for those who source this file
RUN="$ROOT/.run"
# Where the private servers keep data, logs and ports; another folder makes another pair of servers (ops/chaos has its own).
# shellcheck disable=SC2034
SERVERS="${CONVEYOR_SERVERS:-$RUN/servers}"
# Scripts go elsewhere before they use it.
[[ $SERVERS == /* ]] || SERVERS="$PWD/$SERVERS"

say() { printf '%s\n' "$*" >&2; }

# die MESSAGE…: what happened and what to do, one line each.
die() {
    printf 'error: %s\n' "$1" >&2
    shift
    if (($# > 0)); then printf '       %s\n' "$@" >&2; fi
    exit 1
}

is_root() { ((EUID == 0)); }

has_command() { command -v "$1" >/dev/null 2>&1; }

# Milliseconds of a clock that only serves differences.
now_ms() { printf '%s' "$((${EPOCHREALTIME/[.,]/} / 1000))"; }

# seconds_since MS: "12.3 s".
seconds_since() {
    local tenths=$((($(now_ms) - $1) / 100))
    printf '%d.%d s' $((tenths / 10)) $((tenths % 10))
}

# process_lives PID: a dead process that nobody reaped yet does not.
process_lives() { [[ -e /proc/$1 ]] && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null; }

# show_tail FILE: the end of a log, for an error that points at it.
show_tail() {
    [[ ! -s $1 ]] || tail -n 15 "$1" | sed 's/^/    | /' >&2
}

# (detached COMMAND…): without any descriptor beyond the first three. A server holds what it inherits for as long as it lives, and whoever
# waits for the other end of a pipe or a lock would wait for the server. For a subshell, which is given up for it.
detached() {
    local fd
    for fd in /proc/"$BASHPID"/fd/*; do
        fd=${fd##*/}
        ((fd <= 2)) || eval "exec $fd>&-"
    done
    [[ $(type -t "$1") == function ]] || exec "$@"
    "$@"
}
