#!/bin/sh
# Counts the instructions of reading and writing bodies, beside a plain serde derive's, with
# valgrind's callgrind, in the release profile. Fails when a ratio is above its limit.
set -eu
cd "$(dirname "$0")/../.."
cargo build --quiet --release --package msgraph-presence-models --example count
program=${CARGO_TARGET_DIR:-target}/release/examples/count

count() {
    valgrind --tool=callgrind --toggle-collect="*count::$2*" --callgrind-out-file=/dev/null \
        "$program" "$1" 2>&1 | sed -n 's/.*Collected : //p'
}

status=0
printf '%-18s %8s %8s %7s %7s\n' what plain ours ratio 'at most'
for what in read_me:0.80 read_other:0.80 write_preferred:1.00 write_message:1.00; do
    name=${what%:*} limit=${what#*:}
    plain=$(count "$name" "${name%_*}_plain") ours=$(count "$name" "${name%_*}_ours")
    awk -v n="$name" -v p="$plain" -v o="$ours" -v l="$limit" 'BEGIN {
        printf "%-18s %8d %8d %7.3f %7s\n", n, p, o, o / p, l
        exit o > p * l
    }' || status=1
done
exit $status
