# Sourced by each `run`: starts the emulator for the time of a script, and exports its ORIGIN.
#
# The clock is stopped at a time before the expiry of the documented example.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
work=$target/interop
mkdir -p "$work"
# The files that Python compiles are kept below the target folder, not beside the scripts.
export PYTHONPYCACHEPREFIX=$work/pycache

skip() {
    echo "SKIPPED: $1"
    exit 0
}

# Builds the emulator, unless BUILT is set, as .ci/run does after it has built everything.
build_emulator() {
    [ -n "${BUILT:-}" ] || (cd "$root" && cargo build --quiet --package msgraph-presence-emulator)
}

# Starts an emulator in place of the one before, with further arguments or none.
start_emulator() {
    [ -z "${emulator:-}" ] || kill "$emulator"
    build_emulator
    : >"$work/emulator.log" # the log of the previous emulator has another address
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

# Starts it over https, and exports the file of its certificate as CERTIFICATE.
start_tls_emulator() {
    export CERTIFICATE=$work/certificate.pem
    start_emulator --tls --certificate "$CERTIFICATE"
}

# Installs Microsoft's SDK for Python and pytest, or fails with the reason in `missing`.
install_python() {
    command -v python3 >/dev/null || { missing="there is no python3" && return 1; }
    [ -x "$work/python/bin/python" ] || python3 -m venv "$work/python" ||
        { missing="python3 has no venv" && return 1; }
    # msgraph-core imports `deprecated` for batches, and does not depend on it.
    # Only a few of the SDK's 16,000 files are imported: compiling all of them takes longer than the
    # whole run.
    "$work/python/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile \
        msgraph-sdk==1.65.0 deprecated==1.3.1 pytest==9.0.2 ||
        { missing="msgraph-sdk cannot be installed" && return 1; }
}

# Installs Microsoft's client for JavaScript, or fails with the reason in `missing`.
install_javascript() {
    command -v node >/dev/null || { missing="there is no node" && return 1; }
    command -v npm >/dev/null || { missing="there is no npm" && return 1; }
    mkdir -p "$work/javascript"
    npm install --silent --no-fund --no-audit --prefix "$work/javascript" \
        @microsoft/microsoft-graph-client@3.0.7 ||
        { missing="@microsoft/microsoft-graph-client cannot be installed" && return 1; }
}

# Prints the output of a script, the second file, and fails when it differs from the first.
compare() {
    cat "$2"
    diff --unified "$1" "$2"
}
