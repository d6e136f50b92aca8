//! The answers that a batch may get, from documented ones to garbage.

use super::{Service, found, read_all, set, thing_of};
use crate::common::{Reply, SET, Thing, reply};
use bytes::Bytes;
use msgraph_runtime::{
    Error, ErrorKind, Method, Operation, Resource, RetryPolicy, TransportError, decode,
};
use serde_json::{Value, json};
use std::task::{Context, Poll};

/// Reads two things by a batch with this response, and gives their ids, or the kinds of their
/// errors.
async fn results(answer: impl Fn() -> Reply + Send + Sync + 'static) -> [Result<String, Error>; 2] {
    let service = Service::new(move |_, _| answer());
    let client = service
        .builder()
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let results = read_all(&client, [1, 2]).await;
    let ids = results
        .into_iter()
        .map(|one| one.map(|thing| thing.id.clone()));
    ids.collect::<Vec<_>>().try_into().unwrap()
}

#[tokio::test]
async fn a_response_belongs_to_the_request_with_its_id() {
    let two = r#"{"id":"2","status":200,"body":{"id":"two"}}"#;
    let cases = [
        // In another order, with other properties, with numbers as texts and texts as numbers.
        format!(r#"{{"responses":[{two},{{"id":"1","status":200,"body":{{"id":"one"}}}}]}}"#),
        format!(
            r#"{{"@odata.context":[{{}}],"responses":[{two},{{"x":[null],"body":{{"id":"one"}},"status":"200","id":1}}],"y":7}}"#
        ),
        // Of two responses with one id the first counts; unknown ids are ignored.
        format!(
            r#"{{"responses":[{{"id":"1","status":200,"body":{{"id":"one"}}}},{two},{{"id":"2","status":404}},{{"id":"21","status":500}},{{"id":"0","status":500}},{{"id":"x","status":500}}]}}"#
        ),
        // A part that is not a response is ignored.
        format!(
            r#"{{"responses":[null,{{}},{{"id":[1]}},{{"id":"1"}},{{"id":"1","status":7}},{{"id":"1","status":"x"}},{two},{{"id":"1","status":200,"headers":null,"body":{{"id":"one"}}}}]}}"#
        ),
        // A byte order mark, and what follows the last response is of no interest.
        format!(
            "\u{FEFF}{{\"responses\":[{two},{{\"id\":\"1\",\"status\":200,\"headers\":{{\"X\":[1],\"Y\":null,\"b d\":\"\"}},\"body\":{{\"id\":\"one\"}}}}],"
        ),
    ];
    for case in cases {
        let body = case.clone();
        let [one, two] = results(move || reply(200, &[], &body)).await;
        assert_eq!((&*one.unwrap(), &*two.unwrap()), ("one", "two"), "{case}");
    }
}

#[tokio::test]
async fn a_request_without_a_response_has_no_known_outcome() {
    let cases = [
        ("", "ends too early"),
        ("{", "ends too early"),
        (r#"{"responses":[{"id":"1","status":200,"#, "ends too early"),
        ("7", "not what is documented"),
        ("\u{7}\u{FFFD}", "not what is documented"),
        (
            r#"{"responses":[7,{"id":"1","status":200},{"id":"2","status":200}]}"#,
            "not what is documented",
        ),
        (r#"{"responses":7}"#, "not what is documented"),
        (r#"{"responses":null}"#, "not what is documented"),
        (r#"{"value":[]}"#, "no entry with the id"),
        (r#"{"responses":[]}"#, "no entry with the id"),
        (
            r#"{"responses":[{"id":"3","status":200}]}"#,
            "no entry with the id",
        ),
    ];
    for (body, reason) in cases {
        for result in results(move || reply(200, &[], body)).await {
            let error = result.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Interrupted, "{body}");
            assert!(error.may_have_acted() && error.is_retryable());
            let text = format!("{error:?}");
            assert!(text.contains("no entry for this request"), "{text}");
            assert!(text.contains(reason), "{body}: {text}");
        }
    }
}

/// A body whose first part comes, and the rest never.
struct Cut(Option<Bytes>);

impl msgraph_runtime::Chunks for Cut {
    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        let rest = || Err(TransportError::interrupted("reset"));
        Poll::Ready(Some(self.0.take().map_or_else(rest, Ok)))
    }
}

#[tokio::test(start_paused = true)]
async fn responses_that_came_before_the_connection_broke_count() {
    let service = Service::new(|n, batch| {
        let response = |request: &Value| {
            let mut response = found(thing_of(request));
            response["id"] = request["id"].clone();
            response
        };
        let responses: Vec<_> = batch.requests.iter().map(response).collect();
        let text = json!({ "responses": responses }).to_string();
        match n {
            0 => {
                let half = Bytes::from(text[..text.len() / 2].to_owned());
                Ok(http::Response::new(msgraph_runtime::Body::chunks(Cut(
                    Some(half),
                ))))
            }
            _ => reply(200, &[], &text),
        }
    });
    let results = read_all(&service.client(), 0..10).await;
    assert!(
        results
            .iter()
            .zip(0..)
            .all(|(one, n)| one.as_ref().unwrap().id == format!("{n}"))
    );
    let things: Vec<_> = service
        .came()
        .into_iter()
        .map(|(_, things)| things)
        .collect();
    let expected: [Vec<u64>; 2] = [(0..10).collect(), (4..10).collect()];
    assert_eq!(things, expected);
}

#[tokio::test]
async fn an_answer_to_the_whole_batch_is_that_to_each_request() {
    let refusal = r#"{"error":{"code":"BadRequest","message":"Write request id : 2 does not contain Content-Type header or body."}}"#;
    let page = "<!DOCTYPE html><title>Sign in</title>";
    let cases = [
        (
            400,
            refusal,
            ErrorKind::Service,
            "400 Bad Request, BadRequest",
        ),
        (
            404,
            "",
            ErrorKind::Service,
            "404 Not Found, the whole batch",
        ),
        (403, refusal, ErrorKind::Service, "403 Forbidden"),
        (413, page, ErrorKind::Service, "413"),
        (200, refusal, ErrorKind::Service, "200 OK, BadRequest"),
        (200, page, ErrorKind::Body, "a web page"),
    ];
    for (status, body, kind, text) in cases {
        for result in results(move || reply(status, &[], body)).await {
            let error = result.unwrap_err();
            assert_eq!(error.kind(), kind);
            let line = error.to_string();
            assert!(line.contains(text), "{line}");
            // The hints and the permissions of the operation say nothing of a batch.
            assert!(
                !line.contains("the id of the thing") && !line.contains("Thing.Read"),
                "{line}"
            );
            if kind == ErrorKind::Service && body != page {
                assert!(line.contains("the whole batch was refused"), "{line}");
            }
        }
    }
}

#[tokio::test]
async fn no_error_shows_what_another_request_of_the_batch_has_sent() {
    let service = Service::new(|_, batch| {
        let echo = format!("cannot read {}", json!(batch.requests));
        let error = json!({"error": {"code": "BadRequest", "message": echo}});
        reply(400, &[], &error.to_string())
    });
    let client = service.client();
    let requests = ["At the dentist", "Lunch at Luigi's"].map(|note| set(&client, 1, note));
    let mut requests: Vec<_> = requests.into();
    requests[0] = set(&client, 1, "At the dentist").header("X-Key", "sesame open");
    let ada = Resource::root(&client)
        .fixed("things")
        .parameter("Ada-Lovelace");
    requests.push(
        ada.fixed("set")
            .write(&SET, Ok(Thing::default()), decode::nothing),
    );
    for result in client.batch().send_all(requests).await {
        let error = result.unwrap_err();
        for private in ["dentist", "Luigi", "sesame", "Lovelace", "secret"] {
            for line in [
                format!("{error}"),
                format!("{error:?}"),
                format!("{error:#?}"),
            ] {
                assert!(
                    line.contains("cannot read") && !line.contains(private),
                    "{line}"
                );
            }
        }
    }
}

#[tokio::test]
async fn other_bodies_than_json_are_text_of_base64() {
    type Case = (&'static str, &'static str, &'static [u8]);
    let cases: [Case; 7] = [
        ("image/jpeg", r#""/9j/4A==""#, b"\xFF\xD8\xFF\xE0"),
        ("image/jpeg", r#""_9j_4A""#, b"\xFF\xD8\xFF\xE0"),
        ("text/plain", r#""not base64!""#, b"not base64!"),
        ("text/plain", r#"{"id":"1"}"#, br#"{"id":"1"}"#),
        ("application/json; charset=utf-8", r#""aWQ=""#, br#""aWQ=""#),
        ("APPLICATION/JSON", "null", b""),
        (
            "",
            r#"[ 1,  {"a":"\u00e9"} ]"#,
            br#"[ 1,  {"a":"\u00e9"} ]"#,
        ),
    ];
    for (media_type, body, expected) in cases {
        let text = match media_type {
            "" => format!(r#"{{"responses":[{{"id":"1","status":200,"body":{body}}}]}}"#),
            _ => format!(
                r#"{{"responses":[{{"id":"1","status":200,"headers":{{"Content-Type":"{media_type}"}},"body":{body}}}]}}"#
            ),
        };
        let service = Service::new(move |_, _| reply(200, &[], &text));
        let client = service.client();
        static PHOTO: Operation = Operation {
            id: "things.photo",
            path: "/things/{id}/photo",
            ..Operation::EMPTY
        };
        let thing = Resource::root(&client).fixed("things").parameter(1);
        let mut batch = client.batch();
        let photo = batch.add(thing.request(&PHOTO, decode::nothing));
        batch.send().await;
        assert_eq!(
            photo.into_result().unwrap().body(),
            expected,
            "{media_type} {body}"
        );
    }
}

#[tokio::test]
async fn a_write_without_a_body_has_an_empty_object_for_the_service() {
    let service = Service::of_things(|_, _| json!({"status": 200}));
    let client = service.client();
    static CLEAR: Operation = Operation {
        id: "things.clear",
        method: Method::POST,
        path: "/things/{id}/clear",
        ..Operation::EMPTY
    };
    static DELETE: Operation = Operation {
        id: "things.delete",
        method: Method::DELETE,
        path: "/things/{id}",
        ..Operation::EMPTY
    };
    let thing = || Resource::root(&client).fixed("things").parameter(1);
    let requests = [&CLEAR, &DELETE].map(|operation| thing().request(operation, decode::nothing));
    assert!(
        client
            .batch()
            .send_all(requests)
            .await
            .iter()
            .all(Result::is_ok)
    );
    let requests = service.batches().remove(0).requests;
    assert_eq!(requests[0]["body"], json!({}));
    assert_eq!(requests[0]["headers"]["Content-Type"], "application/json");
    assert_eq!(requests[1].get("body"), None);
}

#[tokio::test]
async fn an_answer_of_any_garbage_gives_errors() {
    let texts = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "1",
        "id",
        "responses",
        "status",
        "body",
        "null",
        "200",
        "\\u",
        "é",
    ];
    let mut random = 7_u32;
    for _ in 0..500 {
        let mut body = String::new();
        for _ in 0..random % 23 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            body.push_str(texts[(random >> 16) as usize % texts.len()]);
        }
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        for result in results(move || reply(200, &[], &body)).await {
            assert!(result.is_err());
        }
    }
}

#[tokio::test]
async fn an_answer_with_another_id_is_that_to_another_batch() {
    let other = "66825e03-7ef5-42da-9069-724602c31f6b";
    let service = Service::new(move |_, _| reply(200, &[("client-request-id", other)], ""));
    let results = read_all(&service.client(), [1]).await;
    let error = results.into_iter().next().unwrap().unwrap_err();
    assert!(
        error.to_string().contains("belongs to another request"),
        "{error}"
    );
    // In a response within, the id may be that of the batch.
    let service = Service::of_things(move |_, thing| {
        let mut response = found(thing);
        response["headers"]["client-request-id"] = json!(other);
        response
    });
    assert!(read_all(&service.client(), [1]).await[0].is_ok());
}

#[tokio::test]
async fn bytes_that_are_no_text_end_what_can_be_read() {
    let service = Service::new(|_, _| {
        let first = br#"{"responses":[{"id":"1","status":200,"body":{"id":"1"}},"#;
        let body = [first, &b"{\"id\":\"2\",\"x\":\"\xFF\"}]}"[..]].concat();
        Ok(http::Response::new(body.into()))
    });
    let client = service.builder().retry(RetryPolicy::none());
    let [one, two] = &read_all(&client.build().unwrap(), [1, 2]).await[..] else {
        panic!("not two results")
    };
    assert_eq!(one.as_ref().unwrap().id, "1");
    assert_eq!(two.as_ref().unwrap_err().kind(), ErrorKind::Interrupted);
}

#[tokio::test]
async fn a_body_that_is_not_json_costs_only_its_own_request() {
    for body in [
        r#"{"id":one}"#,
        r#"{"id" "one"}"#,
        r#"{"id":["one"}}"#,
        r#"[{"id":"one"]]"#,
    ] {
        let text = format!(
            r#"{{"responses":[{{"id":"1","status":200,"body":{body}}},{{"id":"2","status":200,"body":{{"id":"two"}}}}]}}"#
        );
        let [one, two] = results(move || reply(200, &[], &text)).await;
        assert_eq!(one.unwrap_err().kind(), ErrorKind::Body, "{body}");
        assert_eq!(two.unwrap(), "two", "{body}");
    }
}

#[tokio::test]
async fn files_are_sent_and_read_in_base64() {
    static SET_PHOTO: Operation = Operation {
        id: "things.setPhoto",
        method: Method::PUT,
        path: "/things/{id}/photo",
        accept: Some("*/*"),
        content_type: Some("image/png"),
        ..Operation::EMPTY
    };
    let service = Service::of_things(
        |_, _| json!({"status": 200, "headers": {"Content-Type": "image/png"}, "body": "iVBORw=="}),
    );
    let client = service.client();
    let thing = Resource::root(&client).fixed("things").parameter(1);
    let request = thing.request(&SET_PHOTO, decode::bytes);
    let results = client
        .batch()
        .send_all([request.bytes(&b"\x89PNG"[..])])
        .await;
    assert_eq!(**results[0].as_ref().unwrap(), *b"\x89PNG");
    let requests = service.batches().remove(0).requests;
    assert_eq!(requests[0]["body"], "iVBORw==");
    assert_eq!(requests[0]["headers"]["Content-Type"], "image/png");
    assert_eq!(requests[0]["headers"]["accept"], "*/*");
}

#[tokio::test]
async fn a_response_without_a_request_id_has_that_of_the_batch() {
    let body = r#"{"responses":[
        {"id":"1","status":200,"headers":{"Request-Id":"own"},"body":{"id":"1"}},
        {"id":"2","status":404}]}"#;
    let id = "2a2b9c5a-6a3e-4a52-9ad1-2b0e4b8b1d55";
    let service = Service::new(move |_, _| {
        reply(
            200,
            &[("request-id", id), ("date", "today"), ("retry-after", "9")],
            body,
        )
    });
    let [one, two] = &read_all(&service.client(), [1, 2]).await[..] else {
        panic!("not two results")
    };
    let one = one.as_ref().unwrap();
    assert_eq!((one.request_id(), one.date()), (Some("own"), Some("today")));
    let error = two.as_ref().unwrap_err();
    assert_eq!((error.request_id(), error.retry_after()), (Some(id), None));
    assert!(error.to_string().contains(id), "{error}");
}
