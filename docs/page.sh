#!/usr/bin/env bash
# Takes docs/emulator.png: the emulator's page after a few calls, in a headless Chromium. Fonts and the
# version of the browser show in it, so no check compares it; interop/browser of the emulator tests the page.
set -euo pipefail
cd "$(dirname "$0")/.."

browser=$(command -v chromium chromium-browser google-chrome google-chrome-stable | head -n 1) || {
  echo "there is no browser (chromium or google-chrome)" >&2
  exit 1
}
cargo build --quiet -p msgraph-presence-emulator
place=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$place"' EXIT
cat >"$place/users.yaml" <<'YAML'
users:
  - { name: Ada, signedIn: true }
  - { name: Bob, outOfOffice: Back on Monday, signedIn: true }
  - { name: Grace, sessions: [{ availability: Busy, activity: InACall }] }
YAML
target/debug/msgraph-presence-emulator --port 0 --users "$place/users.yaml" --clock 2026-11-23T09:00:00Z >"$place/log" &
url=
for _ in {1..100}; do
  url=$(grep -om1 'http://127.0.0.1:[0-9]*' "$place/log") && break
  sleep 0.1
done

# call USER METHOD PATH [BODY]
call() {
  curl --silent --show-error --output "$place/answer" --request "$2" --header "Authorization: Bearer $1" \
    --header 'Content-Type: application/json' "$url/v1.0$3" ${4:+--data "$4"}
}
call Ada GET /me/presence
call Ada POST /me/presence/setUserPreferredPresence '{"availability":"DoNotDisturb","activity":"DoNotDisturb","expirationDuration":"PT25M"}'
call Ada POST /me/presence/setStatusMessage '{"statusMessage":{"message":{"content":"Focusing","contentType":"text"}}}'
call application GET /me/presence
curl --silent --show-error --output "$place/answer" --header 'Content-Type: application/json' \
  --data '{"kind":"status","status":503,"retryAfter":"2"}' "$url/_emulator/faults"
call Bob GET /me/presence
call Bob GET /me/presence

"$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$place/profile" \
  --window-size=1000,900 --virtual-time-budget=3000 --screenshot="$place/page.png" "$url/" 2>"$place/browser" ||
  { cat "$place/browser" >&2; exit 1; }
mv "$place/page.png" docs/emulator.png
