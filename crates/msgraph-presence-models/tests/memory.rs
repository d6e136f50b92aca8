//! A body takes at most four times its size in memory, in the worst shapes that are known.
//!
//! With `--nocapture` it prints for each shape the peak while the body is read, and what is kept,
//! both over the size of the body. The body itself is not counted.

#![cfg(test)]

use msgraph_presence_models::Presence;
use msgraph_wire::decode::{self, DecodeError, Properties};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The approximate size of a body, in bytes.
const SIZE: usize = 250_000;

/// So often that it fills a body.
fn many(part: &str) -> String {
    part.repeat(SIZE / part.len())
}

/// The same, with commas between.
fn list(part: &str) -> String {
    let all = many(&format!("{part},"));
    all.trim_end_matches(',').to_owned()
}

/// Parts that open and close so often that they fill a body.
fn deep(open: &str, inner: &str, close: &str) -> String {
    let depth = SIZE / (open.len() + close.len());
    open.repeat(depth) + inner + &close.repeat(depth)
}

fn shapes() -> Vec<(&'static str, String)> {
    let with = |more: String| format!(r#"{{"id":"x",{more}}}"#);
    let value = |value: String| format!(r#"{{"id":"x","z":{value}}}"#);
    vec![
        (
            "an array of small objects",
            value(format!("[{}]", list(r#"{"":0}"#))),
        ),
        ("an array of numbers", value(format!("[{}]", list("0")))),
        ("an array of arrays", value(format!("[{}]", list("[]")))),
        ("many small properties", with(list(r#""":0"#))),
        ("many properties with other names", with(numbered())),
        ("arrays in arrays", value(deep("[", "", "]"))),
        ("objects in objects", value(deep(r#"{"":"#, "0", "}"))),
        (
            "an object in which a name repeats",
            value(format!("{{{}}}", list(r#""a":0"#))),
        ),
        ("blanks", value(format!("[{}]", many(" \n\t\r")))),
        (
            "a string of escapes",
            value(format!("\"{}\"", many("\\u0000"))),
        ),
        ("a string", value(format!("\"{}\"", many("é")))),
        ("a number", value(many("1"))),
        ("a name", with(format!("\"{}\":0", many("é")))),
        ("a name of quotes", with(format!("\"{}\":0", many("\\\"")))),
        (
            "a name of control characters",
            with(format!("\"{}\":0", many("\\u0001"))),
        ),
        ("names of half surrogate pairs", with(list(r#""\ud83d":0"#))),
        ("a name of quotes and half a pair", half_and(&many("\\\""))),
        ("half surrogate pairs, known and not", halves()),
        (
            "an unknown availability",
            with(format!(r#""availability":"{}""#, many("x"))),
        ),
        ("an id of escapes", format!(r#"{{"id":"{}"}}"#, many("\\n"))),
        ("an id that repeats", with(list(r#""id":"x""#))),
        (
            "a status message of small properties",
            nested(&list(r#""":0"#)),
        ),
        (
            "a status message that repeats",
            with(list(r#""statusMessage":{"":0}"#)),
        ),
        ("no id", format!("{{{}}}", list(r#""":0"#))),
        (
            "an id of another type, at the end",
            format!(r#"{{{},"id":0}}"#, list(r#""":0"#)),
        ),
        ("no end", format!(r#"{{"id":"x","z":[{}"#, many("[0],"))),
        (
            "other elements of `value`",
            format!(r#"{{"value":[{{"id":"x"}},{}]}}"#, list("{}")),
        ),
        (
            "one element of `value`",
            format!(r#"{{"value":[{}]}}"#, with(list(r#""":0"#))),
        ),
    ]
}

fn numbered() -> String {
    let names = (0..SIZE / 12).map(|number| format!(r#""{number}":{number},"#));
    names.collect::<String>().trim_end_matches(',').to_owned()
}

fn halves() -> String {
    let odd = list(r#""\ud83d""#);
    format!(r#"{{"id":"\ud83d","z":[{odd}]}}"#)
}

fn half_and(name: &str) -> String {
    format!(r#"{{"id":"x","\ud83d{name}":0}}"#)
}

fn nested(members: &str) -> String {
    format!(r#"{{"id":"x","statusMessage":{{"message":{{{members}}}}}}}"#)
}

/// The peak while a body is read, and what is kept of it, both over the size of the body.
fn measured(body: &str) -> (f64, f64) {
    let over_body = |bytes: usize| bytes as f64 / body.len() as f64;
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let read: Result<Presence, DecodeError> = decode::enveloped(body.as_bytes(), Properties::All);
    let peak = MEMORY.peak_usage() - before;
    let kept = MEMORY.current_usage() - before;
    drop(read);
    assert_eq!(MEMORY.current_usage(), before);
    (over_body(peak), over_body(kept))
}

#[test]
fn a_body_takes_at_most_four_times_its_size() {
    println!("{:<40} {:>6} {:>6}", "shape", "peak", "kept");
    for (shape, body) in shapes() {
        let (peak, kept) = measured(&body);
        println!("{shape:<40} {peak:>6.2} {kept:>6.2}");
        assert!(peak <= 4.0 && kept <= 1.4, "{shape}: {peak}, {kept}");
    }
}
