# shellcheck shell=bash
# A private PostgreSQL server with its data under postgres in the servers' folder, or where that points.

POSTGRES_LINK="$SERVERS/postgres"
POSTGRES_PORTS="$SERVERS/postgres.ports"

# The server's user need not be able to walk to the link, only to where it points.
postgres_find_home() {
    POSTGRES_HOME=$(realpath -m "$POSTGRES_LINK")
    POSTGRES_LOG="$POSTGRES_HOME/server.log"
}
postgres_find_home

# Where the newest server's programs are; empty without one.
postgres_bin() {
    local bins
    bins=$(compgen -G '/usr/lib/postgresql/*/bin/postgres' | sort -V) || return 0
    dirname "${bins##*$'\n'}"
}

# PostgreSQL refuses to run as root, and its package brings a user of its own.
postgres_as_owner() {
    if is_root; then (cd / && exec runuser -u postgres -- "$@"); else "$@"; fi
}

postgres_pid() {
    local pid
    # The first line of postmaster.pid; only its owner and root may read it. A file that a crash left may name a process of somebody else.
    pid=$(head -n 1 "$POSTGRES_HOME/data/postmaster.pid" 2>/dev/null) && [[ -d /proc/$pid ]] &&
        grep -qaF -- "$POSTGRES_HOME/data" "/proc/$pid/cmdline" && printf '%s' "$pid"
}

postgres_is_up() { postgres_pid >/dev/null && ! port_is_free "${POSTGRES_PORT:-0}"; }

# The data's folder. As root, the user postgres must be able to walk to it, which a checkout under /root does not allow: then
# the data lie in /var/tmp (it outlives a reboot, /tmp may not) and the link points there.
postgres_make_home() {
    [[ ! -d $POSTGRES_HOME ]] || return 0
    rm -f "$POSTGRES_LINK"
    if is_root && ! postgres_as_owner test -x "$SERVERS"; then
        ln -s "$(mktemp -d /var/tmp/conveyor-postgres.XXXXXX)" "$POSTGRES_LINK"
    else
        mkdir "$POSTGRES_LINK"
    fi
    postgres_find_home
    if is_root; then chown postgres: "$POSTGRES_HOME"; fi
}

postgres_settings() {
    local settings=(
        "port=$POSTGRES_PORT"
        listen_addresses=127.0.0.1
        # No socket file: its path may be at most 107 bytes, a checkout's may be longer.
        unix_socket_directories=
        max_connections=300
        # As a server has them: the defaults hold less than what the busiest tests and figures work on.
        shared_buffers=512MB
        max_wal_size=4GB
        # The data are throw-away. Without fsync a killed server still loses nothing that it committed (the kernel holds it),
        # only a crashed machine does; CONVEYOR_FSYNC=on is for honest measurements.
        "fsync=${CONVEYOR_FSYNC:-off}"
        synchronous_commit=on
        log_checkpoints=off
        timezone=UTC
    )
    # One that has been in service for a while has files for its log; a new one would fill each with zeros first.
    [[ ${CONVEYOR_FSYNC:-off} != off ]] || settings+=(wal_init_zero=off)
    printf -- '-c %s ' "${settings[@]}"
}

postgres_start() {
    local bin data
    bin=$(postgres_bin)
    postgres_make_home
    data="$POSTGRES_HOME/data"
    ports_settle "$POSTGRES_PORTS" POSTGRES_PORT=21432
    # The log is started anew, so that an error shows this start and no earlier one. A killed server leaves its pid file; no
    # server is alive here, but in a container without an init process the dead one stays a zombie and would pass for alive.
    postgres_as_owner rm -f "$POSTGRES_LOG" "$data/postmaster.pid"
    if [[ ! -e $data/PG_VERSION ]]; then
        # A first attempt that was cut off leaves a part; initdb wants an empty folder.
        postgres_as_owner rm -rf "$data"
        # Loopback only, and any local user may come in: this is a development server.
        postgres_as_owner "$bin/initdb" --pgdata "$data" --username conveyor --auth trust --encoding UTF8 --locale C.UTF-8 --lc-collate C \
            --no-sync >"$SERVERS/initdb.log" 2>&1 || {
            show_tail "$SERVERS/initdb.log"
            die "PostgreSQL could not prepare its data" "Log: $SERVERS/initdb.log"
        }
    fi
    (detached postgres_as_owner "$bin/pg_ctl" start --silent --wait --timeout 30 --pgdata "$data" --log "$POSTGRES_LOG" \
        --options "$(postgres_settings)") </dev/null >&2 || {
        show_tail "$POSTGRES_LOG"
        die "PostgreSQL did not start on port $POSTGRES_PORT" "Log: $POSTGRES_LOG"
    }
    postgres_make_database "$bin"
}

# The database that DATABASE_URL names; tests make their own.
postgres_make_database() {
    local psql=("$1/psql" --no-psqlrc --quiet --tuples-only --no-align --dbname "$(postgres_url postgres)")
    if [[ -z $("${psql[@]}" --command "select 1 from pg_database where datname = 'conveyor'") ]]; then
        "${psql[@]}" --command 'create database conveyor'
    fi
}

postgres_stop() {
    postgres_pid >/dev/null || return 0
    # fast: open sessions are ended, the data are written.
    postgres_as_owner "$(postgres_bin)/pg_ctl" stop --silent --wait --timeout 30 --mode fast --pgdata "$POSTGRES_HOME/data" ||
        die "PostgreSQL (process $(postgres_pid)) did not stop in 30 s" "Log: $POSTGRES_LOG"
}

# SIGKILL to the server and to every session at once, as a crash would: a session that outlived its server would go on writing
# beside the next one.
postgres_kill() {
    local pid family
    pid=$(postgres_pid) || return 0
    mapfile -t family < <(grep -ls "^PPid:[[:space:]]$pid\$" /proc/[0-9]*/status | cut -d / -f 3)
    kill -KILL "$pid" "${family[@]}" 2>/dev/null || true
    for pid in "$pid" "${family[@]}"; do
        while process_lives "$pid"; do sleep 0.02; done
    done
}

# Deletes the data, wherever they lie.
postgres_wipe() { rm -rf "$POSTGRES_HOME" "$POSTGRES_LINK" "$POSTGRES_PORTS"; }

# postgres_url DATABASE
postgres_url() { printf 'postgres://conveyor@127.0.0.1:%s/%s' "$POSTGRES_PORT" "$1"; }
