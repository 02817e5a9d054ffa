#!/bin/sh
# The drill of an upgrade: on a copy, the new version migrates while the former one goes on, and takes its place.
#
#     OLD=/opt/registry-monitor/bin/monitor NEW=/opt/next/bin/monitor sh upgrade-drill.sh [postgresql://…/drill]
#
# Run it as the user of the service, in its folder, with its configuration ($MONITOR_CONFIG, $MONITOR_STORE__URL); the
# service may go on meanwhile. The copy is restored into that EMPTY database, or into a file. Nothing is sent, for the
# key to the addresses is in no backup, and no registry is asked. It needs curl. What it makes, it removes, but for what
# is in that database. It ends with 0, or says what would have stood still.
set -eu

old="${OLD:?names the program of the former version}"
new="${NEW:?names the program of the new version}"
folder="$(mktemp -d)"
running=""
trap 'for each in $running; do kill "$each" 2>/dev/null || true; done; wait; rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

say() { printf '%s\n' "$*"; }
fail() { printf 'upgrade-drill: %s\n' "$*" >&2; exit 1; }

# Start a service, and wait until readers may come; its address is in $address, its process in $process.
start() {
    log="$folder/$2.log"
    "$1" serve --bind 127.0.0.1:0 --json 2>"$log" &
    process=$!
    running="$running $process"
    for _ in $(seq 600); do
        address="$(sed -n 's/.*"event":"serving","address":"\([^"]*\)".*/\1/p' "$log")"
        if [ -n "$address" ] && answers "$address" readyz; then return; fi
        kill -0 "$process" 2>/dev/null || { cat "$log" >&2; fail "$3"; }
        sleep 0.2
    done
    cat "$log" >&2
    fail "$3"
}

answers() { curl --silent --fail --output /dev/null --max-time 20 "http://$1/$2"; }

end() {
    kill "$1"
    wait "$1" || fail "the $2 did not end as it should"
}

"$old" backup "$folder/backup.sqlite3"
MONITOR_STORE__URL="${1:-sqlite:///$folder/copy.sqlite3}"
MONITOR_SECRET_KEY_FILE="$folder/no.key"
export MONITOR_STORE__URL MONITOR_SECRET_KEY_FILE
(umask 077; head -c 32 /dev/urandom | base64 | tr '+/' '-_' >"$MONITOR_SECRET_KEY_FILE")
unset MONITOR_STORE__URL_FILE MONITOR_STORE__REPLICA MONITOR_STORE__REPLICA_FILE MONITOR_SECRET_KEY
export MONITOR_REGISTRIES__CLINICALTRIALS_GOV__BASE_URL=http://127.0.0.1:9
export MONITOR_REGISTRIES__EUCLINICALTRIALS_EU__BASE_URL=http://127.0.0.1:9
export MONITOR_REGISTRIES__DRKS_DE__BASE_URL=http://127.0.0.1:9
export MONITOR_REGISTRIES__ISRCTN_COM__BASE_URL=http://127.0.0.1:9
export MONITOR_REGISTRIES__CLINICALTRIALSREGISTER_EU__BASE_URL=http://127.0.0.1:9
"$old" restore "$folder/backup.sqlite3" --without-key

start "$old" former "the former version does not start on the copy"
former="$process" former_address="$address"
"$new" migrate
answers "$former_address" livez && answers "$former_address" readyz || fail "the former version does not go on"
start "$old" again "the former version goes on, and would not start again: replace all processes soon"
end "$process" "former version, begun again,"
start "$new" new "the new version does not start"
answers "$former_address" readyz || fail "the former version does not go on beside the new one"
end "$former" "former version"
answers "$address" livez && answers "$address" readyz || fail "the new version does not go on alone"
"$new" watch list >/dev/null || fail "the new version does not read what there is"
end "$process" "new version"
running=""
say "the former version went on with the new schema, could be started again, and the new one took its place"
