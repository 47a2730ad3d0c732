# shellcheck shell=bash
# The demo's servers, sandbox and fleet. It has a database and a virtual host of its own.

DEMO="$RUN/demo"
DEMO_PORTS="$DEMO/ports"
STAGES=(pull push ack ship invoice stock)

# The processes that should run: name and program.
fleet_members() {
    local stage number
    printf 'scheduler scheduler\n'
    for stage in "${STAGES[@]}"; do
        [[ $stage == push ]] || printf '%s-worker %s-worker\n' "$stage" "$stage"
    done
    for ((number = 1; number <= PUSH_WORKERS; number++)); do printf 'push-worker-%d push-worker\n' "$number"; done
}

# Starts whatever of the fleet is not up, or was built anew; FLEET_NEWS tells of those that died.
fleet_tend() {
    local name program pid_file
    while read -r name program; do
        pid_file="$DEMO/$name.pid"
        process_is_current "$pid_file" "$BIN/$program" && continue
        if [[ -e $pid_file ]]; then
            process_pid "$pid_file" "$BIN/$program" >/dev/null || FLEET_NEWS+="$name died and is started again"$'\n'
            process_stop "$pid_file"
        fi
        process_start "$pid_file" "$DEMO/$name.log" "$BIN/$program"
    done < <(fleet_members)
}

# Stops push workers beyond those that are asked for.
fleet_trim() {
    local pid_file number
    for pid_file in "$DEMO"/push-worker-*.pid; do
        [[ -e $pid_file ]] || continue
        number=${pid_file##*-}
        ((${number%.pid} <= PUSH_WORKERS)) || process_stop "$pid_file"
    done
}

sandbox_url() { printf 'http://127.0.0.1:%s/sandbox' "$SANDBOX_PORT"; }

# sandbox_get PATH; sandbox_post PATH BODY
sandbox_get() { curl -fsS -m 60 "$(sandbox_url)/$1"; }
sandbox_post() { curl -fsS -m 60 -X POST -H 'content-type: application/json' -d "$2" "$(sandbox_url)/$1"; }

sandbox_start() {
    ports_settle "$DEMO_PORTS" SANDBOX_PORT=21690
    process_start "$DEMO/sandbox.pid" "$DEMO/sandbox.log" "$BIN/sandbox" --port "$SANDBOX_PORT" --seed "$SEED" \
        --record "$DEMO/dsco-requests.jsonl"
    printf '%s\n' "$SEED" >"$DEMO/seed"
    local deadline=$(($(now_ms) + 15000))
    until sandbox_get health >/dev/null 2>&1; do
        if (($(now_ms) > deadline)) || ! process_pid "$DEMO/sandbox.pid" "$BIN/sandbox" >/dev/null; then
            show_tail "$DEMO/sandbox.log"
            die "the sandbox did not come up on port $SANDBOX_PORT" "Log: $DEMO/sandbox.log"
        fi
        sleep 0.05
    done
}

# What the simulated partners know is gone with their process: what Conveyor knows of them must go too.
world_wipe() {
    world_stop
    rm -f "$DEMO"/*.log.old "$DEMO"/dsco-requests.jsonl "$DEMO"/report.json
    local log
    for log in "$DEMO"/*.log; do
        if [[ -e $log && $log != "$DEMO/build.log" ]]; then mv "$log" "$log.old"; fi
    done
    "$(postgres_bin)/psql" --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname "$(postgres_url postgres)" \
        --command 'drop database if exists conveyor_demo with (force)' --command 'create database conveyor_demo' 2>"$DEMO/psql.log" || {
        show_tail "$DEMO/psql.log"
        die 'the demo database could not be made'
    }
    vhost_renew
}

# A fresh virtual host, always under a new name. The old ones stay until `ops/servers wipe`: RabbitMQ 3.10 takes the quorum queues of
# the whole node down when it deletes some while it is still recovering others, and an idle virtual host costs nothing.
vhost_renew() {
    printf 'demo-%s\n' "$(now_ms)" >"$DEMO/vhost"
    curl -fsS -o /dev/null -m 20 -X PUT "$(rabbitmq_management_url)/api/vhosts/$(cat "$DEMO/vhost")"
}

write_environment() {
    {
        printf "export DATABASE_URL='%s'\n" "$(postgres_url conveyor_demo)"
        printf "export AMQP_URL='%s%s'\n" "$(rabbitmq_url)" "$(cat "$DEMO/vhost")"
        sandbox_get 'env?format=shell'
        # The simulated LingXing counts its capacity itself and asks for no pause between calls.
        printf 'export LINGXING_MIN_GAP_SECONDS=0\n'
        printf "export CONVEYOR_MIGRATIONS='%s'\n" "$ROOT/migrations"
        printf "export PATH='%s':\"\$PATH\"\n" "$BIN"
    } >"$DEMO/env"
}

# The sandbox's own runtime configuration on a fresh start; later only what the arguments change.
configure() {
    local document
    if $FRESH; then document=$(sandbox_get runtime-config); else document=$(conveyor config show); fi
    jq --argjson shards "$PUSH_SHARDS" '.jobs.push_to_lingxing.shards = $shards' <<<"$document" | conveyor config set - >/dev/null
}

world_start() {
    mkdir -p "$DEMO"
    # Servers that were up before stay up afterwards.
    ops/servers status >/dev/null || : >"$DEMO/servers"
    ops/servers up
    ports_load "$POSTGRES_PORTS"
    ports_load "$RABBITMQ_PORTS"
    ports_load "$DEMO_PORTS"
    FRESH=false
    if process_is_current "$DEMO/sandbox.pid" "$BIN/sandbox" && [[ -e $DEMO/env ]]; then
        [[ $(cat "$DEMO/seed") == "$SEED" ]] || die "the demo that is up has seed $(cat "$DEMO/seed")" 'Run: ops/demo stop'
    else
        FRESH=true
        world_wipe
        sandbox_start
    fi
    write_environment
    set -a
    # shellcheck source=/dev/null
    source "$DEMO/env"
    set +a
    conveyor migrate >/dev/null
    configure
    fleet_trim
    fleet_tend
    # shellcheck disable=SC2034 # told by who watches
    FLEET_NEWS=''
}

# As many orders as are missing. They were created 12 s ago, as DSCO lists nothing that is younger than 10 s.
world_add_orders() {
    local here missing
    here=$(sandbox_get orders | jq length)
    missing=$((ORDERS - here))
    if ((missing <= 0)); then
        say "$here orders are at DSCO already"
        return
    fi
    sandbox_post orders "$(jq -cn --argjson n "$missing" --argjson seed $((SEED + here)) '{count: $n, seed: $seed, age_seconds: 12}')" >/dev/null
    say "$missing orders arrive at DSCO"
}

world_stop() {
    local files=()
    mapfile -t files < <(compgen -G "$DEMO/*.pid" | grep -v '/sandbox\.pid$')
    process_stop "${files[@]}"
    process_stop "$DEMO/sandbox.pid"
    rm -f "$DEMO/env"
}
