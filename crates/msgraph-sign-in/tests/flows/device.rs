//! The device code: what ends the wait, and what does not.

use crate::fake::{Platform, Reply, error, page};
use crate::{is, sign_in, signed_in, token};
use msgraph_sign_in::{Error, ErrorKind, Party, PlatformError};
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn a_code_is_told_as_data_and_the_tokens_follow() {
    let platform = Platform::new();
    let pending = sign_in(&platform).device_code().await.unwrap();
    let code = pending.code();
    assert_eq!(code.user_code(), "F7K2M9");
    assert_eq!(code.page(), "https://microsoft.com/devicelogin");
    assert_eq!(code.message(), "Open the page and enter F7K2M9.");
    assert_eq!(code.expires_in(), Duration::from_secs(900));
    assert_eq!(
        code.to_string(),
        "Open https://microsoft.com/devicelogin and enter F7K2M9, within 15 minutes."
    );
    assert_eq!(
        serde_json::to_string(code).unwrap(),
        r#"{"event":"deviceCode","page":"https://microsoft.com/devicelogin","#.to_owned()
            + r#""code":"F7K2M9","expiresInSeconds":900}"#
    );
    let account = pending.await.unwrap();
    assert!(is(&token(&account).await.unwrap(), "SECRET-access-1"));

    let [request] = &platform.requests("devicecode")[..] else {
        panic!("one request for a code");
    };
    assert_eq!(
        request.path,
        "https://login.example/organizations/oauth2/v2.0/devicecode"
    );
    assert_eq!(
        request.form["scope"],
        "https://graph.microsoft.com/Presence.Read offline_access"
    );
    let [request] = &platform.requests("token")[..] else {
        panic!("one request for tokens");
    };
    assert_eq!(request.form["device_code"], "SECRET-device-code");
    assert_eq!(request.form["client_info"], "1");
    assert_eq!(
        request.form["claims"],
        r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#
    );
    assert!(!request.form.contains_key("client_secret"));
}

#[tokio::test(start_paused = true)]
async fn nothing_but_a_verdict_ends_the_wait() {
    let odd = |body: &str| Reply::Answer(400, None, body.to_owned());
    let passing = [
        error("authorization_pending", 70016),
        error("slow_down", 0),
        odd(r#"{"error":"authorization_pending","error_description":7,"error_uri":[]}"#),
        error("temporarily_unavailable", 90033),
        page(200),
        page(403),
        page(502),
        Reply::Answer(503, Some("30"), r#"{"error":"server_error"}"#.to_owned()),
        Reply::Answer(429, Some("7"), String::new()),
        Reply::Answer(408, None, String::new()),
        Reply::Answer(200, None, "[]".to_owned()),
        Reply::Refuse,
        Reply::Break { is_done: false },
        Reply::Silence,
    ];
    for (index, reply) in passing.into_iter().enumerate() {
        let platform = Platform::new();
        platform.then("token", reply.clone()).then("token", reply);
        let account = signed_in(&platform).await;
        let token = token(&account).await.unwrap();
        assert!(is(&token, "SECRET-access-1"), "reply {index}");
        assert_eq!(platform.requests("token").len(), 3, "reply {index}");
    }
}

/// A response of the endpoint for codes with this interval.
fn code_with_interval(seconds: u64) -> Reply {
    let body = format!(
        r#"{{"device_code":"d","user_code":"F7K2M9","verification_uri":"https://microsoft.com/devicelogin","expires_in":900,"interval":{seconds}}}"#
    );
    Reply::Answer(200, None, body)
}

#[tokio::test(start_paused = true)]
async fn an_interval_of_zero_is_a_second() {
    let platform = Platform::new();
    platform.then("devicecode", code_with_interval(0));
    platform.then("token", error("authorization_pending", 70016));
    platform.then("token", Reply::Refuse);
    signed_in(&platform).await;
    let times = platform.requests("token").into_iter().map(|it| it.at);
    let times: Vec<_> = times.collect();
    let waits: Vec<_> = times
        .windows(2)
        .map(|two| (two[1] - two[0]).as_secs())
        .collect();
    assert_eq!(waits, [1, 1]);
}

#[tokio::test(start_paused = true)]
async fn an_interval_of_more_than_a_day_is_refused() {
    for seconds in [86_401, u64::MAX] {
        let platform = Platform::new();
        platform.then("devicecode", code_with_interval(seconds));
        platform.then("token", error("slow_down", 0));
        let error = sign_in(&platform).device_code().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Response);
        assert!(error.to_string().contains("more than a day"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn verdicts_end_the_wait_at_once() {
    let cases = [
        (
            "authorization_declined",
            0,
            ErrorKind::Declined,
            Party::Person,
        ),
        ("access_denied", 0, ErrorKind::Declined, Party::Person),
        ("expired_token", 70020, ErrorKind::Expired, Party::Person),
        (
            "bad_verification_code",
            70018,
            ErrorKind::Expired,
            Party::Person,
        ),
        (
            "invalid_client",
            7_000_218,
            ErrorKind::Refused,
            Party::Author,
        ),
        (
            "invalid_grant",
            53003,
            ErrorKind::SignInRequired,
            Party::Administrator,
        ),
        ("unheard_of", 1, ErrorKind::Refused, Party::Author),
    ];
    for (code, number, kind, party) in cases {
        let platform = Platform::new();
        platform.then("token", error(code, number));
        let failure = failure(&platform).await;
        assert_eq!((failure.kind(), failure.party()), (kind, party), "{code}");
        assert_eq!(
            failure.platform_error().map(PlatformError::code),
            Some(code)
        );
        assert_eq!(platform.requests("token").len(), 1, "{code}");
    }
}

async fn failure(platform: &Platform) -> Error {
    let pending = sign_in(platform).device_code().await.unwrap();
    pending.await.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn slow_down_lengthens_the_interval_for_good() {
    let platform = Platform::new();
    let pending = || error("authorization_pending", 70016);
    platform
        .then("token", pending())
        .then("token", error("slow_down", 0));
    platform.then("token", pending()).then("token", pending());
    signed_in(&platform).await;
    let times: Vec<_> = platform.requests("token").iter().map(|r| r.at).collect();
    let waits: Vec<_> = times
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).as_secs())
        .collect();
    assert_eq!(waits, [5, 10, 10, 10]);
}

#[tokio::test(start_paused = true)]
async fn a_code_expires_by_the_monotonic_clock() {
    let platform = Platform::new();
    for _ in 0..400 {
        platform.then("token", page(502));
    }
    let begun = tokio::time::Instant::now();
    let failure = failure(&platform).await;
    assert_eq!(failure.kind(), ErrorKind::Expired);
    assert_eq!(begun.elapsed().as_secs(), 900);
    let source = std::error::Error::source(&failure).unwrap().to_string();
    assert!(source.contains("502"), "{source}");
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_asked_for_is_kept() {
    let platform = Platform::new();
    platform.then("token", Reply::Answer(429, Some("40"), String::new()));
    signed_in(&platform).await;
    let times: Vec<_> = platform.requests("token").iter().map(|r| r.at).collect();
    assert!((times[1] - times[0]).as_secs() >= 40);
}
