//! The clouds in which Graph is offered.

use crate::http::{Reply, get, post};
use msgraph_presence_emulator::{Cloud, Emulator, Token};
use serde_json::json;

#[tokio::test]
async fn each_cloud_is_a_world_of_its_own() {
    for &cloud in Cloud::ALL {
        let builder = Emulator::builder().cloud(cloud).user("Ada");
        let emulator = builder.start().await.unwrap();
        let ada = emulator.add_user("Ada");
        for &other in Cloud::ALL {
            let token = emulator.token(Token::delegated(ada).cloud(other));
            let reply = get(&emulator, &token, "/me/presence").await;
            let expected = match (other == cloud, cloud) {
                (false, _) => 401,
                (true, Cloud::China) => 400,
                (true, _) => 200,
            };
            assert_eq!(reply.status, expected, "{other:?} at {cloud:?}");
            if expected == 200 {
                check_properties(&reply, cloud);
            }
        }
    }
}

#[tokio::test]
async fn actions_that_a_cloud_does_not_have_are_unknown_there() {
    let ids = json!({ "ids": [] });
    let place = json!({ "workLocationType": "office" });
    let cases = [
        (Cloud::Global, 200, 200),
        (Cloud::UsGovernmentL4, 200, 400),
        (Cloud::UsGovernmentL5, 200, 400),
        (Cloud::China, 400, 400),
    ];
    for (cloud, many, location) in cases {
        let builder = Emulator::builder().cloud(cloud).user("Ada");
        let emulator = builder.start().await.unwrap();
        let path = "/communications/getPresencesByUserId";
        let reply = post(&emulator, "Ada", path, ids.clone()).await;
        assert_eq!(reply.status, many, "{cloud:?}");
        let path = "/me/presence/setManualLocation";
        let reply = post(&emulator, "Ada", path, place.clone()).await;
        assert_eq!(reply.status, location, "{cloud:?}");
    }
}

fn check_properties(reply: &Reply, cloud: Cloud) {
    let body = reply.json();
    let context = body["@odata.context"].as_str().unwrap_or_default();
    assert!(context.starts_with(cloud.root()), "{context}");
    let global = cloud == Cloud::Global;
    assert_eq!(body.get("sequenceNumber").is_some(), global, "{cloud:?}");
    assert_eq!(
        body.get("outOfOfficeSettings").is_some(),
        global,
        "{cloud:?}"
    );
}
