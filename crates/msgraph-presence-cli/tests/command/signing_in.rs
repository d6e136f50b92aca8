//! A person signs in by browser and by device code, and out; no secret is printed.

use crate::world::{Ran, World};
use msgraph_presence_emulator::SignIns;
use std::fs;
use std::time::Duration;

/// The tokens that are stored.
fn secrets(world: &World) -> Vec<String> {
    let files = fs::read_dir(&world.folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let texts = files.filter_map(|path| fs::read_to_string(path).ok());
    let texts: Vec<_> = texts.collect();
    let words = texts.iter().flat_map(|text| text.split('"'));
    words
        .filter(|word| word.len() > 60)
        .map(str::to_owned)
        .collect()
}

fn shows_no(secrets: &[String], ran: &Ran) {
    for secret in secrets {
        let shown = ran.output.contains(secret) || ran.errors.contains(secret);
        assert!(!shown, "{ran:?}");
    }
}

#[test]
fn by_browser() {
    let world = World::new("by browser");
    let mut login = world.start(&["login", "--no-browser"]);
    assert!(login.line().contains("Sign in in the browser"));
    let url = login.line();
    let page = reqwest_text(&url);
    assert!(page.contains("signed in"), "{page}");
    let ran = login.wait();
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let line = world.steady(&ran.output);
    assert!(line.starts_with("Signed in as ada@contoso.com. The tokens are in the file FOLDER"));
    let secrets = secrets(&world);
    assert!(secrets.len() >= 2, "{secrets:?}");
    shows_no(&secrets, &ran);
    for arguments in [&["get"][..], &["prefer", "dnd"], &["get", "--json"]] {
        let ran = world.run(arguments);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        shows_no(&secrets, &ran);
    }
    world.graph.revoke_sign_ins(world.ada);
    let ran = world.run(&["get"]);
    assert_eq!(ran.status, Some(3), "{ran:?}");
    shows_no(&secrets, &ran);
}

/// The page that a browser shows at an address.
fn reqwest_text(url: &str) -> String {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async { reqwest::get(url).await.unwrap().text().await.unwrap() })
}

#[test]
fn by_device_code() {
    let world = World::new("by device code");
    let pace = SignIns::on_a_page().interval(Duration::from_secs(1));
    world.graph.set_sign_ins(pace);
    let mut login = world.start(&["login", "--device"]);
    let line = world.steady(&login.line());
    let rest = line
        .strip_prefix("Open ORIGIN/devicelogin and enter ")
        .unwrap();
    let (code, rest) = rest.split_once(", ").unwrap();
    assert_eq!(rest, "within 15 minutes.");
    assert!(world.graph.approve_device_code(code, world.ada));
    assert_eq!(login.wait().status, Some(0));
    assert_eq!(world.run(&["get"]).output, "● Available, Available\n");
}

#[test]
fn a_person_who_declines_is_refused() {
    let world = World::new("declined");
    world
        .graph
        .set_sign_ins(SignIns::declined().interval(Duration::from_secs(1)));
    let ran = world.run(&["login", "--device"]);
    assert_eq!(ran.status, Some(4), "{ran:?}");
}

#[test]
fn a_permission_that_is_not_granted_is_told() {
    let world = World::new("not granted");
    let some = SignIns::by(world.ada).granting(["Presence.Read"]);
    world
        .graph
        .set_sign_ins(some.interval(Duration::from_secs(1)));
    let ran = world.run(&["login", "--device"]);
    let end = "Not granted: Presence.Read.All, Presence.ReadWrite.\n";
    assert!(ran.output.ends_with(end), "{ran:?}");
    let ran = world.run(&["prefer", "dnd"]);
    assert_eq!(ran.status, Some(4), "{ran:?}");
}

#[test]
fn a_sign_out_removes_the_tokens() {
    let world = World::signed_in("sign out");
    assert!(!secrets(&world).is_empty());
    let ran = world.run(&["logout"]);
    assert_eq!(ran.output, "Signed out: the tokens are removed.\n");
    assert!(secrets(&world).is_empty());
    assert_eq!(world.run(&["logout"]).output, "Nobody was signed in.\n");
    let ran = world.run(&["get"]);
    assert_eq!(ran.status, Some(3), "{ran:?}");
    assert!(ran.errors.contains("run: presence login"), "{ran:?}");
}
