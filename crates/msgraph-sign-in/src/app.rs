//! An application at the identity platform: its endpoints, and the grants that it uses.

use crate::claims;
use crate::requests::Http;
use crate::scopes::Scopes;
use crate::tokens::{Response, Tokens};
use crate::{Error, ErrorKind};
use msgraph_runtime::BoxFuture;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, Client, ClientId, CsrfToken,
    DeviceAuthorizationUrl, EndpointNotSet, EndpointSet, ErrorResponse, HttpRequest, HttpResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope,
    StandardRevocableToken, TokenUrl,
};
use std::borrow::Cow;
use std::sync::Arc;

/// The client of `oauth2`, with the endpoints that are set.
pub(crate) type OAuth = Client<
    BasicErrorResponse,
    Response,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// An application at one identity platform, with the scopes that it requests.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

struct Inner {
    oauth: OAuth,
    http: Http,
    scopes: Scopes,
    key: String,
}

/// The valid settings of an application.
pub(crate) struct Registration<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) tenant: &'a str,
    pub(crate) authority: &'a str,
}

/// The page to open, and the secrets that belong to its callback.
pub(crate) struct Authorization {
    pub(crate) url: String,
    pub(crate) state: CsrfToken,
    pub(crate) verifier: PkceCodeVerifier,
}

impl App {
    pub(crate) fn new(
        registration: &Registration<'_>,
        scopes: Scopes,
        http: Http,
    ) -> Result<Self, Error> {
        let Registration {
            client_id,
            tenant,
            authority,
        } = registration;
        let url = |name: &str| format!("{authority}/{tenant}/oauth2/v2.0/{name}");
        let invalid = |error| {
            let message = "the authority and the tenant do not form a valid URL";
            Error::new(ErrorKind::Configuration, message, "check both").with_source(error)
        };
        let device = DeviceAuthorizationUrl::new(url("devicecode")).map_err(invalid)?;
        let oauth = Client::new(ClientId::new((*client_id).to_owned()))
            .set_auth_uri(AuthUrl::new(url("authorize")).map_err(invalid)?)
            .set_device_authorization_url(device)
            .set_token_uri(TokenUrl::new(url("token")).map_err(invalid)?)
            .set_auth_type(AuthType::RequestBody);
        let host = authority
            .split_once("://")
            .map_or(*authority, |(_, host)| host);
        let key = format!("{client_id} {tenant} {host}");
        Ok(Self(Arc::new(Inner {
            oauth,
            http,
            scopes,
            key,
        })))
    }

    /// The key under which the tokens are stored.
    pub(crate) fn key(&self) -> &str {
        &self.0.key
    }

    pub(crate) fn scopes(&self) -> &Scopes {
        &self.0.scopes
    }

    pub(crate) fn oauth(&self) -> &OAuth {
        &self.0.oauth
    }

    pub(crate) fn http(&self) -> &Http {
        &self.0.http
    }

    pub(crate) fn scope_list(&self) -> impl Iterator<Item = Scope> {
        self.0
            .scopes
            .asked()
            .map(|scope| Scope::new(scope.to_owned()))
    }

    /// Creates the URL of the page on which the person signs in.
    pub(crate) fn authorization(
        &self,
        redirect: &RedirectUrl,
        claims: Option<&str>,
        hints: &[(&'static str, &str)],
    ) -> Authorization {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = self.0.oauth.authorize_url(CsrfToken::new_random);
        request = request
            .set_redirect_uri(Cow::Borrowed(redirect))
            .set_pkce_challenge(challenge)
            .add_scopes(self.scope_list())
            .add_extra_param("response_mode", "query")
            .add_extra_param("client_info", "1")
            .add_extra_param("claims", claims::merged(claims));
        for (name, value) in hints {
            request = request.add_extra_param(*name, *value);
        }
        let (url, state) = request.url();
        Authorization {
            url: url.into(),
            state,
            verifier,
        }
    }

    /// Redeems the code of a callback.
    pub(crate) async fn redeem(
        &self,
        code: String,
        verifier: PkceCodeVerifier,
        redirect: &RedirectUrl,
        claims: Option<&str>,
    ) -> Result<Tokens, Error> {
        let request = self.0.oauth.exchange_code(AuthorizationCode::new(code));
        let request = request
            .set_redirect_uri(Cow::Borrowed(redirect))
            .set_pkce_verifier(verifier)
            .add_extra_param("client_info", "1")
            .add_extra_param("claims", claims::merged(claims));
        let response = request.request_async(&Retrying(&self.0.http)).await;
        Tokens::of(&response.map_err(unwrap)?, None, self.scopes())
    }

    /// Exchanges a refresh token for new tokens.
    pub(crate) async fn refresh(
        &self,
        refresh: &str,
        claims: Option<&str>,
    ) -> Result<Tokens, Error> {
        let token = RefreshToken::new(refresh.to_owned());
        let request = self.0.oauth.exchange_refresh_token(&token);
        let request = request
            .add_scopes(self.scope_list())
            .add_extra_param("client_info", "1")
            .add_extra_param("claims", claims::merged(claims));
        let response = request.request_async(&Retrying(&self.0.http)).await;
        Tokens::of(&response.map_err(unwrap)?, Some(refresh), self.scopes())
    }
}

/// The properties of the responses that `oauth2` reads.
const PROPERTIES: [&str; 9] = [
    "access_token",
    "device_code",
    "expires_in",
    "interval",
    "refresh_token",
    "scope",
    "token_type",
    "user_code",
    "verification_uri",
];

/// Sends the requests of `oauth2`, with retries.
pub(crate) struct Retrying<'a>(pub(crate) &'a Http);

impl<'c> AsyncHttpClient<'c> for Retrying<'_> {
    type Error = Error;
    type Future = BoxFuture<'c, Result<HttpResponse, Error>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.send(request))
    }
}

/// Takes our error out of the one of `oauth2`. An error of `oauth2` itself may hold a body with
/// tokens, so only the name of a known property is taken from it.
pub(crate) fn unwrap<E: ErrorResponse + 'static>(error: RequestTokenError<Error, E>) -> Error {
    match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::Parse(error, _) => {
            let path = error.path().to_string();
            let known = PROPERTIES.iter().find(|name| path == **name);
            Error::response(match known {
                Some(name) => format!("the property `{name}` of the response is not valid").into(),
                None => "the response is not valid".into(),
            })
        }
        RequestTokenError::ServerResponse(_) | RequestTokenError::Other(_) => {
            Error::response("the response is not valid".into())
        }
    }
}
