//! The paths of the identity platform: a tenant, and what is below it.

use super::error::malformed;
use crate::response::GraphError;
use http::StatusCode;

/// An endpoint of the identity platform.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Endpoint {
    Authorize,
    DeviceCode,
    Token,
    Logout,
    Login,
    DeviceLogin,
    Configuration,
    Keys,
    Instance,
    /// A typing mistake, or an endpoint of version 1.
    Unknown,
}

/// The paths below a tenant.
const PATHS: [(&str, Endpoint); 7] = [
    ("oauth2/v2.0/authorize", Endpoint::Authorize),
    ("oauth2/v2.0/devicecode", Endpoint::DeviceCode),
    ("oauth2/v2.0/token", Endpoint::Token),
    ("oauth2/v2.0/logout", Endpoint::Logout),
    ("login", Endpoint::Login),
    (
        "v2.0/.well-known/openid-configuration",
        Endpoint::Configuration,
    ),
    ("discovery/v2.0/keys", Endpoint::Keys),
];

impl Endpoint {
    pub(crate) const ALL: [Self; 10] = [
        Self::Authorize,
        Self::DeviceCode,
        Self::Token,
        Self::Logout,
        Self::Login,
        Self::DeviceLogin,
        Self::Configuration,
        Self::Keys,
        Self::Instance,
        Self::Unknown,
    ];

    /// The endpoint of a path, and the tenant in it.
    pub(crate) fn of(path: &str) -> Option<(Self, &str)> {
        match path {
            "/devicelogin" => return Some((Self::DeviceLogin, "organizations")),
            "/common/discovery/instance" => return Some((Self::Instance, "common")),
            _ => {}
        }
        let (tenant, rest) = path.strip_prefix('/')?.split_once('/')?;
        let taken = ["", "v1.0", "beta", "_emulator"].contains(&tenant);
        if taken {
            return None;
        }
        let found = PATHS.iter().find(|(path, _)| *path == rest);
        let near = tenant == "oauth2" || rest.starts_with("oauth2/");
        let unknown = near.then_some((Self::Unknown, "organizations"));
        found.map_or(unknown, |(_, endpoint)| Some((*endpoint, tenant)))
    }

    /// Returns whether a person sees it in a browser.
    pub(crate) fn is_page(self) -> bool {
        use Endpoint::{Authorize, DeviceLogin, Login, Logout};
        matches!(self, Authorize | DeviceLogin | Login | Logout)
    }

    /// The name for faults and the record.
    pub(crate) fn operation(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::DeviceCode => "devicecode",
            Self::Token => "token",
            Self::Logout => "logout",
            Self::Login => "login",
            Self::DeviceLogin => "devicelogin",
            Self::Configuration => "openid-configuration",
            Self::Keys => "keys",
            Self::Instance => "instance",
            Self::Unknown => "unknown",
        }
    }
}

/// The error for a path that only looks like one of the identity platform.
pub(super) fn unknown_path() -> GraphError {
    let paths = PATHS
        .map(|(path, _)| format!("/{{tenant}}/{path}"))
        .join(", ");
    let mut error = malformed(&format!("there is no such path; the emulator has {paths}"));
    error.status = StatusCode::NOT_FOUND;
    error
}
