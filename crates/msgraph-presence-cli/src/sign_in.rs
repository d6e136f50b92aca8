//! Sign-in and sign-out.

use crate::arguments::Options;
use crate::demo;
use crate::output::{Output, plain};
use msgraph_presence::BoxError;
use msgraph_presence::sign_in::{Account, SignIn, Store};
use serde_json::json;

/// The way in which a person signs in.
#[derive(Clone, Copy)]
pub enum Way {
    Browser,
    /// Only the address of the page is printed.
    Address,
    Device,
}

pub async fn login(options: &Options, way: Way, output: Output) -> Result<(), BoxError> {
    let mut sign_in = options.sign_in()?;
    // It runs until the end of the sign-in.
    let mut demo = None;
    if options.is_demo() {
        let (graph, _) = demo::start(Vec::new()).await?;
        sign_in = sign_in.authority(graph.origin()).store(Store::memory());
        demo = Some(graph);
    }
    let account = person(sign_in, way, output).await?;
    drop(demo);
    let (user, place) = (account.user_name(), account.stored_in());
    let missing = account.missing_scopes();
    let name = user.as_deref().map(|user| format!(" as {}", plain(user)));
    let name = name.unwrap_or_default();
    let mut line = format!("Signed in{name}. The tokens are in {place}.");
    if !missing.is_empty() {
        line += &format!(" Not granted: {}.", missing.join(", "));
    }
    let object = json!({ "userName": user, "storedIn": place, "missingScopes": missing });
    output.tell("signedIn", object, &line)?;
    account
        .store_error()
        .map_or(Ok(()), |error| Err(error.into()))
}

/// Waits for the person.
async fn person(sign_in: SignIn, way: Way, output: Output) -> Result<Account, BoxError> {
    if let Way::Device = way {
        let pending = sign_in.device_code().await?;
        let (page, code) = (pending.code().page(), pending.code().user_code());
        let seconds = pending.code().expires_in().as_secs();
        let minutes = seconds / 60;
        let line = format!("Open {page} and enter {code}, within {minutes} minutes.");
        let object = json!({ "page": page, "code": code, "expiresInSeconds": seconds });
        output.tell("deviceCode", object, &line)?;
        return Ok(pending.await?);
    }
    let browser = sign_in.browser().on_url(move |url| {
        let line = format!("Sign in in the browser of this machine, on this page:\n{url}");
        let _ = output.tell("browser", json!({ "url": url }), &line);
    });
    Ok(match way {
        Way::Address => browser.open_with(|_| Ok(())).await?,
        _ => browser.await?,
    })
}

pub async fn logout(options: &Options, output: Output) -> Result<(), BoxError> {
    // A hold that was killed is given back while there is a token.
    if !options.is_demo() && options.sign_in()?.silent().await.is_ok() {
        options.connect(Vec::new(), output).await?;
    }
    let removed = options.sign_in()?.sign_out().await?;
    let line = match removed {
        true => "Signed out: the tokens are removed.",
        false => "Nobody was signed in.",
    };
    Ok(output.tell("signedOut", json!({ "removed": removed }), line)?)
}
