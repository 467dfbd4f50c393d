# SPDX-License-Identifier: GPL-3.0-or-later
# jq -n -r --arg form json|markdown|text --arg machine TEXT --rawfile notes FILE -f peers.jq RUN...
# Medians and ratios of what peers.sh measured. A RUN is WORK.SUBJECT.ROUND.json of garasu-load.

def median: sort | if length == 0 then null
  elif length % 2 == 1 then .[(length - 1) / 2] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def per($n): if . == null or $n == null or $n == 0 then null else . / $n end;
def rounded: if . == null then "–" elif . >= 100 then (round | tostring)
  elif . >= 10 then (. * 10 | round / 10 | tostring)
  elif . >= 0.1 then (. * 100 | round / 100 | tostring) else (. * 10000 | round / 10000 | tostring) end;

def as_ratio: if . != null and . > 0 and . < 0.1 then "1/" + (1 / . | round | tostring) else rounded end;

# ---- figures of one run ----

def cpu($seconds):
  (del(.instrument, .whole_machine) | add) as $all
  | {cpu_percent: ($all / $seconds * 100), browser_percent: (.browser / $seconds * 100),
     broker_percent: ((.broker + .egress) / $seconds * 100),
     gateway_percent: (.gateway / $seconds * 100),
     encoder_s: (.encoder + .server), screen_s: (.encoder + .compositor + .server), all_s: $all};

# Of an action; what was lost counts as the time-out.
def of_action($name):
  if . == null then {} else {($name + "_p50_ms"): .latency_with_lost.p50_ms,
    ($name + "_p95_ms"): .latency_with_lost.p95_ms, ($name + "_lost"): .lost} end;

def of_latency:
  (.actions.key | of_action("key")) + (.actions.key_scrolling | of_action("key_scrolling"))
  + (.actions.wheel | of_action("wheel")) + {first_page_ms};

def of_run:
  .steps[0] as $step | ([$step.profiles[]] | first) as $user
  | ($step.cpu_seconds | cpu($step.seconds)) as $cpu
  | ($user.frames.distinct) as $frames | ($user.actions.wheel.done) as $notches
  | ($step.memory.pss_mib) as $pss
  | {kb_per_s: ($user.bytes_in / $step.seconds / 1000), frames_per_s: $user.frames.distinct_per_second,
     torn: $user.frames.torn, kb_per_frame: ($user.bytes_in / 1000 | per($frames)),
     kb_per_notch: ($user.bytes_in / 1000 | per($notches)), px_per_notch: $user.px_per_notch,
     kb_per_100_px: ($user.bytes_in / 1000 | per($notches) | per($user.px_per_notch) | per(0.01)),
     film_psnr_db: $user.film.psnr_db, jpeg_level: .settings.jpeg_level,
     notches: $notches, notches_lost: $user.actions.wheel.lost,
     cpu_percent: $cpu.cpu_percent, browser_percent: $cpu.browser_percent,
     gateway_percent: $cpu.gateway_percent, broker_percent: $cpu.broker_percent,
     cpu_ms_per_frame: ($cpu.all_s * 1000 | per($frames)),
     encoder_ms_per_frame: ($cpu.encoder_s * 1000 | per($frames)),
     screen_ms_per_frame: ($cpu.screen_s * 1000 | per($frames)),
     browser_mib: $pss.browser,
     kb_first: ($user.quality.bytes_first_picture | per(1000)),
     kb_refinement: ($user.quality.bytes_refinement | per(1000)),
     psnr_0_db: $user.quality.psnr_db_at_0_ms.mean, psnr_200_db: $user.quality.psnr_db_at_200_ms.mean,
     differing_pixels: $user.quality.differing_pixels, pages: $user.quality.pages,
     first_picture_ms: $step.first_picture.mean_ms, first_page_ms: $step.first_page.mean_ms,
     resume_ms: $user.actions.resume.latency.mean_ms}
  + ($user.actions.key | of_action("key"))
  + if ($pss.encoder // 0) == 0 then {} else
    {own_mib: ($pss.encoder + $pss.gateway + $pss.compositor - $step.memory.frame_mib),
     encoder_mib: $pss.encoder, gateway_mib: $pss.gateway, compositor_mib: $pss.compositor,
     frame_mib: $step.memory.frame_mib, window_mib: $step.memory.window_mib} end;

def of_ramp:
  def p95($sessions): [.steps[] | select(.sessions == $sessions) | .key_to_pixel.p95_ms] | first;
  .knee.sessions as $knee | {sessions: $knee, p95_ms: p95($knee), p95_one_more_ms: p95($knee + 1)};

def figures($work):
  if $work == "sessions" then of_ramp
  elif .command == "latency" then of_latency
  elif .command == "host" then (.seconds as $seconds | .cpu_seconds | cpu($seconds))
  else of_run end | with_entries(select(.value != null));

# ---- all runs ----

def medians:
  [inputs | (input_filename | split("/")[-1] | split(".")) as $name
   | {work: $name[0], subject: $name[1], figures: figures($name[0])}]
  | group_by(.work) | map({key: .[0].work, value: (group_by(.subject) | map({key: .[0].subject, value:
      ({runs: length} + (map(.figures | to_entries) | add | group_by(.key)
        | map({key: .[0].key, value: (map(.value) | median)}) | from_entries))}) | from_entries)})
  | from_entries;

# What is compared: a work's figure, ours against a peer's; most is the ratio wanted against Xvnc, or
# without "theirs" the value wanted.
def rows: [
  {name: "key → pixel, page at rest: p50, ms", work: "key", ours: "garasu", figure: "key_p50_ms", most: 0.95},
  {name: "– p95, ms", work: "key", ours: "garasu", figure: "key_p95_ms", most: 1.1},
  {name: "– keys lost", work: "key", ours: "garasu", figure: "key_lost", value: 0},
  {name: "key → pixel while the page scrolls: p50, ms", work: "key", ours: "garasu", figure: "key_scrolling_p50_ms"},
  {name: "– p95, ms", work: "key", ours: "garasu", figure: "key_scrolling_p95_ms"},
  {name: "– keys lost", work: "key", ours: "garasu", figure: "key_scrolling_lost", value: 0},
  {name: "notch → first movement p50, ms", work: "key", ours: "garasu", figure: "wheel_p50_ms"},
  {name: "– p95, ms", work: "key", ours: "garasu", figure: "wheel_p95_ms"},
  {name: "– notches lost", work: "key", ours: "garasu", figure: "wheel_lost", value: 0},
  {name: "key → pixel beside a film p50, ms", work: "beside", ours: "garasu", figure: "key_p50_ms", peer: "-jpeg"},
  {name: "– p95, ms", work: "beside", ours: "garasu", figure: "key_p95_ms", peer: "-jpeg"},
  {name: "– keys lost", work: "beside", ours: "garasu", figure: "key_lost", peer: "-jpeg", value: 0},
  {name: "– PSNR of the film, dB", work: "beside", ours: "garasu", figure: "film_psnr_db", peer: "-jpeg"},
  {name: "– distinct frames of the film a second", work: "beside", ours: "garasu", figure: "frames_per_s", peer: "-jpeg"},
  {name: "– kB a second", work: "beside", ours: "garasu", figure: "kb_per_s", peer: "-jpeg"},
  {name: "text scrolls smoothly, kB a frame", work: "scroll", ours: "garasu-60", figure: "kb_per_frame", most: (1 / 60)},
  {name: "– kB a second", work: "scroll", ours: "garasu-60", figure: "kb_per_s"},
  {name: "– distinct frames a second", work: "scroll", ours: "garasu-60", figure: "frames_per_s"},
  {name: "– torn pictures", work: "scroll", ours: "garasu-60", figure: "torn"},
  {name: "– the same as Tight, kB a frame", work: "scroll", ours: "garasu-60-tight", figure: "kb_per_frame", most: (1 / 20)},
  {name: "– CPU of everything, ms a frame", work: "scroll", ours: "garasu-60", figure: "cpu_ms_per_frame", most: 0.58},
  {name: "– of it the browser, % of a core", work: "scroll", ours: "garasu-60", figure: "browser_percent"},
  {name: "– CPU of everything at our default pacing, % of a core", work: "scroll", ours: "garasu", figure: "cpu_percent", most: 0.34},
  {name: "– distinct frames a second then", work: "scroll", ours: "garasu", figure: "frames_per_s"},
  {name: "– encoder (Xvnc: its process), CPU ms a frame", work: "scroll", ours: "garasu-60", figure: "encoder_ms_per_frame", most: 0.25},
  {name: "– encoder and compositor, CPU ms a frame", work: "scroll", ours: "garasu-60", figure: "screen_ms_per_frame", most: 0.4},
  {name: "text, kB per 100 pixels of notches", work: "notch", ours: "garasu", figure: "kb_per_100_px", most: (1 / 30)},
  {name: "– the same as Tight", work: "notch", ours: "garasu-tight", figure: "kb_per_100_px", most: (1 / 20)},
  {name: "– kB per notch", work: "notch", ours: "garasu", figure: "kb_per_notch"},
  {name: "– pixels per notch", work: "notch", ours: "garasu", figure: "px_per_notch"},
  {name: "– notches lost", work: "notch", ours: "garasu", figure: "notches_lost", value: 0},
  {name: "sticky header, side bars, moving advertisement: kB per notch", work: "site", ours: "garasu", figure: "kb_per_notch", most: (1 / 15)},
  {name: "– kB per 100 pixels", work: "site", ours: "garasu", figure: "kb_per_100_px"},
  {name: "– distinct frames a second", work: "site", ours: "garasu", figure: "frames_per_s"},
  {name: "– torn pictures", work: "site", ours: "garasu", figure: "torn"},
  {name: "– notches lost", work: "site", ours: "garasu", figure: "notches_lost", value: 0},
  {name: "advertisement, nobody touching: CPU of everything, % of a core", work: "advert", ours: "garasu", figure: "cpu_percent", most: 0.35},
  {name: "– of it the browser", work: "advert", ours: "garasu", figure: "browser_percent"},
  {name: "– distinct frames a second", work: "advert", ours: "garasu", figure: "frames_per_s"},
  {name: "nobody connected, moving page: CPU of everything, % of a core", work: "parked", ours: "garasu", figure: "cpu_percent", value: 0.1},
  {name: "photographs and text, first picture, kB a page", work: "look", ours: "garasu", figure: "kb_first", peer: "-jpeg", most: 1},
  {name: "– refinement, kB a page", work: "look", ours: "garasu", figure: "kb_refinement", peer: "-jpeg"},
  {name: "– PSNR of the first picture, dB", work: "look", ours: "garasu", figure: "psnr_0_db", peer: "-jpeg"},
  {name: "– PSNR 200 ms later, dB", work: "look", ours: "garasu", figure: "psnr_200_db", peer: "-jpeg"},
  {name: "– JPEG level asked for", work: "look", ours: "garasu", figure: "jpeg_level", peer: "-jpeg"},
  {name: "– differing pixels at rest, all pages", work: "look", ours: "garasu", figure: "differing_pixels", peer: "-jpeg", value: 0},
  {name: "– CPU of everything, % of a core", work: "look", ours: "garasu", figure: "cpu_percent", peer: "-jpeg", most: 1},
  {name: "photographs, kB per 100 pixels of notches", work: "photo", ours: "garasu", figure: "kb_per_100_px", peer: "-jpeg", most: 1},
  {name: "– notches lost", work: "photo", ours: "garasu", figure: "notches_lost", peer: "-jpeg", value: 0},
  {name: "– CPU of everything, % of a core", work: "photo", ours: "garasu", figure: "cpu_percent", peer: "-jpeg", most: 1},
  {name: "film of 640 × 360, kB a frame", work: "video", ours: "garasu", figure: "kb_per_frame", peer: "-jpeg", most: 1},
  {name: "– PSNR of its frames, dB", work: "video", ours: "garasu", figure: "film_psnr_db", peer: "-jpeg"},
  {name: "– JPEG level asked for", work: "video", ours: "garasu", figure: "jpeg_level", peer: "-jpeg"},
  {name: "– torn pictures", work: "video", ours: "garasu", figure: "torn", peer: "-jpeg"},
  {name: "– distinct frames a second", work: "video", ours: "garasu", figure: "frames_per_s", peer: "-jpeg"},
  {name: "– CPU of everything, ms a frame", work: "video", ours: "garasu", figure: "cpu_ms_per_frame", peer: "-jpeg", most: 1},
  {name: "sessions at p95 key → pixel ≤ 150 ms", work: "sessions", ours: "garasu", figure: "sessions", least: 2.5},
  {name: "encoder, gateway, compositor, MiB of PSS without frame memory", work: "scroll", ours: "garasu", figure: "own_mib", value: 32},
  {name: "– the encoder with its part of the frame memory", work: "scroll", ours: "garasu", figure: "encoder_mib"},
  {name: "– the compositor with its part", work: "scroll", ours: "garasu", figure: "compositor_mib"},
  {name: "– the gateway", work: "scroll", ours: "garasu", figure: "gateway_mib"},
  {name: "– frame memory, MiB", work: "scroll", ours: "garasu", figure: "frame_mib"},
  {name: "– within the first: the compositor's half of the browser's window buffers, MiB", work: "scroll", ours: "garasu", figure: "window_mib"},
  {name: "– the first, while nothing moves", work: "idle", ours: "garasu", figure: "own_mib"},
  {name: "first picture: cold, ms", work: "start", ours: "garasu", figure: "first_picture_ms", value: 2000},
  {name: "– from the pool, ms", work: "start", ours: "garasu-pool", figure: "first_picture_ms", value: 400},
  {name: "the user's own page stands: cold, ms", work: "start", ours: "garasu", figure: "first_page_ms"},
  {name: "– from the pool, ms", work: "start", ours: "garasu-pool", figure: "first_page_ms"},
  {name: "resume of a parked session, ms", work: "start", ours: "garasu", figure: "resume_ms", value: 300}
];

def verdict($ratio): if .most != null then (if $ratio == null then "" elif $ratio <= .most then "yes" else "no" end)
  elif .least != null then (if $ratio == null then "" elif $ratio >= .least then "yes" else "no" end)
  elif .value != null and .mine != null then (if .mine <= .value then "yes" else "no" end) else "" end;

def filled($medians): .mine = $medians[.work][.ours][.figure]
  | . as $row
  | .theirs = ([("xvnc", "x11vnc", "wayvnc") as $peer
      | $medians[$row.work][$peer + ($row.peer // "")][$row.figure] as $figure
      | {key: $peer, value: {figure: $figure, ratio: ($row.mine | per($figure))}}] | from_entries)
  | .reached = verdict(.theirs.xvnc.ratio);

# A row that nobody ran says nothing.
def is_measured: .mine != null or ([.theirs[].figure] | any(. != null));

def wanted: if .most != null then "≤ " + (.most | as_ratio)
  elif .least != null then "≥ " + (.least | rounded)
  elif .value != null then "≤ " + (.value | tostring) + " itself" else "" end;

def table: [["", "Garasu", "Xvnc", "ratio", "wanted", "reached", "x11vnc", "ratio", "wayvnc", "ratio"]]
  + map([.name, (.mine | rounded), (.theirs.xvnc.figure | rounded), (.theirs.xvnc.ratio | as_ratio), wanted,
     .reached, (.theirs.x11vnc.figure | rounded), (.theirs.x11vnc.ratio | as_ratio),
     (.theirs.wayvnc.figure | rounded), (.theirs.wayvnc.ratio | as_ratio)]);

def pad($width): . + (" " * ($width - length) // "");
def as_text: . as $table
  | [range(0; $table[0] | length) as $i | [$table[][$i] | length] | max] as $widths
  | map([range(0; length) as $i | .[$i] | pad($widths[$i])] | join("  ")) | join("\n");
def as_markdown: map("| " + join(" | ") + " |") | .[0:1] + ["|" + ("---|" * 10)] + .[1:] | join("\n");

medians as $medians
| ($notes | split("\n") | map(select(. != ""))) as $notes
| ([$medians[][].runs] | [min, max]) as $runs
| ([$runs[0], $runs[1]] | unique | map(tostring) | join(" to ")) as $many
| (rows | map(filled($medians) | select(is_measured))) as $rows
| if $form == "json" then {machine: $machine, runs: $runs, medians: $medians, rows: $rows, notes: $notes}
  elif $form == "markdown" then ($rows | table | as_markdown)
    + "\n\nMedians of \($many) interleaved runs; \($machine)."
    + ($notes | map("\n- Not run: " + .) | join(""))
  else ($rows | table | as_text)
    + "\n\nmedians of \($many) interleaved runs; \($machine)"
    + ($notes | map("\nnot run: " + .) | join("")) end
