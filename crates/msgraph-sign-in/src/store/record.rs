//! The stored record of the tokens, and its version.
//!
//! Version 1 is a JSON object with all tokens, or, in a small store, the byte 1 and the refresh
//! token.

use crate::tokens::{Access, Tokens};
use crate::{Error, ErrorKind};
use msgraph_runtime::BoxError;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime};
use zeroize::Zeroizing;

const VERSION: u64 = 1;

#[derive(Deserialize, Serialize)]
struct Record<'a> {
    version: u64,
    /// The key of the tokens. Several keys may have the same file name.
    key: Cow<'a, str>,
    refresh_token: Cow<'a, str>,
    access: Option<AccessRecord<'a>>,
    #[serde(default)]
    identity: Cow<'a, str>,
    user_name: Option<Cow<'a, str>>,
}

#[derive(Deserialize, Serialize)]
struct AccessRecord<'a> {
    token: Cow<'a, str>,
    scopes: Cow<'a, [String]>,
    #[serde(default)]
    asked: Cow<'a, str>,
    /// Seconds since 1970.
    issued_at: u64,
    expires_at: u64,
}

#[derive(Deserialize)]
struct Version {
    version: u64,
}

/// Writes all tokens.
pub(super) fn full(tokens: &Tokens, key: &str) -> Zeroizing<Vec<u8>> {
    let access = tokens.access.as_ref().map(|access| AccessRecord {
        token: access.secret.as_str().into(),
        scopes: access.scopes.as_slice().into(),
        asked: access.asked.as_str().into(),
        issued_at: seconds(access.issued_at),
        expires_at: seconds(access.expires_at),
    });
    let record = Record {
        version: VERSION,
        key: key.into(),
        refresh_token: tokens.refresh.as_str().into(),
        access,
        identity: tokens.identity.as_str().into(),
        user_name: tokens.user_name.as_deref().map(Cow::from),
    };
    // Serialization of texts and numbers does not fail.
    serde_json::to_vec(&record).unwrap_or_default().into()
}

/// Writes the refresh token only.
pub(super) fn small(tokens: &Tokens, limit: usize) -> Result<Zeroizing<Vec<u8>>, BoxError> {
    let mut secret = Zeroizing::new(Vec::with_capacity(1 + tokens.refresh.len()));
    secret.push(VERSION as u8);
    secret.extend_from_slice(tokens.refresh.as_bytes());
    if secret.len() > limit {
        return Err(format!(
            "the refresh token has {} bytes, and the limit is {limit}",
            tokens.refresh.len()
        )
        .into());
    }
    Ok(secret)
}

/// Reads a record of either form.
pub(super) fn read(secret: &[u8], key: &str) -> Result<Tokens, Error> {
    match secret {
        [b'{', ..] => read_json(secret, key),
        [1, refresh @ ..] if !refresh.is_empty() => {
            let refresh = std::str::from_utf8(refresh).map_err(|_| unreadable())?;
            Ok(Tokens {
                refresh: Zeroizing::new(refresh.to_owned()),
                access: None,
                identity: String::new(),
                user_name: None,
            })
        }
        [version @ 2..=31, ..] => Err(newer(u64::from(*version))),
        _ => Err(unreadable()),
    }
}

fn read_json(secret: &[u8], key: &str) -> Result<Tokens, Error> {
    let Version { version } = serde_json::from_slice(secret).map_err(|_| unreadable())?;
    if version > VERSION {
        return Err(newer(version));
    }
    let record: Record<'_> = serde_json::from_slice(secret).map_err(|_| unreadable())?;
    if record.key != key {
        let message = "the stored tokens belong to another application, tenant or authority";
        let help = "choose another name or folder for one of the two";
        return Err(Error::new(ErrorKind::Store, message, help));
    }
    let access = record.access.and_then(|access| {
        Some(Access::new(
            Zeroizing::new(access.token.into_owned()),
            access.scopes.into_owned(),
            access.asked.into_owned(),
            time(access.issued_at)?,
            time(access.expires_at)?,
        ))
    });
    Ok(Tokens {
        refresh: Zeroizing::new(record.refresh_token.into_owned()),
        access,
        identity: record.identity.into_owned(),
        user_name: record.user_name.map(Cow::into_owned),
    })
}

fn seconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

fn time(seconds: u64) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

/// The source of the error for a damaged record.
#[derive(Debug)]
pub(super) struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a record of tokens")
    }
}

impl std::error::Error for Unreadable {}

fn unreadable() -> Error {
    let message = "the stored tokens cannot be read: they are damaged, or not tokens";
    Error::new(ErrorKind::Store, message, "sign in again to replace them").with_source(Unreadable)
}

fn newer(version: u64) -> Error {
    let message = format!(
        "a newer program has stored the tokens, in version {version}; they are left unchanged"
    );
    Error::new(ErrorKind::Store, message, "update this program")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> Tokens {
        let now = time(seconds(SystemTime::now())).unwrap();
        let hour = Duration::from_secs(3600);
        Tokens {
            refresh: "refresh".to_owned().into(),
            access: Some(Access::new(
                "access".to_owned().into(),
                vec!["Presence.Read".to_owned()],
                "scopes".to_owned(),
                now,
                now + hour,
            )),
            identity: "u.t".to_owned(),
            user_name: Some("ada".to_owned()),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let written = tokens();
        let read_back = read(&full(&written, "key"), "key").unwrap();
        assert_eq!(read_back.refresh, written.refresh);
        assert_eq!(read_back.identity, written.identity);
        assert_eq!(read_back.user_name, written.user_name);
        let (read_access, access) = (read_back.access.unwrap(), written.access.unwrap());
        assert_eq!(read_access.secret, access.secret);
        assert_eq!(read_access.scopes, access.scopes);
        assert_eq!(read_access.asked, access.asked);
        assert_eq!(read_access.issued_at, access.issued_at);
        assert_eq!(read_access.expires_at, access.expires_at);

        let read_back = read(&small(&tokens(), 8).unwrap(), "key").unwrap();
        assert_eq!(read_back.refresh.as_str(), "refresh");
        assert!(small(&tokens(), 7).is_err());
    }

    #[test]
    fn newer_versions_foreign_keys_and_damage_are_told_apart() {
        let record = full(&tokens(), "key");
        let text = String::from_utf8(record.to_vec()).unwrap();
        let newer = text.replace("\"version\":1", "\"version\":2");
        let cases = [
            (newer.as_bytes(), "newer program"),
            (br#"{"version":9,"all":"else"}"#, "newer program"),
            (&[2, b'x'], "newer program"),
            (&record[..record.len() / 2], "damaged"),
            (b"", "damaged"),
            (b"\x01", "damaged"),
            (b"\x01\xff", "damaged"),
            (b"not tokens", "damaged"),
        ];
        for (secret, expected) in cases {
            let error = read(secret, "key").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Store);
            assert!(error.to_string().contains(expected), "{error}");
        }
        let error = read(&record, "other").unwrap_err();
        assert!(error.to_string().contains("another application"), "{error}");
    }
}
