//! Each order of events of a hold: what is told, and what shows afterwards.

use super::world::{HOUR, World};
use crate::{PreferredPresence, StatusMessage};
use msgraph_presence_emulator::Undocumented;
use std::fmt::Write;
use std::time::Duration;

async fn check(rows: &[(&str, &str)]) {
    let mut wrong = String::new();
    for (script, expected) in rows {
        let told = World::new().await.play(script).await;
        if told != *expected {
            writeln!(wrong, "{script}\n  {told}\n  {expected}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[tokio::test]
async fn both_are_set_and_taken_back() {
    check(&[
        ("holds", "Focusing for 3600, DoNotDisturb DoNotDisturb"),
        (
            "holds; releases",
            "TakenBack TakenBack; -, Available Available",
        ),
        (
            "says In Rome; holds; releases",
            "TakenBack TakenBack; In Rome, Available Available",
        ),
        (
            "says In Rome for 9000; holds; waits 60; releases",
            "TakenBack TakenBack; In Rome for 8940, Available Available",
        ),
        // The earlier message has expired in the meantime.
        (
            "says In Rome for 30; holds; waits 60; releases",
            "TakenBack TakenBack; -, Available Available",
        ),
        (
            "holds; releases; releases",
            "TakenBack TakenBack; Nothing Nothing; -, Available Available",
        ),
        (
            "prepares; releases",
            "Nothing Nothing; -, Available Available",
        ),
        (
            "holds; starts; releases",
            "TakenBack TakenBack; -, Available Available",
        ),
        (
            "holds; releases; starts",
            "TakenBack TakenBack; the hold was released; prepare another one; -, Available Available",
        ),
        (
            "prepares; waits 3600; starts",
            "the hold has expired; prepare another one; -, Away Away",
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_the_person_changes_stays() {
    check(&[
        (
            "says In Rome; holds; says In Paris; releases",
            "TakenBack Kept; In Paris, Available Available",
        ),
        // Our text with another expiry is somebody else's.
        (
            "says In Rome; holds; says Focusing; releases",
            "TakenBack Kept; Focusing, Available Available",
        ),
        (
            "says In Rome; holds; says Focusing for 7200; releases",
            "TakenBack Kept; Focusing for 7200, Available Available",
        ),
        (
            "says In Rome; holds; waits 301; says; releases",
            "TakenBack Kept; -, Available AvailableInactive",
        ),
        (
            "says In Rome; holds; prefers Busy; releases",
            "Kept TakenBack; In Rome, Busy Busy",
        ),
        (
            "holds; prefers Offline; releases",
            "Kept TakenBack; -, Offline OffWork",
        ),
        (
            "holds; says In Paris; prefers Away; releases; releases",
            "Kept Kept; Nothing Nothing; In Paris, Away Away",
        ),
        // A call shows only after the preferred presence was reset: to clear none does no harm.
        (
            "calls; holds; resets; releases",
            "TakenBack TakenBack; -, Busy InACall",
        ),
        // The preferred presence from before, which was set again.
        (
            "prefers Busy; holds; prefers Busy; releases",
            "Kept TakenBack; -, Busy Busy",
        ),
        // Soon after a start that could not look, it may be that the hold does not show yet.
        (
            "prefers Busy; refuses read 2; holds; prefers Busy; releases",
            "TakenBack TakenBack; -, Available Available",
        ),
        (
            "prefers Busy; refuses read 2; holds; waits 301; prefers Busy; releases",
            "Kept TakenBack; -, Busy Busy",
        ),
        // Without a session nothing is known: it is cleared.
        (
            "holds; closes; releases; opens",
            "TakenBack TakenBack; -, Available Available",
        ),
    ])
    .await;
}

#[tokio::test]
async fn an_expiry_meanwhile_takes_away_nothing_of_others() {
    check(&[
        (
            "holds; waits 3600; releases; releases",
            "Expired Expired; Nothing Nothing; -, Away Away",
        ),
        // The service has replaced the earlier message, and removed ours.
        (
            "says In Rome; holds; waits 3600; releases",
            "Expired TakenBack; In Rome, Away Away",
        ),
        (
            "says In Rome for 9000; holds; waits 3600; releases",
            "Expired TakenBack; In Rome for 5400, Away Away",
        ),
        (
            "says In Rome for 60; holds; waits 3600; releases",
            "Expired Expired; -, Away Away",
        ),
        (
            "says In Rome; holds; waits 3600; says In Paris; releases",
            "Expired Expired; In Paris, Away Away",
        ),
        (
            "holds; waits 3600; prefers DoNotDisturb; releases",
            "Expired Expired; -, DoNotDisturb DoNotDisturb",
        ),
        // Much later the earlier message is not brought back.
        (
            "says In Rome; holds; waits 90001; releases",
            "Expired Expired; -, Away Away",
        ),
        (
            "says In Rome; holds; crashes; waits 90001; prefers DoNotDisturb; releases",
            "Expired Expired; -, DoNotDisturb DoNotDisturb",
        ),
    ])
    .await;
}

#[tokio::test]
async fn the_next_start_of_the_program_releases() {
    check(&[
        ("says In Rome; holds; crashes; releases", "TakenBack TakenBack; In Rome, Available Available"),
        (
            "says In Rome; holds; crashes; says In Paris; prefers Busy; releases",
            "Kept Kept; In Paris, Busy Busy",
        ),
        ("says In Rome; holds; waits 3600; crashes; releases", "Expired TakenBack; In Rome, Away Away"),
        // Before the first write.
        ("says In Rome; prepares; crashes; releases", "Kept Kept; In Rome, Available Available"),
        (
            "says In Rome; prefers Busy; prepares; crashes; releases",
            "Kept Kept; In Rome, Busy Busy",
        ),
        // Between the two writes: the message was set.
        (
            "says In Rome; prepares; says Focusing for 3600; crashes; releases",
            "Kept TakenBack; In Rome, Available Available",
        ),
        (
            "says In Rome; prefers Busy; prepares; says Focusing for 3600; crashes; releases",
            "Kept TakenBack; In Rome, Busy Busy",
        ),
        // During a release, after its first write.
        (
            "says In Rome; holds; forbids setStatusMessage; releases; saves; crashes; prefers DoNotDisturb; releases",
            "setStatusMessage 403, message remains; Nothing TakenBack; In Rome, DoNotDisturb DoNotDisturb",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_half_that_fails_leaves_no_half() {
    check(&[
        (
            "says In Rome; forbids setStatusMessage; holds",
            "setStatusMessage 403; In Rome, Available Available",
        ),
        (
            "says In Rome; forbids setUserPreferredPresence; holds; releases",
            "setUserPreferredPresence 403; Nothing Nothing; In Rome, Available Available",
        ),
        (
            "says In Rome; loses setStatusMessage; holds",
            "setStatusMessage Interrupted; In Rome, Available Available",
        ),
        (
            "says In Rome; loses setUserPreferredPresence; holds",
            "setUserPreferredPresence Interrupted; In Rome, Available Available",
        ),
        // A start that failed can be tried again.
        (
            "says In Rome; loses setUserPreferredPresence; holds; starts; releases",
            "setUserPreferredPresence Interrupted; TakenBack TakenBack; In Rome, Available Available",
        ),
        (
            "forbids setUserPreferredPresence; refuses setStatusMessage 2; holds; starts; looks; releases",
            "setUserPreferredPresence 403 and setStatusMessage 500, message remains; Shows; TakenBack TakenBack; -, Available Available",
        ),
        // A start that is dropped leaves what a release or another start takes care of.
        ("says In Rome; prepares; abandons setStatusMessage; releases", "TakenBack TakenBack; In Rome, Available Available"),
        ("says In Rome; prepares; abandons setUserPreferredPresence; releases", "TakenBack TakenBack; In Rome, Available Available"),
        ("says In Rome; prepares; abandons setStatusMessage; starts; looks; releases", "Shows; TakenBack TakenBack; In Rome, Available Available"),
        // A write that could not be taken back is told, and a release takes it back.
        (
            "says In Rome; forbids setUserPreferredPresence; refuses setStatusMessage 2; holds; releases",
            "setUserPreferredPresence 403 and setStatusMessage 500, message remains; Nothing TakenBack; In Rome, Available Available",
        ),
        (
            "says In Rome; loses setUserPreferredPresence; refuses clearUserPreferredPresence; holds; releases",
            "setUserPreferredPresence Interrupted and clearUserPreferredPresence 500, preference remains; TakenBack Nothing; In Rome, Available Available",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_release_that_fails_goes_on_where_it_stopped() {
    check(&[
        ("says In Rome; holds; refuses read; releases; releases", "GetPresence 500, preference remains, message remains; TakenBack TakenBack; In Rome, Available Available"),
        ("says In Rome; holds; refuses clearUserPreferredPresence; releases; releases", "clearUserPreferredPresence 500, preference remains; TakenBack Nothing; In Rome, Available Available"),
        ("says In Rome; holds; refuses setStatusMessage; releases; releases", "setStatusMessage 500, message remains; Nothing TakenBack; In Rome, Available Available"),
        // The half that was done is not done again.
        ("says In Rome; holds; refuses setStatusMessage; releases; prefers DoNotDisturb; releases", "setStatusMessage 500, message remains; Nothing TakenBack; In Rome, DoNotDisturb DoNotDisturb"),
        ("says In Rome; holds; loses setStatusMessage; releases; releases", "setStatusMessage Interrupted, message remains; Nothing Kept; In Rome, Available Available"),
    ])
    .await;
}

#[tokio::test]
async fn an_extension_sets_what_is_still_ours() {
    check(&[
        ("holds; waits 600; extends 1800; looks", "Shows; Focusing for 4800, DoNotDisturb DoNotDisturb"),
        ("holds; waits 600; extends 1800; releases", "TakenBack TakenBack; -, Away Away"),
        ("holds; extends 1800; waits 3601; looks; releases", "Shows; TakenBack TakenBack; -, Away Away"),
        ("holds; extends 1800; saves; crashes; releases", "TakenBack TakenBack; -, Available Available"),
        // The form that was written before the extension does not know the message.
        ("holds; extends 1800; crashes; releases", "TakenBack Kept; Focusing for 5400, Available Available"),
        ("says In Rome; holds; says In Paris; extends 1800; releases", "TakenBack Nothing; In Paris, Available Available"),
        ("holds; prefers Busy; extends 1800; releases", "Nothing TakenBack; -, Busy Busy"),
        ("calls; holds; waits 301; resets; extends 1800; releases", "Nothing TakenBack; -, Busy InACall"),
        ("holds; loses setUserPreferredPresence; extends 1800; extends 1800; releases", "setUserPreferredPresence Interrupted; TakenBack TakenBack; -, Available Available"),
        ("holds; loses setStatusMessage; extends 1800; releases", "setStatusMessage Interrupted; TakenBack TakenBack; -, Available Available"),
        ("holds; waits 3600; extends 60", "the hold has expired; prepare another one; -, Away Away"),
        ("prepares; extends 60", "there is nothing to extend; start another one; -, Available Available"),
        ("holds; releases; extends 60", "TakenBack TakenBack; there is nothing to extend; start another one; -, Available Available"),
    ])
    .await;
}

#[tokio::test]
async fn an_effect_says_what_hides_it() {
    check(&[
        (
            "holds; looks",
            "Shows; Focusing for 3600, DoNotDisturb DoNotDisturb",
        ),
        (
            "closes; holds; looks; opens; looks",
            "NoSession; Shows; Focusing for 3600, DoNotDisturb DoNotDisturb",
        ),
        (
            "holds; prefers Busy; looks",
            "Preference; Focusing for 3600, Busy Busy",
        ),
        (
            "holds; resets; looks",
            "Preference; Focusing for 3600, Available Available",
        ),
        (
            "calls; holds; resets; looks",
            "Preference; Focusing for 3600, Busy InACall",
        ),
        (
            "calls; holds; waits 300; resets; looks",
            "Preference; Focusing for 3300, Busy InACall",
        ),
        (
            "refuses read 2; holds; resets; looks",
            "NotYet; Focusing for 3600, Available Available",
        ),
        (
            "says In Rome; refuses read 2; holds; says In Rome; looks",
            "NotYet; In Rome, DoNotDisturb DoNotDisturb",
        ),
        (
            "holds; says In Paris; looks",
            "Message; In Paris, DoNotDisturb DoNotDisturb",
        ),
        (
            "says In Rome; holds; says In Rome; looks",
            "Message; In Rome, DoNotDisturb DoNotDisturb",
        ),
        ("holds; waits 3600; looks", "Ended; -, Away Away"),
        ("prepares; looks", "Ended; -, Available Available"),
        (
            "holds; releases; looks",
            "TakenBack TakenBack; Ended; -, Available Available",
        ),
    ])
    .await;
}

#[tokio::test]
async fn the_earlier_message_comes_back_in_each_reading_of_the_documentation() {
    for &behaviour in Undocumented::ALL {
        let world = World::new().await;
        world.graph.assume(behaviour);
        let me = world.client.me().presence();
        let message = StatusMessage::text("R&D, 1 < 2 <pinnednote></pinnednote>");
        let message = message.expires_at_local("2026-11-28T20:00", "W. Europe Standard Time");
        me.set_status_message(message).await.unwrap();
        let before = world.shown();
        assert!(before.contains("2 ") && before.ends_with(" for 7200, Available Available"));

        let hold = me.hold(PreferredPresence::BeRightBack);
        let hold = hold
            .message("Back & <b>soon</b>")
            .lasting(HOUR)
            .wall(world.wall());
        let mut hold = hold.await.unwrap();
        assert!(
            hold.effect(Duration::ZERO).await.unwrap().is_shown(),
            "{behaviour:?}"
        );
        hold.extend(HOUR).await.unwrap();
        hold.release().await.unwrap();
        assert_eq!(world.shown(), before, "{behaviour:?}");
    }
}
