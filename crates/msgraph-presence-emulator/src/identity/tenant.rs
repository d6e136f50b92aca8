//! The first segment of the paths: a tenant, by its id or a domain, or one of the names for many.

use super::error::aadsts;
use crate::response::GraphError;
use crate::service::{Account, Service, percent_decoded};
use crate::token::{DEFAULT_TENANT, PERSONAL_TENANT};

/// The users that may sign in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tenant {
    /// The segment as it was sent.
    pub(super) name: String,
    /// The tenant's id; `None` for `organizations` and `common`.
    pub(super) id: Option<String>,
}

impl Tenant {
    /// The tenant of that name. `contoso.com` is the domain of the default tenant, every other one of
    /// the first user who has it; `contoso.onmicrosoft.com` means the same.
    pub(super) fn find(name: &str, service: &Service) -> Result<Self, GraphError> {
        let id = match name {
            "organizations" | "common" => None,
            "consumers" => Some(PERSONAL_TENANT.to_owned()),
            _ => Some(id_of(&percent_decoded(name), service).ok_or_else(|| unknown(name))?),
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
}

fn id_of(name: &str, service: &Service) -> Option<String> {
    let same = |known: &str| known.eq_ignore_ascii_case(name);
    if same(DEFAULT_TENANT) || is_domain("contoso.com", name) {
        return Some(DEFAULT_TENANT.to_owned());
    }
    if same(PERSONAL_TENANT) {
        return Some(PERSONAL_TENANT.to_owned());
    }
    let mut users = service.accounts();
    let user = users.find(|account| {
        let domain = account.principal_name.rsplit('@').next();
        same(&account.tenant) || domain.is_some_and(|domain| is_domain(domain, name))
    });
    user.map(|account| account.tenant.clone())
}

/// Returns whether a name is a domain, or the one that every tenant has besides its own.
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
