//! The four actions on the work location.

use crate::http::{get, post, with_ada};
use msgraph_presence_emulator::{Emulator, User};
use serde_json::{Value, json};

async fn act(emulator: &Emulator, action: &str, body: Value) -> u16 {
    let path = format!("/me/presence/{action}");
    post(emulator, "Ada", &path, body).await.status
}

async fn location(emulator: &Emulator) -> Value {
    get(emulator, "Ada", "/me/presence").await.json()["workLocation"].clone()
}

#[tokio::test]
async fn manual_comes_before_automatic_before_scheduled() {
    let plan = json!({ "workLocationType": "remote", "source": "scheduled" });
    let emulator = Emulator::start().await.unwrap();
    let ada = User::new("Ada").work_location(serde_json::from_value(plan.clone()).unwrap());
    emulator.add_user(ada);
    assert_eq!(location(&emulator).await, plan);

    let place = "eb706f15-137e-4722-b4d1-b601481d9251";
    let office = json!({ "workLocationType": "office", "placeId": place });
    let automatic =
        json!({ "workLocationType": "office", "source": "automatic", "placeId": place });
    let manual = json!({ "workLocationType": "timeOff", "source": "manual" });
    assert_eq!(
        act(&emulator, "setAutomaticLocation", office.clone()).await,
        200
    );
    assert_eq!(location(&emulator).await, automatic);
    let time_off = json!({ "workLocationType": "timeOff" });
    assert_eq!(act(&emulator, "setManualLocation", time_off).await, 200);
    assert_eq!(location(&emulator).await, manual);

    assert_eq!(
        act(&emulator, "clearAutomaticLocation", json!({})).await,
        200
    );
    assert_eq!(location(&emulator).await, manual);
    assert_eq!(act(&emulator, "setAutomaticLocation", office).await, 200);
    assert_eq!(act(&emulator, "clearLocation", json!({})).await, 200);
    assert_eq!(location(&emulator).await, plan);
}

#[tokio::test]
async fn a_location_that_was_cleared_has_the_source_none() {
    let (emulator, ..) = with_ada().await;
    assert_eq!(location(&emulator).await, Value::Null);
    assert_eq!(
        act(&emulator, "clearAutomaticLocation", json!({})).await,
        200
    );
    let none = json!({ "workLocationType": "unspecified", "source": "none" });
    assert_eq!(location(&emulator).await, none);
}

#[tokio::test]
async fn a_location_is_one_of_four_and_set_by_the_user_itself() {
    let (emulator, _, token) = with_ada().await;
    let cases = [
        (json!({ "workLocationType": "unspecified" }), 200),
        (json!({ "workLocationType": "Office" }), 200),
        (
            json!({ "workLocationType": "remote", "placeId": null }),
            200,
        ),
        (json!({ "workLocationType": "unknownFutureValue" }), 400),
        (json!({ "workLocationType": "moon" }), 400),
        (json!({ "workLocationType": null }), 400),
        (json!({ "placeId": "x" }), 400),
        (json!({}), 400),
    ];
    for (body, status) in cases {
        for action in ["setManualLocation", "setAutomaticLocation"] {
            assert_eq!(
                act(&emulator, action, body.clone()).await,
                status,
                "{action} {body}"
            );
        }
    }
    let body = json!({ "workLocationType": "office" });
    let path = "/me/presence/setManualLocation";
    let reply = post(&emulator, "application", path, body.clone()).await;
    assert_eq!(reply.status, 400, "an application has no /me");
    // Documented for /me only: elsewhere Graph has it, and the emulator does not.
    let path = "/communications/presences/fa8bf3dc-eca7-46b7-bad1-db199b62afc3/setManualLocation";
    assert_eq!(post(&emulator, &token, path, body).await.status, 501);
}
