//! The access that a program requests: the tenant whose users may sign in, and the scopes.

use crate::encoding::percent_decoded;
use crate::error::{GraphError, aadsts};
use crate::generated::routes::Route;
use crate::service::account::Account;
use crate::token::{DEFAULT_TENANT, GRAPH, PERSONAL_TENANT, all_permissions};
use msgraph_presence_models::Cloud;

/// The access that a program requests.
#[derive(Clone)]
pub(super) struct Consent {
    /// The tenant in the path of the request.
    pub(super) tenant: Tenant,
    pub(super) client: String,
    pub(super) scopes: Scopes,
    /// The claim `nonce` of the id token.
    pub(super) nonce: Option<String>,
}

impl Consent {
    /// Refuses a code or token that was issued at another tenant.
    pub(super) fn check_tenant(&self, tenant: &Tenant) -> Result<(), GraphError> {
        if self.tenant.name == tenant.name {
            return Ok(());
        }
        let text = "Provided Authorization Code is intended to use against other tenant, thus \
            rejected.";
        Err(aadsts("invalid_grant", 700005, text))
    }
}

/// The tenant in a path, whose users may sign in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tenant {
    /// The segment of the path, as it was sent.
    pub(super) name: String,
    /// The tenant's id; `None` for `organizations` and `common`.
    pub(super) id: Option<String>,
}

impl Tenant {
    /// The tenant with this name, id or domain. `contoso.com` is the domain of the default tenant,
    /// any other domain belongs to the tenant of the first user who has it;
    /// `contoso.onmicrosoft.com` means the same as `contoso.com`.
    pub(super) fn find<'a>(
        name: &str,
        users: impl Iterator<Item = &'a Account>,
    ) -> Result<Self, GraphError> {
        let id = match name {
            "organizations" | "common" => None,
            "consumers" => Some(PERSONAL_TENANT.to_owned()),
            _ => Some(id_of(&percent_decoded(name), users).ok_or_else(|| unknown(name))?),
        };
        let name = name.to_owned();
        Ok(Self { name, id })
    }

    pub(super) fn admits(&self, account: &Account) -> bool {
        match &self.id {
            Some(id) => account.tenant == *id,
            None => self.name == "common" || account.tenant != PERSONAL_TENANT,
        }
    }

    /// Refuses a user who is not in the tenant.
    pub(super) fn check(&self, account: Option<&Account>) -> Result<(), GraphError> {
        if account.is_some_and(|account| self.admits(account)) {
            return Ok(());
        }
        let text = format!(
            "User account from identity provider does not exist in tenant '{}' and cannot access \
             the application.",
            self.name
        );
        Err(aadsts("access_denied", 50020, text))
    }
}

fn id_of<'a>(name: &str, mut users: impl Iterator<Item = &'a Account>) -> Option<String> {
    let same = |known: &str| known.eq_ignore_ascii_case(name);
    if same(DEFAULT_TENANT) || is_domain("contoso.com", name) {
        return Some(DEFAULT_TENANT.to_owned());
    }
    if same(PERSONAL_TENANT) {
        return Some(PERSONAL_TENANT.to_owned());
    }
    let user = users.find(|account| {
        let domain = account.principal_name.rsplit('@').next();
        same(&account.tenant) || domain.is_some_and(|domain| is_domain(domain, name))
    });
    user.map(|account| account.tenant.clone())
}

/// Returns whether a name is a domain, or its tenant's domain at `onmicrosoft.com`.
fn is_domain(domain: &str, name: &str) -> bool {
    let label = domain.split('.').next().unwrap_or_default();
    let other = format!("{label}.onmicrosoft.com");
    domain.eq_ignore_ascii_case(name) || other.eq_ignore_ascii_case(name)
}

fn unknown(name: &str) -> GraphError {
    let text = format!(
        "Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are \
         signing into the correct cloud. The emulator knows organizations, common, the tenants \
         of its users, and the domains of their names."
    );
    aadsts("invalid_request", 90002, text)
}

/// The scopes of OpenID Connect, which are not permissions of an API.
const OPEN_ID: [&str; 5] = ["openid", "profile", "email", "address", "phone"];

/// The scope that requests a refresh token; no response lists it.
const OFFLINE_ACCESS: &str = "offline_access";

/// The scope of all permissions that are registered for the application.
const DEFAULT: &str = ".default";

/// The scopes of a request, each as it was written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Scopes {
    /// The scopes of OpenID Connect, without `offline_access`.
    open_id: Vec<String>,
    /// The permissions of Graph: the name, and the scope as it was written.
    permissions: Vec<(String, String)>,
    pub(super) offline_access: bool,
}

impl Scopes {
    /// Reads scopes separated by spaces.
    pub(super) fn read(text: &str, cloud: Cloud) -> Result<Self, GraphError> {
        let mut scopes = Self::default();
        for scope in text.split_whitespace() {
            if scope == OFFLINE_ACCESS {
                scopes.offline_access = true;
            } else if OPEN_ID.contains(&scope) {
                scopes.open_id.push(scope.to_owned());
            } else {
                let name = permission(scope, cloud)?;
                scopes.permissions.push((name, scope.to_owned()));
            }
        }
        if scopes.has_default() && scopes.permissions.len() > 1 {
            let text = format!(
                "The provided value for the input parameter 'scope' is not valid. '{DEFAULT}' \
                 scope can't be combined with resource-specific scopes."
            );
            return Err(aadsts("invalid_scope", 70011, text));
        }
        Ok(scopes)
    }

    pub(super) fn has_default(&self) -> bool {
        self.permissions.iter().any(|(name, _)| name == DEFAULT)
    }

    pub(super) fn has(&self, open_id: &str) -> bool {
        self.open_id.iter().any(|scope| scope == open_id)
    }

    /// Returns whether consent to these scopes covers the others.
    pub(super) fn cover(&self, others: &Self) -> bool {
        let known = |name: &str| self.permissions.iter().any(|(known, _)| known == name);
        self.has_default()
            || others.has_default()
            || others.permissions.iter().all(|(name, _)| known(name))
    }

    /// The permissions for a token: the requested ones or, for `.default`, those consented to, and
    /// of them only those within the limit, if there is one.
    pub(super) fn granted(&self, consented: &Self, limit: Option<&[String]>) -> Granted {
        let asked = if self.has_default() && !consented.has_default() {
            consented
        } else {
            self
        };
        let allowed = |name: &String| limit.is_none_or(|limit| limit.contains(name));
        let mut granted = Granted::default();
        for (name, text) in &asked.permissions {
            if name == DEFAULT {
                let all = all_permissions(Route::delegated).into_iter();
                let all: Vec<_> = all.filter(allowed).collect();
                granted.scope.extend(all.iter().cloned());
                granted.permissions.extend(all);
                granted.scope.push(text.clone());
            } else if allowed(name) {
                granted.permissions.push(name.clone());
                granted.scope.push(text.clone());
            }
        }
        granted.scope.extend(self.open_id.iter().cloned());
        granted
    }
}

/// The scopes of a token.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Granted {
    pub(super) permissions: Vec<String>,
    /// The `scope` of the response: the granted scopes as the request wrote them.
    pub(super) scope: Vec<String>,
}

/// The permission of Graph that a scope names; a known one in the letter case of the reference.
fn permission(scope: &str, cloud: Cloud) -> Result<String, GraphError> {
    let name = match scope.rsplit_once('/') {
        None => scope,
        Some((resource, name)) => {
            let resource = resource.trim_end_matches('/');
            let ours = resource.eq_ignore_ascii_case(cloud.root()) || resource == GRAPH;
            if !ours || name.is_empty() {
                let text = format!(
                    "The resource principal named {resource} was not found in the tenant. The \
                     emulator knows only Graph, {}.",
                    cloud.root()
                );
                return Err(aadsts("invalid_resource", 500011, text));
            }
            name
        }
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    if !name.chars().all(plain) {
        let text = "The provided value for the input parameter 'scope' is not valid.";
        return Err(aadsts("invalid_scope", 70011, text));
    }
    let mut known = all_permissions(Route::delegated).into_iter();
    let known = known.find(|known| known.eq_ignore_ascii_case(name));
    Ok(known.unwrap_or_else(|| name.to_owned()))
}
