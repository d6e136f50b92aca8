//! Sign-in by device code: the program waits, the person enters the code in a browser.

use crate::platform::{Platform, SCOPE, claims, page_number, text};
use msgraph_presence_emulator::{Expected, Fault, SignIns};
use serde_json::{Value, json};
use std::time::Duration;

const GRANT: (&str, &str) = ("grant_type", "urn:ietf:params:oauth:grant-type:device_code");

async fn start(platform: &Platform) -> (String, String) {
    let (status, body) = platform.oauth("devicecode", &[("scope", SCOPE)]).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["expires_in"], 900);
    let uri = format!("{}/devicelogin", platform.emulator.origin());
    assert_eq!(body["verification_uri"], uri);
    let user_code = text(&body["user_code"]);
    assert!(text(&body["message"]).contains(&user_code));
    (text(&body["device_code"]), user_code)
}

impl Platform {
    async fn poll(&self, code: &str) -> (u16, String, u64) {
        self.token_error(&[GRANT, ("device_code", code)]).await
    }
}

fn pending() -> (u16, String, u64) {
    (400, "authorization_pending".to_owned(), 70_016)
}

#[tokio::test]
async fn a_person_enters_the_code_and_picks_a_user() {
    let platform = Platform::start().await;
    let (code, user_code) = start(&platform).await;
    assert_eq!(platform.poll(&code).await, pending());
    let html = platform
        .get("/devicelogin", &[])
        .await
        .text()
        .await
        .unwrap();
    assert!(html.contains("name=\"otc\""), "{html}");
    let wrong = platform.get("/devicelogin", &[("otc", "WRONGCODE")]).await;
    assert!(wrong.text().await.unwrap().contains("did not work"));
    let typed = format!(" {} ", user_code.to_lowercase());
    let page = platform.get("/devicelogin", &[("otc", &typed)]).await;
    let number = page_number(&page.text().await.unwrap());
    assert_eq!(platform.poll(&code).await, pending());
    let ada = platform.ada.to_string();
    let chosen = [("request", &*number), ("user", &*ada)];
    let response = platform.post("/organizations/login", &chosen).await;
    assert_eq!(response.status(), 200);

    let tokens = platform.token(&[GRANT, ("device_code", &code)]).await;
    assert_eq!(claims(&tokens["access_token"])["oid"], ada);
    assert_eq!(claims(&tokens["id_token"])["name"], "Ada");
    assert_eq!(platform.graph(&tokens["access_token"]).await.0, 200);
    let used = (400, "invalid_grant".to_owned(), 54_005);
    assert_eq!(platform.poll(&code).await, used);
    let again = platform.get("/devicelogin", &[("otc", &user_code)]).await;
    assert!(again.text().await.unwrap().contains("did not work"));
}

#[tokio::test]
async fn a_code_is_declined_expires_or_was_never_given() {
    let platform = Platform::start().await;
    let declined = (400, "authorization_declined".to_owned(), 65_004);
    let (code, user_code) = start(&platform).await;
    assert!(platform.emulator.decline_device_code(&user_code));
    assert_eq!(platform.poll(&code).await, declined);
    assert!(
        !platform
            .emulator
            .approve_device_code(&user_code, platform.ada)
    );

    let (code, user_code) = start(&platform).await;
    let page = platform.get("/devicelogin", &[("otc", &user_code)]).await;
    let number = page_number(&page.text().await.unwrap());
    let cancelled = [("request", &*number), ("decline", "1")];
    platform.post("/organizations/login", &cancelled).await;
    assert_eq!(platform.poll(&code).await, declined);

    let (code, user_code) = start(&platform).await;
    platform.emulator.advance(Duration::from_secs(899));
    assert_eq!(platform.poll(&code).await, pending());
    platform.emulator.advance(Duration::from_secs(1));
    let expired = (400, "expired_token".to_owned(), 70_020);
    assert_eq!(platform.poll(&code).await, expired);
    assert!(
        !platform
            .emulator
            .approve_device_code(&user_code, platform.ada)
    );

    let unknown = (400, "bad_verification_code".to_owned(), 70_018);
    assert_eq!(platform.poll("never given").await, unknown);
    let (code, _) = start(&platform).await;
    let other = [GRANT, ("device_code", &code), ("client_id", "another")];
    assert_eq!(platform.token_error(&other).await, unknown);
    let form = [
        GRANT,
        ("device_code", &*code),
        ("client_id", crate::platform::CLIENT),
    ];
    let other = platform.post("/common/oauth2/v2.0/token", &form).await;
    assert!(other.text().await.unwrap().contains("AADSTS700005"));
}

#[tokio::test]
async fn without_a_page_the_setting_or_a_request_decides() {
    let platform = Platform::start().await;
    let (code, user_code) = start(&platform).await;
    let path = format!("deviceCodes/{user_code}");
    assert_eq!(platform.admin(&path, json!({})).await, 400);
    assert_eq!(
        platform.admin(&path, json!({ "user": "Nobody" })).await,
        404
    );
    assert_eq!(platform.admin(&path, json!({ "user": "Bob" })).await, 200);
    assert_eq!(platform.admin(&path, json!({ "user": "Bob" })).await, 404);
    let tokens = platform.token(&[GRANT, ("device_code", &code)]).await;
    let bob = platform.bob.to_string();
    assert_eq!(claims(&tokens["access_token"])["oid"], bob);

    // The setting also decides what waits already; MSAL for JavaScript has a short name for the grant.
    let (code, _) = start(&platform).await;
    let body = json!({ "user": "Ada", "intervalSeconds": 1, "expiresInSeconds": 60 });
    assert_eq!(platform.admin("signIns", body).await, 200);
    let short = [("grant_type", "device_code"), ("device_code", &*code)];
    let tokens = platform.token(&short).await;
    assert_eq!(tokens["expires_in"], 60);
    let (_, body) = platform.oauth("devicecode", &[("scope", SCOPE)]).await;
    assert_eq!(body["interval"], 1);
    let declined = json!({ "declined": true });
    assert_eq!(platform.admin("signIns", declined).await, 200);
    let code = text(&body["device_code"]);
    assert_eq!(platform.poll(&code).await.1, "authorization_declined");
}

#[tokio::test]
async fn the_faults_of_the_readme_are_taken() {
    let platform = Platform::start().await;
    let readme = include_str!("../../README.md");
    let faults = readme
        .split('`')
        .filter(|code| code.starts_with("{\"kind\""));
    let mut count = 0;
    for fault in faults {
        let fault = serde_json::from_str(fault).unwrap();
        assert_eq!(platform.admin("faults", fault).await, 200);
        count += 1;
    }
    assert!(count >= 6, "{count}");
}

#[tokio::test]
async fn faults_come_between() {
    let platform = Platform::start().await;
    platform.emulator.set_sign_ins(SignIns::by(platform.ada));
    let (code, _) = start(&platform).await;
    let still = "AADSTS70016: Authorization is pending.";
    let faults = [
        Fault::error(400, "authorization_pending", still).times(2),
        Fault::error(400, "slow_down", ""),
        Fault::html(502),
        Fault::status(503).retry_after("2"),
        Fault::status(500),
        Fault::empty(408),
        Fault::error(
            400,
            "invalid_grant",
            "AADSTS50076: Use multi-factor authentication.",
        ),
    ];
    for fault in faults {
        platform.emulator.inject(fault.for_operation("token"));
    }
    // Faults without an operation are for Graph.
    platform.emulator.inject(Fault::claims_challenge());
    let form = [
        GRANT,
        ("device_code", &*code),
        ("client_id", crate::platform::CLIENT),
    ];
    let mut seen = Vec::new();
    for _ in 0..8 {
        let response = platform
            .post("/organizations/oauth2/v2.0/token", &form)
            .await;
        let status = response.status().as_u16();
        let wait = response.headers().contains_key("Retry-After");
        let body = response.text().await.unwrap();
        let body: Value = serde_json::from_str(&body).unwrap_or_default();
        let number = body["error_codes"][0].as_u64().unwrap_or_default();
        let error = body["error"].as_str().unwrap_or_default().to_owned();
        seen.push((status, error, number, wait, text(&body["suberror"])));
    }
    let expected = [
        (400, "authorization_pending", 70_016, false, ""),
        (400, "authorization_pending", 70_016, false, ""),
        (400, "slow_down", 0, false, ""),
        (502, "", 0, false, ""),
        (503, "temporarily_unavailable", 90_033, true, ""),
        (500, "server_error", 90_033, false, ""),
        (408, "", 0, false, ""),
        (400, "invalid_grant", 50_076, false, "basic_action"),
    ];
    for (seen, expected) in seen.iter().zip(expected) {
        let (status, error, number, wait, suberror) = seen;
        let suberror = suberror.trim_start_matches("(missing)");
        assert_eq!((*status, &**error, *number, *wait, suberror), expected);
    }
    let tokens = platform.token(&[GRANT, ("device_code", &code)]).await;
    let (status, challenge) = platform.graph(&tokens["access_token"]).await;
    assert_eq!(status, 401);
    assert!(
        challenge.contains("error=\"insufficient_claims\""),
        "{challenge}"
    );
    assert_eq!(platform.graph(&tokens["access_token"]).await.0, 200);
    platform
        .emulator
        .received(Expected::post("token").times(9))
        .unwrap();
}
