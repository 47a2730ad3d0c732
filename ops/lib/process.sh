# shellcheck shell=bash
# Processes that outlive the script which started them, each with a pid file and a log.

# process_pid FILE PROGRAM: the process that the file names, if it is alive and is this program.
process_pid() {
    local pid
    pid=$(cat "$1" 2>/dev/null) && [[ -n $pid && $(readlink "/proc/$pid/exe" 2>/dev/null) == "$2"* ]] && printf '%s' "$pid"
}

# process_is_current FILE PROGRAM: whether it is up and the program was not built anew since.
process_is_current() { process_pid "$1" "$2" >/dev/null && [[ ! $2 -nt $1 ]]; }

# process_start FILE LOG PROGRAM ARGUMENT…
process_start() {
    local file=$1 log=$2
    shift 2
    # A session of its own, so that neither Ctrl-C here nor the terminal's end reaches it. The lock (9) stays here.
    setsid "$@" </dev/null >>"$log" 2>&1 9>&- &
    printf '%s\n' $! >"$file"
    # Its end is our own business, not bash's to report.
    disown $!
}

# process_stop FILE…: SIGTERM to all, SIGKILL to what is left after 30 s.
process_stop() {
    local file pid deadline=$(($(now_ms) + 30000)) pids=()
    for file; do
        pid=$(cat "$file" 2>/dev/null) && [[ -n $pid ]] && process_is_ours "$pid" && pids+=("$pid")
        rm -f "$file"
    done
    for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do
        while process_is_ours "$pid"; do
            if (($(now_ms) > deadline)); then
                say "process $pid did not stop in 30 s and is killed"
                kill -KILL "$pid" 2>/dev/null || true
            fi
            sleep 0.05
        done
    done
}

# A pid is used again one day: only what was built in this checkout is ours. A dead process that nobody reaped yet has no program.
process_is_ours() { [[ $(readlink "/proc/$1/exe" 2>/dev/null) == "$ROOT/.build/"* ]]; }
