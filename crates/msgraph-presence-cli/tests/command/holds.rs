//! A hold: released on a signal, at its end, and by the next start if it was killed.

#![cfg(unix)]

use crate::world::{Running, World};
use msgraph_presence::Availability;
use msgraph_presence_emulator::Fault;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

/// Ada has a message of her own.
fn world(test: &str) -> World {
    let world = World::signed_in(test);
    assert_eq!(world.run(&["message", "In Rome"]).status, Some(0));
    world
}

fn hold(world: &World) -> Running {
    let mut hold = world.start(&["hold", "dnd", "--for", "25m", "--message", "Focusing"]);
    let line = hold.line();
    assert!(line.starts_with("DoNotDisturb until "), "{line}");
    let focusing = (Availability::DoNotDisturb, "Focusing".to_owned());
    assert_eq!(world.shown(), focusing);
    hold
}

fn is_as_before(world: &World) {
    let before = (Availability::Available, "In Rome".to_owned());
    assert_eq!(world.shown(), before);
    assert!(saved(world).is_empty());
}

/// The written forms of holds.
fn saved(world: &World) -> Vec<fs::DirEntry> {
    let files = fs::read_dir(&world.folder)
        .unwrap()
        .map(|file| file.unwrap());
    let is_hold = |file: &fs::DirEntry| {
        let name = file.file_name().into_string().unwrap();
        name.starts_with("hold-") && name.ends_with(".json")
    };
    files.filter(is_hold).collect()
}

#[test]
fn a_signal_gives_back() {
    let world = world("signals");
    for signal in ["INT", "TERM", "HUP"] {
        let ran = hold(&world).signal(signal);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        let end = "Ended: preferred presence taken back, message taken back.\n";
        assert_eq!(ran.output, end);
        is_as_before(&world);
    }
}

#[test]
fn the_next_start_gives_back_what_a_hold_that_was_killed_has_left() {
    let world = world("killed");
    hold(&world).kill();
    let files = saved(&world);
    assert_eq!(files.len(), 1);
    let mode = files[0].metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let ran = world.run(&["get"]);
    assert!(
        ran.errors.contains("An earlier hold was killed."),
        "{ran:?}"
    );
    assert!(ran.output.contains("● Available, Available"), "{ran:?}");
    is_as_before(&world);
}

#[test]
fn a_second_signal_leaves_the_rest_to_the_next_start() {
    let world = world("second signal");
    let hold = hold(&world);
    let never = Fault::delay(Duration::from_secs(3600)).always();
    world.graph.inject(never);
    assert_eq!(hold.signals("INT").status, Some(1));
    assert_eq!(saved(&world).len(), 1);
    world.graph.clear_faults();
    assert_eq!(world.run(&["get"]).status, Some(0));
    is_as_before(&world);
}

#[test]
fn the_next_hold_gives_back_first() {
    let world = world("killed twice");
    hold(&world).kill();
    let ran = hold(&world).signal("INT");
    assert_eq!(ran.status, Some(0), "{ran:?}");
    is_as_before(&world);
}

#[test]
fn a_logout_gives_back_first() {
    let world = world("logout of a hold");
    hold(&world).kill();
    assert_eq!(world.run(&["logout"]).status, Some(0));
    is_as_before(&world);
}

#[test]
fn a_hold_that_goes_on_is_left_to_its_process() {
    let world = world("two at once");
    let first = hold(&world);
    let ran = world.run(&["hold", "busy", "--for", "5m"]);
    assert_eq!(ran.status, Some(1));
    assert!(
        ran.errors.contains("another process holds the presence"),
        "{ran:?}"
    );
    assert!(world.run(&["get"]).output.contains("DoNotDisturb"));
    assert_eq!(first.signal("INT").status, Some(0));
    is_as_before(&world);
}

#[test]
fn a_watch_does_not_keep_a_hold_from_beginning() {
    let world = world("beside a watch");
    let mut watch = world.start(&["watch", "--every", "20ms"]);
    watch.line();
    assert_eq!(hold(&world).signal("INT").status, Some(0));
    is_as_before(&world);
    watch.kill();
}

#[test]
fn a_change_by_the_person_stays() {
    let world = world("changed");
    let first = hold(&world);
    assert_eq!(world.run(&["message", "In Venice"]).status, Some(0));
    let ran = first.signal("INT");
    let end = "Ended: preferred presence taken back, message not taken back, because it was changed meanwhile.\n";
    assert_eq!(ran.output, end);
    assert_eq!(
        world.shown(),
        (Availability::Available, "In Venice".to_owned())
    );
}

#[test]
fn a_hold_ends_with_its_time() {
    let world = world("its time");
    let ran = world.run(&["hold", "busy", "--for", "1s", "--message", "Brewing"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    // The service counts whole seconds.
    world.graph.advance(Duration::from_secs(1));
    is_as_before(&world);
}

#[test]
fn what_cannot_be_given_back_is_given_back_later() {
    let world = world("later");
    let first = hold(&world);
    world.graph.inject(Fault::status(403).always());
    let ran = first.signal("INT");
    assert_eq!(ran.status, Some(4), "{ran:?}");
    let again = "the next start of the program tries again";
    assert!(ran.errors.contains(again), "{ran:?}");
    // Another hold would take its place: it is refused. A read only says so.
    let ran = world.run(&["hold", "busy", "--for", "5m"]);
    assert_eq!(ran.status, Some(4), "{ran:?}");
    assert!(ran.errors.contains(again), "{ran:?}");
    assert_eq!(saved(&world).len(), 1);
    world.graph.clear_faults();
    assert_eq!(world.run(&["get"]).status, Some(0));
    is_as_before(&world);
}

#[test]
fn a_start_that_fails_leaves_nothing() {
    let world = world("start fails");
    let fault = Fault::status(403).for_operation("me.presence.setUserPreferredPresence");
    world.graph.inject(fault.times(1));
    let ran = world.run(&["hold", "dnd", "--for", "25m", "--message", "Focusing"]);
    assert_eq!(ran.status, Some(4), "{ran:?}");
    is_as_before(&world);
}
