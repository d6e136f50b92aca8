//! Measures the CPU time to compile our own crates, without their dependencies.
//!
//! `cargo bench -p msgraph-runtime --no-default-features --bench build` prints it, on Linux.

use std::fs;
use std::io::{Error, Result};
use std::process::Command;

/// Our crates in a program that uses the client.
const OURS: [&str; 4] = [
    "msgraph-wire",
    "msgraph-presence-models",
    "msgraph-runtime",
    "msgraph-presence",
];

/// The number of builds of each crate. The least time counts, because other work on the machine
/// only adds to it.
const ROUNDS: u32 = 5;

fn main() -> Result<()> {
    println!("CPU seconds in the dev profile, without TLS, dependencies not counted");
    println!("the least of {ROUNDS} rounds");
    cargo(&["build", "--package", "msgraph-presence"])?;
    let mut total = 0.0;
    for name in OURS {
        let mut least = f64::INFINITY;
        for _ in 0..ROUNDS {
            least = least.min(build(name)?);
        }
        println!("  {name:<24}{least:>6.2}");
        total += least;
    }
    println!("  all                     {total:>6.2}");
    Ok(())
}

/// The CPU seconds to build a crate.
fn build(name: &str) -> Result<f64> {
    cargo(&["clean", "--package", name])?;
    let before = spent()?;
    cargo(&["build", "--package", name])?;
    Ok(spent()? - before)
}

fn cargo(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command
        .args(arguments)
        .arg("--quiet")
        // Cargo builds dependencies of a program without incremental compilation.
        .env("CARGO_INCREMENTAL", "0")
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    if arguments[0] == "build" {
        command.arg("--no-default-features");
    }
    if command.status()?.success() {
        Ok(())
    } else {
        Err(Error::other(format!(
            "cargo {} failed",
            arguments.join(" ")
        )))
    }
}

/// The CPU time of all processes that this one has waited for.
fn spent() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The second field is a name in parentheses and may hold anything.
    let fields = stat.rsplit_once(')').map(|(_, fields)| fields);
    let fields: Vec<&str> = fields.unwrap_or_default().split_whitespace().collect();
    let ticks = |number: usize| -> Result<f64> {
        let text = fields.get(number).copied().unwrap_or_default();
        text.parse().map_err(Error::other)
    };
    // User and system time of the children, in hundredths of a second.
    Ok((ticks(13)? + ticks(14)?) / 100.0)
}
