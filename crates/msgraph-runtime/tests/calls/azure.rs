//! Tokens from a credential of the Azure SDK.

use crate::common::{Canned, get, thing};
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::{Error, ErrorKind};
use azure_core::time::OffsetDateTime;
use msgraph_runtime::{AzureToken, Cloud};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// A credential that gives a token for one scope and fails for all others.
#[derive(Debug)]
struct Credential;

/// Written as the macro `async_trait` would.
impl TokenCredential for Credential {
    fn get_token<'a, 'b, 'c, 'd, 'f>(
        &'a self,
        scopes: &'b [&'c str],
        _: Option<TokenRequestOptions<'d>>,
    ) -> Pin<Box<dyn Future<Output = azure_core::Result<AccessToken>> + Send + 'f>>
    where
        'a: 'f,
        'b: 'f,
        'c: 'f,
        'd: 'f,
    {
        let known = scopes == ["https://graph.microsoft.com/.default"];
        Box::pin(async move {
            if !known {
                return Err(Error::with_message(ErrorKind::Credential, "no such scope"));
            }
            let expires = SystemTime::now() + Duration::from_secs(3600);
            Ok(AccessToken::new(
                "from-azure",
                OffsetDateTime::from(expires),
            ))
        })
    }
}

#[tokio::test]
async fn a_credential_of_the_azure_sdk_gives_the_token() {
    let server = Canned::new([thing()]);
    let token = AzureToken::new(Arc::new(Credential));
    let client = server.builder().token(token.clone()).build().unwrap();
    get(&client).await.unwrap();
    assert_eq!(
        server.sent()[0].headers()["authorization"],
        "Bearer from-azure"
    );

    let builder = server.builder().token(token).cloud(Cloud::UsGovernmentL4);
    let client = builder.build().unwrap();
    let error = crate::common::make(&client).await.unwrap_err();
    assert_eq!(error.kind(), msgraph_runtime::ErrorKind::Token);
    assert!(
        std::error::Error::source(&error)
            .unwrap()
            .to_string()
            .contains("no such scope")
    );
}
