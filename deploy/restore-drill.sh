#!/bin/sh
# The drill: a backup counts once it was restored, and holds what the database held.
#
#     deploy/restore-drill.sh                          the backup of `monitor backup`, restored into a file
#     deploy/restore-drill.sh postgresql://…/drill     and, for a store on PostgreSQL, into that EMPTY database: the
#                                                      backup of `monitor backup`, and then that of pg_dump
#
# Run it as the user of the service, in its folder, with its configuration ($MONITOR_CONFIG, $MONITOR_STORE__URL); the
# service may go on meanwhile. It needs pg_dump, pg_restore and psql for a store on PostgreSQL. Passwords belong into
# ~/.pgpass or PGPASSWORD. Nothing is sent: the key to the addresses is in no backup. What it makes, it removes.
# It ends with 0 and "as good as the database", or says what is not.
set -eu

monitor="${MONITOR:-monitor}"
drill_url="${1:-}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

say() { printf '%s\n' "$*"; }
fail() { printf 'restore-drill: %s\n' "$*" >&2; exit 1; }

# What a database holds. Signed-in sessions do not survive a restore, on purpose.
sums() { MONITOR_STORE__URL="$1" "$monitor" checksums | grep -v '  sessions$'; }

# For libpq and its programs, which do not know the driver in an address.
plain() { printf '%s' "$1" | sed 's/^postgresql+psycopg:/postgresql:/'; }

# A table that held the same before and after the backup was made has to hold that in the copy, too.
compare() {
    comm -12 "$folder/before" "$folder/after" >"$folder/unchanged"
    comm -23 "$folder/unchanged" "$folder/copy" >"$folder/missing"
    if [ -s "$folder/missing" ]; then
        cat "$folder/missing" >&2
        fail "$1: these tables are not what they were"
    fi
    say "$1: $(wc -l <"$folder/unchanged" | tr -d ' ') of $(wc -l <"$folder/before" | tr -d ' ') tables compared," \
        "as good as the database"
}

empty() { psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --command 'DROP SCHEMA public CASCADE; CREATE SCHEMA public' \
    "$(plain "$drill_url")" 2>/dev/null; }

url="${MONITOR_STORE__URL:-}"
[ -n "$url" ] || fail "set MONITOR_STORE__URL to the address of the database, as config.toml has it"
case "$url" in
postgresql*) on_postgresql=yes ;;
*) on_postgresql=no ;;
esac
if [ -n "$drill_url" ]; then
    [ "$(plain "$drill_url")" != "$(plain "$url")" ] || fail "name another database for the drill than the one in use"
    tables="$(psql --no-psqlrc --tuples-only --no-align "$(plain "$drill_url")" \
        --command "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")"
    [ "$tables" = 0 ] || fail "the database for the drill is not empty: name one that is"
fi

sums "$url" | sort >"$folder/before"
"$monitor" backup "$folder/backup.sqlite3"
sums "$url" | sort >"$folder/after"

MONITOR_STORE__URL="sqlite:///$folder/restored/monitor.sqlite3" \
    "$monitor" restore "$folder/backup.sqlite3" --without-key 2>"$folder/said" || { cat "$folder/said" >&2; exit 1; }
sums "sqlite:///$folder/restored/monitor.sqlite3" | sort >"$folder/copy"
compare "monitor backup, restored to SQLite"
[ -n "$drill_url" ] || exit 0

MONITOR_STORE__URL="$drill_url" \
    "$monitor" restore "$folder/backup.sqlite3" --without-key 2>"$folder/said" || { cat "$folder/said" >&2; exit 1; }
sums "$drill_url" | sort >"$folder/copy"
compare "monitor backup, restored to PostgreSQL"
empty
[ "$on_postgresql" = yes ] || exit 0

sums "$url" | sort >"$folder/before"
pg_dump --format=custom --no-owner --file="$folder/backup.dump" "$(plain "$url")"
sums "$url" | sort >"$folder/after"
pg_restore --no-owner --exit-on-error --clean --if-exists --dbname="$(plain "$drill_url")" "$folder/backup.dump"
sums "$drill_url" | sort >"$folder/copy"
compare "pg_dump, restored by pg_restore"
empty
