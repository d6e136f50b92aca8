//! The parameter `claims`: what this client can handle, and what a challenge demands.

use serde_json::{Map, Value, json};

/// The claims of a request: the capability `cp1`, by which Graph knows that its challenges are
/// handled, and what a challenge demands. What is not a JSON object demands nothing.
pub(crate) fn merged(challenge: Option<&str>) -> String {
    let mut claims = json!({ "access_token": { "xms_cc": { "values": ["cp1"] } } });
    let demanded = challenge.and_then(|text| serde_json::from_str::<Map<_, _>>(text).ok());
    for (name, value) in demanded.into_iter().flatten() {
        merge(&mut claims[name], value);
    }
    claims.to_string()
}

/// Objects are merged by their properties; of anything else the new value counts.
fn merge(into: &mut Value, value: Value) {
    match (into, value) {
        (Value::Object(into), Value::Object(value)) => {
            for (name, value) in value {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, value) => *into = value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_merged_with_the_capability() {
        let cases = [
            (None, r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#),
            (
                Some("no JSON"),
                r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#,
            ),
            (
                Some("[1]"),
                r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#,
            ),
            (
                Some(r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}"#),
                r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"},"xms_cc":{"values":["cp1"]}}}"#,
            ),
            (
                Some(r#"{"id_token":{"acr":null},"access_token":null}"#),
                r#"{"access_token":null,"id_token":{"acr":null}}"#,
            ),
        ];
        for (challenge, expected) in cases {
            let expected: Value = serde_json::from_str(expected).unwrap();
            let merged: Value = serde_json::from_str(&merged(challenge)).unwrap();
            assert_eq!(merged, expected, "{challenge:?}");
        }
    }
}
