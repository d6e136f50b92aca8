//! Tokens: refreshed, rotated, revoked, and those of an application.

use crate::platform::{CLIENT, Pairs, Platform, SCOPE, claims, json, text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use msgraph_presence_emulator::{Cloud, Emulator, Expected, Fault, SignIns};
use serde_json::Value;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

const CP1: (&str, &str) = (
    "claims",
    r#"{"access_token":{"xms_cc":{"values":["CP1"]}}}"#,
);

impl Platform {
    /// Signs Ada in with these scopes.
    async fn signed_in(&self, scope: &str, others: Pairs<'_>) -> Value {
        let (_, body) = self.oauth("devicecode", &[("scope", scope)]).await;
        let user_code = text(&body["user_code"]);
        assert!(self.emulator.approve_device_code(&user_code, self.ada));
        let code = text(&body["device_code"]);
        let grant = "urn:ietf:params:oauth:grant-type:device_code";
        let mut form = others.to_vec();
        form.extend([("grant_type", grant), ("device_code", &code)]);
        self.token(&form).await
    }

    async fn refreshed(&self, token: &Value, others: Pairs<'_>) -> Value {
        let (status, body) = self.refresh(token, others).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    async fn refresh(&self, token: &Value, others: Pairs<'_>) -> (u16, Value) {
        let token = text(token);
        let mut form = others.to_vec();
        form.extend([("grant_type", "refresh_token"), ("refresh_token", &token)]);
        self.oauth("token", &form).await
    }

    /// The error of a refresh and its number.
    async fn dead(&self, token: &Value, others: Pairs<'_>) -> (String, u64, String) {
        let (_, body) = self.refresh(token, others).await;
        let number = body["error_codes"][0].as_u64().unwrap_or_default();
        (text(&body["error"]), number, text(&body["suberror"]))
    }
}

fn invalid_grant(number: u64, suberror: &str) -> (String, u64, String) {
    ("invalid_grant".to_owned(), number, suberror.to_owned())
}

#[tokio::test]
async fn each_use_gives_a_new_refresh_token_and_leaves_the_old_one_good() {
    let platform = Platform::start().await;
    let first = platform.signed_in(SCOPE, &[]).await;
    let second = platform.refreshed(&first["refresh_token"], &[]).await;
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(second["scope"], first["scope"]);
    platform.refreshed(&first["refresh_token"], &[]).await;
    // Ninety days without use end it; each use starts them again.
    platform.emulator.advance(89 * DAY);
    platform.refreshed(&second["refresh_token"], &[]).await;
    platform.emulator.advance(89 * DAY);
    platform.refreshed(&second["refresh_token"], &[]).await;
    let dead = platform.dead(&first["refresh_token"], &[]).await;
    assert_eq!(dead, invalid_grant(700_082, "bad_token"));
    let cases: [(Pairs<'_>, u64, &str); 2] = [
        (&[("client_id", "another")], 70_000, "bad_token"),
        (
            &[("scope", "Presence.Read.All")],
            65_001,
            "consent_required",
        ),
    ];
    for (others, number, suberror) in cases {
        let dead = platform.dead(&second["refresh_token"], others).await;
        assert_eq!(dead, invalid_grant(number, suberror));
    }
    let unknown = platform.dead(&"unknown".into(), &[]).await;
    assert_eq!(unknown, invalid_grant(70_000, "bad_token"));
    let without = platform.signed_in("Presence.Read", &[]).await;
    assert_eq!(without.get("refresh_token"), None);
    assert_eq!(without.get("id_token"), None);
}

#[tokio::test]
async fn a_refresh_token_is_bound_to_its_user_and_to_no_tenant_name() {
    let platform = Platform::start().await;
    let tokens = platform.signed_in(SCOPE, &[]).await;
    let token = text(&tokens["refresh_token"]);
    let tenant = text(&claims(&tokens["access_token"])["tid"]);
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*token),
        ("client_id", CLIENT),
    ];
    for (name, status) in [
        (&*tenant, 200),
        ("common", 200),
        ("contoso.com", 200),
        ("contoso.onmicrosoft.com", 200),
        ("another", 400),
        ("consumers", 400),
        ("fabrikam.onmicrosoft.com", 400),
        ("unknown.example", 400),
    ] {
        let path = format!("/{name}/oauth2/v2.0/token");
        let response = platform.post(&path, &form).await;
        assert_eq!(response.status(), status, "{name}");
    }
}

#[tokio::test]
async fn what_was_revoked_is_refused_and_a_new_sign_in_is_good() {
    let platform = Platform::start().await;
    let plain = platform.signed_in(SCOPE, &[]).await;
    let capable = platform.signed_in(SCOPE, &[CP1]).await;
    assert_eq!(capable["expires_in"], 86_400);
    assert_eq!(capable["refresh_in"], 43_200);
    platform.emulator.revoke_sign_ins(platform.ada);
    for tokens in [&plain, &capable] {
        let dead = platform.dead(&tokens["refresh_token"], &[]).await;
        assert_eq!(dead, invalid_grant(50_173, "bad_token"));
    }
    // Only a program that declares the capability is told before the token expires.
    assert_eq!(platform.graph(&plain["access_token"]).await.0, 200);
    let (status, challenge) = platform.graph(&capable["access_token"]).await;
    assert_eq!(status, 401);
    let (_, encoded) = challenge.split_once("claims=\"").unwrap();
    let decoded = STANDARD.decode(encoded.trim_end_matches('"')).unwrap();
    let decoded: Value = serde_json::from_slice(&decoded).unwrap();
    let now = platform.emulator.now().as_second().to_string();
    assert_eq!(decoded["access_token"]["nbf"]["value"], now);

    let again = platform.signed_in(SCOPE, &[CP1]).await;
    assert_eq!(platform.graph(&again["access_token"]).await.0, 200);
    let again = platform.refreshed(&again["refresh_token"], &[CP1]).await;
    assert_eq!(platform.graph(&again["access_token"]).await.0, 200);
    assert_eq!(platform.admin("users/Ada/revoke", Value::Null).await, 200);
    assert_eq!(platform.graph(&again["access_token"]).await.0, 401);
    assert_eq!(
        platform.admin("users/Nobody/revoke", Value::Null).await,
        404
    );
    let broken = [("claims", "{")];
    let (status, body) = platform.refresh(&again["refresh_token"], &broken).await;
    assert_eq!((status, &body["error"]), (400, &"invalid_grant".into()));
}

#[tokio::test]
async fn a_reset_forgets_sign_ins() {
    let platform = Platform::start().await;
    let tokens = platform.signed_in(SCOPE, &[]).await;
    platform.emulator.reset();
    let dead = platform.dead(&tokens["refresh_token"], &[]).await;
    assert_eq!(dead, invalid_grant(70_000, "bad_token"));
    let tokens = platform.signed_in(SCOPE, &[]).await;
    platform.refreshed(&tokens["refresh_token"], &[]).await;
}

#[tokio::test]
async fn the_response_says_what_was_granted() {
    let platform = Platform::start().await;
    let limited = SignIns::on_a_page().granting(["Presence.Read"]);
    platform.emulator.set_sign_ins(limited);
    let tokens = platform.signed_in(SCOPE, &[]).await;
    assert_eq!(tokens["scope"], "Presence.Read openid profile");
    assert_eq!(claims(&tokens["access_token"])["scp"], "Presence.Read");
    let asked = [("scope", SCOPE)];
    let tokens = platform.refreshed(&tokens["refresh_token"], &asked).await;
    assert_eq!(tokens["scope"], "Presence.Read openid profile");

    platform.emulator.set_sign_ins(SignIns::on_a_page());
    let url = "https://graph.microsoft.com/Presence.Read";
    let tokens = platform
        .signed_in(&format!("{url} offline_access"), &[])
        .await;
    assert_eq!(tokens["scope"], url);
    let default = "https://graph.microsoft.com/.default";
    let asked = [("scope", default)];
    let tokens = platform.refreshed(&tokens["refresh_token"], &asked).await;
    assert_eq!(claims(&tokens["access_token"])["scp"], "Presence.Read");

    let scope = "presence.read Mail.Read offline_access";
    let tokens = platform.signed_in(scope, &[]).await;
    assert_eq!(tokens["scope"], "presence.read Mail.Read");
    let scp = "Presence.Read Mail.Read";
    assert_eq!(claims(&tokens["access_token"])["scp"], scp);
    let asked = [("scope", "PRESENCE.READ profile")];
    let tokens = platform.refreshed(&tokens["refresh_token"], &asked).await;
    assert_eq!(tokens["scope"], "PRESENCE.READ profile");

    let scope = format!("{default} offline_access");
    let tokens = platform.signed_in(&scope, &[]).await;
    let granted = text(&tokens["scope"]);
    assert!(granted.contains("Presence.ReadWrite"), "{granted}");
    assert!(granted.ends_with(default), "{granted}");
    let asked = [("scope", "Presence.ReadWrite")];
    platform.refreshed(&tokens["refresh_token"], &asked).await;
}

#[tokio::test]
async fn a_cloud_issues_tokens_for_itself() {
    let mut platform = Platform::start().await;
    let builder = Emulator::builder().cloud(Cloud::UsGovernmentL4);
    platform.emulator = builder.user("Ada").start().await.unwrap();
    let own = "https://graph.microsoft.us/Presence.Read";
    let tokens = platform.signed_in(own, &[]).await;
    assert_eq!(
        claims(&tokens["access_token"])["aud"],
        "https://graph.microsoft.us"
    );
    assert_eq!(platform.graph(&tokens["access_token"]).await.0, 200);
    let other = [("scope", "https://graph.microsoft.com/Presence.Read")];
    let (status, body) = platform.oauth("devicecode", &other).await;
    assert_eq!((status, &body["error"]), (400, &"invalid_resource".into()));
}

#[tokio::test]
async fn tokens_that_are_lost_on_their_way_leave_the_old_ones_good() {
    let platform = Platform::start().await;
    let tokens = platform.signed_in(SCOPE, &[]).await;
    let lost = Fault::close().applied().for_operation("token");
    platform.emulator.inject(lost);
    let refresh_token = text(&tokens["refresh_token"]);
    let form = format!("client_id={CLIENT}&grant_type=refresh_token&refresh_token={refresh_token}");
    let url = platform.url("/organizations/oauth2/v2.0/token", &[]);
    let sent = platform.http.post(url).body(form).send().await;
    assert!(sent.is_err(), "{sent:?}");
    platform.refreshed(&tokens["refresh_token"], &[]).await;
    let issued = platform.emulator.received(Expected::post("token").times(3));
    issued.unwrap();
}

#[tokio::test]
async fn an_application_gets_a_token_of_its_own() {
    let platform = Platform::start().await;
    let scope = ("scope", "https://graph.microsoft.com/.default");
    let secret = ("client_secret", "s3cret");
    let assertion = ("client_assertion", "a.b.c");
    let single = ("scope", "https://graph.microsoft.com/Presence.Read.All");
    let cases: [(&str, Pairs<'_>, u16, u64); 6] = [
        ("contoso.com", &[scope, secret], 200, 0),
        ("fabrikam.com", &[scope, assertion], 200, 0),
        ("organizations", &[scope, secret], 400, 50_059),
        ("contoso.com", &[scope, ("", "")], 401, 7_000_218),
        ("contoso.com", &[single, secret], 400, 1_002_012),
        ("contoso.com", &[("", ""), secret], 400, 900_144),
    ];
    for (tenant, form, expected, number) in cases {
        let mut form = form.to_vec();
        form.extend([("grant_type", "client_credentials"), ("client_id", CLIENT)]);
        let path = format!("/{tenant}/oauth2/v2.0/token");
        let (status, body) = json(platform.post(&path, &form).await).await;
        assert_eq!(status, expected, "{body}");
        assert_eq!(body.get("refresh_token"), None);
        let found = body["error_codes"][0].as_u64().unwrap_or_default();
        assert_eq!(found, number, "{body}");
        if status == 200 {
            assert_eq!(claims(&body["access_token"])["idtyp"], "app");
            // An application has no /me: the token was read.
            assert_eq!(platform.graph(&body["access_token"]).await.0, 400);
        }
    }
    let url = platform.url("/contoso.com/oauth2/v2.0/token", &[]);
    let body = "grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default";
    let request = platform.http.post(url).basic_auth(CLIENT, Some("s3cret"));
    let (status, body) = json(request.body(body).send().await.unwrap()).await;
    assert_eq!(status, 200, "{body}");
}

#[tokio::test]
async fn an_error_has_everything_that_support_asks_for() {
    let platform = Platform::start().await;
    let url = platform.url("/organizations/oauth2/v2.0/token", &[]);
    let own = "0f0e0d0c-0000-4000-8000-000000000001";
    let request = platform.http.post(url).header("client-request-id", own);
    let response = request.body("client_id=x").send().await.unwrap();
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["Content-Type"], "application/json");
    let trace = response.headers()["x-ms-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let (_, body) = json(response).await;
    let description = format!(
        "AADSTS900144: The request body must contain the following parameter: 'grant_type'.\r\n\
         Trace ID: {trace}\r\nCorrelation ID: {own}\r\nTimestamp: 2026-11-21 09:00:00Z"
    );
    let expected = serde_json::json!({
        "error": "invalid_request",
        "error_description": description,
        "error_codes": [900144],
        "timestamp": "2026-11-21 09:00:00Z",
        "trace_id": trace,
        "correlation_id": own,
        "error_uri": "https://login.microsoftonline.com/error?code=900144",
    });
    assert_eq!(body, expected);
    let get = platform.get("/organizations/oauth2/v2.0/token", &[]).await;
    assert_eq!(json(get).await.1["error_codes"][0], 900_561);
}

/// A client that gets the token again that was refused takes its refresh for a failed one.
#[tokio::test]
async fn two_tokens_of_one_second_differ() {
    let platform = Platform::start().await;
    let first = platform
        .signed_in("Presence.Read offline_access", &[])
        .await;
    let second = platform.refreshed(&first["refresh_token"], &[]).await;
    assert_ne!(first["access_token"], second["access_token"]);
}
