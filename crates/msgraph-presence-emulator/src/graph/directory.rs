//! The users of the directory: `GET /me` and `GET /users/{id or userPrincipalName}`.

use super::call::{Call, Success, is_selected, no_user, unknown_property};
use super::caller::CallerKind;
use super::reads::write_context;
use super::routing::nearest;
use crate::encoding::{json_object, percent_decoded};
use crate::error::GraphError;
use crate::service::Service;
use crate::service::account::Account;
use http::StatusCode;

/// The properties that Graph returns of a user by default.
const PROPERTIES: [&str; 11] = [
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

/// The permissions to read oneself.
const SELF: &[&str] = &["User.Read", "User.ReadWrite", "User.ReadBasic.All"];

/// The permissions to read any user, delegated or of an application.
const ANY: &[&str] = &[
    "User.ReadBasic.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

impl Service {
    /// Reads a user, by the id or name in the path, or the caller under `/me`.
    pub(super) fn get_user(&self, call: &Call<'_>) -> Result<Success, GraphError> {
        let (account, own) = match (call.id, call.caller.kind) {
            (None, CallerKind::Delegated(id)) => (self.account(id), true),
            (None, CallerKind::Application) => return Err(no_user()),
            (Some(name), kind) => {
                let account = self.by_principal_name(&percent_decoded(name));
                let own = account.is_some_and(|user| kind == CallerKind::Delegated(user.id));
                (account, own)
            }
        };
        if !(call.caller.has_any(ANY) || own && call.caller.has_any(SELF)) {
            return Err(GraphError::new(
                StatusCode::FORBIDDEN,
                "Authorization_RequestDenied",
                "Insufficient privileges to complete the operation.",
            )
            .because(format!(
                "The token has {}; reading a user takes one of {}, and oneself {} as well.",
                call.caller.permissions,
                ANY.join(", "),
                SELF.join(" or ")
            )));
        }
        let select = call.select(property)?;
        let account = account.filter(|account| account.tenant == call.caller.tenant);
        let account = account.ok_or_else(|| {
            let name = call.id.map_or("me".into(), percent_decoded);
            let message = format!(
                "Resource '{name}' does not exist or one of its queried reference-property objects \
                 are not present."
            );
            GraphError::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message)
        })?;
        Ok(Success::json(self.user_body(account, select.as_deref())))
    }

    /// The user of that object id or userPrincipalName, in any letter case.
    fn by_principal_name(&self, name: &str) -> Option<&Account> {
        if let Ok(id) = name.parse() {
            return self.account(id);
        }
        let name = name.to_lowercase();
        self.accounts()
            .find(|account| account.principal_name.to_lowercase() == name)
    }

    fn user_body(&self, account: &Account, select: Option<&[String]>) -> Vec<u8> {
        json_object(|o| {
            let names = select.map_or(String::new(), |names| format!("({})", names.join(",")));
            write_context(o, self.cloud, &format!("users{names}/$entity"));
            let properties = PROPERTIES.into_iter();
            for name in properties.filter(|name| is_selected(select, name)) {
                match name {
                    "businessPhones" => o.property(name, &[(); 0]),
                    "displayName" => o.property(name, &account.name),
                    "mail" | "userPrincipalName" => o.property(name, &account.principal_name),
                    "id" => o.property(name, &account.id),
                    _ => o.property(name, &()),
                }
            }
        })
    }
}

/// Refuses a property: as the service does when it is a mistake, otherwise as not emulated.
fn property(name: &str) -> Result<(), GraphError> {
    if PROPERTIES.contains(&name) {
        return Ok(());
    }
    if name.is_empty() {
        return Err(unknown_property(name, "user", ""));
    }
    match nearest(name, PROPERTIES.into_iter()) {
        Some(near) => {
            let hint = format!(" Did you mean '{near}'?");
            Err(unknown_property(name, "user", &hint))
        }
        None => Err(GraphError::not_implemented(format!(
            "The emulator has no property '{name}' of a user. It has {}.",
            PROPERTIES.join(", ")
        ))),
    }
}
