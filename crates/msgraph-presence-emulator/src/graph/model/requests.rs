//! Random batches and random lists of ids, compared with what they have to give.

use super::{Both, repeatable, respond};
use crate::user::User;
use http::StatusCode;
use msgraph_presence_models::UserId;
use proptest::prelude::*;
use serde_json::json;

/// A request of a batch: its status without dependencies, and the positions of those.
type ModelPart = (u16, Vec<usize>);

fn part() -> impl Strategy<Value = ModelPart> {
    let status = prop_oneof![3 => Just(200), 1 => Just(404), 1 => Just(400), 1 => Just(501)];
    (status, proptest::collection::vec(0_usize..20, 0..3))
}

/// The statuses of all parts, or `None` when some of them wait for each other.
fn statuses(parts: &[ModelPart]) -> Option<Vec<u16>> {
    let mut statuses = vec![None; parts.len()];
    for _ in parts {
        for (n, (status, on)) in parts.iter().enumerate() {
            let on: Option<Vec<u16>> = on.iter().map(|on| statuses[*on]).collect();
            let failed = |on: Vec<u16>| on.into_iter().any(|status| status >= 400);
            statuses[n] = on.map(|on| if failed(on) { 424 } else { *status });
        }
    }
    statuses.into_iter().collect()
}

proptest! {
    #![proptest_config(repeatable())]

    #[test]
    fn a_batch_is_as_the_model(mut parts in proptest::collection::vec(part(), 1..=20)) {
        let count = parts.len();
        for (_, on) in &mut parts {
            on.iter_mut().for_each(|on| *on %= count);
        }
        let mut both = Both::new(false);
        let requests = parts.iter().enumerate().map(|(n, (status, on))| {
            let url = match status {
                200 => "/me/presence",
                404 => "/users/66825e03-7ef5-42da-9069-724602c31f6b/presence",
                400 => "/me/presents",
                _ => "/me/messages",
            };
            let on: Vec<_> = on.iter().map(|on| format!("ID{on}")).collect();
            json!({ "id": format!("id{n}"), "method": "GET", "url": url, "dependsOn": on })
        });
        let requests: Vec<_> = requests.collect();
        let batch = json!({ "requests": requests }).to_string();
        let (status, body) = respond(&mut both.service, "Ada", "POST", "/$batch", batch);
        let Some(expected) = statuses(&parts) else {
            prop_assert_eq!(status, StatusCode::BAD_REQUEST);
            return Ok(());
        };
        prop_assert_eq!(status, StatusCode::OK);
        let found = body["responses"].as_array().unwrap().iter();
        let found: Vec<_> = found.map(|r| r["status"].as_u64().unwrap() as u16).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn many_users_are_as_the_model(ids in proptest::collection::vec((0_u8..8, any::<bool>()), 0..30)) {
        let mut both = Both::new(false);
        let users: Vec<UserId> = (0_u8..4)
            .map(|n| both.service.add(User::new(format!("User {n}"))))
            .collect();
        let id = |n: u8| match users.get(usize::from(n)) {
            Some(user) => user.to_string(),
            None => format!("{n:08}-0000-4000-8000-000000000000"),
        };
        let sent = ids.iter().map(|(n, upper)| {
            let id = id(*n);
            if *upper { id.to_uppercase() } else { id }
        });
        let body = json!({ "ids": sent.collect::<Vec<_>>() }).to_string();
        let path = "/communications/getPresencesByUserId";
        let (status, body) = respond(&mut both.service, "Bob", "POST", path, body);
        prop_assert_eq!(status, StatusCode::OK);
        let mut expected: Vec<String> = Vec::new();
        for id in ids.iter().filter(|(n, _)| *n < 4).map(|(n, _)| id(*n)) {
            if !expected.contains(&id) {
                expected.push(id);
            }
        }
        let found = body["value"].as_array().unwrap().iter();
        let found: Vec<_> = found.map(|p| p["id"].as_str().unwrap().to_owned()).collect();
        prop_assert_eq!(found, expected);
    }
}
