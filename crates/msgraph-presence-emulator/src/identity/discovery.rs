//! Metadata: the OpenID configuration of a tenant, its keys, and the clouds that a client asks for.

use super::tenant::Tenant;
use crate::json;

/// `/{tenant}/v2.0/.well-known/openid-configuration`
pub(super) fn configuration(tenant: &Tenant, origin: &str) -> Vec<u8> {
    let endpoint = |path: &str| format!("{origin}/{}{path}", tenant.name);
    // The service writes this placeholder, too, where many tenants are meant.
    let issuer = tenant.id.as_deref().unwrap_or("{tenantid}");
    json::object(|o| {
        o.property("issuer", &format!("{origin}/{issuer}/v2.0"));
        for (name, path) in [
            ("authorization_endpoint", "/oauth2/v2.0/authorize"),
            ("token_endpoint", "/oauth2/v2.0/token"),
            ("device_authorization_endpoint", "/oauth2/v2.0/devicecode"),
            ("end_session_endpoint", "/oauth2/v2.0/logout"),
            ("jwks_uri", "/discovery/v2.0/keys"),
        ] {
            o.property(name, &endpoint(path));
        }
        for (name, values) in [
            ("response_types_supported", &["code"][..]),
            (
                "response_modes_supported",
                &["query", "fragment", "form_post"],
            ),
            ("code_challenge_methods_supported", &["plain", "S256"]),
            (
                "token_endpoint_auth_methods_supported",
                &[
                    "client_secret_post",
                    "client_secret_basic",
                    "private_key_jwt",
                ],
            ),
            (
                "scopes_supported",
                &["openid", "profile", "email", "offline_access"],
            ),
            ("subject_types_supported", &["pairwise"]),
            ("id_token_signing_alg_values_supported", &["none"]),
        ] {
            o.property(name, values);
        }
    })
}

/// `/{tenant}/discovery/v2.0/keys`: tokens are not signed.
pub(super) fn keys() -> Vec<u8> {
    br#"{"keys":[]}"#.to_vec()
}

/// `/common/discovery/instance`: the emulator is a cloud of its own.
pub(super) fn instance(origin: &str) -> Vec<u8> {
    let host = origin.rsplit('/').next().unwrap_or_default();
    json::object(|o| {
        let endpoint = format!("{origin}/common/v2.0/.well-known/openid-configuration");
        o.property("tenant_discovery_endpoint", &endpoint);
        o.property("api-version", "1.1");
        o.objects("metadata", [host], |o, host| {
            o.property("preferred_network", host);
            o.property("preferred_cache", host);
            o.property("aliases", &[host]);
        });
    })
}
