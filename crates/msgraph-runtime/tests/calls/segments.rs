//! Parameters within a segment of a path: each is encoded for its place.

use crate::common::{Canned, reply};
use msgraph_runtime::{Error, ErrorKind, Operation, Resource, decode};
use std::fmt::Display;

static CALL: Operation = Operation {
    id: "f",
    path: "/x/f(text='{text}',day={day})",
    ..Operation::EMPTY
};

/// The path and query that are sent for these values.
async fn sent(segment: &'static str, values: &[&dyn Display]) -> Result<String, Error> {
    let server = Canned::new([reply(200, &[], "")]);
    let x = Resource::root(&server.client()).fixed("x");
    let request = x.filled(segment, values).request(&CALL, decode::nothing);
    request.await?;
    let uri = server.sent().remove(0).into_parts().0.uri;
    Ok(uri.to_string().split_once("/v1.0/x/").unwrap().1.to_owned())
}

#[tokio::test]
async fn a_value_is_encoded_for_its_place() {
    let two = "f(text='{text}',day={day})";
    let json = r#"["a,b","c)"]"#;
    let cases: [(&str, &[&dyn Display], &str); 12] = [
        (two, &[&"D7", &7], "f(text='D7',day=7)"),
        (two, &[&"", &true], "f(text='',day=true)"),
        (
            two,
            &[&"O'Brien", &"2026-11-28"],
            "f(text='O%27%27Brien',day=2026-11-28)",
        ),
        (
            two,
            &[&"',day=9)/y?z#", &1],
            "f(text='%27%27%2Cday%3D9%29%2Fy%3Fz%23',day=1)",
        ),
        (two, &[&"..", &1], "f(text='..',day=1)"),
        (two, &[&"a%2fb c\n", &1], "f(text='a%252fb%20c%0A',day=1)"),
        (
            two,
            &[&"Zoë 🎂", &1],
            "f(text='Zo%C3%AB%20%F0%9F%8E%82',day=1)",
        ),
        (
            two,
            &[&"", &"2026-11-28T17:00:00.5+01:00"],
            "f(text='',day=2026-11-28T17%3A00%3A00.5%2B01%3A00)",
        ),
        (
            "f(ids={ids})",
            &[&json],
            "f(ids=%5B%22a%2Cb%22%2C%22c%29%22%5D)",
        ),
        ("root:{path}:", &[&"/a/b"], "root:%2Fa%2Fb:"),
        ("{a}-{b}", &[&"1", &"2"], "1-2"),
        ("delta()", &[], "delta()"),
    ];
    for (segment, values, expected) in cases {
        assert_eq!(sent(segment, values).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn a_value_that_goes_beyond_its_place_is_refused() {
    let two = "f(text='{text}',day={day})";
    let odd =
        "the parameter `day` is a text with a quote, a comma, an equals sign or a parenthesis";
    let cases: [(&str, &[&dyn Display], &str); 9] = [
        (two, &[&"a", &""], "the parameter `day` is empty"),
        (two, &[&"a", &"1,text='b'"], odd),
        (two, &[&"a", &"1)"], odd),
        (two, &[&"a", &"'b'"], odd),
        (two, &[&"a", &"[1],text=2"], odd),
        (two, &[&"a"], "the parameter `day` is empty"),
        ("{a}", &[&""], "the parameter `text` is empty"),
        ("{a}", &[&".."], "is empty, a dot or two dots"),
        ("{a}{b}", &[&".", &"."], "is empty, a dot or two dots"),
    ];
    for (segment, values, reason) in cases {
        let error = sent(segment, values).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request);
        assert!(error.to_string().contains(reason), "{segment}: {error}");
    }
}

/// Texts sent in a path are not shown, in any response of the service.
#[tokio::test]
async fn no_error_shows_a_value() {
    let body = r#"{"error":{"code":"x","message":"no O'Brien-Smith at 2026-11-28-12"}}"#;
    let server = Canned::new([reply(400, &[], body)]);
    let x = Resource::root(&server.client()).fixed("x");
    let x = x.filled(
        "f(text='{text}',day={day})",
        &[&"O'Brien-Smith", &"2026-11-28-12"],
    );
    let error = x.request(&CALL, decode::nothing).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(
        !shown.contains("Brien") && !shown.contains("2026"),
        "{shown}"
    );
}
