# shellcheck shell=bash disable=SC2034,SC2154 # names are shared with garasu and peers.sh
# SPDX-License-Identifier: GPL-3.0-or-later
# ./garasu bench --web: our web viewer beside noVNC on TigerVNC, in one browser (web.mjs), by one
# instrument in both pages (web_instrument.js). Read by bench.sh after peers.sh, whose servers these
# are: each measurement has a server and a browser behind it of its own, and in a round both viewers
# do each work one right after the other, the next time in the other order.

# start_novnc ADDRESS: Xvnc with its browser, and on port noVNC in front of it.
start_novnc() {
  local screen
  start_xvnc "$1" || return
  await Xtigervnc is_listening "$port" || return
  screen=$port
  free_port
  (on_peer websockify --web /usr/share/novnc "127.0.0.1:$port" "127.0.0.1:$screen") &
  peer_pids+=($!)
}

# start_viewer: the browser at the desk; fills viewer_in, viewer_out and viewer_pid.
start_viewer() {
  local answer=""
  coproc viewer { exec node tests/bench/web.mjs "$packages/node_modules" "$out/web" "$keys" 2> "$bench/viewer.err"; }
  viewer_in=${viewer[1]} viewer_out=${viewer[0]} viewer_pid=$!
  read -r answer <&"$viewer_out" || true
  [ "$answer" = READY ] || die "no browser: $(tail -n 1 "$bench/viewer.err")"
}

# tell LINE: has the browser do it.
tell() {
  local answer
  echo "$1" >&"$viewer_in"
  read -r answer <&"$viewer_out" || answer="error it ended"
  [ "$answer" = ok ] || why="web.mjs: ${answer#error }"
  [ "$answer" = ok ]
}

# mode_of WORK: of garasu-load's page.
mode_of() {
  case "$1" in
    key) echo bench ;;
    type | notch | scroll) echo "$1" ;;
    *) wrong_usage "--web: there is no work $1" ;;
  esac
}

# view WORK SUBJECT
view() {
  local page rates=""
  page="/p?m=$(mode_of "$1")&s=1&t=1"
  case "$2" in
    garasu)
      [ "$1" != scroll ] || rates=-free
      start_ours "garasu$rates" 1 "http://127.0.0.1:$page_port$page" $'web:\n  address: 127.0.0.1\n  port: 0\n' &&
        tell "measure $1 $2 https://localhost:$web_port/ user1 $bench/load.password"
      ;;
    novnc)
      free_port
      start_peer novnc "$page" &&
        tell "measure $1 $2 http://localhost:$port/vnc.html?autoconnect=true&resize=off"
      ;;
  esac
}

# view_one WORK SUBJECT ROUND
view_one() {
  local why="" load_options=() status=0
  say "round $3 of $rounds: $1 on $2"
  peer_pids=()
  view "$1" "$2" || status=$?
  stop_subject
  [ "$status" -eq 0 ] || {
    say "  did not run: $why"
    printf '%s on %s, round %s: %s\n' "$1" "$2" "$3" "$why" >> "$out/notes"
  }
}

# fetch_playwright: what drives the browser, as flow/web_page has it; fills packages.
fetch_playwright() {
  packages=$tree/build/bench/playwright
  as_owner mkdir -p "$packages"
  as_owner cp -u tests/flow/page/package.json tests/flow/page/package-lock.json tests/flow/page/.npmrc "$packages"
  [ "$packages/node_modules/.package-lock.json" -nt "$packages/package-lock.json" ] ||
    as_owner cmake -DNPM=npm -DDIRECTORY="$packages" -P broker/web/fetch.cmake
}

# compare_web_viewers DIRECTORY ROUNDS KEYS WORKS: into build/bench/web.
compare_web_viewers() {
  local rounds=$2 keys=$3 works=$4
  local out=build/bench/web round work subject subjects display="" peer_uid peer_home=$1/peer packages
  local viewer_in viewer_out viewer_pid why=""
  bench=$1
  peer_uid=$(($(shot_uid_base) + 99))
  rm -rf "$out"
  mkdir -p "$out"
  : > "$out/notes"
  for work in $works; do
    mode_of "$work" > /dev/null
  done
  fetch_playwright
  start_viewer
  for round in $(seq "$rounds"); do
    subjects="garasu novnc"
    [ $((round % 2)) -eq 1 ] || subjects="novnc garasu"
    for work in $works; do
      for subject in $subjects; do
        view_one "$work" "$subject" "$round"
      done
    done
    tell "table $(nproc) cores, $(uname -sr), load $(cut -d ' ' -f 1-3 /proc/loadavg), $round rounds" ||
      die "$why"
  done
  exec {viewer_in}>&-
  wait "$viewer_pid"
  cat "$out/web.markdown" "$out/notes"
  say "wrote $out/web.json and web.markdown"
}
