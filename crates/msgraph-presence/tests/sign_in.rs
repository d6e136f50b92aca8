//! A person signs in and the client goes on with the tokens, against the emulator: both the identity
//! platform and Graph.

#![cfg(test)]
#![cfg(feature = "sign-in")]

use msgraph_presence::sign_in::{Account, BrowserSignIn, Error, SignIn, Store};
use msgraph_presence::{Availability, Client, PreferredPresence, UserId};
use msgraph_presence_emulator::{Emulator, Fault, SignIns};
use std::time::Duration;

struct World {
    emulator: Emulator,
    ada: UserId,
}

impl World {
    async fn start() -> Self {
        let emulator = Emulator::start().await.unwrap();
        let ada = emulator.add_user("Ada");
        emulator.sign_in(ada);
        emulator.set_sign_ins(SignIns::by(ada));
        Self { emulator, ada }
    }

    fn sign_in(&self) -> SignIn {
        SignIn::new("00000000-0000-4000-8000-000000000000")
            .authority(self.emulator.origin())
            .scopes(["Presence.Read", "Presence.ReadWrite"])
    }

    fn client(&self, account: &Account) -> Client {
        let builder = Client::builder().base_url(self.emulator.base_url());
        builder.token(account.clone()).build().unwrap()
    }

    fn requests(&self, ending: &str) -> usize {
        let requests = self.emulator.requests();
        let is_one = |path: &str| path.ends_with(ending);
        requests
            .iter()
            .filter(|request| is_one(&request.path))
            .count()
    }
}

/// A client without `async` renews the token of an account by itself.
#[cfg(feature = "blocking")]
#[test]
fn a_blocking_client_takes_an_account() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::start());
    let short = SignIns::by(world.ada).token_lifetime(Duration::from_secs(1));
    world.emulator.set_sign_ins(short);
    let signed_in = async { world.sign_in().device_code().await?.await };
    let account = runtime.block_on(signed_in).unwrap();
    let client = world.client(&account);
    let presence = client.me().presence().get().send_blocking().unwrap();
    let available = Some(Availability::Available);
    assert_eq!(presence.value().availability, available);
    assert_eq!(world.requests("/token"), 2);
}

/// With roots of trust of the program's own, as against the emulator's https.
#[tokio::test]
async fn a_prepared_transport_carries_a_sign_in_over_https() {
    let emulator = Emulator::builder().tls().start().await.unwrap();
    let ada = emulator.add_user("Ada");
    emulator.set_sign_ins(SignIns::by(ada));
    let certificate = emulator.certificate().unwrap();
    let http = || {
        let root = reqwest::Certificate::from_pem(certificate.as_bytes()).unwrap();
        reqwest::Client::builder().tls_certs_merge([root])
    };
    let transport = Client::builder()
        .base_url(emulator.origin())
        .reqwest(http());
    let sign_in = SignIn::new("00000000-0000-4000-8000-000000000000")
        .authority(emulator.origin())
        .transport(transport.build_transport().unwrap());
    let account = sign_in.device_code().await.unwrap().await.unwrap();
    let builder = Client::builder()
        .base_url(emulator.base_url())
        .reqwest(http());
    let client = builder.token(account).build().unwrap();
    assert_eq!(availability(&client).await.unwrap(), Availability::Offline);
}

/// A browser that does what the emulator's page and redirects say.
fn opened(browser: BrowserSignIn) -> BrowserSignIn {
    browser.open_with(|url| {
        let url = url.to_owned();
        tokio::spawn(async move { reqwest::get(url).await.unwrap().text().await.unwrap() });
        Ok(())
    })
}

async fn availability(client: &Client) -> Result<Availability, msgraph_presence::Error> {
    let presence = client.me().presence().get().await?;
    Ok(presence.availability.unwrap_or_default())
}

#[tokio::test]
async fn a_person_signs_in_in_the_browser_and_sets_a_presence() {
    let world = World::start().await;
    let sign_in = world.sign_in().scopes(["openid", "profile"]);
    let account = opened(sign_in.browser()).await.unwrap();
    assert_eq!(account.user_name().as_deref(), Some("ada@contoso.com"));
    assert!(account.missing_scopes().is_empty());
    let client = world.client(&account);
    let presence = client.me().presence();
    presence
        .set_user_preferred_presence(PreferredPresence::DoNotDisturb)
        .await
        .unwrap();
    let now = availability(&client).await.unwrap();
    assert_eq!(now, Availability::DoNotDisturb);
}

#[tokio::test]
async fn a_device_code_is_enough_and_the_next_start_asks_nobody() {
    let world = World::start().await;
    let store = Store::memory();
    let sign_in = world.sign_in().store(store);
    let failure = sign_in.clone().silent().await.unwrap_err();
    assert!(failure.is_sign_in_required());
    sign_in.clone().device_code().await.unwrap().await.unwrap();
    let account = sign_in.silent().await.unwrap();
    let client = world.client(&account);
    assert_eq!(
        availability(&client).await.unwrap(),
        Availability::Available
    );
    assert_eq!(world.requests("/token"), 1);
}

#[tokio::test]
async fn a_claims_challenge_of_graph_is_met_silently() {
    let world = World::start().await;
    let account = opened(world.sign_in().browser()).await.unwrap();
    let client = world.client(&account);
    world.emulator.inject(Fault::claims_challenge());
    availability(&client).await.unwrap();
    assert_eq!(world.requests("/token"), 2);
    availability(&client).await.unwrap();
    assert_eq!(world.requests("/token"), 2);
}

#[tokio::test]
async fn after_a_revocation_the_person_signs_in_again_into_the_same_client() {
    let world = World::start().await;
    let account = opened(world.sign_in().browser()).await.unwrap();
    let client = world.client(&account);
    availability(&client).await.unwrap();
    world.emulator.revoke_sign_ins(world.ada);
    let error = availability(&client).await.unwrap_err();
    let reason = Error::find(&error).unwrap();
    assert!(reason.is_sign_in_required(), "{error}");
    opened(account.sign_in_again().browser()).await.unwrap();
    availability(&client).await.unwrap();
}

#[tokio::test]
async fn a_scope_that_was_not_granted_is_told() {
    let world = World::start().await;
    let granting = SignIns::by(world.ada).granting(["Presence.Read"]);
    world.emulator.set_sign_ins(granting);
    let account = opened(world.sign_in().browser()).await.unwrap();
    assert_eq!(account.missing_scopes(), ["Presence.ReadWrite"]);
}

#[tokio::test]
async fn a_person_declines() {
    let world = World::start().await;
    world.emulator.set_sign_ins(SignIns::declined());
    let failure = opened(world.sign_in().browser()).await.unwrap_err();
    assert_eq!(
        failure.kind(),
        msgraph_presence::sign_in::ErrorKind::Declined
    );
    let pending = world.sign_in().device_code().await.unwrap();
    let failure = pending.await.unwrap_err();
    assert_eq!(
        failure.kind(),
        msgraph_presence::sign_in::ErrorKind::Declined
    );
}

#[tokio::test]
async fn a_gateway_in_between_ends_nothing() {
    let world = World::start().await;
    let pace = SignIns::by(world.ada).interval(Duration::from_secs(1));
    world.emulator.set_sign_ins(pace);
    let fault = Fault::html(502).for_operation("token");
    world.emulator.inject(fault);
    let account = world.sign_in().device_code().await.unwrap().await.unwrap();
    availability(&world.client(&account)).await.unwrap();
}
