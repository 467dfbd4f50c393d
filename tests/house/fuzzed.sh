#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# fuzzed.sh TREE: fails when a source says that it reads untrusted bytes, and neither does a fuzz
# target cover it nor does tests/fuzz/unfuzzed say why none does; or when one of them is out of date.
set -euo pipefail
cd "$1"
failed=0

complain() {
  echo "$1: $2" >&2
  failed=1
}

# first_comments FILE...: "FILE: WORDS", each on one line.
first_comments() {
  awk 'function tell() { if (file) { gsub(/  +/, " ", words); print file ": " words } }
    FNR == 1 { tell(); file = FILENAME; words = ""; is_over = 0; next }
    is_over { nextfile }
    { is_over = /\*\//; sub(/^[ \/]*\*/, ""); sub(/\*\//, ""); words = words $0 " " }
    END { tell() }' "$@"
}

declare -A covered=() excused=()
while IFS=: read -r target words; do
  files=$(sed -n 's/.*Covers: *\([^:]*\).*/\1/p' <<< "$words" | sed 's/ [A-Z][a-z]*$//')
  [ -n "$files" ] || complain "$target" "does not say what it covers"
  for file in $files; do
    [ -f "$file" ] || complain "$target" "covers $file, which is not there"
    covered[$file]=$target
  done
done < <(first_comments tests/fuzz/*_*.c)
while IFS=: read -r file reason; do
  [ -f "$file" ] || complain tests/fuzz/unfuzzed "$file is not there"
  [ -n "${reason// /}" ] || complain tests/fuzz/unfuzzed "$file has no reason"
  [ -z "${covered[$file]:-}" ] || complain tests/fuzz/unfuzzed "${covered[$file]} covers $file"
  excused[$file]=$reason
done < <(grep -v '^#' tests/fuzz/unfuzzed)

mapfile -t sources < <(find broker viewer certs -name '*.c' 2> /dev/null)
while IFS=: read -r file words; do
  reads=${words#*eads untrusted bytes from: }
  if [ "$reads" = "$words" ] || [[ $reads = nobody* ]]; then
    [ -z "${excused[$file]:-}" ] || complain tests/fuzz/unfuzzed "$file does not read untrusted bytes"
  elif [ -z "${covered[$file]:-}" ] && [ -z "${excused[$file]:-}" ]; then
    complain "$file" "reads untrusted bytes and has neither a fuzz target nor a line in tests/fuzz/unfuzzed"
  fi
done < <(first_comments "${sources[@]}")
exit "$failed"
