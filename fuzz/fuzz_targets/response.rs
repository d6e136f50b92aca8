//! Any responses to a call, to pages and to a batch give values or errors of one line without the
//! token, which goes to the service only.

#![no_main]

mod script;

use libfuzzer_sys::fuzz_target;
use msgraph_presence::{Client, Error, UserId};
use msgraph_runtime::{Method, Operation, Resource, decode};
use script::Script;
use serde_json::Value;

const TOKEN: &str = "s3cret-token";
const SERVICE: &str = "https://graph.microsoft.com/";

static LIST: Operation = Operation {
    id: "list",
    method: Method::GET,
    path: "/me/list",
    repeatable: true,
    ..Operation::EMPTY
};

fuzz_target!(|data: &[u8]| {
    let Some((way, script)) = data.split_first() else {
        return;
    };
    let script = Script::new(SERVICE, script);
    script::run(async {
        match way % 4 {
            0 => read(script).await,
            1 => pages(script).await,
            2 => batch(script).await,
            _ => write(script).await,
        }
    });
});

fn client(script: Script) -> Client {
    Client::builder()
        .token(TOKEN)
        .transport(script)
        .build()
        .unwrap()
}

fn checked<T>(result: Result<T, Error>) -> Option<T> {
    result.inspect_err(|error| script::check(error, TOKEN)).ok()
}

fn ids() -> [UserId; 2] {
    [1, 2].map(|last| {
        format!("00000000-0000-0000-0000-00000000000{last}")
            .parse()
            .unwrap()
    })
}

/// A presence that was read, with its required properties or without, is equal when it is written and
/// read again.
async fn read(script: Script) {
    let client = client(script);
    if let Some(presence) = checked(client.me().presence().get().await) {
        let text = serde_json::to_string(&presence).unwrap();
        assert_eq!(
            serde_json::from_str::<msgraph_presence::Presence>(&text).unwrap(),
            presence,
            "{text}"
        );
    }
    let _ = checked(
        client
            .communications()
            .get_presences_by_user_id(ids())
            .await,
    );
}

async fn write(script: Script) {
    let client = client(script);
    let _ = checked(client.me().presence().clear_user_preferred_presence().await);
}

async fn pages(script: Script) {
    let client = msgraph_runtime::Client::builder()
        .token(TOKEN)
        .transport(script)
        .build()
        .unwrap();
    let first = Resource::root(&client).request(&LIST, decode::json::<Value>);
    let mut items = first.pages(|page| {
        let link = page["@odata.nextLink"].as_str().map(str::to_owned);
        (page["value"].as_array().cloned().unwrap_or_default(), link)
    });
    while let Some(item) = items.next().await {
        let _ = checked(item);
    }
}

async fn batch(script: Script) {
    let client = client(script);
    let mut batch = client.batch();
    let one = batch.add(client.me().presence().get());
    let two = batch.add(client.communications().get_presences_by_user_id(ids()));
    let three = batch.add(client.me().presence().clear_user_preferred_presence());
    batch.send().await;
    let _ = (
        checked(one.into_result()),
        checked(two.into_result()),
        checked(three.into_result()),
    );
}
