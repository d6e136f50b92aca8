//! The clouds in which Graph is offered.

use crate::http::{Reply, get};
use msgraph_presence_emulator::{Cloud, Emulator, Token};

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
