#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# smoke_test.sh: ./garasu bench --peers from its start to its table, on our own side alone. That it
# measures is asked, not what.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=$(mktemp -d /tmp/garasu-smoke.XXXXXX)
trap 'rm -rf "$out"' EXIT
./garasu bench --peers --yes --short --rounds 1 --works "key video start" --against "" --out "$out"
jq -e '.notes == []
  and (.medians.key.garasu | .key_p50_ms > 0 and .key_scrolling_lost >= 0 and .first_page_ms > 0)
  and (.medians.video.garasu | .kb_per_frame > 0 and .film_psnr_db > 20)
  and (.medians.start | (.garasu.first_picture_ms > 0) and (."garasu-pool".first_page_ms > 0))
  and (.rows | map(select(.work == "start" and .mine > 0)) | length) >= 4' "$out/peers.json" ||
  {
    cat "$out/peers.json" "$out/notes" >&2
    exit 1
  }
