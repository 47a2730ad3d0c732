# shellcheck shell=bash
# Ports of the private servers. A checkout keeps the ports it once took, so that its URLs stay the same.
#
# The defaults lie below the kernel's range for outgoing connections (32768 and up), where any client may sit on them.

port_is_free() { ! (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# ports_load FILE: sets the variables remembered in it, if any.
ports_load() {
    # shellcheck source=/dev/null
    [[ ! -e $1 ]] || source "$1"
}

# ports_settle FILE NAME=DEFAULT…: sets NAME to CONVEYOR_NAME, else to the remembered port, else to the first free one of
# DEFAULT, DEFAULT + 10, …; and remembers it. PORT_OFFSET is added to the defaults: servers that are stopped and killed on purpose
# would lose their ports to others that start meanwhile.
ports_settle() {
    local file=$1 pair name override port
    shift
    ports_load "$file"
    for pair; do
        name=${pair%%=*}
        override="CONVEYOR_$name"
        port=${!override:-${!name:-$((${pair#*=} + ${PORT_OFFSET:-0}))}}
        if [[ -n ${!override-} ]]; then
            port_is_free "$port" || die "port $port ($override) is taken by another program" "Choose another one."
        else
            until port_is_free "$port"; do
                say "port $port is taken by another program, trying $((port + 10))"
                port=$((port + 10))
            done
        fi
        printf -v "$name" '%s' "$port"
    done
    for pair; do
        name=${pair%%=*}
        printf '%s=%s\n' "$name" "${!name}"
    done >"$file"
}

# ports_agree NAME…: a server that is up stays where it is; an override that says otherwise is told so.
ports_agree() {
    local name override
    for name; do
        override="CONVEYOR_$name"
        [[ -z ${!override-} || ${!override} == "${!name}" ]] ||
            die "the servers are up with $name ${!name}, not ${!override} as $override says" "Run: ops/servers down"
    done
}
