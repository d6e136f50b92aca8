#!/usr/bin/env bash
# Draws docs/tour.svg from what the tour prints. With --check it prints the tour instead, and
# fails when the picture on disk is not the picture of it.
set -euo pipefail
cd "$(dirname "$0")/.."

command='cargo run -p msgraph-presence --example tour'

# draw: the text of a terminal in, a picture out. Lines are broken between words, and measured in
# bytes: so every awk breaks them alike.
draw() {
  LC_ALL=C awk -v command="$command" '
    function colour(line) {
      if (line ~ /^\$/) return "#e6edf3"
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
    BEGIN { rows = 0; wrap("$ " command) }
    { wrap($0) }
    END {
      height = 30 + 20 * rows
      printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"840\" height=\"%d\" viewBox=\"0 0 840 %d\">\n", height, height
      print "<!-- Drawn by docs/tour.sh from what the tour prints. Do not edit. -->"
      print "<title>The tour of msgraph-presence in a terminal</title>"
      print "<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#0d1117\"/>"
      print "<g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, monospace\" font-size=\"14\">"
      printf "%s</g>\n</svg>\n", body
    }'
}

tour=$(cargo run --quiet -p msgraph-presence --example tour | tr -d '\r')
if [[ ${1-} != --check ]]; then
  draw <<<"$tour" >docs/tour.svg
  exit
fi
printf '%s\n' "$tour"
draw <<<"$tour" | diff docs/tour.svg - || {
  echo 'docs/tour.svg is not the picture of this tour; run: docs/tour.sh'
  exit 1
}
