#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# footprint.sh BROKER_PID [SECONDS]: what a running broker costs, as root: for each program, how many
# processes, their memory (PSS: shared pages are divided among those who share them) and their
# processor time over SECONDS (10) in percent of a core.
set -euo pipefail

broker=${1:?usage: footprint.sh BROKER_PID [SECONDS]}
seconds=${2:-10}
ticks=$(getconf CLK_TCK)

# children PID...: these and all below them.
tree() {
  local pid child
  for pid in "$@"; do
    echo "$pid"
    # a process has the children of each of its threads
    # shellcheck disable=SC2046 # words are wanted
    for child in $(cat /proc/"$pid"/task/*/children 2> /dev/null || true); do
      tree "$child"
    done
  done
}

# used PID: clock ticks in user and kernel mode.
used() {
  local stat
  stat=$(cat "/proc/$1/stat" 2> /dev/null) || return 0
  awk '{ print $12 + $13 }' <<< "${stat##*) }"
}

[ -d "/proc/$broker" ] || { echo "no process $broker" >&2 && exit 1; }
declare -A before
mapfile -t pids < <(tree "$broker")
for pid in "${pids[@]}"; do
  before[$pid]=$(used "$pid")
done
sleep "$seconds"
for pid in "${pids[@]}"; do
  after=$(used "$pid")
  if [ -z "$after" ] || [ -z "${before[$pid]}" ]; then
    continue # one that came or went
  fi
  printf '%s %s %s\n' "$(cat "/proc/$pid/comm")" "$(awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup")" \
    "$((after - before[$pid]))"
done | awk -v ticks="$ticks" -v seconds="$seconds" '
  { count[$1]++; pss[$1] += $2; cpu[$1] += $3; all += $2; busy += $3; n++ }
  END {
    printf "%-18s %9s %8s %7s\n", "program", "processes", "PSS MiB", "% core"
    for (name in count)
      printf "%-18s %9d %8.1f %7.1f\n", name, count[name], pss[name] / 1024, cpu[name] / ticks / seconds * 100
    printf "%-18s %9d %8.1f %7.1f\n", "all", n, all / 1024, busy / ticks / seconds * 100
  }'
