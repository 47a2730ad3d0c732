# shellcheck shell=bash
# Watches the orders ride, and keeps the fleet alive meanwhile.

# Conveyor's and the sandbox's view of every order, compared: .run/demo/report.json
compare() {
    local view="$DEMO/view"
    mkdir -p "$view"
    # In this order: whatever Conveyor shows as done is at the partners by then.
    conveyor orders --json --limit 10000000 >"$view/orders.json" &&
        env -u AMQP_URL conveyor status --json >"$view/status.json" &&
        sandbox_get orders >"$view/sandbox.json" &&
        sandbox_get effects >"$view/effects.json" &&
        jq -n --slurpfile orders "$view/orders.json" --slurpfile sandbox "$view/sandbox.json" \
            --slurpfile status "$view/status.json" --slurpfile effects "$view/effects.json" \
            '{orders: $orders[0], sandbox: $sandbox[0], status: $status[0], effects: $effects[0]}' |
        jq -f "$ROOT/ops/lib/demo.jq" >"$DEMO/report.json.new" && mv "$DEMO/report.json.new" "$DEMO/report.json"
}

# Of a status document: one row a stage.
progress_rows() {
    jq -r '
        . as $all
        | ["pull", "push", "ack", "ship", "invoice", "stock"][] as $name
        | .stages[$name] as $stage
        | ({"push": "1", "ack": "2", "ship": "3", "invoice": "4"}[$name]) as $from
        | ($stage.last_run // {}) as $run
        | [$name,
           (if $from then $all.orders[$from] | tostring else "" end),
           (if $from then $stage.due | tostring else "" end),
           (if $from then $stage.waiting | tostring else "" end),
           (if $from then $stage.held | tostring else "" end),
           (if $run.state then $run.state + (if $run.error then ": " + ($run.error.text // $run.error.code) else "" end) else "" end)]
        | join("\u001f")' <<<"$1"
}

# progress_draw STATUS ELAPSED: the table, over the one that was drawn before.
progress_draw() {
    local name at due waiting held run lines=0
    ((PROGRESS_LINES == 0)) || printf '\e[%dA\e[J' "$PROGRESS_LINES" >&2
    {
        printf '%-8s %9s %6s %8s %6s  %s\n' stage 'orders at' due waiting held 'last run'
        while IFS=$'\x1f' read -r name at due waiting held run; do
            printf '%-8s %9s %6s %8s %6s  %.60s\n' "$name" "$at" "$due" "$waiting" "$held" "$run"
        done < <(progress_rows "$1")
        jq -r --arg elapsed "$2" '"\(.orders["5"]) done, \(.orders["6"]) cancelled, \(.held) held, \(.quarantined) quarantined, \($elapsed)"' <<<"$1"
        printf '%s' "$FLEET_NEWS" | tail -n 5
    } >"$DEMO/progress"
    lines=$(wc -l <"$DEMO/progress")
    cat "$DEMO/progress" >&2
    PROGRESS_LINES=$lines
}

# progress_line STATUS ELAPSED
progress_line() {
    jq -r --arg elapsed "$2" '
        "\($elapsed): " + ([.orders | to_entries[] | "\(.key): \(.value)"] | join("  ")) + "  held \(.held)  quarantined \(.quarantined)"' <<<"$1" >&2
    printf '%s' "$FLEET_NEWS" >&2
    FLEET_NEWS=''
}

# progress_watch START_MS: until every order is where it is meant to end, or nothing more is to be hoped for.
progress_watch() {
    local start=$1 status deadline next_line=0 next_compare=0
    # Generous: it only matters when something is wrong.
    deadline=$((start + 120000 + ORDERS * 100))
    PROGRESS_LINES=0
    say '1 pulled, 2 in LingXing, 3 acknowledged, 4 shipped, 5 done, 6 cancelled'
    while true; do
        fleet_tend
        status=$(env -u AMQP_URL conveyor status --json) || die 'conveyor status failed' "Logs: $DEMO"
        if [[ -t 2 ]]; then
            progress_draw "$status" "$(seconds_since "$start")"
        elif (($(now_ms) >= next_line)); then
            progress_line "$status" "$(seconds_since "$start")"
            next_line=$(($(now_ms) + 3000))
        fi
        if (($(now_ms) >= next_compare)); then
            compare
            [[ $(jq .complete "$DEMO/report.json") != true ]] || return 0
            next_compare=$(($(now_ms) + 1000))
        fi
        (($(now_ms) < deadline)) || return 1
        sleep 0.3
    done
}
