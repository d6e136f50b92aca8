//! Any bytes at the port that waits for the browser get a response or an end; a sign-in ends only by
//! its own state, which stands for the text STATE.

#![no_main]

#[expect(dead_code, reason = "a browser does not wait for a clock")]
mod script;

use http::Uri;
use libfuzzer_sys::fuzz_target;
use msgraph_sign_in::{Account, Error, SignIn, Store};
use script::Script;
use std::sync::Mutex;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The sign-in that waits, from one run to the next.
static WAITING: Mutex<Option<Waiting>> = Mutex::new(None);

struct Waiting {
    runtime: Runtime,
    port: u16,
    state: String,
    outcome: JoinHandle<Result<Account, Error>>,
}

fuzz_target!(|data: &[u8]| {
    let waiting = WAITING
        .lock()
        .unwrap()
        .take()
        .unwrap_or_else(Waiting::start);
    let (request, has_state) = filled(data, &waiting.state);
    waiting.runtime.block_on(send(waiting.port, &request));
    let is_over = waiting.outcome.is_finished();
    assert!(!is_over || has_state, "another one has ended the sign-in");
    if is_over {
        if let Err(error) = waiting.runtime.block_on(waiting.outcome).unwrap() {
            script::check(&error, &waiting.state);
        }
    } else {
        *WAITING.lock().unwrap() = Some(waiting);
    }
});

impl Waiting {
    fn start() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (sender, url) = oneshot::channel();
        let open = |url: &str| {
            let _ = sender.send(url.to_owned());
            Ok(())
        };
        let platform = Script::new("https://login.microsoftonline.com/", b"400\n\n{}");
        // No file is written for a sign-in.
        let sign_in = SignIn::new("fuzz")
            .store(Store::memory())
            .transport(platform);
        let browser = sign_in
            .browser()
            .timeout(Duration::from_secs(86_400))
            .open_with(open);
        let outcome = runtime.spawn(async { browser.await });
        let url: Uri = runtime.block_on(url).unwrap().parse().unwrap();
        let query = url.query().unwrap();
        let parameter = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs
                .find(|(found, _)| *found == name)
                .unwrap()
                .1
                .to_owned()
        };
        let port = parameter("redirect_uri")
            .rsplit("%3A")
            .next()
            .unwrap()
            .parse()
            .unwrap();
        Self {
            port,
            state: parameter("state"),
            runtime,
            outcome,
        }
    }
}

/// The request with the state in place of STATE, and whether it has it.
fn filled(data: &[u8], state: &str) -> (Vec<u8>, bool) {
    let text = data.utf8_chunks().flat_map(|chunk| {
        [
            chunk.valid().replace("STATE", state).into_bytes(),
            chunk.invalid().to_vec(),
        ]
    });
    let filled = text.collect::<Vec<_>>().concat();
    let has_state = filled != data;
    (filled, has_state)
}

async fn send(port: u16, request: &[u8]) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    // Neither end waits for late packets, so that a million connections find free ports.
    socket2::SockRef::from(&stream)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
    let _ = stream.write_all(request).await;
    let _ = stream.shutdown().await;
    let _ = stream.read_to_end(&mut Vec::new()).await;
}
