//! The whole of presence in graph-rs-sdk, a line for each step.

use graph_http::api_impl::RequestHandler;
use graph_rs_sdk::http::Url;
use graph_rs_sdk::{GraphClient, GraphClientConfiguration};
use serde_json::{Value, json};
use std::error::Error;

const ADA: &str = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";
const PRESENTER: &str = "66825e03-7ef5-42da-9069-724602c31f6b";
const PAUSING: &str = "dc74d9bb-6afe-433d-8eaa-e39d80d3a647";
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";
const SESSION: &str = "22553876-f5ab-4529-bffb-cfe50aa89f87";

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let settings = GraphClientConfiguration::new()
        .access_token("Ada")
        .https_only(false);
    let mut graph = GraphClient::from(settings);
    let root = format!("{}/v1.0", std::env::var("ORIGIN")?);
    graph.use_test_endpoint(&Url::parse(&root)?);
    let me = || graph.me().presence();
    let user = || graph.user(ADA).presence();
    let get = async || Ok::<_, Box<dyn Error>>(pair(&json_of(me().get_presence()).await?));

    let ada = json_of(graph.me().get_user()).await?;
    println!(
        "get /me: {} {}",
        text(&ada, "displayName"),
        text(&ada, "userPrincipalName")
    );

    let away = json!({ "availability": "Away", "activity": "Away" });
    status_of(me().set_user_preferred_presence(&away)).await?;
    println!("setUserPreferredPresence at /me: {}", get().await?);
    // The SDK sends neither a body nor a Content-Type.
    status_of(me().clear_user_preferred_presence()).await?;
    println!("clearUserPreferredPresence at /me: {}", get().await?);

    status_of(me().set_presence(&session("Busy", "InACall"))).await?;
    println!("setPresence at /me: {}", get().await?);
    status_of(user().set_presence(&session("DoNotDisturb", "Presenting"))).await?;
    println!(
        "setPresence at /users/{{id}}, the same session: {}",
        get().await?
    );
    let gone = json!({ "sessionId": SESSION });
    status_of(me().clear_presence(&gone)).await?;
    println!("clearPresence at /me: {}", get().await?);
    let status = status_of(user().clear_presence(&gone)).await?;
    println!("clearPresence of a session that is gone: {status}");

    let ids = json!({ "ids": [PRESENTER, PAUSING] });
    let many = json_of(graph.communications().get_presences_by_user_id(&ids)).await?;
    let pairs: Vec<String> = many["value"]
        .as_array()
        .into_iter()
        .flatten()
        .map(pair)
        .collect();
    println!("getPresencesByUserId: {}", pairs.join(", "));

    let read =
        |id: &&str| json!({ "id": id, "method": "GET", "url": format!("/users/{id}/presence") });
    let reads: Vec<Value> = [ADA, PRESENTER, NOBODY].iter().map(read).collect();
    let batch = json_of(graph.batch(&json!({ "requests": reads }))).await?;
    let parts = batch["responses"].as_array().into_iter().flatten();
    let statuses: Vec<String> = parts.map(|part| part["status"].to_string()).collect();
    assert_eq!(
        pair(&batch["responses"][1]["body"]),
        "DoNotDisturb/Presenting"
    );
    println!("a batch of three reads: {}", statuses.join(", "));
    Ok(())
}

fn session(availability: &str, activity: &str) -> Value {
    json!({
        "sessionId": SESSION,
        "availability": availability,
        "activity": activity,
        "expirationDuration": "PT1H",
    })
}

async fn json_of(request: RequestHandler) -> Outcome<Value> {
    Ok(request.send().await?.error_for_status()?.json().await?)
}

async fn status_of(request: RequestHandler) -> Outcome<u16> {
    Ok(request.send().await?.status().as_u16())
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or("(missing)")
}

fn pair(presence: &Value) -> String {
    format!(
        "{}/{}",
        text(presence, "availability"),
        text(presence, "activity")
    )
}
