//! Random parameters get a response, and sign no user in.

use crate::platform::{CLIENT, Platform, REDIRECT, SCOPE, json};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

const ENDPOINTS: [&str; 5] = [
    "organizations/oauth2/v2.0/authorize",
    "organizations/oauth2/v2.0/devicecode",
    "contoso.com/oauth2/v2.0/token",
    "organizations/login",
    "devicelogin",
];

const NAMES: [&str; 20] = [
    "claims",
    "client_id",
    "client_info",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "decline",
    "device_code",
    "grant_type",
    "login_hint",
    "otc",
    "prompt",
    "redirect_uri",
    "refresh_token",
    "request",
    "response_mode",
    "response_type",
    "scope",
    "user",
];

/// Nearly good requests of each endpoint, after all others.
const REST: [(&str, &str); 5] = [
    ("client_id", CLIENT),
    ("scope", SCOPE),
    ("response_type", "code"),
    ("redirect_uri", REDIRECT),
    ("grant_type", "client_credentials"),
];

/// Values that some parameter takes, and random texts.
fn value() -> impl Strategy<Value = String> {
    let known = select(vec![
        "",
        "1",
        "Ada",
        "authorization_code",
        "refresh_token",
        "device_code",
        "password",
        "code",
        "none",
        "S256",
        "form_post",
        "{}",
        "[",
        "openid offline_access",
        "https://graph.microsoft.com/.default",
        SCOPE,
        CLIENT,
        REDIRECT,
    ]);
    prop_oneof![3 => known.prop_map(str::to_owned), 1 => any::<String>()]
}

#[tokio::test]
async fn any_parameters_are_answered() {
    let platform = Platform::start().await;
    let mut runner = TestRunner::deterministic();
    let pairs = vec((select(NAMES.to_vec()), value()), 0..6);
    let strategy = (select(ENDPOINTS.to_vec()), any::<bool>(), pairs);
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..2000 {
        let (endpoint, post, pairs) = strategy.new_tree(&mut runner).unwrap().current();
        let path = format!("/{endpoint}");
        let pairs = pairs.iter().map(|(name, value)| (*name, &**value));
        let pairs: Vec<_> = pairs.chain(REST).collect();
        let response = if post {
            platform.post(&path, &pairs).await
        } else {
            platform.get(&path, &pairs).await
        };
        let status = response.status().as_u16();
        let known = [200, 302, 400, 401].contains(&status);
        assert!(known, "{status} for {endpoint} {pairs:?}");
        let body = response.text().await.unwrap();
        assert!(!body.contains("access_token\":"), "{endpoint} {pairs:?}");
        *seen.entry(status).or_insert(0) += 1;
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}

#[tokio::test]
async fn a_form_that_is_too_large_is_refused() {
    let platform = Platform::start().await;
    let long = "x".repeat(70_000);
    let form = [("client_id", &*long), ("scope", SCOPE)];
    let path = "/organizations/oauth2/v2.0/devicecode";
    let (status, body) = json(platform.post(path, &form).await).await;
    assert_eq!((status, &body["error_codes"][0]), (400, &9_002_313.into()));
}
