//! Scopes: the requested ones with their resource, and the granted ones.

use crate::{Error, ErrorKind};
use std::collections::BTreeSet;

/// The scopes of OpenID Connect, which have no resource. `offline_access` gives a refresh token.
const OPEN_ID: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// The requested scopes of one sign-in, all of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scopes {
    /// The root of the resource, such as `https://graph.microsoft.com`.
    resource: String,
    /// The scopes with their resource, such as `https://graph.microsoft.com/Presence.Read`, and
    /// those of OpenID Connect.
    asked: Vec<String>,
}

impl Scopes {
    /// Reads scopes. A scope without a resource is a scope of Graph, whose root is `graph`.
    ///
    /// Without any scope of a resource `.default` is requested: all permissions of the registration.
    pub(crate) fn read(scopes: &[String], graph: &str) -> Result<Self, Error> {
        let mut asked = Vec::<String>::new();
        let mut resource = None::<&str>;
        for scope in scopes.iter().map(String::as_str) {
            let is_scope = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
            if scope.is_empty() || !scope.chars().all(is_scope) {
                return Err(refused(
                    "a scope is empty, or contains a blank or another character that is not allowed",
                ));
            }
            if is_open_id(scope) {
                push(&mut asked, scope.to_owned());
                continue;
            }
            let (root, name) = split(scope).unwrap_or((graph, scope));
            if *resource.get_or_insert(root) != root {
                return Err(refused("the scopes are of several resources"));
            }
            push(&mut asked, format!("{root}/{name}"));
        }
        let resource = resource.unwrap_or(graph).to_owned();
        let default = format!("{resource}/.default");
        let has_default = asked.contains(&default);
        let has_names = asked
            .iter()
            .any(|scope| !is_open_id(scope) && *scope != default);
        if has_default && has_names {
            return Err(refused("`.default` is mixed with other scopes"));
        }
        if !has_default && !has_names {
            asked.push(default);
        }
        push(&mut asked, "offline_access".to_owned());
        Ok(Self { resource, asked })
    }

    /// The scopes to request.
    pub(crate) fn asked(&self) -> impl Iterator<Item = &str> {
        self.asked.iter().map(String::as_str)
    }

    /// The scopes to request, with blanks between them.
    pub(crate) fn text(&self) -> String {
        self.asked.join(" ")
    }

    /// Returns `true` if a token of this sign-in is valid for this scope of a client.
    pub(crate) fn is_for(&self, scope: &str) -> bool {
        let (root, name) = split(scope).unwrap_or((&self.resource, scope));
        let is_asked = || self.names().any(|asked| asked.eq_ignore_ascii_case(name));
        root == self.resource && (name == ".default" || self.names().any(is_default) || is_asked())
    }

    /// The requested scopes that were not granted, without the resource.
    ///
    /// The platform writes scopes with or without the resource, in any letter case. A response
    /// without scopes grants all requested ones.
    pub(crate) fn missing(&self, granted: &[String]) -> Vec<String> {
        if granted.is_empty() {
            return Vec::new();
        }
        let granted: BTreeSet<_> = granted.iter().map(|scope| short(scope)).collect();
        let is_missing = |name: &&str| !is_default(name) && !granted.contains(&short(name));
        self.names().filter(is_missing).map(str::to_owned).collect()
    }

    /// The names of the resource's scopes.
    fn names(&self) -> impl Iterator<Item = &str> {
        let scopes = self.asked().filter(|scope| !is_open_id(scope));
        scopes.filter_map(|scope| split(scope).map(|(_, name)| name))
    }
}

fn push(scopes: &mut Vec<String>, scope: String) {
    if !scopes.contains(&scope) {
        scopes.push(scope);
    }
}

fn is_default(name: &str) -> bool {
    name == ".default"
}

fn is_open_id(scope: &str) -> bool {
    OPEN_ID.contains(&scope)
}

/// Splits a scope into its resource and its name: `https://graph.microsoft.com` and
/// `Presence.Read`.
fn split(scope: &str) -> Option<(&str, &str)> {
    scope
        .contains("://")
        .then(|| scope.rsplit_once('/'))
        .flatten()
}

/// The name of a scope in lower case.
fn short(scope: &str) -> String {
    let name = split(scope).map_or(scope, |(_, name)| name);
    name.to_ascii_lowercase()
}

fn refused(message: &'static str) -> Error {
    let help = "name the scopes of one resource, such as `Presence.Read`, or only `.default`";
    Error::new(ErrorKind::Configuration, message, help)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAPH: &str = "https://graph.microsoft.com";

    fn read(scopes: &[&str]) -> Result<Scopes, Error> {
        let scopes: Vec<_> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        Scopes::read(&scopes, GRAPH)
    }

    #[test]
    fn scopes_are_written_in_full_and_once() {
        let cases: [(&[&str], &[&str]); 4] = [
            (
                &[],
                &["https://graph.microsoft.com/.default", "offline_access"],
            ),
            (
                &[
                    "Presence.Read",
                    "https://graph.microsoft.com/Presence.Read",
                    "openid",
                ],
                &[
                    "https://graph.microsoft.com/Presence.Read",
                    "openid",
                    "offline_access",
                ],
            ),
            (
                &["offline_access", "api://own/Things.Read"],
                &["offline_access", "api://own/Things.Read"],
            ),
            (
                &["profile"],
                &[
                    "profile",
                    "https://graph.microsoft.com/.default",
                    "offline_access",
                ],
            ),
        ];
        for (scopes, asked) in cases {
            assert_eq!(read(scopes).unwrap().asked().collect::<Vec<_>>(), asked);
        }
    }

    #[test]
    fn mixtures_and_odd_scopes_are_refused() {
        let cases: [&[&str]; 5] = [
            &[""],
            &["Presence.Read Presence.ReadWrite"],
            &["Presence.Read", ".default"],
            &["Presence.Read", "api://own/Things.Read"],
            &["Presence.Read\n"],
        ];
        for scopes in cases {
            let kind = read(scopes).unwrap_err().kind();
            assert_eq!(kind, ErrorKind::Configuration, "{scopes:?}");
        }
    }

    #[test]
    fn granted_scopes_are_compared_without_resource_and_letter_case() {
        let scopes = read(&["Presence.Read", "Presence.ReadWrite", "openid"]).unwrap();
        let granted = |scopes: &str| scopes.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let cases = [
            (
                "https://graph.microsoft.com/Presence.Read presence.readwrite",
                "",
            ),
            ("Presence.Read profile User.Read", "Presence.ReadWrite"),
            ("email", "Presence.Read Presence.ReadWrite"),
        ];
        for (given, missing) in cases {
            assert_eq!(
                scopes.missing(&granted(given)).join(" "),
                missing,
                "{given}"
            );
        }
        assert!(scopes.missing(&[]).is_empty());
        assert!(read(&[]).unwrap().missing(&granted("User.Read")).is_empty());
    }

    #[test]
    fn a_token_is_for_its_resource_only() {
        let scopes = read(&["Presence.Read"]).unwrap();
        assert!(scopes.is_for("https://graph.microsoft.com/.default"));
        assert!(scopes.is_for("https://graph.microsoft.com/Presence.Read"));
        assert!(!scopes.is_for("https://graph.microsoft.us/.default"));
        assert!(!scopes.is_for("https://vault.azure.net/.default"));
        assert!(!scopes.is_for("https://graph.microsoft.com/Mail.Read"));
    }
}
