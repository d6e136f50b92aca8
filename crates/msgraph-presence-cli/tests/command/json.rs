//! The output of the commands: lines for people, one object a line for programs.

use crate::world::World;
use msgraph_presence::Availability;
use msgraph_presence_emulator::{Fault, Session};
use serde_json::Value;
use std::fs;
use std::time::Duration;

/// An object without what differs from run to run.
fn steady(line: &str) -> Value {
    let mut object: Value = serde_json::from_str(line).unwrap();
    let is_time = object["time"].as_str().unwrap().ends_with('Z');
    assert!(is_time, "{line}");
    object["time"] = "TIME".into();
    for name in ["until", "since"] {
        if let Some(time) = object.get_mut(name).filter(|time| time.is_string()) {
            *time = "TIME".into();
        }
    }
    let presence = match object.get_mut("presences") {
        Some(presences) => presences.get_mut(0),
        None => object.get_mut("presence"),
    };
    if let Some(presence) = presence.and_then(Value::as_object_mut) {
        for name in ["sequenceNumber", "@odata.context"] {
            presence.remove(name);
        }
        if let Some(message) = presence.get_mut("statusMessage") {
            message["publishedDateTime"] = "TIME".into();
            if message["expiryDateTime"].is_object() {
                message["expiryDateTime"]["dateTime"] = "TIME".into();
            }
        }
    }
    if let Some(Value::String(error)) = object.get_mut("error") {
        let (before, rest) = error.split_once("request-id ").unwrap();
        *error = format!("{before}request-id ID{}", &rest[36..]);
    }
    object
}

#[test]
fn objects_for_programs() {
    let world = World::new("objects");
    let mut text = String::new();
    let mut add = |output: &str| {
        for line in output.lines() {
            text += &world.steady(&format!("{}\n", steady(line)));
        }
    };
    let run = |arguments: &[&str]| {
        let ran = world.run(&[arguments, &["--json"]].concat());
        assert_eq!(ran.status, Some(0), "{ran:?}");
        assert_eq!(ran.errors, "");
        ran.output
    };
    add(&run(&["login", "--device"]));
    add(&run(&["message", "In Rome", "--for", "25m"]));
    add(&run(&["prefer", "dnd", "--for", "8h"]));
    add(&run(&["get"]));
    add(&run(&["prefer", "--clear"]));
    add(&run(&["message", "--clear"]));
    add(&run(&["hold", "brb", "--for", "1s", "--message", "Tea"]));
    // The service counts whole seconds: the preferred presence may outlast the hold by one.
    world.graph.advance(Duration::from_secs(1));
    let board = world.folder.join("team.txt");
    fs::write(&board, format!("{} Ada\n", world.ada)).unwrap();
    let mut watch = world.start(&["watch", "--every", "20ms", "--json"]);
    add(&watch.line());
    world
        .graph
        .sign_in_with(world.ada, Session::new("Busy", "InACall"));
    add(&watch.line());
    world.graph.inject(Fault::status(503).times(1));
    add(&watch.line());
    add(&watch.line());
    watch.kill();
    world.graph.inject(Fault::status(404).times(1));
    let mut watch = world.start(&["board", board.to_str().unwrap(), "--json"]);
    add(&watch.line());
    watch.kill();
    add(&run(&["logout"]));
    add(&run(&["logout"]));
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("objects", text);
    });
}

#[test]
fn lines_for_people() {
    let world = World::signed_in("lines");
    let run = |arguments: &[&str]| {
        let ran = world.run(arguments);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        ran.output.trim_end().to_owned()
    };
    assert_eq!(run(&["get"]), "● Available, Available");
    let line = run(&["message", "In \u{1b}[31mRome\n", "--for", "2d"]);
    assert!(line.starts_with("The message is set until 20"), "{line}");
    assert_eq!(run(&["prefer", "busy"])[..23], *"Busy is preferred until");
    let line = run(&["get"]);
    assert!(line.starts_with("● Busy, Busy  "), "{line}");
    assert!(line.contains("\"In  [31mRome \" until 20"), "{line}");
    assert_eq!(world.shown().0, Availability::Busy);
    assert_eq!(
        run(&["prefer", "--clear"]),
        "The preferred presence is cleared."
    );
    // An end that is near has seconds.
    let line = run(&["message", "Tea", "--for", "90s"]);
    assert_eq!(line.matches(':').count(), 2, "{line}");
    assert_eq!(run(&["message", "--clear"]), "The message is removed.");
    assert_eq!(world.shown(), (Availability::Available, String::new()));
    world.graph.set_out_of_office(world.ada, Some("Away"));
    assert!(run(&["get"]).ends_with("out of office"));
}

#[test]
fn a_board_has_the_names_of_its_file() {
    let world = World::signed_in("board");
    let grace = world.graph.add_user("Grace");
    let board = world.folder.join("team.txt");
    let text = format!("# the team\n{} Ada \u{1b}[31mL.\n\n{grace}\n", world.ada);
    fs::write(&board, text).unwrap();
    let mut running = world.start(&["board", board.to_str().unwrap(), "--every", "20ms"]);
    let mut lines = [running.line(), running.line()].map(|line| line[10..].to_owned());
    lines.sort();
    let expected = [
        "Ada  [31mL.  ● Available, Available".to_owned(),
        format!("{grace}  ● Offline, Offline"),
    ];
    assert!(
        expected.iter().all(|line| lines.contains(line)),
        "{lines:?}"
    );
    world.graph.sign_in(grace);
    assert!(
        running
            .line()
            .ends_with(&format!("{grace}  ● Available, Available"))
    );
    running.kill();
}

#[test]
fn a_watch_ends_when_a_person_has_to_sign_in() {
    let world = World::signed_in("watch ends");
    let mut watch = world.start(&["watch", "--every", "20ms"]);
    assert!(watch.line().ends_with("● Available, Available"));
    world.graph.revoke_sign_ins(world.ada);
    let ran = watch.wait();
    assert_eq!(ran.status, Some(3), "{ran:?}");
    assert!(ran.errors.contains("presence login"), "{ran:?}");
}

#[test]
fn the_emulator_within_the_command_needs_nobody() {
    let world = World::new("within");
    let mut watch = world.start(&["watch", "--emulator", "--json"]);
    assert!(steady(&watch.line())["presence"]["availability"].is_string());
    assert!(steady(&watch.line())["presence"]["availability"].is_string());
    watch.kill();
    for arguments in [
        &["get", "--emulator"][..],
        &["get", "fa8bf3dc-eca7-46b7-bad1-db199b62afc3", "--emulator"],
        &["hold", "dnd", "--for", "1s", "--emulator"],
        &["login", "--device", "--emulator"],
        &["logout", "--emulator"],
    ] {
        assert_eq!(world.run(arguments).status, Some(0), "{arguments:?}");
    }
    let mut board = world.start(&["board", "--emulator"]);
    let lines: Vec<_> = (0..6).map(|_| board.line()).collect();
    assert!(lines.iter().any(|line| line.contains("Grace")), "{lines:?}");
    board.kill();
    assert_eq!(world.graph.requests_received(), 0);
}
