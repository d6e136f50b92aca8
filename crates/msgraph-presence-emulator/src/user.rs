//! A user to be added to the emulator.

use crate::random::SplitMix;
use crate::token::DEFAULT_TENANT;
use msgraph_presence_models::{OutOfOfficeSettings, UserId, UserWorkLocation};
use std::fmt;

/// A user of the emulated directory.
///
/// Without an id of its own, a user has one that follows from the name: the same at every run.
///
/// ```
/// use msgraph_presence_emulator::User;
///
/// let ada = User::new("Ada").id("fa8bf3dc-eca7-46b7-bad1-db199b62afc3".parse()?);
/// let bob = User::new("Bob").out_of_office("Back on Monday");
/// assert_eq!(User::new("Bob").user_id(), bob.user_id());
/// # let _ = ada;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct User {
    pub(crate) id: UserId,
    pub(crate) name: String,
    pub(crate) tenant: String,
    pub(crate) out_of_office: OutOfOfficeSettings,
    pub(crate) work_location: Option<UserWorkLocation>,
}

impl User {
    /// A user of the default tenant, with an id that follows from the name.
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            id: id_of(&name),
            name,
            tenant: DEFAULT_TENANT.to_owned(),
            out_of_office: in_office(),
            work_location: None,
        }
    }

    /// The object id.
    pub fn id(mut self, id: UserId) -> Self {
        self.id = id;
        self
    }

    /// The tenant in which the user is.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = tenant.into();
        self
    }

    /// Out of office from the start, with a message.
    pub fn out_of_office(mut self, message: impl Into<String>) -> Self {
        self.out_of_office = away_from_office(Some(message.into()));
        self
    }

    /// Where the user works.
    pub fn work_location(mut self, location: UserWorkLocation) -> Self {
        self.work_location = Some(location);
        self
    }

    /// The object id that the user has.
    pub fn user_id(&self) -> UserId {
        self.id
    }
}

impl From<&str> for User {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

/// Shows neither the name nor the whole id.
impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

pub(crate) fn in_office() -> OutOfOfficeSettings {
    let mut settings = OutOfOfficeSettings::default();
    settings.is_out_of_office = Some(false);
    settings
}

pub(crate) fn away_from_office(message: Option<String>) -> OutOfOfficeSettings {
    let mut settings = OutOfOfficeSettings::default();
    settings.is_out_of_office = Some(true);
    settings.message = message;
    settings
}

/// A GUID that follows from a name, with the marks of a random one.
fn id_of(name: &str) -> UserId {
    let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    UserId::from(SplitMix(seed).guid())
}
