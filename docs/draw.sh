#!/usr/bin/env bash
# Draws docs/tour.svg from what the tour prints, and docs/presence.svg from what the command prints.
# With --check it prints both instead, and fails when a picture on disk is not the picture of it.
set -euo pipefail
cd "$(dirname "$0")/.."
# .ci/run has built everything, in the folder of this variable.
if [[ -z ${BUILT-} ]]; then
  cargo build --quiet --workspace --bins --examples
  BUILT=${CARGO_TARGET_DIR:-target}/debug
fi

# draw TITLE: the text of a terminal in, a picture out. Lines are broken between words, and measured in
# bytes: so every awk breaks them alike.
draw() {
  LC_ALL=C awk -v title="$1" '
    function colour(line) {
      if (line ~ /^\$/) return "#e6edf3"
      if (line ~ /● Available/) return "#7ee787"
      if (line ~ /● DoNotDisturb/) return "#ff7b72"
      if (line ~ /^[0-9][0-9]:/) return "#d29922"
      if (line ~ /^    – /) return "#ff7b72"
      if (line ~ /^      /) return "#7ee787"
      return "#8b949e"
    }
    function put(line, fill,   indent) {
      match(line, /^ */)
      indent = RLENGTH
      line = substr(line, indent + 1)
      gsub(/&/, "\\&amp;", line); gsub(/</, "\\&lt;", line); gsub(/>/, "\\&gt;", line)
      if (line != "") body = body sprintf("<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>\n", 16 + 8 * indent, 30 + 20 * rows, fill, line)
      rows++
    }
    function wrap(line,   fill, indent, count, words, i, row) {
      fill = colour(line)
      match(line, /^ */)
      indent = substr(line, 1, RLENGTH)
      count = split(substr(line, RLENGTH + 1), words, " ")
      row = indent words[1]
      for (i = 2; i <= count; i++) {
        if (length(row) + 1 + length(words[i]) > 96) { put(row, fill); row = indent "  " words[i] }
        else row = row " " words[i]
      }
      put(row, fill)
    }
    BEGIN { rows = 0 }
    { wrap($0) }
    END {
      height = 30 + 20 * rows
      printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"840\" height=\"%d\" viewBox=\"0 0 840 %d\">\n", height, height
      print "<!-- Drawn by docs/draw.sh from what programs print. Do not edit. -->"
      printf "<title>%s</title>\n", title
      print "<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#0d1117\"/>"
      print "<g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, monospace\" font-size=\"14\">"
      printf "%s</g>\n</svg>\n", body
    }'
}

tour() {
  echo '$ cargo run -p msgraph-presence --example tour'
  "$BUILT/examples/tour" | tr -d '\r'
}

# wait_for FILE WORDS: until the last lines of the file, or so many as $3 says, have the words.
wait_for() {
  local try
  for try in {1..400}; do
    ! tail -n "${3-50}" "$1" | grep -q -- "$2" || return 0
    sleep 0.05
  done
  echo "no line with '$2' in: $(cat "$1")" >&2
  return 1
}

# A sign-in, a watch, a hold, Ctrl-C, a sign-out, against a running emulator. What differs from run to
# run is replaced: times, the port, the folder.
presence() (
  place=$(mktemp -d)
  trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$place"' EXIT
  echo 'users: [{ name: Ada, signedIn: true }]' >"$place/users.yaml"
  "$BUILT/msgraph-presence-emulator" --port 0 --users "$place/users.yaml" --sign-in-as Ada >"$place/emulator" &
  wait_for "$place/emulator" 'http://127.0.0.1:[0-9]'
  url=$(grep -om1 'http://127.0.0.1:[0-9]*' "$place/emulator")
  export PRESENCE_EMULATOR=$url PRESENCE_HOME=$place/tokens
  command=$BUILT/presence
  {
    # The left side of a pipe is a shell of its own, with jobs of its own.
    trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT
    echo "$ export PRESENCE_EMULATOR=$url"
    echo '$ presence login --device'
    "$command" login --device
    echo '$ presence watch &'
    : >"$place/watch" # it is read before the command has opened it
    "$command" watch --every 50ms >"$place/watch" &
    wait_for "$place/watch" 'Available'
    tail -n 1 "$place/watch"
    echo '$ presence hold dnd --for 25m --message Focusing'
    # A job of a script ignores Ctrl-C, so the hold is ended by the other signal that ends one.
    "$command" hold dnd --for 25m --message Focusing >"$place/hold" &
    hold=$!
    wait_for "$place/hold" 'Ctrl-C ends it'
    cat "$place/hold"
    wait_for "$place/watch" 'DoNotDisturb.*Focusing' 1
    tail -n 1 "$place/watch"
    echo '^C'
    kill -TERM "$hold"
    wait "$hold"
    tail -n 1 "$place/hold"
    wait_for "$place/watch" 'Available, Available$' 1
    tail -n 1 "$place/watch"
    echo '$ presence logout'
    "$command" logout
  } | sed -E -e "s|$url|http://127.0.0.1:8080|" -e 's|the file .*/tokens/[^,]*|the file ~/.local/share/msgraph-presence-cli/…|' \
    -e 's/^[0-9]{2}:[0-9]{2}:[0-9]{2}/09:00:00/' -e 's/until [0-9][-0-9: ]*[0-9]/until 09:25/'
)

for story in tour presence; do
  case $story in
    tour) title='The tour of msgraph-presence in a terminal' ;;
    presence) title='The command presence in a terminal' ;;
  esac
  text=$(set -e; $story)
  if [[ ${1-} != --check ]]; then
    draw "$title" <<<"$text" >"docs/$story.svg"
    continue
  fi
  printf '%s\n' "$text"
  draw "$title" <<<"$text" | diff "docs/$story.svg" - || {
    echo "docs/$story.svg is not the picture of this; run: docs/draw.sh"
    exit 1
  }
done
