# shellcheck shell=bash
# A private RabbitMQ node with the management plugin, its data under rabbitmq in the servers' folder, and an epmd of its own.

# shellcheck disable=SC2153 # a folder, not a list of servers
RABBITMQ_DIR="$SERVERS/rabbitmq"
RABBITMQ_PORTS="$SERVERS/rabbitmq.ports"
RABBITMQ_LOG="$RABBITMQ_DIR/log/server.log"

# Where the newest server's scripts are; empty without one. The ones in /usr/sbin insist on the package's user.
rabbitmq_sbin() {
    local servers
    servers=$(compgen -G '/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server' | sort -V) || return 0
    dirname "${servers##*$'\n'}"
}

# rabbitmq_is_node PID: whether it is alive and lives in our folder.
rabbitmq_is_node() { grep -qaF -- "$RABBITMQ_DIR" "/proc/$1/cmdline" 2>/dev/null; }

# The node's process, as RabbitMQ wrote it down.
rabbitmq_pid() {
    local pid
    pid=$(cat "$RABBITMQ_DIR/pid" 2>/dev/null) && [[ -n $pid ]] && rabbitmq_is_node "$pid" && printf '%s' "$pid"
}

rabbitmq_is_up() { rabbitmq_pid >/dev/null && ! port_is_free "${AMQP_PORT:-0}" && ! port_is_free "${MANAGEMENT_PORT:-0}"; }

# The name decides where the node's data lie: one name a folder.
rabbitmq_node() { printf 'conveyor-%s@localhost' "$(cksum <<<"$SERVERS" | cut -d ' ' -f 1)"; }

rabbitmq_write_configuration() {
    mkdir -p "$RABBITMQ_DIR/conf.d" "$RABBITMQ_DIR/log"
    printf '[rabbitmq_management].\n' >"$RABBITMQ_DIR/enabled_plugins"
    : >"$RABBITMQ_DIR/rabbitmq-env.conf"
    {
        cat "$ROOT/ops/rabbitmq.conf"
        printf '\nlisteners.tcp.1 = 127.0.0.1:%s\n' "$AMQP_PORT"
        printf 'management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = %s\n' "$MANAGEMENT_PORT"
    } >"$RABBITMQ_DIR/rabbitmq.conf"
}

rabbitmq_start() {
    mkdir -p "$RABBITMQ_DIR"
    ports_settle "$RABBITMQ_PORTS" AMQP_PORT=21672 MANAGEMENT_PORT=21673 EPMD_PORT=21674 DIST_PORT=21675
    rabbitmq_write_configuration
    rm -f "$RABBITMQ_DIR/pid" "$RABBITMQ_LOG"
    # Every path and port that RabbitMQ and Erlang would else take from the machine.
    local environment=(
        HOME="$RABBITMQ_DIR"
        ERL_EPMD_PORT="$EPMD_PORT"
        ERL_EPMD_ADDRESS=127.0.0.1
        RABBITMQ_NODENAME="$(rabbitmq_node)"
        RABBITMQ_DIST_PORT="$DIST_PORT"
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
        RABBITMQ_CONF_ENV_FILE="$RABBITMQ_DIR/rabbitmq-env.conf"
        RABBITMQ_CONFIG_FILE="$RABBITMQ_DIR/rabbitmq.conf"
        RABBITMQ_CONFIG_FILES="$RABBITMQ_DIR/conf.d"
        RABBITMQ_ADVANCED_CONFIG_FILE="$RABBITMQ_DIR/advanced.config"
        RABBITMQ_GENERATED_CONFIG_DIR="$RABBITMQ_DIR/generated"
        RABBITMQ_ENABLED_PLUGINS_FILE="$RABBITMQ_DIR/enabled_plugins"
        RABBITMQ_MNESIA_BASE="$RABBITMQ_DIR/mnesia"
        RABBITMQ_PID_FILE="$RABBITMQ_DIR/pid"
        RABBITMQ_LOG_BASE="$RABBITMQ_DIR/log"
        RABBITMQ_LOGS="$RABBITMQ_LOG"
    )
    # A session of its own: it lives on when the terminal goes. Its folder is where Erlang leaves what it writes when it crashes.
    (cd "$RABBITMQ_DIR" && detached env -u NOTIFY_SOCKET "${environment[@]}" setsid "$(rabbitmq_sbin)/rabbitmq-server") \
        </dev/null >"$RABBITMQ_DIR/log/start.log" 2>&1 &
    rabbitmq_await_ready $!
}

# rabbitmq_await_ready PID of the script that started the node
rabbitmq_await_ready() {
    local deadline=$(($(now_ms) + 60000)) problem=''
    until rabbitmq_listens; do
        kill -0 "$1" 2>/dev/null || problem='RabbitMQ ended while it started'
        (($(now_ms) < deadline)) || problem='RabbitMQ was not ready after 60 s'
        if [[ -n $problem ]]; then
            show_tail "$RABBITMQ_DIR/log/start.log"
            show_tail "$RABBITMQ_LOG"
            kill -TERM "$1" 2>/dev/null || true
            rabbitmq_stop
            die "$problem" "Logs: $RABBITMQ_DIR/log"
        fi
        sleep 0.1
    done
}

# The management plugin comes up last but one; it says when AMQP listens.
rabbitmq_listens() {
    curl -fs -o /dev/null -m 2 "$(rabbitmq_management_url)/api/health/checks/port-listener/$AMQP_PORT"
}

rabbitmq_stop() {
    local pid deadline=$(($(now_ms) + 30000))
    if pid=$(rabbitmq_pid); then
        kill -TERM "$pid"
        # It deletes its pid file first.
        while rabbitmq_is_node "$pid"; do
            (($(now_ms) < deadline)) || die "RabbitMQ (process $pid) did not stop in 30 s" "Log: $RABBITMQ_LOG"
            sleep 0.05
        done
    fi
    # The node started this epmd on our port; it refuses to go while another node is registered.
    if [[ -n ${EPMD_PORT-} ]] && ! port_is_free "$EPMD_PORT"; then
        ERL_EPMD_PORT=$EPMD_PORT ERL_EPMD_ADDRESS=127.0.0.1 epmd -kill >/dev/null ||
            say "epmd on port $EPMD_PORT did not stop: another Erlang node uses it"
    fi
}

rabbitmq_kill() {
    local pid deadline=$(($(now_ms) + 10000))
    pid=$(rabbitmq_pid) || return 0
    kill -KILL "$pid"
    # Its first thread goes before those that hold the ports, which the next start wants.
    while process_lives "$pid" || ! port_is_free "${AMQP_PORT:-0}" || ! port_is_free "${MANAGEMENT_PORT:-0}"; do
        (($(now_ms) < deadline)) || die "RabbitMQ (process $pid) was killed and still holds its ports" "See: ops/servers status"
        sleep 0.02
    done
}

rabbitmq_wipe() { rm -rf "$RABBITMQ_DIR" "$RABBITMQ_PORTS"; }

rabbitmq_url() { printf 'amqp://guest:guest@127.0.0.1:%s/' "$AMQP_PORT"; }

rabbitmq_management_url() { printf 'http://guest:guest@127.0.0.1:%s' "$MANAGEMENT_PORT"; }
