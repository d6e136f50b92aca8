//! A presence as text.

use crate::{Availability, Presence};
use std::fmt;

/// Availability and activity, such as `Busy, InACall`, without the status message. A missing
/// availability is `PresenceUnknown`.
///
/// ```
/// # use msgraph_presence_models as msgraph_presence;
/// use msgraph_presence::{Activity, Availability, Presence};
///
/// let mut presence = Presence::default();
/// assert_eq!(presence.to_string(), "PresenceUnknown");
/// presence.availability = Some(Availability::Busy);
/// presence.activity = Some(Activity::InACall);
/// assert_eq!(presence.to_string(), "Busy, InACall");
/// ```
impl fmt::Display for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let availability = self.availability.as_ref();
        f.write_str(
            availability
                .unwrap_or(&Availability::PresenceUnknown)
                .as_str(),
        )?;
        match &self.activity {
            Some(activity) => write!(f, ", {activity}"),
            None => Ok(()),
        }
    }
}
