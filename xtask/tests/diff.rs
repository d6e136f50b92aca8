//! `cargo xtask diff`: the words for each kind of change, and where the descriptions come from.

#![cfg(test)]

mod copy;

use copy::Copy;
use std::fs;
use std::path::Path;
use std::process::Command;
use xtask::diagnostics::Source;
use xtask::{Options, generate};

/// A pair of descriptions a kind of change, with what is printed.
#[test]
fn the_words_for_each_kind_of_change() {
    let copy = Copy::new();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diff");
    for entry in fs::read_dir(fixtures).unwrap() {
        let folder = entry.unwrap().path();
        let [old, new] = ["old", "new"].map(|name| folder.join(name).with_extension("yaml"));
        let outcome = copy.run(&["diff", old.to_str().unwrap(), new.to_str().unwrap()]);
        assert_eq!((outcome.code, &*outcome.err), (0, ""));
        let name = folder.file_name().unwrap().to_str().unwrap();
        insta::with_settings!({
            omit_expression => true,
            prepend_module_to_snapshot => false,
            snapshot_path => "snapshots/diff",
        }, {
            insta::assert_snapshot!(name, outcome.out);
        });
    }
}

/// A text with a line less, with a part of a line less, or with another word at the end of a line.
fn mutations(text: &str) -> Vec<String> {
    let mut mutations = Vec::new();
    let lines: Vec<_> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let mut replace = |with: Option<String>| {
            let mut all: Vec<_> = lines.iter().map(|line| line.to_string()).collect();
            all.splice(at..=at, with);
            mutations.push(all.join("\n"));
        };
        replace(None);
        for (word, other) in [
            ("The ", "This "),
            ("true", "false"),
            ("string", "integer"),
            (": 1", ": 2"),
        ] {
            if line.contains(word) {
                replace(Some(line.replace(word, other)));
            }
        }
        let parts: Vec<_> = line.split(", ").collect();
        for part in 1..parts.len() {
            replace(Some(
                [&parts[..part], &parts[part + 1..]].concat().join(", "),
            ));
        }
        let word = line.trim_end_matches(['\'', '}', ']', ')', '.', ',']);
        replace(Some(format!("{word}x{}", &line[word.len()..])));
    }
    mutations
}

/// Every change of the generated files is told, and nothing else is.
#[test]
fn the_diff_tells_every_change_of_the_generated_files() {
    let copy = Copy::new();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diff");
    let generated = |text: &str| {
        let name = "presence.yaml";
        generate(&[Source { name, text }], &Options::own()).ok()
    };
    let (mut told, mut wrong) = (0, Vec::new());
    for entry in fs::read_dir(fixtures).unwrap() {
        let old = entry.unwrap().path().join("new.yaml");
        let text = fs::read_to_string(&old).unwrap();
        let before = generated(&text).unwrap();
        for mutation in mutations(&text) {
            let Some(after) = generated(&mutation) else {
                continue;
            };
            let new = copy.root.join("new.yaml");
            fs::write(&new, &mutation).unwrap();
            let outcome = copy.run(&["diff", old.to_str().unwrap(), new.to_str().unwrap()]);
            assert_eq!(outcome.err, "");
            let is_same = outcome.out.starts_with("no difference");
            told += usize::from(!is_same);
            if is_same != (before == after) {
                wrong.push(format!("{}\n{mutation}\n", outcome.out));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {}", wrong.len(), wrong[0]);
    assert!(told > 200, "{told}");
}

/// A repository with our description in its one commit.
fn repository() -> Copy {
    let copy = Copy::new();
    set_version(&copy, "0.1.0");
    git(&copy, &["init", "--quiet", "--initial-branch", "main"]);
    commit(&copy);
    copy
}

fn set_version(copy: &Copy, version: &str) {
    let text = format!("[workspace.package]\nedition = \"2024\"\nversion = \"{version}\"\n");
    fs::write(copy.root.join("Cargo.toml"), text).unwrap();
}

fn git(copy: &Copy, arguments: &[&str]) {
    let mut command = Command::new("git");
    let status = command.current_dir(&copy.root).args(arguments).status();
    assert!(status.unwrap().success(), "{arguments:?}");
}

fn commit(copy: &Copy) {
    git(copy, &["add", "spec", "Cargo.toml"]);
    let settings = [
        "user.name=a",
        "user.email=a@example.com",
        "commit.gpgsign=false",
    ];
    let [name, email, sign] = settings;
    let message = ["commit", "--quiet", "--message", "a commit"];
    git(
        copy,
        &[&["-c", name, "-c", email, "-c", sign], &message[..]].concat(),
    );
}

fn replace(copy: &Copy, from: &str, to: &str) {
    let path = copy.root.join("spec/presence.yaml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replace(from, to)).unwrap();
}

/// Without arguments: what is not committed yet.
#[test]
fn what_is_not_committed() {
    let copy = repository();
    copy.run(&["diff"])
        .is(0, &["no difference for users of the crates"]);
    replace(&copy, "How available a user is.", "How busy a user is.");
    let parts = [
        "type `Availability` is documented as “How busy a user is.”; before: “How available",
        "Semantic versioning: patch, 0.1.1 or later after 0.1.0",
        "CHANGELOG.md: no line",
    ];
    copy.run(&["diff"]).is(0, &parts);
    commit(&copy);
    copy.run(&["diff"]).is(0, &["no difference"]);
    copy.run(&["diff", "HEAD~1", "HEAD"]).is(0, &parts);
    let spec = copy.root.join("spec");
    copy.run(&["diff", "HEAD~1", spec.to_str().unwrap()])
        .is(0, &parts);
    let reverse = "documented as “How available a user is.”; before: “How busy";
    copy.run(&["diff", spec.to_str().unwrap(), "HEAD~1"])
        .is(0, &[reverse]);
}

/// The example of the README.
#[test]
fn the_readme_shows_what_is_printed() {
    let copy = repository();
    let property =
        "          type: string\n          nullable: true\n          description: Added.\n";
    let before = "        sequenceNumber:\n";
    let added = format!("        addedProperty:\n{property}{before}");
    replace(&copy, before, &added);
    let shown = include_str!("../../README.md").split_once("$ cargo xtask diff main\n");
    let (shown, _) = shown.unwrap().1.split_once("```").unwrap();
    let outcome = copy.run(&["diff", "main"]);
    assert_eq!(outcome.out, shown);
}

/// The version of the crates allows a change, or it does not.
#[test]
fn the_version_is_checked() {
    let copy = repository();
    let check = ["diff", "--check"];
    copy.run(&check).is(0, &["no difference"]);
    replace(&copy, "BeRightBack", "BackSoon");
    let error = "error: the changes need version 0.2.0 or later, and the crates have 0.1.0; raise";
    copy.run(&check)
        .is(1, &["minor, 0.2.0 or later after 0.1.0", error]);
    for (version, code) in [("0.1.9", 1), ("0.2.0", 0), ("0.3.1-rc.1", 0), ("1.0.0", 0)] {
        set_version(&copy, version);
        copy.run(&check)
            .is(code, &["value `BeRightBack` of `Availability` is removed"]);
    }
    set_version(&copy, "1.4.2");
    commit(&copy);
    replace(&copy, "BackSoon", "SoonBack");
    copy.run(&check)
        .is(1, &["major, 2.0.0 or later after 1.4.2"]);
    set_version(&copy, "2.0.0");
    copy.run(&check).is(0, &[]);
}

/// The same version is the next patch when it is published: it may have what a patch may have.
#[test]
fn an_addition_needs_a_version_from_1_on() {
    let copy = repository();
    let value = "        - Away\n";
    replace(&copy, value, &format!("        - Another\n{value}"));
    let described = "          - value: Away\n";
    let added = "          - value: Another\n            description: Another.\n";
    replace(&copy, described, &format!("{added}{described}"));
    copy.run(&["diff", "--check"])
        .is(0, &["patch, 0.1.1 or later"]);
    set_version(&copy, "1.4.2");
    git(&copy, &["stash", "--quiet", "--", "spec"]);
    commit(&copy);
    git(&copy, &["stash", "pop", "--quiet"]);
    copy.run(&["diff", "--check"])
        .is(1, &["need version 1.5.0 or later"]);
    set_version(&copy, "1.3.0");
    copy.run(&["diff", "--check"])
        .is(1, &["the crates have 1.3.0"]);
}

#[test]
fn descriptions_that_cannot_be_read() {
    let copy = repository();
    let unknown = "error: `v9` is not a file, a folder or a revision of this repository: fatal:";
    copy.run(&["diff", "v9"]).is(1, &[unknown]);
    let paths = [copy.root.join("spec"), copy.root.join("spec/presence.yaml")];
    let [folder, file] = paths.each_ref().map(|path| path.to_str().unwrap());
    let none = "`--check` compares the versions of the crates, and a path has none";
    copy.run(&["diff", "--check", folder]).is(1, &[none]);
    copy.run(&["diff", file])
        .is(0, &["types `ClearPresenceRequest`, "]);
    replace(&copy, "required: [id]", "requried: [id]");
    commit(&copy);
    replace(&copy, "requried: [id]", "required: [id]");
    let broken = [
        "error[S006]",
        "--> HEAD:spec/presence.yaml:",
        "1 problem in HEAD:spec/",
    ];
    copy.run(&["diff"]).is(1, &broken);
    git(&copy, &["rm", "--quiet", "--cached", "-r", "spec"]);
    set_version(&copy, "0.1.1");
    git(&copy, &["add", "Cargo.toml"]);
    fs::rename(copy.root.join("spec"), copy.root.join("elsewhere")).unwrap();
    fs::create_dir(copy.root.join("spec")).unwrap();
    commit(&copy);
    copy.run(&["diff"])
        .is(1, &["the revision `HEAD` has no `spec/*.yaml`"]);
    copy.run(&["diff", "--out", "a"])
        .is(2, &["`diff` has no option except `--check`"]);
    copy.run(&["diff", "a", "b", "c"])
        .is(2, &["unexpected argument \"c\""]);
}

/// Outside of a repository, and where there is no git.
#[test]
fn without_git() {
    let copy = repository();
    fs::rename(copy.root.join(".git"), copy.root.join("no-git")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let command = command
        .arg("diff")
        .env("CARGO_MANIFEST_DIR", copy.root.join("xtask"));
    let complaint = |command: &mut Command| {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let outside = complaint(
        command
            .env("GIT_CEILING_DIRECTORIES", &copy.root)
            .env("GIT_DIR", "gone"),
    );
    assert!(outside.contains("not a git repository"), "{outside}");
    let none = complaint(command.env("PATH", ""));
    assert!(none.contains("git cannot be started: "), "{none}");
}
