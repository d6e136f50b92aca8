//! Wrong inputs are refused before anything is sent; failures have their exit status.

use crate::world::{World, command, run};
use msgraph_presence_emulator::Fault;
use std::fmt::Write as _;
use std::fs;

const ID: &str = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";

#[test]
fn wrong_inputs_are_refused_before_anything_is_sent() {
    let world = World::new("wrong inputs");
    fs::write(
        world.folder.join("board"),
        format!("{ID} Ada\nada@contoso.com Ada\n"),
    )
    .unwrap();
    fs::write(world.folder.join("empty"), "# nobody\n").unwrap();
    let cases: &[&[&str]] = &[
        &["get", "ada@contoso.com"],
        &["get", "7"],
        &["watch", "--every", "soon"],
        &["message"],
        &["message", " "],
        &["message", "Hi", "--for", "25"],
        &["message", "Hi", "--for", "0m"],
        &["message", "Hi", "--for", "-5m"],
        &["message", "Hi", "--for", "300000y"],
        &["message", "Hi", "--until", "25:00"],
        &["message", "Hi", "--until", "2001-01-01T09:00"],
        &["message", "Hi", "--for", "5m", "--until", "17:00"],
        &["message", "Hi", "--clear"],
        &["prefer"],
        &["prefer", "bsuy"],
        &["prefer", "busy", "--for", "1 fortnight"],
        &["hold", "dnd", "--message", ""],
        &["board"],
        &["board", "empty"],
        &["board", "board"],
        &["get", "--cloud", "cumulus"],
        &["get", "--tenant", "common"],
        &["get", "--client-id", "my app"],
        &["get", "--emulator=localhost:8080"],
        &["get", "--emulator=http://example.com"],
    ];
    let mut text = String::new();
    for case in cases {
        let mut command = world.command(case);
        command.current_dir(&world.folder);
        if case.first() == Some(&"board") && case.len() == 1 {
            command.env_remove("PRESENCE_EMULATOR");
        }
        let ran = run(command);
        assert_eq!(ran.output, "", "{case:?}");
        let status = ran.status.unwrap();
        let errors = world.steady(&ran.errors);
        let usage = errors.split("\n\nUsage:").next().unwrap();
        let usage = usage.split("\n\nFor more").next().unwrap();
        writeln!(text, "{case:?} → {status}\n{}\n", usage.trim_end()).unwrap();
    }
    assert_eq!(world.graph.requests_received(), 0);
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("wrong_inputs", text);
    });
}

#[test]
fn without_a_client_id_it_says_how_to_get_one() {
    let ran = run(command(&["get"]));
    assert_eq!(ran.status, Some(2));
    assert!(
        ran.errors.contains("--client-id or PRESENCE_CLIENT_ID"),
        "{}",
        ran.errors
    );
}

#[test]
fn help_and_completions() {
    let mut text = run(command(&["--help"])).output;
    for name in ["login", "message", "hold", "board"] {
        text += &format!("\n---- {name} ----\n");
        text += &run(command(&[name, "--help"])).output;
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("help", text);
    });
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run(command(&["completions", shell]));
        assert_eq!(ran.status, Some(0));
        for word in ["hold", "emulator", "dnd"] {
            assert!(ran.output.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn each_kind_of_failure_has_its_exit_status() {
    let world = World::new("exit statuses");
    let status = |arguments: &[&str]| world.run(arguments).status.unwrap();
    assert_eq!(status(&["get"]), 3);
    assert_eq!(status(&["login", "--device"]), 0);
    assert_eq!(status(&["get", ID]), 5);
    let ada = world.ada.to_string();
    let other = "00000000-0000-4000-8000-000000000000";
    let ran = world.run(&["get", &ada, ID, other]);
    assert!(ran.errors.contains(other), "{}", ran.errors);
    assert_eq!(ran.status, Some(5));
    assert!(ran.output.starts_with(&ada), "{}", ran.output);
    assert!(ran.errors.contains(ID), "{}", ran.errors);
    assert_eq!(status(&["board", "no such file"]), 2);
    world.graph.inject(Fault::status(403).times(1));
    assert_eq!(status(&["get"]), 4);
    world.graph.inject(Fault::status(400).times(1));
    assert_eq!(status(&["get"]), 1);
    world
        .graph
        .inject(Fault::status(503).retry_after("900").times(9));
    assert_eq!(status(&["get"]), 6);
    world.graph.clear_faults();
    world.graph.revoke_sign_ins(world.ada);
    let ran = world.run(&["get", "--json"]);
    assert_eq!(ran.status, Some(3), "{}", ran.errors);
    assert!(
        ran.errors.contains(r#""kind":"SignInRequired""#),
        "{}",
        ran.errors
    );
    fs::remove_dir_all(&world.folder).unwrap();
    fs::write(&world.folder, "a file in the way").unwrap();
    assert_eq!(status(&["login", "--device"]), 7);
    fs::remove_file(&world.folder).unwrap();
}

#[test]
fn nobody_who_reads_the_output_is_no_failure() {
    let world = World::signed_in("closed pipe");
    let mut watch = world.start(&["watch", "--every", "20ms"]);
    watch.line();
    let mut is_signed_in = true;
    let status = watch.without_reader(|| {
        if is_signed_in {
            world.graph.sign_out(world.ada);
        } else {
            world.graph.sign_in(world.ada);
        }
        is_signed_in = !is_signed_in;
    });
    assert_eq!(status, Some(0));
}
