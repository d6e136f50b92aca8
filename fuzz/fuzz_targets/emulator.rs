//! Any requests to Graph, to the identity platform and to the administration API get responses, after
//! which the emulator still tells its state.
//!
//! A request is a method and a path, lines of headers, an empty line and a body; the byte 0xff, which
//! UTF-8 never has, is between two of them.

#![no_main]
#![expect(
    dead_code,
    unused_imports,
    reason = "the target uses a part of the modules of the crate"
)]

include!("emulator_modules.rs");

use bytes::Bytes;
use clock::Clock;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use identity::Endpoint;
use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;
use service::Service;
use user::UserEntry;

fuzz_target!(|data: &[u8]| {
    let mut service = Service::new(
        Cloud::Global,
        Clock::set_to("2026-11-21T09:00:00Z".parse().unwrap()),
    );
    let ada = r#"{"name":"Ada","id":"fa8bf3dc-eca7-46b7-bad1-db199b62afc3","signedIn":true}"#;
    service
        .add_entry(&serde_json::from_str::<UserEntry>(ada).unwrap())
        .unwrap();
    for text in data.split(|byte| *byte == 0xff) {
        if let Some(request) = request(text) {
            respond(&mut service, request);
        }
    }
    for path in ["/_emulator/state", "/_emulator/requests"] {
        let response = respond(&mut service, Request::get(path).body(Bytes::new()).unwrap());
        assert_eq!(response.status(), StatusCode::OK);
        serde_json::from_slice::<IgnoredAny>(response.body()).unwrap();
    }
});

/// As the server responds, without its connections.
fn respond(service: &mut Service, request: Request<Bytes>) -> Response<Bytes> {
    let _ = access::check_host(request.version(), request.headers());
    let _ = access::AllowedHosts::default().check(&request);
    if let Some(response) = access::preflight(&request) {
        return response;
    }
    if admin::owns(request.uri().path()) {
        return admin::respond(service, &request);
    }
    let outgoing = match Endpoint::of(request.uri().path()) {
        Some((endpoint, _)) => identity::respond(service, request, endpoint),
        None => service.respond(request, None),
    };
    outgoing.response
}

fn request(text: &[u8]) -> Option<Request<Bytes>> {
    let end = text.windows(2).position(|two| two == b"\n\n");
    let (head, body) = end.map_or((text, &[][..]), |end| (&text[..end], &text[end + 2..]));
    let mut request = Request::new(Bytes::copy_from_slice(body));
    let mut lines = head.split(|byte| *byte == b'\n');
    let mut words = lines.next()?.splitn(2, |byte| *byte == b' ');
    *request.method_mut() = Method::from_bytes(words.next()?).ok()?;
    *request.uri_mut() = Uri::try_from(words.next()?).ok()?;
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at(colon);
        let value = value[1..].trim_ascii();
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        {
            request.headers_mut().append(name, value);
        }
    }
    Some(request)
}
