//! The parameter `claims`: the capability of this client, and the claims of a challenge.

use serde_json::{Map, Value, json};

/// Merges the claims of a challenge into those of each request: the capability `cp1`, which tells
/// Graph that claims challenges are handled. A challenge that is not a JSON object is ignored.
pub(crate) fn merged(challenge: Option<&str>) -> String {
    let mut claims = json!({ "access_token": { "xms_cc": { "values": ["cp1"] } } });
    let demanded = challenge.and_then(|text| serde_json::from_str::<Map<_, _>>(text).ok());
    for (name, value) in demanded.into_iter().flatten() {
        merge(&mut claims[name], value);
    }
    claims.to_string()
}

/// Merges objects by their properties; any other value replaces the earlier one.
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
