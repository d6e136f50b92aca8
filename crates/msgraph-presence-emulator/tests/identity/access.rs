//! Who may ask, what the record keeps, and what clients discover.

use crate::platform::{CHALLENGE, Platform, SCOPE, VERIFIER, json, location, parameter, text};
use msgraph_presence_emulator::SignIns;
use reqwest::Method;

#[tokio::test]
async fn pages_answer_to_their_own_origin_only() {
    let platform = Platform::start().await;
    let pages = [
        "/organizations/oauth2/v2.0/authorize",
        "/organizations/oauth2/v2.0/logout",
        "/organizations/login",
        "/devicelogin",
    ];
    for path in pages {
        for headers in [
            [("Host", "evil.example"), ("Accept", "*/*")],
            [("Host", "localhost"), ("Origin", "http://evil.example")],
            [("Host", "localhost"), ("Origin", "null")],
        ] {
            for method in [Method::GET, Method::POST] {
                let response = platform.with(method, path, &headers).await;
                assert_eq!(response.status(), 403, "{path} {headers:?}");
            }
        }
        let own = [("Host", "localhost"), ("Origin", "http://localhost")];
        let response = platform.with(Method::GET, path, &own).await;
        assert_ne!(response.status(), 403, "{path}");
        assert_eq!(response.headers()["X-Frame-Options"], "DENY");
        let readers = &response.headers()["Cross-Origin-Resource-Policy"];
        assert_eq!(readers, "same-origin");
        // Otherwise a browser sends `Origin: null` with the form.
        assert_eq!(response.headers()["Referrer-Policy"], "same-origin");
        assert_eq!(response.headers().get("Access-Control-Allow-Origin"), None);
    }
    let any = [("Host", "emulator"), ("Origin", "http://app.example")];
    let path = "/organizations/v2.0/.well-known/openid-configuration";
    let response = platform.with(Method::GET, path, &any).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["Access-Control-Allow-Origin"], "*");
}

#[tokio::test]
async fn the_record_keeps_nothing_that_signs_anybody_in() {
    let platform = Platform::start().await;
    platform.emulator.set_sign_ins(SignIns::by(platform.ada));
    let back = location(&platform.authorize(&[]).await);
    let code = parameter(&back, "code");
    let (_, tokens) = platform
        .redeem(&code, &[("client_secret", "s3cret-1")])
        .await;
    let refresh = text(&tokens["refresh_token"]);
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*refresh),
    ];
    let refreshed = platform.token(&form).await;
    let (_, device) = platform.oauth("devicecode", &[("scope", SCOPE)]).await;
    let device_code = text(&device["device_code"]);
    let user_code = text(&device["user_code"]);
    platform.get("/devicelogin", &[("otc", &user_code)]).await;
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    platform
        .token(&[("grant_type", grant), ("device_code", &device_code)])
        .await;
    let url = platform.url("/contoso.com/oauth2/v2.0/token", &[("x", "s3cret-2")]);
    let odd = platform.http.post(url).basic_auth("x", Some("s3cret-3"));
    odd.body("s3cret-4&%63ode=s3cret-5&username=s3cret-6")
        .send()
        .await
        .unwrap();

    let url = platform.url("/_emulator/requests", &[]);
    let record = platform
        .http
        .get(url)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let secrets = [
        &*code,
        &refresh,
        &text(&tokens["access_token"]),
        &text(&refreshed["access_token"]),
        &text(&refreshed["refresh_token"]),
        &device_code,
        &user_code,
        VERIFIER,
        CHALLENGE,
        "my%20state",
        "my+state",
        "s3cret",
    ];
    for secret in secrets {
        assert!(!record.contains(secret), "{secret} in {record}");
    }
    for shown in [
        "\"operation\":\"authorize\"",
        "\"caller\":\"Ada\"",
        "grant_type=refresh_token&client_id=",
    ] {
        assert!(record.contains(shown), "{shown} in {record}");
    }
    let debug = format!("{:?}", platform.emulator);
    assert!(!debug.contains(&device_code));
}

#[tokio::test]
async fn clients_discover_the_endpoints() {
    let platform = Platform::start().await;
    let origin = platform.emulator.origin();
    let cases = [
        ("organizations", format!("{origin}/{{tenantid}}/v2.0")),
        ("another", format!("{origin}/another/v2.0")),
    ];
    for (tenant, issuer) in cases {
        let path = format!("/{tenant}/v2.0/.well-known/openid-configuration");
        let (status, body) = json(platform.get(&path, &[]).await).await;
        assert_eq!(status, 200);
        assert_eq!(body["issuer"], issuer);
        let token = format!("{origin}/{tenant}/oauth2/v2.0/token");
        assert_eq!(body["token_endpoint"], token);
        let keys = body["jwks_uri"].as_str().unwrap().replace(&origin, "");
        let (_, keys) = json(platform.get(&keys, &[]).await).await;
        assert_eq!(keys["keys"], serde_json::json!([]));
    }
    let path = "/unknown.example/v2.0/.well-known/openid-configuration";
    let (status, body) = json(platform.get(path, &[]).await).await;
    assert_eq!((status, &body["error_codes"][0]), (400, &90_002.into()));
    let (_, body) = json(platform.get("/common/discovery/instance", &[]).await).await;
    let found = text(&body["tenant_discovery_endpoint"]);
    assert!(found.starts_with(&format!("{origin}/common/")), "{found}");
    for path in [
        "/oauth2/v2.0/token",
        "/organizations/oauth2/v2.0/tokens",
        "/common/oauth2/token",
    ] {
        let (status, body) = json(platform.get(path, &[]).await).await;
        assert_eq!(status, 404, "{path}");
        let text = text(&body["error_description"]);
        assert!(text.contains("/{tenant}/oauth2/v2.0/token"), "{text}");
    }
    // Paths that only look like it belong to Graph.
    for path in ["/v1.0/oauth2/v2.0/token", "/organizations/discovery"] {
        let (status, body) = json(platform.get(path, &[]).await).await;
        assert_eq!(status, 401, "{path}");
        assert!(body["error"]["code"].is_string(), "{body}");
    }
}
