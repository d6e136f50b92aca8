//! A workload for callgrind: these models and a plain serde derive read and write the same bodies.
//!
//! `count.sh` runs it and prints the ratios.

mod plain;

use msgraph_presence_models::bodies::{SetStatusMessageRequest, SetUserPreferredPresenceRequest};
use msgraph_presence_models::{PreferredPresence, Presence, PresenceStatusMessage, StatusMessage};
use msgraph_wire::decode::{self, Properties};
use serde::Serialize;
use std::hint::black_box;
use std::process::ExitCode;

/// The first example of `GET /me/presence`.
const ME: &str = include_str!("me.json");

/// The presence of another user, with a status message.
const OTHER: &str = include_str!("other.json");

fn main() -> ExitCode {
    let done = match std::env::args().nth(1).as_deref() {
        Some("read_me") => read(ME),
        Some("read_other") => read(OTHER),
        Some("write_preferred") => write(&plain::preferred(), &preferred()),
        Some("write_message") => write(&plain::message(), &message()),
        _ => false,
    };
    if done {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn read(body: &str) -> bool {
    // On the heap, where it begins at a multiple of 16 bytes in every build.
    let body = black_box(body.trim_end().as_bytes().to_vec());
    read_plain(&body) & read_ours(&body)
}

fn write<P: Serialize, O: Serialize>(plain: &P, ours: &O) -> bool {
    write_plain(black_box(plain)) & write_ours(black_box(ours))
}

#[inline(never)]
fn read_plain(body: &[u8]) -> bool {
    black_box(serde_json::from_slice::<plain::Presence>(body)).is_ok()
}

#[inline(never)]
fn read_ours(body: &[u8]) -> bool {
    black_box(decode::object::<Presence>(body, Properties::All)).is_ok()
}

#[inline(never)]
fn write_plain<T: Serialize>(body: &T) -> bool {
    black_box(serde_json::to_vec(body)).is_ok()
}

#[inline(never)]
fn write_ours<T: Serialize>(body: &T) -> bool {
    black_box(serde_json::to_vec(body)).is_ok()
}

fn preferred() -> SetUserPreferredPresenceRequest {
    let mut body = SetUserPreferredPresenceRequest::new(PreferredPresence::DoNotDisturb);
    body.expiration_duration = "PT8H".parse().ok();
    body
}

fn message() -> SetStatusMessageRequest {
    let message = StatusMessage::text("Hey I'm currently in a meeting.")
        .expires_at_local("2022-10-18T17:05:33.2079781", "Pacific Standard Time");
    SetStatusMessageRequest::new(PresenceStatusMessage::try_from(message).unwrap_or_default())
}
