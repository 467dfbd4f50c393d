# shellcheck shell=bash disable=SC2034,SC2154 # names are shared with garasu
# SPDX-License-Identifier: GPL-3.0-or-later
# ./garasu fuzz: every target of this directory, with a table. Read by garasu, whose functions it uses.

# told_by TARGET WORD: the names behind "WORD:" in the first comment of a target's source.
told_by() {
  sed -n '2,/\*\//p' "tests/fuzz/$1.c" | sed 's/^[ /]*\*//; s/\*\///' | tr '\n' ' ' |
    sed -n "s/.*$2: *\([^:]*\).*/\1/p" | sed 's/ [A-Z][a-z]*$//'
}

# fuzz_target NAME LIMIT...: runs it; fills row. Returns 1 when it found something.
fuzz_target() {
  local name=$1 target=build/fuzz/tests/fuzz_$1 log=build/fuzz/$1.log dictionary found=0 stats
  local corpora=("build/fuzz/corpus/$1" "tests/fuzz/corpus/$1")
  shift
  dictionary=$(told_by "$name" Dictionary)
  [ -z "$dictionary" ] || set -- "$@" "-dict=tests/fuzz/dictionary/${dictionary// /}"
  as_owner mkdir -p "${corpora[0]}"
  as_owner env LLVM_PROFILE_FILE="build/fuzz/$name.profraw" "$target" "$@" -print_final_stats=1 \
    -rss_limit_mb=2048 -timeout=20 -artifact_prefix="build/fuzz/$name-" "${corpora[@]}" \
    2>&1 | as_owner tee "$log" > /dev/null || found=1
  stats=$(sed -n 's/^#.* cov: \([0-9]*\) ft: \([0-9]*\) corp: \([0-9]*\)\/.*/\1 | \2 | \3/p' "$log" | tail -n 1)
  row="| $name | $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") | $(
    sed -n 's/^stat::average_exec_per_sec: *//p' "$log") | $stats | $(coverage_of "$name" "${corpora[@]}") | $found |"
  return "$found"
}

# coverage_of NAME CORPUS...: prints how much of the parser's own lines and regions the corpora reach;
# what they do not reach is left in build/fuzz/NAME.unreached.
coverage_of() {
  local profile=build/fuzz/$1 target=build/fuzz/tests/fuzz_$1 files
  read -ra files <<< "$(told_by "$1" Covers)"
  shift
  as_owner env LLVM_PROFILE_FILE="$profile.profraw" "$target" -runs=0 "$@" > "$profile.replay.log" 2>&1 || true
  as_owner llvm-profdata merge -sparse "$profile.profraw" -o "$profile.profdata"
  llvm-cov show "$target" -instr-profile="$profile.profdata" "${files[@]/#/$tree/}" |
    grep -E '^/|^ *[0-9]+\| +0\|' > "$profile.unreached" || true
  llvm-cov report "$target" -instr-profile="$profile.profdata" "${files[@]/#/$tree/}" |
    awk '$1 == "TOTAL" || NF == 13 {line = $10; region = $4} END {print line " | " region}'
}

run_fuzzers() {
  local limits=() only=() target name row found=() report=build/fuzz/report.md
  while [ $# -gt 0 ]; do
    case "$1" in
      --yes) assume_yes=yes ;;
      --runs)
        [[ ${2:-} =~ ^[1-9][0-9]{0,11}$ ]] || wrong_usage "--runs needs a number from 1"
        limits+=("-runs=$2")
        shift
        ;;
      --only)
        [ -f "tests/fuzz/${2:-}.c" ] || wrong_usage "--only needs the name of a file in tests/fuzz"
        only+=("$2")
        shift
        ;;
      *)
        [[ $1 =~ ^[1-9][0-9]*$ ]] || wrong_usage "fuzz takes a number of seconds, not $1"
        limits+=("-max_total_time=$1")
        ;;
    esac
    shift
  done
  [ ${#limits[@]} -gt 0 ] || limits=(-max_total_time=60)
  install_packages "${build_packages[@]}" "${fuzz_packages[@]}"
  build fuzz OFF
  {
    echo "| target | executions | a second | edges | features | inputs | lines | regions | findings |"
    echo "|---|---|---|---|---|---|---|---|---|"
  } | as_owner tee "$report" > /dev/null
  if [ ${#only[@]} -eq 0 ]; then
    for target in build/fuzz/tests/fuzz_*; do
      only+=("${target##*/fuzz_}")
    done
  fi
  for name in "${only[@]}"; do
    say "$name: ${limits[*]}"
    fuzz_target "$name" "${limits[@]}" || found+=("$name")
    echo "$row" | as_owner tee -a "$report" > /dev/null
  done
  cat "$report"
  say "wrote $report; build/fuzz/TARGET.unreached lists the lines that no input reaches"
  [ ${#found[@]} -eq 0 ] ||
    die "findings: ${found[*]}; each one's input is the newest build/fuzz/TARGET-*, build/fuzz/TARGET.log tells of it, build/fuzz/tests/fuzz_TARGET FILE runs it again"
}
