# Sourced by each `run`: starts the emulator for the time of a script, and says where it is.
#
# The clock stands at a time when the expiry of the documented example is still to come.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
work=$target/interop
mkdir -p "$work"

skip() {
    echo "SKIPPED: $1"
    exit 0
}

# Starts an emulator in place of the one before, with further arguments or none.
start_emulator() {
    [ -z "${emulator:-}" ] || kill "$emulator"
    # .ci/run names the packages and features with which it was built before.
    (cd "$root" && cargo build --quiet ${EMULATOR_BUILD:---package msgraph-presence-emulator})
    : >"$work/emulator.log" # of the emulator before: it has another address
    "$target/debug/msgraph-presence-emulator" --port 0 --users "$here/users.yaml" \
        --clock 2022-10-18T20:00:00Z "$@" >"$work/emulator.log" &
    emulator=$!
    trap 'kill "$emulator" 2>/dev/null || true' EXIT
    for _ in $(seq 100); do
        ORIGIN=$(sed -n 's|^Graph presence, emulated: \(https*://.*\)/v1.0$|\1|p' "$work/emulator.log")
        if [ -n "$ORIGIN" ]; then
            export ORIGIN
            return
        fi
        sleep 0.1
    done
    echo "the emulator did not start; see $work/emulator.log" >&2
    exit 1
}

# The same over https: CERTIFICATE is the file of its certificate.
start_tls_emulator() {
    export CERTIFICATE=$work/certificate.pem
    start_emulator --tls --certificate "$CERTIFICATE"
}

# What a script printed, the second file, has to be what is expected, the first.
compare() {
    cat "$2"
    diff --unified "$1" "$2"
}
