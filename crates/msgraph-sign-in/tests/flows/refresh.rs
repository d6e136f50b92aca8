//! Tokens after the sign-in: renewed, rotated, refused, demanded.

use crate::fake::{Platform, Reply, error, page};
use crate::{GRAPH, ask, is, sign_in, signed_in, token};
use msgraph_runtime::{AccessToken, TokenProvider, TokenRequest};
use msgraph_sign_in::{ErrorKind, Store};
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn refresh_tokens_rotate() {
    let platform = Platform::new();
    platform.lifetime(1);
    let account = signed_in(&platform).await;
    for count in 2..6 {
        let token = token(&account).await.unwrap();
        assert!(is(&token, &format!("SECRET-access-{count}")));
    }
    let sent: Vec<_> = platform.requests("token")[1..]
        .iter()
        .map(|request| request.form["refresh_token"].clone())
        .collect();
    let expected: Vec<_> = (1..5)
        .map(|count| format!("SECRET-refresh-{count}"))
        .collect();
    assert_eq!(sent, expected);
}

#[tokio::test(start_paused = true)]
async fn one_refresh_serves_all_callers() {
    let platform = Platform::new();
    platform.lifetime(1);
    let account = signed_in(&platform).await;
    platform.lifetime(3600);
    let callers = (0..20).map(|_| {
        let account = account.clone();
        tokio::spawn(async move { token(&account).await.unwrap() })
    });
    for caller in callers.collect::<Vec<_>>() {
        assert!(is(&caller.await.unwrap(), "SECRET-access-2"));
    }
    assert_eq!(platform.refreshes(), 1);
    assert!(
        account
            .ready(GRAPH)
            .is_some_and(|token| is(&token, "SECRET-access-2"))
    );
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_repeated() {
    let cases = [
        page(502),
        page(500),
        Reply::Answer(429, Some("3"), String::new()),
        error("temporarily_unavailable", 90033),
        error("server_error", 90006),
        Reply::Refuse,
        Reply::Break { is_done: false },
        // The response with the rotated token is lost: the old one still serves.
        Reply::Break { is_done: true },
    ];
    for (index, reply) in cases.into_iter().enumerate() {
        let platform = Platform::new();
        platform.lifetime(1);
        let account = signed_in(&platform).await;
        platform.then("token", reply);
        token(&account).await.unwrap();
        assert_eq!(platform.refreshes(), 2, "reply {index}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_pass_in_time_is_unavailable_and_loses_nothing() {
    let platform = Platform::new();
    platform.lifetime(1);
    let account = signed_in(&platform).await;
    for _ in 0..4 {
        platform.then("token", page(503));
    }
    let failure = token(&account).await.unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::Unavailable);
    assert!(failure.is_retryable());
    assert_eq!(platform.refreshes(), 4);
    assert!(is(&token(&account).await.unwrap(), "SECRET-access-2"));
}

#[tokio::test(start_paused = true)]
async fn a_page_in_place_of_a_success_is_not_taken_for_one() {
    let platform = Platform::new();
    platform.lifetime(1);
    let account = signed_in(&platform).await;
    // Nor is a redirect followed: the refresh token goes nowhere else.
    for status in [200, 204, 302, 307, 404] {
        let requests = platform.requests("token").len();
        platform.then("token", page(status));
        let failure = token(&account).await.unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::Response, "{status}");
        assert_eq!(platform.requests("token").len(), requests + 1, "{status}");
    }
    let body = r#"{"error":"invalid_grant","error_codes":[700082]}"#;
    platform.then("token", Reply::Answer(200, None, body.to_owned()));
    let failure = token(&account).await.unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::SignInRequired);
    assert!(failure.to_string().contains("90 days"), "{failure}");
}

#[tokio::test(start_paused = true)]
async fn a_dead_grant_is_not_retried_for_ever_and_not_deleted() {
    let platform = Platform::new();
    platform.lifetime(1);
    let account = signed_in(&platform).await;
    platform.revoke(true);
    let begun = tokio::time::Instant::now();
    while begun.elapsed() < Duration::from_secs(24 * 3600) {
        let failure = token(&account).await.unwrap_err();
        assert!(failure.is_sign_in_required());
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    // 30 seconds, 1 minute, 2, … 1 hour, and then each hour.
    let count = platform.refreshes();
    assert!((24..40).contains(&count), "{count}");
    platform.revoke(false);
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert!(token(&account).await.is_ok());
}

/// `Retry-After` of a busy platform holds for the next call of the program, too.
#[tokio::test(start_paused = true)]
async fn a_wait_that_the_platform_asks_for_is_kept_between_calls() {
    let platform = Platform::new();
    platform.lifetime(1);
    let account = signed_in(&platform).await;
    platform.then("token", Reply::Answer(503, Some("600.5"), String::new()));
    let begun = tokio::time::Instant::now();
    for _ in 0..50 {
        let failure = token(&account).await.unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::Unavailable);
        assert!(failure.retry_after().is_some());
        tokio::time::sleep(Duration::from_secs(12)).await;
    }
    assert_eq!(platform.refreshes(), 1);
    tokio::time::sleep_until(begun + Duration::from_secs(601)).await;
    assert!(token(&account).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn numbers_as_text_and_null_are_read() {
    let platform = Platform::new();
    let body = r#"{"device_code":"d","user_code":"u","verification_uri":"https://microsoft.com/devicelogin","expires_in":"900","interval":"5","message":null}"#;
    platform.then("devicecode", Reply::Answer(200, None, body.to_owned()));
    let body = r#"{"token_type":"bearer","access_token":"a","refresh_token":"r","expires_in":"3599","scope":null,"id_token":null}"#;
    platform.then("token", Reply::Answer(200, None, body.to_owned()));
    let account = signed_in(&platform).await;
    assert!(is(&token(&account).await.unwrap(), "a"));
}

#[tokio::test(start_paused = true)]
async fn a_person_signs_in_again_into_the_same_account() {
    let platform = Platform::new();
    platform.lifetime(1);
    let account = signed_in(&platform).await;
    platform.revoke(true);
    assert!(token(&account).await.unwrap_err().is_sign_in_required());
    platform.lifetime(3600);
    let pending = account.sign_in_again().device_code().await.unwrap();
    pending.await.unwrap();
    assert!(is(&token(&account).await.unwrap(), "SECRET-access-2"));

    platform.identity("eve");
    let pending = account.sign_in_again().device_code().await.unwrap();
    let failure = pending.await.unwrap_err();
    assert!(failure.to_string().contains("another person"), "{failure}");
    assert!(is(&token(&account).await.unwrap(), "SECRET-access-2"));
}

/// A challenge asks silently, then for the person, then not again.
#[tokio::test(start_paused = true)]
async fn a_claims_challenge_has_three_stages() {
    const CLAIMS: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
    let platform = Platform::new();
    let account = signed_in(&platform).await;
    let challenge = |token: &AccessToken| {
        let request = TokenRequest::new(GRAPH).with_claims(CLAIMS);
        request.with_refused(token.clone())
    };
    let first = token(&account).await.unwrap();
    let silent = ask(&account, challenge(&first)).await.unwrap();
    assert!(is(&silent, "SECRET-access-2"));
    let requests = platform.requests("token");
    let merged =
        r#"{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]}}}"#;
    assert_eq!(requests[1].form["claims"], merged);

    let failure = ask(&account, challenge(&silent)).await.unwrap_err();
    assert!(failure.is_sign_in_required());
    assert_eq!(failure.claims(), Some(CLAIMS));
    assert_eq!(platform.refreshes(), 1);

    let pending = account.sign_in_again().device_code().await.unwrap();
    pending.await.unwrap();
    assert_eq!(platform.requests("devicecode")[1].form["claims"], merged);
    let by_person = ask(&account, challenge(&silent)).await.unwrap();
    assert!(is(&by_person, "SECRET-access-3"));

    let failure = ask(&account, challenge(&by_person)).await.unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::Refused);
    assert_eq!(platform.refreshes(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_challenge_that_cannot_be_met_silently_asks_for_the_person() {
    let platform = Platform::new();
    let account = signed_in(&platform).await;
    let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1"}}}"#;
    platform.then("token", error("interaction_required", 50076));
    let request = TokenRequest::new(GRAPH).with_claims(claims);
    let refused = token(&account).await.unwrap();
    let failure = ask(&account, request.with_refused(refused))
        .await
        .unwrap_err();
    assert!(failure.is_sign_in_required());
    assert_eq!(failure.claims(), Some(claims));
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_not_given_again() {
    let platform = Platform::new();
    let account = signed_in(&platform).await;
    let refused = token(&account).await.unwrap();
    let request = TokenRequest::new(GRAPH).with_refused(refused.clone());
    let next = ask(&account, request).await.unwrap();
    assert_ne!(next, refused);
    assert_eq!(token(&account).await.unwrap(), next);
}

#[tokio::test(start_paused = true)]
async fn a_token_goes_to_no_other_resource() {
    let platform = Platform::new();
    let account = signed_in(&platform).await;
    let request = TokenRequest::new("https://graph.microsoft.us/.default");
    let failure = ask(&account, request).await.unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::Configuration);
    assert!(account.ready("https://vault.azure.net/.default").is_none());
}

#[tokio::test(start_paused = true)]
async fn granted_scopes_are_compared_with_those_asked_for() {
    let platform = Platform::new();
    let account = signed_in(&platform).await;
    assert!(account.missing_scopes().is_empty());
    platform.scope("https://graph.microsoft.com/User.Read profile");
    let account = signed_in(&platform).await;
    assert_eq!(account.missing_scopes(), ["Presence.Read"]);
    let line = account.to_string();
    assert!(line.starts_with("Signed in"), "{line}");
    assert!(line.ends_with(" Not granted: Presence.Read."), "{line}");
    let event = serde_json::json!({
        "event": "signedIn",
        "userName": account.user_name(),
        "storedIn": account.stored_in(),
        "missingScopes": ["Presence.Read"],
    });
    assert_eq!(serde_json::to_value(&account).unwrap(), event);
    assert_eq!(account.scopes().len(), 2);
}

/// The system clock does not move here while the monotonic one passes the end of the token: the token
/// is renewed.
#[tokio::test(start_paused = true)]
async fn a_token_expires_by_the_monotonic_clock() {
    let platform = Platform::new();
    let account = signed_in(&platform).await;
    let first = token(&account).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3601)).await;
    assert!(account.ready(GRAPH).is_none());
    assert_ne!(token(&account).await.unwrap(), first);
}

#[tokio::test(start_paused = true)]
async fn settings_are_checked_before_anything_is_sent() {
    let platform = Platform::new();
    let cases = [
        sign_in(&platform).tenant("common"),
        sign_in(&platform).tenant("Consumers"),
        sign_in(&platform).tenant("a/../b"),
        sign_in(&platform).tenant(""),
        sign_in(&platform).authority("http://login.example"),
        sign_in(&platform).authority("https://user:name@login.example"),
        sign_in(&platform).authority("https://login.example/organizations"),
        sign_in(&platform).scopes(["two scopes"]),
        sign_in(&platform).scopes([".default"]),
    ];
    for sign_in in cases {
        let failure = sign_in.device_code().await.unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::Configuration, "{failure}");
        assert!(!format!("{failure} {failure:?}").contains("user:name"));
    }
    assert!(platform.requests("devicecode").is_empty());
    let failure = sign_in(&platform)
        .tenant("common")
        .silent()
        .await
        .unwrap_err();
    assert!(
        failure.to_string().contains("personal accounts"),
        "{failure}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_sign_out_is_one_for_all() {
    let platform = Platform::new();
    let store = Store::memory();
    let sign_in = sign_in(&platform).store(store);
    let account = sign_in.clone().device_code().await.unwrap().await.unwrap();
    token(&account).await.unwrap();
    let other = sign_in.clone().silent().await.unwrap();
    assert!(account.sign_out().await.unwrap());
    assert!(account.ready(GRAPH).is_none());
    assert!(token(&account).await.unwrap_err().is_sign_in_required());
    // Another process has a token that lasts, and finds out at its next refresh.
    let kept = token(&other).await.unwrap();
    let request = TokenRequest::new(GRAPH).with_refused(kept);
    assert!(
        ask(&other, request)
            .await
            .unwrap_err()
            .is_sign_in_required()
    );
    assert!(
        sign_in
            .clone()
            .silent()
            .await
            .unwrap_err()
            .is_sign_in_required()
    );
    assert!(!sign_in.sign_out().await.unwrap());
}
