//! When a token is asked for, and what follows when none comes.

use super::play::{GET, Play, check};

/// All SDKs: no fresh token after a 401; claims are missed when another scheme comes first, or
/// not known at all. docs#8457: a 401 now and then while polling.
#[test]
fn refused_tokens() {
    check(
        r#"
        # a 401 asks for another token, once
        GET  401 200        -> S T S1 =200
        ONCE 401 200        -> S T S1 =200
        GET  401 401        -> S T S1 !401
        # then the other rules go on
        GET  401 429(3) 200 -> S T S1 W3 S2 =200
        # also when the 401 comes later
        GET  503 401 200    -> S W1 F1 T F2 =200
        # claims are passed on
        GET  401(Bearer_realm="",_claims="abc") 200        -> S Tabc S1 =200
        GET  401(Basic_realm="x",_Bearer_claims="abc") 200 -> S Tabc S1 =200
        "#,
    );
}

/// Plays a case with a provider that gives this token, or none.
fn provided(token: Option<&'static str>, is_ready: bool, events: &str) -> String {
    let mut play = Play::new(&GET, is_ready, 100);
    play.tokens = vec![token];
    play.run(events)
}

#[test]
fn tokens_of_the_provider() {
    assert_eq!(provided(Some("other"), false, "200"), "T S =200");
    assert_eq!(provided(None, false, ""), "T !Token");
    assert_eq!(provided(None, true, "401"), "S T !Token");
    // The same token would be refused again.
    assert_eq!(provided(Some("first"), true, "401"), "S T !401");
    for unusable in ["", "a b", "a\n", "ä", "a\0"] {
        let log = provided(Some(unusable), false, "");
        assert_eq!(log, "T !Token", "{unusable:?}");
    }
}
