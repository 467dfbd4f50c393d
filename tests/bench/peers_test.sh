#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# peers_test.sh: what the comparison with other makers' servers makes of measurements, without one.
# peers_table.md was worked out by hand from peers_runs; each check is a fact, and says which failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
scratch=$(mktemp -d /tmp/garasu-peers.XXXXXX)
trap 'rm -rf "$scratch"' EXIT
failed=0

# check FACT COMMAND...
check() {
  local fact=$1
  shift
  "$@" || {
    echo "peers_test: not so: $fact" >&2
    failed=1
  }
}

echo "scroll on x11vnc, round 1: garasu-load: the user was refused" > "$scratch/notes"

# make_table FORM: of the runs that are kept here.
make_table() {
  jq -n -r --arg form "$1" --rawfile notes "$scratch/notes" --arg machine "2 cores, Linux 6.1" \
    -f peers.jq peers_runs/*.json
}

make_table markdown > "$scratch/table.md"
make_table json > "$scratch/table.json"
check "the table is the one worked out by hand" diff -u peers_table.md "$scratch/table.md"
check "a figure is the median of its rounds" \
  jq -e '.medians.key.garasu.key_p50_ms == 10 and .medians.key.garasu.runs == 3' "$scratch/table.json" \
  > "$scratch/out"
check "what was not run is said" jq -e '.notes | length == 1' "$scratch/table.json" > "$scratch/out"
check "text says as much as markdown" \
  test "$(make_table text | grep -c .)" -eq "$(($(grep -c . peers_table.md) - 1))"

# What peers.sh needs of garasu, and a peer that is a file.
tree=$(cd ../.. && pwd) listen_address=127.0.0.1 port=5910 page_port=1 at_host=()
programs=$scratch
printf '#!/bin/sh\nfor user in 1 2 3 4 5 6; do echo /p; done\n' > "$scratch/garasu-load"
chmod +x "$scratch/garasu-load"
# shellcheck source=peers.sh
. ./peers.sh
free_port() { port=5910; }
start_peer() { :; }
ramp=(1 2 3 4 5 6) most=6 seconds=1 peer_home=$scratch/peer file=$scratch/result why=""

# answer KNEE P95: what the instrument measured of this step.
answer() {
  printf '{"steps": [{"sessions": %s, "key_to_pixel": {"p95_ms": %s}}], "knee": {"end": "%s"}}' \
    "$sessions" "$2" "$1" > "$file.new"
}

load() { if [ "$sessions" -lt 4 ]; then answer not-reached 20; else answer below-first-step 200; fi; }
count_peer x
check "the knee is the last step that holds" jq -e '.knee == {end: "found", sessions: 3}' "$file.new" > "$scratch/out"
check "the step above it is kept" jq -e '.steps | length == 4' "$file.new" > "$scratch/out"

load() { answer not-reached 20; }
count_peer x
check "a ramp that ends before its knee says so" \
  jq -e '.knee == {end: "not-reached", sessions: 6}' "$file.new" > "$scratch/out"

# a fault of the instrument is no capacity of the peer
load() { if [ "$sessions" -lt 3 ]; then answer not-reached 20; else why="it broke" && return 1; fi; }
status=0
count_peer x || status=$?
check "a fault of the instrument fails the measurement" test "$status" -ne 0
check "and says why" test "$why" = "it broke"

check "every second round goes the other way" \
  test "$(in_turn 1 a b c | xargs) $(in_turn 2 a b c | xargs)" = "a b c c b a"
exit "$failed"
