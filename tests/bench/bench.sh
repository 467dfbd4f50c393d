# shellcheck shell=bash disable=SC2034,SC2154 # names are shared with garasu, peers.sh and web.sh
# SPDX-License-Identifier: GPL-3.0-or-later
# ./garasu bench: our sessions alone, or beside other makers' servers (peers.sh, web.sh). Read by
# garasu, whose functions it uses.

page_port="" pages_pid=""

# add_load_users DIRECTORY COUNT: user1, user2, ... with the password of load.password.
add_load_users() {
  local number
  (umask 077 && head -c 12 /dev/urandom | base64 | tr '+/' 'xy' > "$1/load.password")
  for number in $(seq "$2"); do
    "$programs/garasuctl" --socket "$1/admin.sock" user add "user$number" --password-stdin \
      < "$1/load.password" > /dev/null
  done
}

# start_pages DIRECTORY: serves the tester's pages on a free port; fills page_port and pages_pid.
start_pages() {
  local waited=0
  "${at_host[@]}" "$programs/garasu-load" pages --page-port 0 > "$1/pages.out" 2> "$1/pages.err" < /dev/null &
  pages_pid=$!
  until grep -qs '^READY' "$1/pages.out"; do
    [ $((waited += 1)) -le 100 ] || die "the test pages are not served; see $1/pages.err"
    sleep 0.1
  done
  page_port=$(sed -n 's/^READY port=//p' "$1/pages.out")
}

# come_first NICE: among the sessions (setsid) of this host, in which the kernel groups processes. The
# instrument shares the processors with what it measures: an answer that waits for it to look is
# none of the server's time. It stands in this script's session; servers and browsers do not.
come_first() {
  # A process that no session groups cannot be raised, nor can one of a kernel without groups.
  { echo "$1" > "/proc/$$/autogroup"; } 2> /dev/null ||
    say "the kernel keeps the instrument among the others; on a full host the times hold its waiting too"
}

stop_bench() {
  come_first 0 2> /dev/null
  [ "$(type -t stop_subject)" != function ] || stop_subject
  kill "$pages_pid" 2> /dev/null || true
  stop_broker "$1" || true
  rm -rf "$1"
}

# measure DIRECTORY MOST [OPTION...]: one session alone, then more and more of them.
measure() {
  local directory=$1 most=$2 common
  shift 2
  common=(--ca "$directory/certs/ca.crt" --password-file "$directory/load.password"
    --pages "http://127.0.0.1:$page_port")
  say "one session: keys and notches"
  "$programs/garasu-load" latency "${common[@]}" --first-user "$((most + 1))" --samples 100 \
    --json build/bench/latency.json "127.0.0.1:$port" || die "the one session failed"
  "$programs/garasuctl" --socket "$directory/admin.sock" user remove "user$((most + 1))" > /dev/null
  say "more and more sessions; Ctrl+C ends it early, with its report"
  "$programs/garasu-load" run "${common[@]}" --tree "$(cat "$directory/broker.pid")" "$@" \
    --json build/bench/load.json --html build/bench/load.html --title "$(uname -n)" \
    "127.0.0.1:$port" || die "the run failed"
  say "wrote build/bench/latency.json, load.json and load.html"
}

# prepare_bench DIRECTORY: programs, certificates, the tester's pages.
prepare_bench() {
  as_owner mkdir -p build/bench
  chmod 755 "$1"
  # shellcheck disable=SC2064 # the name is wanted now: the function is left when the trap runs
  trap "stop_bench '$1'" EXIT
  stage "$1"
  make_certificates "$1"
  come_first -19
  start_pages "$1"
}

bench_alone() {
  local directory most=40 steps=(--most 40 --seconds 60)
  if [ "$1" = yes ]; then
    most=4
    steps=(--sessions "1,2,4" --seconds 20 --mix "type=50,read=40,advert=10")
  fi
  directory=$(mktemp -d /tmp/garasu-bench.XXXXXX)
  prepare_bench "$directory"
  write_configuration "$directory" 0 "$(shot_uid_base)" about:blank \
    "$(printf 'egress:\n  allow: ["127.0.0.1:%s"]\n' "$page_port")" 0
  start_broker "$directory"
  add_load_users "$directory" "$((most + 1))"
  measure "$directory" "$most" "${steps[@]}"
}

# bench_peers SHORT ROUNDS WORKS PEERS LINE OUT
bench_peers() {
  local directory rounds=${2:-5} seconds=10 keys=100 works="key scroll notch site advert look photo video idle parked start"
  local out=${6:-build/bench/peers}
  [ "$(id -u)" -eq 0 ] || die "the peers run as a user of their own: sudo ./garasu bench --peers" \
    "--peers には root 権限が必要です。"
  if [ "$1" = yes ]; then
    rounds=${2:-1} seconds=4 keys=40
  fi
  # shellcheck source=tests/bench/peers.sh
  . tests/bench/peers.sh
  if [ -n "$5" ]; then
    start_line "${5%,*}" "${5#*,}"
    works="key beside" out=${6:-build/bench/line-${5%,*}-${5#*,}}
  fi
  directory=$(mktemp -d /tmp/garasu-bench.XXXXXX)
  prepare_bench "$directory"
  compare_with_peers "$directory" "$rounds" "$seconds" "$keys" "${3:-$works}" "$4" "$out"
}

# bench_web SHORT ROUNDS WORKS
bench_web() {
  local directory rounds=${2:-5} keys=100
  [ "$(id -u)" -eq 0 ] || die "the peer runs as a user of its own: sudo ./garasu bench --web" \
    "--web には root 権限が必要です。"
  [ "$1" = no ] || rounds=${2:-1}
  # shellcheck source=tests/bench/peers.sh
  . tests/bench/peers.sh
  # shellcheck source=tests/bench/web.sh
  . tests/bench/web.sh
  directory=$(mktemp -d /tmp/garasu-bench.XXXXXX)
  prepare_bench "$directory"
  compare_web_viewers "$directory" "$rounds" "$keys" "${3:-key type notch scroll}"
}

run_bench() {
  local short=no against="" rounds="" works="" peers="xvnc x11vnc wayvnc" line="" out="" tests=OFF
  while [ $# -gt 0 ]; do
    case "$1" in
      --yes) assume_yes=yes ;;
      --short) short=yes ;;
      --peers | --web) against=${1#--} ;;
      --rounds | --works | --against | --line | --out)
        [ $# -ge 2 ] || wrong_usage "$1 needs a value"
        case "$1" in
          --rounds) rounds=$2 ;;
          --works) works=$2 ;;
          --against) peers=$2 ;;
          --line) line=$2 ;;
          --out)
            out=$2
            [[ $out = /* ]] || out=$caller/$out
            ;;
        esac
        against=${against:-peers}
        shift
        ;;
      *) wrong_usage "bench does not know $1" ;;
    esac
    shift
  done
  [[ $rounds =~ ^([1-9][0-9]?)?$ ]] || wrong_usage "--rounds needs a number from 1 to 99"
  [[ $line =~ ^([1-9][0-9]{1,6},[0-9]{1,4})?$ ]] || wrong_usage "--line needs kbit/s and ms, like 10000,80"
  [ -z "$line$out" ] || [ "$against" = peers ] || wrong_usage "--line and --out are for --peers"
  install_packages "${build_packages[@]}" "${run_packages[@]}"
  if [ -n "$line" ]; then # it is one of the tests' puppets
    install_packages "${test_packages[@]}"
    tests=ON
  fi
  case "$against" in
    peers) install_packages jq && { [ -z "$peers" ] || install_packages "${peer_packages[@]}"; } ;;
    web) install_packages "${web_peer_packages[@]}" ;;
  esac
  build release "$tests"
  case "$against" in
    peers) bench_peers "$short" "$rounds" "$works" "$peers" "$line" "$out" ;;
    web) bench_web "$short" "$rounds" "$works" ;;
    *) bench_alone "$short" ;;
  esac
}
