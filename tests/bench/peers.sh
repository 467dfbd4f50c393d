# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# ./garasu bench --peers: the same work, by the same instrument (garasu-load), on our broker and on
# other makers' servers of Debian. Read by bench.sh; uses the functions say, write_configuration,
# start_broker, stop_broker and add_load_users, and its variables programs, port, page_port,
# listen_address and at_host.
#
# A subject is a server with its settings, a work is what its one user does. Each measurement has a
# server and a browser of its own, started for it and ended after it. In a round every subject does
# each work, one right after the other, so that what else the machine does meets all alike; in every
# second round in the other order. A result
# is OUT/runs/WORK.SUBJECT.ROUND.json; what could not run stands in OUT/notes. peers.jq makes the
# table of them.

# subjects_of WORK: who does it. The suffix says what is asked for or set:
#   -60     frames at 60 Hz also for what moves by itself, as the peers have it
#   -tight  what standard viewers ask for; -jpeg: the same of a peer, with JPEG of about the PSNR that
#           ours has; peers otherwise without, so that text is exact
#   -pool   a browser stands ready
subjects_of() {
  case "$1" in
    scroll) echo garasu-60 garasu garasu-60-tight xvnc xvnc-jpeg x11vnc wayvnc ;;
    notch) echo garasu garasu-tight xvnc xvnc-jpeg x11vnc wayvnc ;;
    photo | video | look) echo garasu xvnc-jpeg x11vnc-jpeg wayvnc-jpeg ;;
    start) echo garasu garasu-pool ;;
    idle) echo garasu ;;
    sessions) echo garasu xvnc x11vnc wayvnc ;;
    beside) echo garasu xvnc-jpeg x11vnc-jpeg wayvnc-jpeg ;;
    key | site | advert | parked) echo garasu xvnc x11vnc wayvnc ;;
    *) wrong_usage "--peers: there is no work $1" ;;
  esac
}

# in_turn ROUND WORD...: the words, one a line; in even rounds the last first.
in_turn() {
  local round=$1
  shift
  if [ $((round % 2)) -eq 1 ]; then
    printf '%s\n' "$@"
  else
    printf '%s\n' "$@" | tac
  fi
}

bench="" peer_pids=() # also for who ends it all early

# What garasu has.
: "${tree:?}" "${programs=}" "${port=}" "${page_port=}" "${listen_address=}" "${at_host[*]-}"

# ---- a slow line ----

at_desk=() # words before the instrument

# start_line KBIT MS: servers run at one end of it from now on, the instrument at the other. It ends
# with this shell.
start_line() {
  local puppet=build/release/puppets/line greeting=""
  coproc "$puppet" rate_kbit="$1" delay_ms=$((10#$2 / 2)) queue_bytes=262144
  read -r greeting <&"${COPROC[0]}" || true
  [[ $greeting =~ ^READY\ desk=([^ ]+)\ host=([^ ]+)$ ]] ||
    die "no line here (root and /dev/net/tun are needed): ${greeting#NONE }" "回線を作れません。"
  at_desk=("$puppet" enter "${BASH_REMATCH[1]}")
  at_host=("$puppet" enter "${BASH_REMATCH[2]}")
  listen_address=10.77.0.2
}

# ---- what runs beside each other ----

# on_peer COMMAND...: as the peers' own user, who owns nothing but his directory.
on_peer() {
  exec setsid "${at_host[@]}" setpriv --reuid "$peer_uid" --regid "$peer_uid" --clear-groups env -i HOME="$peer_home" \
    XDG_RUNTIME_DIR="$peer_home" PATH=/usr/bin:/bin LANG=C.UTF-8 LANGUAGE=ja "$@" \
    >> "$peer_home.log" 2>&1 < /dev/null
}

is_listening() {
  "${at_host[@]}" grep -Eqi "^ *[0-9]+: [0-9A-F]+:$(printf %04X "$1") [0-9A-F]+:0000 0A" /proc/net/tcp
}

# await WHAT COMMAND...: 150 times, a tenth of a second apart; why is what a failure is called.
await() {
  local what=$1 waited=0
  shift
  until "$@"; do
    if [ $((waited += 1)) -gt 150 ]; then
      why="$what was not ready in time: $(tail -n 1 "$peer_home.log" | tr -cd '[:print:]')"
      return 1
    fi
    sleep 0.1
  done
}

# start_x COMMAND [OPTION...]: an X server on a free display; fills display.
start_x() {
  : > "$peer_home/display"
  chown "$peer_uid" "$peer_home/display"
  # shellcheck disable=SC2016 # the peer's own shell has that HOME
  (on_peer bash -c 'exec "$@" -displayfd 3 3> "$HOME/display"' x "$@") &
  peer_pids+=($!)
  await "$1" test -s "$peer_home/display" || return
  display=$(cat "$peer_home/display")
}

# start_browser PLATFORM ADDRESS NAME=VALUE: with the flags that our own browsers get
# (broker/jail/browser.c), but for those of their jail and its proxy. Its sandbox stays on.
start_browser() {
  (on_peer "$3" /usr/lib/chromium/chromium "--ozone-platform=$1" --disable-gpu \
    --user-data-dir="$peer_home/profile" --lang=ja --no-first-run --no-default-browser-check \
    --disable-background-networking --disable-component-update --disable-sync --disable-breakpad \
    --disable-domain-reliability --disable-client-side-phishing-detection \
    --disable-search-engine-choice-screen --disable-default-apps --no-pings --password-store=basic \
    --start-maximized --window-position=0,0 --window-size=1920,1080 \
    --enable-features=NetworkServiceSandbox "$2") &
  peer_pids+=($!)
}

# start_xvnc, start_x11vnc, start_wayvnc ADDRESS: serves on port; adds to peer_pids.
start_xvnc() {
  start_x Xtigervnc -geometry 1920x1080 -depth 24 -SecurityTypes None -interface "$listen_address" -AlwaysShared \
    -rfbport "$port" || return
  start_browser x11 "$1" DISPLAY=":$display"
}

start_x11vnc() {
  start_x Xvfb -screen 0 1920x1080x24 -nolisten tcp || return
  start_browser x11 "$1" DISPLAY=":$display"
  (on_peer x11vnc -display ":$display" -rfbport "$port" -listen "$listen_address" -nopw -forever -shared -quiet) &
  peer_pids+=($!)
}

start_wayvnc() {
  local sockets
  printf '%s\n' 'output HEADLESS-1 resolution 1920x1080' 'xwayland disable' 'default_border none' \
    > "$peer_home/sway.conf"
  (on_peer WLR_BACKENDS=headless WLR_RENDERER=pixman WLR_LIBINPUT_NO_DEVICES=1 \
    sway -c "$peer_home/sway.conf") &
  peer_pids+=($!)
  await sway compgen -G "$peer_home/wayland-*.lock" > /dev/null || return
  sockets=("$peer_home"/wayland-*.lock)
  display=$(basename "${sockets[0]}" .lock)
  start_browser wayland "$1" WAYLAND_DISPLAY="$display"
  (on_peer WAYLAND_DISPLAY="$display" wayvnc -f 60 "$listen_address" "$port") &
  peer_pids+=($!)
}

# needs_of PEER: the programs it is made of.
needs_of() {
  case "$1" in
    xvnc) echo Xtigervnc ;;
    x11vnc) echo Xvfb x11vnc ;;
    wayvnc) echo sway wayvnc ;;
    garasu) ;;
  esac
}

free_port() {
  port=5910
  while is_listening "$port"; do
    port=$((port + 1))
  done
}

# start_peer PEER PAGE: its server and its browser, on port.
start_peer() {
  rm -rf "$peer_home"
  mkdir -m 700 "$peer_home" && chown "$peer_uid:$peer_uid" "$peer_home"
  "start_$1" "http://127.0.0.1:$page_port$2" || return
  await "$1" is_listening "$port"
}

# start_one_peer PEER WORK: fills load_options.
start_one_peer() {
  local mode=$2 pid
  case "$2" in
    key) mode=bench ;;
    parked) mode=scroll ;;
  esac
  free_port
  start_peer "$1" "/p?m=$mode&s=1&t=1" || return
  load_options=(--security none --foreign)
  for pid in "${peer_pids[@]}"; do
    load_options+=(--tree "$pid")
  done
}

# start_ours SUBJECT [USERS [PAGE [LINES]]]: LINES are more of its configuration.
start_ours() {
  local rates="" pool=0 rate=""
  case "$1" in
    *-60*) rate=60 ;;
    *-free) rate=240 ;;
  esac
  [ -z "$rate" ] || rates=$(printf '  rate_%s: %s\n' input "$rate" change "$rate" video "$rate" animation "$rate")$'\n'
  case "$1" in *-pool) pool=1 ;; esac
  rm -rf "$bench/state" "$bench/log" "$bench/garasu.conf"
  write_configuration "$bench" 0 "$(shot_uid_base)" "${3:-about:blank}" \
    "$rates${4:-}$(printf 'egress:\n  allow: ["127.0.0.1:%s"]\n' "$page_port")" "$pool"$'\n  park_ms: 1000'
  start_broker "$bench" 2>> "$bench/broker.log"
  add_load_users "$bench" "${2:-1}"
  load_options=(--ca "$bench/certs/ca.crt" --password-file "$bench/load.password"
    --tree "$(cat "$bench/broker.pid")")
  [ "$pool" -eq 0 ] || await "the pool" is_pool_at_rest || return
}

list_sessions() {
  "$programs/garasuctl" --socket "$bench/admin.sock" --json session list
}

has_session() {
  list_sessions | grep -q "\"$1\""
}

# Its browser has started: nothing was spent in the second since the list before.
is_pool_at_rest() {
  local list
  list_sessions > /dev/null
  sleep 1
  list=$(list_sessions)
  [[ $list = *'"pooled"'* ]] && [[ $list =~ \"cpu_percent\":\ *0[,.}] ]]
}

stop_subject() {
  local pid waited=0
  stop_broker "$bench" || true
  for pid in "${peer_pids[@]}"; do
    kill -TERM "$pid" 2> /dev/null || true
  done
  for pid in "${peer_pids[@]}"; do # x11vnc may hang in its handler of this signal
    while kill -0 "$pid" 2> /dev/null && [ $((waited += 1)) -le 50 ]; do
      sleep 0.1
    done
    kill -KILL "$pid" 2> /dev/null || true
    wait "$pid" 2> /dev/null || true
  done
  peer_pids=()
}

# ---- the works ----

# load COMMAND [OPTION...]: the instrument on what runs; its result is FILE.
load() {
  "${at_desk[@]}" "$programs/garasu-load" "$@" "${load_options[@]}" --size 1920x1080 --json "$file.new" \
    --pages "http://127.0.0.1:$page_port" "$listen_address:$port" >> "$bench/load.log" 2>&1 || {
    why="garasu-load: $(tail -n 1 "$bench/load.log")"
    return 1
  }
}

# load_one [OPTION...]: one session, which must not fail.
load_one() {
  load run --sessions 1 "$@" || return
  if grep -q '"failed": [1-9]' "$file.new"; then
    why="garasu-load: $(grep -o 'failed: .*' "$bench/load.log" | tail -n 1)"
    return 1
  fi
}

# jpeg_level_of SUBJECT: makers mean other qualities by the same number. The level at which a peer's
# film comes nearest to ours in PSNR: see the rows of the film and of the photographs.
jpeg_level_of() {
  case "$1" in
    xvnc*) echo 8 ;;
    x11vnc*) echo 8 ;;
    *) echo 8 ;;
  esac
}

# do_work WORK SUBJECT
do_work() {
  local one=(--settle-seconds 4 --seconds "$seconds")
  case "$2" in
    garasu*-tight) load_options+=(--encodings tight) ;;
    *-jpeg) load_options+=(--encodings tight --jpeg-level "$(jpeg_level_of "$2")") ;;
    garasu*) ;;
    *) load_options+=(--encodings lossless) ;;
  esac
  case "$1" in
    key) load latency --samples "$keys" ;;
    start) load_one "${one[@]}" --mix parked=1 ;;
    parked)
      load_one --settle-seconds 1 --seconds 2 --mix scroll=1 || return
      [[ $2 != garasu* ]] || await "the parked session" has_session parked || return
      "$programs/garasu-load" host "${load_options[@]}" --seconds "$seconds" --json "$file.new" \
        >> "$bench/load.log" 2>&1
      ;;
    *) load_one "${one[@]}" --mix "$1=1" ;;
  esac
}

# ---- how many sessions ----

office=(--mix "read=30,type=20,load=10,advert=20,idle=20" --latin --limit-ms 150 --think 100 --settle-seconds 5)
ramp=(6 8 10 12 15 18 22 27 33 40 48)
most=${ramp[-1]}

# More sessions, about a fifth at a time, until p95 of the keys passes 150 ms; all of our
# sessions are one broker's, and the instrument ramps itself.
count_ours() {
  start_ours garasu "$most" || return
  load run "${office[@]}" --seconds $((seconds * 3)) --sessions "$(IFS=, && echo "${ramp[*]}")"
}

# A peer carries one session, so each step has one server and one browser more, on the next port.
count_peer() {
  local first home=$peer_home pages=() sessions knee=0 end=not-reached steps=() peer_home
  mapfile -t pages < <("$programs/garasu-load" plan "${office[@]}" --most "$most")
  free_port
  first=$port
  for sessions in $(seq "$most"); do
    port=$((first + sessions - 1))
    peer_home=$home-$sessions
    start_peer "$1" "${pages[sessions - 1]}" || return
    [[ " ${ramp[*]} " == *" $sessions "* ]] || continue
    port=$first
    load_options=(--security none --foreign --encodings lossless --port-each)
    load run "${office[@]}" --seconds $((seconds * 3)) --sessions "$sessions" || return
    steps+=("$file.$sessions")
    mv "$file.new" "$file.$sessions"
    case "$(jq -r .knee.end "$file.$sessions")" in
      not-reached) knee=$sessions ;;
      too-few-samples) ;; # nobody types yet
      *) end=found && break ;;
    esac
  done
  jq -s --argjson knee "$knee" --arg ending "$end" \
    '.[0] + {steps: map(.steps[0]), knee: {end: $ending, sessions: $knee}}' "${steps[@]}" > "$file.new"
  rm -f "${steps[@]}"
}

# measure_one WORK SUBJECT ROUND
measure_one() {
  local file=$out/runs/$1.$2.$3.json why="" load_options=() status=0
  say "round $3 of $rounds: $1 on $2"
  peer_pids=()
  case "$1.$2" in
    sessions.garasu) count_ours ;;
    sessions.*) count_peer "$2" ;;
    *.garasu*) start_ours "$2" && do_work "$1" "$2" ;;
    *) start_one_peer "${2%%-*}" "$1" && do_work "$1" "$2" ;;
  esac || status=$?
  stop_subject
  if [ "$status" -eq 0 ]; then
    mv "$file.new" "$file"
  else
    say "  did not run: $why"
    printf '%s on %s, round %s: %s\n' "$1" "$2" "$3" "$why" >> "$out/notes"
  fi
}

# fits WORK SUBJECT: is it asked for, and are its programs there?
fits() {
  local peer=${2%%-*} program
  [[ " garasu $peers " = *" $peer "* ]] || return 1
  for program in $(needs_of "$peer"); do
    command -v "$program" > /dev/null || {
      grep -qsx "$peer: .*" "$out/notes" || {
        echo "$peer: there is no program $program here" >> "$out/notes"
        say "$peer does not run: there is no program $program"
      }
      return 1
    }
  done
}

# write_tables: of what was measured so far.
write_tables() {
  local form
  for form in json markdown text; do
    jq -n -r --arg form "$form" --rawfile notes "$out/notes" --arg machine "$(nproc) cores, $(uname -sr)" \
      -f "$tree/tests/bench/peers.jq" "$out"/runs/*.json > "$out/peers.$form"
  done
}

# compare_with_peers DIRECTORY ROUNDS SECONDS KEYS WORKS PEERS OUT
compare_with_peers() {
  local rounds=$2 seconds=$3 keys=$4 works=$5 peers=$6 out=$7
  local round work subject display="" peer_uid peer_home=$1/peer
  bench=$1
  peer_uid=$(($(shot_uid_base) + 99))
  rm -rf "$out/runs"
  mkdir -p "$out/runs"
  : > "$out/notes"
  for round in $(seq "$rounds"); do
    for work in $works; do
      # shellcheck disable=SC2046 # words
      for subject in $(in_turn "$round" $(subjects_of "$work")); do
        if fits "$work" "$subject"; then
          measure_one "$work" "$subject" "$round"
        fi
      done
    done
    write_tables
  done
  cat "$out/peers.text"
  say "wrote $out/peers.text, peers.json and peers.markdown"
}
