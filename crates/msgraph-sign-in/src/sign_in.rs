//! The builder of a sign-in: application, tenant, cloud, scopes, store.

use crate::account::Session;
use crate::app::{App, Registration};
use crate::requests::Http;
use crate::scopes::Scopes;
use crate::{Account, BrowserSignIn, DeviceSignIn, Error, ErrorKind, Store};
use msgraph_runtime::{Client, Cloud, Transport};
use std::fmt;
use std::sync::Arc;

/// The settings of a sign-in: application, tenant, cloud, scopes, and the store of the tokens.
///
/// Defaults: the tenant `organizations` (any work or school account), the global cloud, the scope
/// `.default` (all permissions of the registration), and a store in memory.
///
/// ```
/// use msgraph_sign_in::{SignIn, Store};
///
/// let sign_in = SignIn::new("00000000-0000-4000-8000-000000000000")
///     .tenant("contoso.onmicrosoft.com")
///     .scopes(["Presence.Read", "Presence.ReadWrite"])
///     .store(Store::memory());
/// ```
///
/// [`silent`](Self::silent), [`browser`](Self::browser) and [`device_code`](Self::device_code) check
/// the settings and sign in.
#[derive(Clone)]
#[must_use = "nothing happens until `silent`, `browser` or `device_code` is awaited"]
pub struct SignIn {
    client_id: String,
    tenant: String,
    cloud: Cloud,
    authority: Option<String>,
    scopes: Vec<String>,
    store: Store,
    transport: Option<Arc<dyn Transport>>,
    login_hint: Option<String>,
    claims: Option<String>,
    /// The session of an existing account, which gets the new tokens.
    session: Option<Arc<Session>>,
}

impl SignIn {
    /// Creates a sign-in to the application with this client id.
    ///
    /// The registration needs the platform "Mobile and desktop applications" with the redirect
    /// URI `http://localhost`, "Allow public client flows" for device codes, and the delegated
    /// permissions that the scopes name. It has no secret.
    pub fn new(client_id: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            tenant: "organizations".to_owned(),
            cloud: Cloud::default(),
            authority: None,
            scopes: Vec::new(),
            store: Store::memory(),
            transport: None,
            login_hint: None,
            claims: None,
            session: None,
        }
    }

    /// Sets the tenant: its id, one of its domains, or `organizations`, which is the default.
    ///
    /// `common` and `consumers` are errors: they allow personal accounts, which have no presence in
    /// Graph.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = tenant.into();
        self
    }

    /// Sets the cloud: its identity platform, and its Microsoft Graph as the resource of the scopes.
    pub fn cloud(mut self, cloud: Cloud) -> Self {
        self.cloud = cloud;
        self
    }

    /// Sets another identity platform than the cloud's, by its origin, such as
    /// `https://localhost:8443`.
    ///
    /// The URL must be https, or http to a loopback address, without a path.
    pub fn authority(mut self, url: impl Into<String>) -> Self {
        self.authority = Some(url.into());
        self
    }

    /// Adds scopes to request.
    ///
    /// A scope without a resource, such as `Presence.Read`, is a scope of Graph in the cloud. All
    /// scopes must be of one resource. `offline_access` is always requested; with `openid` and
    /// `profile` the account has the [name of the user](Account::user_name).
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes.extend(scopes.into_iter().map(Into::into));
        self
    }

    /// Sets the store of the tokens; in memory by default.
    pub fn store(mut self, store: Store) -> Self {
        self.store = store;
        self
    }

    /// Sets the transport of the requests to the identity platform.
    ///
    /// For a proxy or your own root certificates, create one with
    /// [`build_transport`](msgraph_runtime::ClientBuilder::build_transport) from a
    /// `reqwest::ClientBuilder`.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Sets the user name that the browser's page shows first. It is sent to the identity platform.
    pub fn login_hint(mut self, name: impl Into<String>) -> Self {
        self.login_hint = Some(name.into());
        self
    }

    /// Sets the claims that the token must have, as JSON text: those of [`Error::claims`].
    pub fn claims(mut self, claims: impl Into<String>) -> Self {
        self.claims = Some(claims.into());
        self
    }

    /// Gives the new tokens to an existing account.
    pub(crate) fn for_session(mut self, session: Arc<Session>) -> Self {
        self.session = Some(session);
        self
    }

    /// Uses the tokens that an earlier sign-in has stored, without a person.
    ///
    /// This sends no request: the first token is requested when it is needed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SignInRequired`] when no tokens are stored, [`ErrorKind::Store`] when the store
    /// cannot be read, [`ErrorKind::Configuration`] when a setting is not valid.
    pub async fn silent(self) -> Result<Account, Error> {
        let prepared = self.prepare()?;
        Session::from_store(prepared.app, prepared.store, self).await
    }

    /// Returns a sign-in in the browser of this machine. `.await` opens the browser.
    pub fn browser(self) -> BrowserSignIn {
        BrowserSignIn::new(self)
    }

    /// Requests a code that the person enters on any device.
    ///
    /// The store is tested first, so that a person does not sign in for nothing.
    ///
    /// # Errors
    ///
    /// Any kind except [`ErrorKind::Browser`].
    pub async fn device_code(self) -> Result<DeviceSignIn, Error> {
        DeviceSignIn::start(self).await
    }

    /// Removes the stored tokens of this application and tenant. Returns `true` if there were any.
    ///
    /// Accounts of this and other processes get an error at their next refresh. The identity
    /// platform cannot revoke the tokens of a public client: an access token is valid until it
    /// expires, and the browser stays signed in.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`] when the store fails, [`ErrorKind::Configuration`] when a setting is not
    /// valid.
    pub async fn sign_out(self) -> Result<bool, Error> {
        let prepared = self.prepare()?;
        let (store, key) = (&prepared.store, prepared.app.key());
        let _lock = store.lock(key).await;
        store.remove(key).await
    }

    /// Checks all settings.
    pub(crate) fn prepare(&self) -> Result<Prepared, Error> {
        let authority = self.authority.as_deref().unwrap_or(self.cloud.authority());
        let authority = authority.trim_end_matches('/');
        check_client_id(&self.client_id)?;
        check_tenant(&self.tenant)?;
        check_authority(authority)?;
        let scopes = Scopes::read(&self.scopes, self.cloud.root())?;
        let builder = msgraph_runtime::ClientBuilder::<Client>::new().base_url(authority);
        let builder = match self.transport.clone() {
            Some(transport) => builder.transport(transport),
            None => builder,
        };
        let transport = builder.build_transport().map_err(|error| {
            // A password in the URL is left out.
            let shown = authority.rsplit('@').next().unwrap_or_default();
            let message = format!("the authority {shown} is not valid, or there is no transport");
            let help = "set an authority that is https, or http to a loopback address, and enable a \
                TLS feature or set a transport";
            Error::new(ErrorKind::Configuration, message, help).with_source(error)
        })?;
        let registration = Registration {
            client_id: &self.client_id,
            tenant: &self.tenant,
            authority,
        };
        let app = App::new(&registration, scopes, Http::new(transport, authority))?;
        Ok(Prepared {
            app,
            store: self.store.clone(),
        })
    }

    pub(crate) fn requested_claims(&self) -> Option<&str> {
        self.claims.as_deref()
    }

    pub(crate) fn hint(&self) -> Option<&str> {
        self.login_hint.as_deref()
    }

    pub(crate) fn session(&self) -> Option<&Arc<Session>> {
        self.session.as_ref()
    }
}

/// The parts of a sign-in with valid settings.
pub(crate) struct Prepared {
    pub(crate) app: App,
    pub(crate) store: Store,
}

fn check_client_id(id: &str) -> Result<(), Error> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !id.is_empty() && id.len() <= 64 && id.chars().all(is_part) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Configuration,
        "the client id is not valid",
        "copy the application (client) id of the registration, which is a GUID",
    ))
}

/// An authority of MSAL ends in the tenant, which has a setting of its own here.
fn check_authority(authority: &str) -> Result<(), Error> {
    let rest = authority.split_once("://").map(|(_, rest)| rest);
    if rest.is_some_and(|rest| rest.contains('/')) {
        let message = "the authority has a path";
        let help = "write only the origin, such as https://login.microsoftonline.com, and set the \
            tenant by `tenant`";
        return Err(Error::new(ErrorKind::Configuration, message, help));
    }
    Ok(())
}

fn check_tenant(tenant: &str) -> Result<(), Error> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let error = |message: &'static str, help: &'static str| {
        Err(Error::new(ErrorKind::Configuration, message, help))
    };
    if ["common", "consumers"]
        .iter()
        .any(|name| tenant.eq_ignore_ascii_case(name))
    {
        return error(
            "`common` and `consumers` allow personal accounts, which have no presence in Graph",
            "use `organizations`, or the id of a tenant",
        );
    }
    if tenant.is_empty()
        || tenant.len() > 255
        || !tenant.chars().all(is_part)
        || tenant.starts_with('.')
    {
        return error(
            "the tenant is not valid",
            "use `organizations`, the id of a tenant, or one of its domains",
        );
    }
    Ok(())
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn")
            .field("client_id", &self.client_id)
            .field("tenant", &self.tenant)
            .field("cloud", &self.cloud)
            .field("scopes", &self.scopes)
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}
