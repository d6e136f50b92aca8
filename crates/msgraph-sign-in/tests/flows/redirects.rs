//! Redirects, over real connections: no request of a sign-in follows one.

use crate::fake::{Platform, Reply, page};
use crate::token;
use http::{Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use msgraph_sign_in::{ErrorKind, SignIn};
use std::convert::Infallible;
use tokio::net::TcpListener;

/// Serves the replies of a platform; a redirect goes to the same path of `target`. Returns the
/// origin.
async fn serve(platform: Platform, target: Option<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let target = target.unwrap_or_else(|| origin.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (platform, target) = (platform.clone(), target.clone());
            let service =
                service_fn(move |request| respond(request, platform.clone(), target.clone()));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::spawn(connection);
        }
    });
    origin
}

async fn respond(
    request: Request<Incoming>,
    platform: Platform,
    target: String,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let Reply::Answer(status, _, text) = platform.reply(&path, &body) else {
        unreachable!("the test has no other replies");
    };
    let response = Response::builder().status(status);
    let response = response.header(header::LOCATION, format!("{target}{path}"));
    Ok(response.body(Full::from(text)).unwrap())
}

/// Neither to another origin nor to the same one: the refresh token is sent once.
#[tokio::test]
async fn a_redirect_takes_no_secret_elsewhere() {
    let other = Platform::new();
    let elsewhere = serve(other.clone(), None).await;
    for target in [Some(elsewhere), None] {
        let platform = Platform::new();
        platform.lifetime(1);
        let authority = serve(platform.clone(), target).await;
        let sign_in = SignIn::new("00000000-0000-4000-8000-000000000000").authority(authority);
        for status in [301, 302, 303, 307, 308] {
            platform.then("devicecode", page(status));
            let error = sign_in.clone().device_code().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Response, "{status}: {error}");
        }
        assert_eq!(platform.requests("devicecode").len(), 5);
        let account = sign_in.device_code().await.unwrap().await.unwrap();
        for status in [301, 302, 303, 307, 308] {
            let sent = platform.requests("token").len();
            platform.then("token", page(status));
            let error = token(&account).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Response, "{status}: {error}");
            assert_eq!(platform.requests("token").len(), sent + 1, "{status}");
        }
    }
    assert!(other.requests("devicecode").is_empty() && other.requests("token").is_empty());
}
