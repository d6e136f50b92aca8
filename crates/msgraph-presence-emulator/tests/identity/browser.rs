//! Sign-in by browser: the authorization code with PKCE, the page, the ways back.

use crate::platform::{
    CHALLENGE, CLIENT, Pairs, Platform, REDIRECT, VERIFIER, claims, location, page_number,
    parameter, text,
};
use msgraph_presence_emulator::{SignIns, User};
use serde_json::Value;
use std::time::Duration;

#[tokio::test]
async fn a_person_picks_a_user_and_the_program_gets_tokens() {
    let platform = Platform::start().await;
    let response = platform
        .authorize(&[("login_hint", "bob@contoso.com")])
        .await;
    assert_eq!(response.status(), 200);
    let html = response.text().await.unwrap();
    for part in ["Ada", "Bob", "Eve", CLIENT, "Presence.ReadWrite"] {
        assert!(html.contains(part), "{part} in {html}");
    }
    let number = page_number(&html);
    let ada = platform.ada.to_string();
    let chosen = [("request", &*number), ("user", &*ada)];
    let response = platform.post("/organizations/login", &chosen).await;
    assert_eq!(response.status(), 302);
    let back = location(&response);
    assert_eq!(back.path(), "/back");
    assert_eq!(parameter(&back, "state"), "my state&x=y");

    // A page is good for one choice.
    let again = platform.post("/organizations/login", &chosen).await;
    assert_eq!(again.status(), 400);
    let forged = [("request", "forged"), ("user", &*ada)];
    let forged = platform.post("/organizations/login", &forged).await;
    assert_eq!(forged.status(), 400);

    let code = parameter(&back, "code");
    let (status, tokens) = platform.redeem(&code, &[("client_info", "1")]).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(
        tokens["scope"],
        "Presence.Read Presence.ReadWrite openid profile"
    );
    assert_eq!(tokens["expires_in"], 3600);
    assert!(text(&tokens["refresh_token"]).len() > 1000);
    assert_eq!(platform.graph(&tokens["access_token"]).await.0, 200);
    let access = claims(&tokens["access_token"]);
    assert_eq!(access["oid"], ada);
    assert_eq!(access["scp"], "Presence.Read Presence.ReadWrite");
    assert_eq!(access["appid"], CLIENT);
    let id = claims(&tokens["id_token"]);
    assert_eq!(id["nonce"], "my-nonce");
    assert_eq!(id["aud"], CLIENT);
    assert_eq!((&id["oid"], &id["tid"]), (&access["oid"], &access["tid"]));
    assert_eq!(id["preferred_username"], "ada@contoso.com");
    let info = format!(".{}.", text(&tokens["client_info"]));
    assert_eq!(claims(&Value::from(info))["uid"], ada);
}

#[tokio::test]
async fn a_code_is_good_once_for_its_program_with_its_verifier() {
    let platform = Platform::start().await;
    platform.emulator.set_sign_ins(SignIns::by(platform.ada));
    let code = parameter(&location(&platform.authorize(&[]).await), "code");
    let long = "x".repeat(43);
    let cases: [(Pairs<'_>, &str, u64); 7] = [
        (&[("code_verifier", &long)], "invalid_grant", 501_481),
        (&[("code_verifier", CHALLENGE)], "invalid_grant", 501_481),
        (&[("code_verifier", "")], "invalid_grant", 501_481),
        (
            &[("redirect_uri", "http://localhost:4321/other")],
            "invalid_grant",
            500_112,
        ),
        (&[("client_id", "another")], "invalid_grant", 70_000),
        (&[("code", "another")], "invalid_grant", 70_000),
        (
            &[("grant_type", "password")],
            "unsupported_grant_type",
            70_003,
        ),
    ];
    for (others, error, number) in cases {
        let (status, body) = platform.redeem(&code, others).await;
        assert_eq!(status, 400, "{others:?}");
        assert_eq!(body["error"], error, "{others:?}");
        assert_eq!(body["error_codes"][0], number, "{others:?}");
    }
    let form = [
        ("client_id", CLIENT),
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let other = platform.post("/common/oauth2/v2.0/token", &form).await;
    assert!(other.text().await.unwrap().contains("AADSTS700005"));
    assert_eq!(platform.redeem(&code, &[]).await.0, 200);
    assert_eq!(
        platform.redeem(&code, &[]).await.1["error_codes"][0],
        54_005
    );

    let code = parameter(&location(&platform.authorize(&[]).await), "code");
    platform.emulator.advance(Duration::from_secs(600));
    assert_eq!(
        platform.redeem(&code, &[]).await.1["error_codes"][0],
        70_008
    );
}

#[tokio::test]
async fn a_plain_challenge_and_none_at_all_are_taken() {
    let platform = Platform::start().await;
    platform.emulator.set_sign_ins(SignIns::by(platform.ada));
    let plain = [
        ("code_challenge", VERIFIER),
        ("code_challenge_method", "plain"),
    ];
    let code = parameter(&location(&platform.authorize(&plain).await), "code");
    assert_eq!(platform.redeem(&code, &[]).await.0, 200);

    let none = [("code_challenge", "")];
    let code = parameter(&location(&platform.authorize(&none).await), "code");
    let (_, body) = platform.redeem(&code, &[]).await;
    assert_eq!(
        body["error_codes"][0], 501_481,
        "a verifier without a challenge"
    );
    let none = [("code_verifier", "")];
    assert_eq!(platform.redeem(&code, &none).await.0, 200);
}

#[tokio::test]
async fn a_program_needs_a_secret_unless_it_is_on_this_machine_over_http() {
    let platform = Platform::start().await;
    platform.emulator.set_sign_ins(SignIns::by(platform.ada));
    let cases = [
        ("http://localhost", true),
        ("http://localhost:1234/callback?a=b", true),
        ("http://127.0.0.1:1234/", true),
        ("https://localhost:1234/", false),
        ("https://app.example/signed-in", false),
    ];
    for (uri, is_here) in cases {
        let uri = ("redirect_uri", uri);
        let code = parameter(&location(&platform.authorize(&[uri]).await), "code");
        let (status, body) = platform.redeem(&code, &[uri]).await;
        if is_here {
            assert_eq!(status, 200, "{uri:?}: {body}");
        } else {
            assert_eq!((status, &body["error_codes"][0]), (401, &7_000_218.into()));
            let secret = ("client_secret", "any");
            assert_eq!(platform.redeem(&code, &[uri, secret]).await.0, 200);
        }
    }
}

#[tokio::test]
async fn what_has_an_address_to_go_back_to_goes_back() {
    let platform = Platform::start().await;
    let short = [("code_challenge", "short")];
    let cases: [(Pairs<'_>, &str, &str); 10] = [
        (
            &[("response_type", "token")],
            "unsupported_response_type",
            "70005",
        ),
        (&[("prompt", "none")], "login_required", "50058"),
        (&[("scope", "")], "invalid_request", "900144"),
        (
            &[("scope", "https://vault.azure.net/.default")],
            "invalid_resource",
            "500011",
        ),
        (
            &[("scope", ".default Presence.Read")],
            "invalid_scope",
            "70011",
        ),
        (
            &[("scope", "https://graph.microsoft.us/Presence.Read")],
            "invalid_resource",
            "500011",
        ),
        (
            &[("scope", "https://graph.microsoft.com/")],
            "invalid_resource",
            "500011",
        ),
        (
            &[("scope", "Presence.Read,Mail.Read")],
            "invalid_scope",
            "70011",
        ),
        (&short, "invalid_request", "501491"),
        (
            &[("code_challenge_method", "S512")],
            "invalid_request",
            "9002313",
        ),
    ];
    for (others, error, number) in cases {
        let back = location(&platform.authorize(others).await);
        assert_eq!(parameter(&back, "error"), error);
        assert_eq!(parameter(&back, "state"), "my state&x=y");
        let description = parameter(&back, "error_description");
        let start = format!("AADSTS{number}: ");
        assert!(description.starts_with(&start), "{description}");
        assert!(parameter(&back, "error_uri").ends_with(number));
    }
    let last = platform.emulator.requests().pop().unwrap();
    assert_eq!(
        (last.status, last.code.as_deref()),
        (302, Some("invalid_request"))
    );
    // Everything else is for the person.
    let redirect_uris = [
        ("", "AADSTS900971"),
        ("/back", "AADSTS90102"),
        ("javascript:alert(1)", "AADSTS90102"),
        ("http://localhost/\r\nX: y", "AADSTS90102"),
        ("http://evil.example/", "AADSTS50011"),
        ("http://localhost.evil.example/", "AADSTS50011"),
        ("http://localhost@evil.example/", "AADSTS50011"),
        ("http://[::1]:1234/", "AADSTS50011"),
        ("https://app.example/#x", "AADSTS50011"),
    ];
    let redirect_uris = redirect_uris.map(|(uri, number)| ([("redirect_uri", uri)], number));
    let cases = [
        ([("client_id", "")], "AADSTS900144"),
        ([("response_mode", "web_message")], "AADSTS70007"),
    ];
    for (others, number) in redirect_uris.iter().chain(&cases) {
        let response = platform.authorize(others).await;
        assert_eq!(response.status(), 400, "{others:?}");
        let html = response.text().await.unwrap();
        assert!(html.contains(number), "{others:?}: {html}");
    }
    let unknown = platform
        .get("/unknown.example/oauth2/v2.0/authorize", &[])
        .await;
    assert!(unknown.text().await.unwrap().contains("AADSTS90002"));
}

#[tokio::test]
async fn without_a_page_the_setting_decides() {
    let platform = Platform::start().await;
    let signed_in = async |others: Pairs<'_>| {
        let back = location(&platform.authorize(others).await);
        let (_, tokens) = platform.redeem(&parameter(&back, "code"), &[]).await;
        let user = tokens
            .get("access_token")
            .map(|token| text(&claims(token)["oid"]));
        user.unwrap_or_else(|| parameter(&back, "error"))
    };
    platform.emulator.set_sign_ins(SignIns::by(platform.ada));
    assert_eq!(signed_in(&[]).await, platform.ada.to_string());
    assert_eq!(
        signed_in(&[("prompt", "none")]).await,
        platform.ada.to_string()
    );
    let hint = [("login_hint", "bob@contoso.com")];
    assert_eq!(signed_in(&hint).await, platform.bob.to_string());
    platform.emulator.set_sign_ins(SignIns::declined());
    assert_eq!(signed_in(&[]).await, "access_denied");
    let personal = User::new("Pat").tenant(msgraph_presence_emulator::PERSONAL_TENANT);
    let personal = platform.emulator.add_user(personal);
    platform.emulator.set_sign_ins(SignIns::by(personal));
    assert_eq!(signed_in(&[]).await, "access_denied");
    for body in [
        serde_json::json!({ "user": "Bob", "permissions": ["Presence.Read"] }),
        serde_json::json!({ "user": "bob@contoso.com" }),
    ] {
        assert_eq!(platform.admin("signIns", body).await, 200);
        assert_eq!(signed_in(&[]).await, platform.bob.to_string());
    }
    let nobody = serde_json::json!({ "user": "Nobody" });
    assert_eq!(platform.admin("signIns", nobody).await, 404);
    assert_eq!(platform.admin("signIns", serde_json::json!({})).await, 200);
    assert_eq!(platform.authorize(&[]).await.status(), 200);
}

#[tokio::test]
async fn a_response_comes_in_the_mode_that_was_asked_for() {
    let platform = Platform::start().await;
    platform.emulator.set_sign_ins(SignIns::by(platform.ada));
    let back = location(&platform.authorize(&[("response_mode", "fragment")]).await);
    assert_eq!(back.query(), None);
    assert!(
        back.fragment()
            .unwrap()
            .contains("state=my%20state%26x%3Dy")
    );
    let with_query = [("redirect_uri", "http://localhost/?a=b")];
    let back = location(&platform.authorize(&with_query).await);
    assert_eq!(parameter(&back, "a"), "b");
    assert!(parameter(&back, "code").len() > 40);
    let response = platform.authorize(&[("response_mode", "form_post")]).await;
    assert_eq!(response.status(), 200);
    let html = response.text().await.unwrap();
    assert!(html.contains(&format!("action=\"{REDIRECT}\"")), "{html}");
    assert!(
        html.contains("name=\"state\" value=\"my state&amp;x=y\""),
        "{html}"
    );
    let out = [("post_logout_redirect_uri", REDIRECT), ("state", "s")];
    let response = platform
        .get("/organizations/oauth2/v2.0/logout", &out)
        .await;
    assert_eq!(location(&response).as_str(), format!("{REDIRECT}?state=s"));
}

#[tokio::test]
async fn pages_show_text_as_text() {
    let platform = Platform::start().await;
    platform.emulator.add_user("<script>alert('x')</script>");
    let evil = "\"><script>alert(1)</script>";
    let response = platform
        .authorize(&[("client_id", evil), ("scope", "a.b")])
        .await;
    let html = response.text().await.unwrap();
    assert!(html.contains("&lt;script&gt;alert(&#39;x&#39;)"), "{html}");
    assert!(!html.contains("<script>"), "{html}");
    let refused = [("redirect_uri", "http://evil.example/\"><script>")];
    let html = platform.authorize(&refused).await.text().await.unwrap();
    assert!(!html.contains("<script>"), "{html}");
}
