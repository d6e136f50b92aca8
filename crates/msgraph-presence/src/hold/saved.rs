//! The data of a hold that a program saves, so that another start of it can release the hold.

use super::text;
use crate::{
    BodyType, DateTimeOffset, InvalidValue, PreferredPresence, PresenceStatusMessage,
    StatusMessage, UserId,
};
use msgraph_wire::{AdditionalData, Object, Value, Writer, object};
use serde::de::{Error as _, MapAccess};
use serde::ser::{Error as _, SerializeMap};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::time::SystemTime;

/// The version that is written, and the only one that is read.
const VERSION: u64 = 1;

/// The data of a [`Hold`](crate::Hold) with which another start of the program can release it, by
/// [`Client::resume_hold`](crate::Client::resume_hold).
///
/// `Serialize` and `Deserialize` work with any self-describing format, such as JSON. The data has a
/// version, the id of the user, the message of the hold and the earlier one, in plain text: store it
/// where only that user can read it, as a [`HoldFile`](crate::HoldFile) does. It has no token.
///
/// Data that is not valid or has another version is an error when it is read.
///
/// ```
/// use msgraph_presence::SavedHold;
///
/// let error = serde_json::from_str::<SavedHold>(r#"{"version":2}"#).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "invalid saved hold: version 2 is not supported; read it with the version of the program that saved it",
/// );
/// ```
#[derive(Clone, PartialEq)]
pub struct SavedHold {
    pub(super) user: UserId,
    pub(super) is_me: bool,
    pub(super) preference: PreferredPresence,
    /// `true` while the preferred presence may be at the service.
    pub(super) is_preference_held: bool,
    pub(super) message: Option<String>,
    /// `true` while the message may be at the service.
    pub(super) is_message_held: bool,
    pub(super) expiry: SystemTime,
    /// The expiry of an extension of which one of the two writes has not succeeded.
    pub(super) extension: Option<SystemTime>,
    /// The status message to restore: plain text, and its expiry.
    pub(super) earlier: Option<PresenceStatusMessage>,
}

impl SavedHold {
    /// Returns the object id of the user.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// Returns the preferred presence.
    pub fn preference(&self) -> PreferredPresence {
        self.preference
    }

    /// Returns the time at which both expire at the service, by the clock of the machine that set
    /// them.
    pub fn expires_at(&self) -> SystemTime {
        self.expiry
    }

    /// Returns `true` if the preferred presence and the message were released.
    pub fn is_released(&self) -> bool {
        !self.is_preference_held && !self.is_message_held
    }

    /// The time after which no part of the hold is at the service.
    pub(super) fn last_expiry(&self) -> SystemTime {
        self.extension.map_or(self.expiry, |at| at.max(self.expiry))
    }
}

/// The form in which a message that was read can be set again; `None` if there was no message.
///
/// HTML becomes plain text, the only type of content that the service accepts.
pub(super) fn earlier(
    read: Option<PresenceStatusMessage>,
) -> Result<Option<PresenceStatusMessage>, InvalidValue> {
    let Some(mut message) = read.filter(|message| message.text().is_some()) else {
        return Ok(None);
    };
    if let Some(body) = &mut message.message {
        let content = body.content.take().unwrap_or_default();
        body.content = Some(match body.content_type {
            None | Some(BodyType::Text) => text::unescaped(&content),
            Some(_) => text::of_html(&content),
        });
        body.content_type = Some(BodyType::Text);
    }
    let message = StatusMessage::try_from(message)?;
    message.try_into().map(Some)
}

/// The serialized form.
#[derive(Default)]
struct Form {
    version: Option<u64>,
    user: Option<UserId>,
    is_me: Option<bool>,
    preference: Option<String>,
    is_preference_held: Option<bool>,
    message: Option<String>,
    is_message_held: Option<bool>,
    expires_at: Option<DateTimeOffset>,
    extended_to: Option<DateTimeOffset>,
    earlier: Option<PresenceStatusMessage>,
    unknown: AdditionalData,
}

impl Object for Form {
    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        value: Value<'_, A>,
    ) -> Result<(), A::Error> {
        match name {
            "version" => value.optional(&mut self.version),
            "user" => value.optional(&mut self.user),
            "isMe" => value.optional(&mut self.is_me),
            "preference" => value.optional(&mut self.preference),
            "isPreferenceHeld" => value.optional(&mut self.is_preference_held),
            "message" => value.optional(&mut self.message),
            "isMessageHeld" => value.optional(&mut self.is_message_held),
            "expiresAt" => value.optional(&mut self.expires_at),
            "extendedTo" => value.optional(&mut self.extended_to),
            "earlier" => value.object(&mut self.earlier),
            _ => value.keep(name, &mut self.unknown),
        }
    }

    fn write<S: SerializeMap>(&self, to: &mut Writer<S>) -> Result<(), S::Error> {
        to.optional("version", &self.version)?;
        to.optional("user", &self.user)?;
        to.optional("isMe", &self.is_me)?;
        to.optional("preference", &self.preference)?;
        to.optional("isPreferenceHeld", &self.is_preference_held)?;
        to.optional("message", &self.message)?;
        to.optional("isMessageHeld", &self.is_message_held)?;
        to.optional("expiresAt", &self.expires_at)?;
        to.optional("extendedTo", &self.extended_to)?;
        to.optional("earlier", &self.earlier)
    }
}

object!(Form);

impl TryFrom<&SavedHold> for Form {
    type Error = InvalidValue;

    fn try_from(saved: &SavedHold) -> Result<Self, InvalidValue> {
        Ok(Self {
            version: Some(VERSION),
            user: Some(saved.user),
            is_me: Some(saved.is_me),
            preference: Some(saved.preference.availability().as_str().to_owned()),
            is_preference_held: Some(saved.is_preference_held),
            message: saved.message.clone(),
            is_message_held: Some(saved.is_message_held),
            expires_at: Some(saved.expiry.try_into()?),
            extended_to: saved.extension.map(TryInto::try_into).transpose()?,
            earlier: saved.earlier.clone(),
            unknown: AdditionalData::default(),
        })
    }
}

impl TryFrom<Form> for SavedHold {
    type Error = InvalidValue;

    fn try_from(form: Form) -> Result<Self, InvalidValue> {
        match form.version {
            Some(VERSION) => {}
            Some(other) => {
                let help = "read it with the version of the program that saved it";
                return Err(invalid(format!("version {other} is not supported"), help));
            }
            None => return Err(missing("version")),
        }
        let preference = form.preference.ok_or_else(|| missing("preference"))?;
        let has_message = form.message.as_ref().is_some_and(|text| !text.is_empty());
        let saved = Self {
            user: form.user.ok_or_else(|| missing("user"))?,
            is_me: form.is_me.ok_or_else(|| missing("isMe"))?,
            preference: preference
                .parse()
                .map_err(|_| invalid("`preference` is not a preferred presence", UNCHANGED))?,
            is_preference_held: form
                .is_preference_held
                .ok_or_else(|| missing("isPreferenceHeld"))?,
            message: form.message,
            is_message_held: form
                .is_message_held
                .ok_or_else(|| missing("isMessageHeld"))?,
            expiry: form
                .expires_at
                .ok_or_else(|| missing("expiresAt"))?
                .to_system_time()?,
            extension: form.extended_to.map(|at| at.to_system_time()).transpose()?,
            earlier: form
                .earlier
                .map(StatusMessage::try_from)
                .transpose()?
                .map(PresenceStatusMessage::try_from)
                .transpose()?,
        };
        if saved.is_message_held && !has_message {
            return Err(missing("message"));
        }
        Ok(saved)
    }
}

const UNCHANGED: &str = "pass the saved data unchanged";

fn missing(property: &str) -> InvalidValue {
    invalid(format!("`{property}` is missing"), UNCHANGED)
}

fn invalid(rule: impl Into<std::borrow::Cow<'static, str>>, help: &'static str) -> InvalidValue {
    InvalidValue::new("saved hold", rule, help)
}

impl Serialize for SavedHold {
    /// # Errors
    ///
    /// An expiry beyond the year 9999, and the errors of the format.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = Form::try_from(self).map_err(S::Error::custom)?;
        form.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SavedHold {
    /// # Errors
    ///
    /// Another version, a missing property, a value that is not valid, and the errors of the format.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = Form::deserialize(deserializer)?;
        form.try_into().map_err(D::Error::custom)
    }
}

impl fmt::Debug for SavedHold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SavedHold")
            .field("preference", &self.preference)
            .field("is_preference_held", &self.is_preference_held)
            .field("is_message_held", &self.is_message_held)
            .field("expiry", &self.expiry)
            .finish_non_exhaustive()
    }
}
