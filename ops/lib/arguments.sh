# shellcheck shell=bash
# What a script says of wrong arguments. Whoever sources this has a function `usage`.

usage_error() {
    printf 'error: %s\n\n' "$1" >&2
    usage >&2
    exit 64
}

# whole_number NAME VALUE LEAST MOST: VALUE without leading zeros, as REPLY.
whole_number() {
    if ! [[ $2 =~ ^[0-9]{1,9}$ ]] || ((10#$2 < $3 || 10#$2 > $4)); then usage_error "$1 takes a whole number from $3 to $4"; fi
    REPLY=$((10#$2))
}

# some_number NAME VALUE: more than 0, perhaps with a fraction.
some_number() {
    [[ $2 =~ ^[0-9]{1,6}(\.[0-9]{1,3})?$ && $2 =~ [1-9] ]] || usage_error "$1 takes a number above 0"
}
