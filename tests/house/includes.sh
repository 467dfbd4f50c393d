#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# includes.sh TREE: fails when a module includes a header that is not its business. A module may
# include its own folder, include/garasu and the libraries below; a role never another role.
set -euo pipefail
shopt -s extglob
cd "$1"

declare -A libraries=(
  [base]="base" [lock]="base lock" [wire]="base wire" [config]="base config" [decoder]="base lock decoder"
  [viewer]="base decoder" [load]="base decoder"
  [web]="base lock wire config gateway" # a gateway with another front
  [trail]="base trail" [recorder]="base lock trail" [admin]="base config trail"
  [supervisor]="base lock wire config trail"
)
of_a_role="base lock wire config"
failed=0

# complain FILE:LINE:TEXT WHY
complain() {
  echo "$1: $2" >&2
  failed=1
}

# check_folder FOLDER: its .c and .h files, and the folders that it may look into.
check_folder() {
  local folder=$1 name allowed line header
  name=$(basename "$folder")
  allowed=" garasu ${libraries[$name]-$of_a_role} "
  while IFS= read -r line; do
    header=${line##*include*([[:space:]])[\"<]}
    header=${header%%[\">]*}
    case "$header" in
      *..*) complain "$line" "leaves its folder" ;;
      */*)
        # a folder of the system (sys/, wlr/, ...) is none of ours
        if [ -d "broker/${header%%/*}" ] || [ -d "viewer/${header%%/*}" ] || [ -d "${header%%/*}" ]; then
          [[ $allowed = *" ${header%%/*} "* ]] || complain "$line" "$name may not include ${header%%/*}"
        fi
        ;;
      *)
        [[ $line = *'<'* ]] || [ -f "$folder/$header" ] || [[ $header = *-protocol.h ]] ||
          [ "$folder/$header" = viewer/decoder/record.h ] || # the edge between viewer and decoder
          { [ "$folder" = viewer/load ] && [ -f "viewer/$header" ]; } || # many viewers in one
          complain "$line" "is not in $folder"
        ;;
    esac
  done < <(grep -nHE '^[[:space:]]*#[[:space:]]*include' "$folder"/*.[ch] || true)
}

for folder in broker/*/ viewer/ viewer/*/ certs/; do
  folder=${folder%/}
  if compgen -G "$folder/*.[ch]" > /dev/null; then
    check_folder "$folder"
  fi
done
exit "$failed"
