//! Questions that applications ask of a presence.

use crate::{Activity, Availability, InvalidValue, Presence, UserId};
use std::cmp::Ordering;

/// Questions about the user. `None` means unknown: the value is missing, is `PresenceUnknown`, or
/// is not known to these methods.
///
/// The answers follow the table of Teams states in Microsoft's [guide to presence][guide]:
///
/// | in Teams | availability | activity |
/// |---|---|---|
/// | Available | `Available` | `Available` |
/// | Available, out of office | `Available` | `OutOfOffice` |
/// | Busy | `Busy` | `Busy` |
/// | In a call | `Busy` | `InACall` |
/// | In a meeting | `Busy` | `InAMeeting` |
/// | Do not disturb | `DoNotDisturb` | `DoNotDisturb` |
/// | Presenting | `DoNotDisturb` | `Presenting` |
/// | Away | `Away` | `Away` |
/// | Be right back | `BeRightBack` | `BeRightBack` |
/// | Appear offline | `Offline` | `OffWork` |
/// | Out of office | `OutOfOffice` | |
///
/// A preferred presence hides the state of all sessions, a call included.
///
/// ```
/// # use msgraph_presence_models as msgraph_presence;
/// use msgraph_presence::{Availability, Presence};
///
/// let mut presence = Presence::default();
/// presence.availability = Some(Availability::Busy);
/// presence.activity = Some("InACall".into());
/// assert_eq!(presence.is_in_call(), Some(true));
/// assert_eq!(presence.is_reachable(), Some(false));
///
/// presence.activity = Some("InAHologram".into());
/// assert_eq!(presence.is_in_call(), None);
/// ```
///
/// [guide]: https://learn.microsoft.com/graph/cloud-communications-manage-presence-state
impl Presence {
    /// The object id of the user, as other operations take it.
    ///
    /// # Errors
    ///
    /// When `id` is not a GUID: a `$select` without `id` leaves it empty.
    ///
    /// ```
    /// # use msgraph_presence_models as msgraph_presence;
    /// use msgraph_presence::Presence;
    ///
    /// let mut presence = Presence::default();
    /// assert!(presence.user_id().is_err());
    /// presence.id = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3".to_owned();
    /// assert_eq!(presence.user_id()?.to_string(), presence.id);
    /// # Ok::<(), msgraph_presence::InvalidValue>(())
    /// ```
    pub fn user_id(&self) -> Result<UserId, InvalidValue> {
        self.id.parse()
    }

    /// Returns `true` if the user can be reached without being disturbed, by the availability
    /// only.
    ///
    /// | answer | availability |
    /// |---|---|
    /// | yes | `Available`, `AvailableIdle` |
    /// | no | `Away`, `BeRightBack`, `Busy`, `BusyIdle`, `DoNotDisturb`, `Focusing`, `InACall`, `InAMeeting`, `Offline`, `OutOfOffice`, `Presenting` |
    /// | unknown | any other, or none |
    ///
    /// ```
    /// # use msgraph_presence_models as msgraph_presence;
    /// use msgraph_presence::{Availability, Presence};
    ///
    /// let mut presence = Presence::default();
    /// assert_eq!(presence.is_reachable(), None);
    /// presence.availability = Some(Availability::AvailableIdle);
    /// assert_eq!(presence.is_reachable(), Some(true));
    /// ```
    pub fn is_reachable(&self) -> Option<bool> {
        use Availability::*;
        match self.availability.as_ref()? {
            Available | AvailableIdle => Some(true),
            Away | BeRightBack | Busy | BusyIdle | DoNotDisturb | Focusing | InACall
            | InAMeeting | Offline | OutOfOffice | Presenting => Some(false),
            _ => None,
        }
    }

    /// Returns `true` if the user is in a call.
    ///
    /// | answer | availability or activity |
    /// |---|---|
    /// | yes | activity `InACall` or `InAConferenceCall`, or availability `InACall` |
    /// | unknown | `Presenting`, because a presenter rarely presents without an audience; any unknown activity, or a missing one |
    /// | no | any other activity |
    ///
    /// ```
    /// # use msgraph_presence_models as msgraph_presence;
    /// use msgraph_presence::{Activity, Presence};
    ///
    /// let mut presence = Presence::default();
    /// presence.activity = Some(Activity::InAConferenceCall);
    /// assert_eq!(presence.is_in_call(), Some(true));
    /// ```
    pub fn is_in_call(&self) -> Option<bool> {
        if self.availability == Some(Availability::InACall) {
            return Some(true);
        }
        match self.known_activity()? {
            Activity::InACall | Activity::InAConferenceCall => Some(true),
            Activity::Presenting => None,
            _ if self.availability == Some(Availability::Presenting) => None,
            _ => Some(false),
        }
    }

    /// Returns `true` if the user presents, or shares the screen.
    ///
    /// | answer | availability or activity |
    /// |---|---|
    /// | yes | `Presenting`, as activity or as availability |
    /// | unknown | any unknown activity, or a missing one |
    /// | no | any other activity |
    ///
    /// ```
    /// # use msgraph_presence_models as msgraph_presence;
    /// use msgraph_presence::{Activity, Presence};
    ///
    /// let mut presence = Presence::default();
    /// presence.activity = Some(Activity::Presenting);
    /// assert_eq!(presence.is_presenting(), Some(true));
    /// assert_eq!(presence.is_in_call(), None);
    /// ```
    pub fn is_presenting(&self) -> Option<bool> {
        if self.availability == Some(Availability::Presenting) {
            return Some(true);
        }
        Some(*self.known_activity()? == Activity::Presenting)
    }

    /// Returns `true` if the user is out of office.
    ///
    /// | answer | availability, activity or setting |
    /// |---|---|
    /// | yes | `OutOfOffice`, as activity or as availability, or `isOutOfOffice` is true |
    /// | no | `isOutOfOffice` is false, and neither of the others |
    /// | unknown | anything else: a call hides the activity `OutOfOffice` |
    ///
    /// ```
    /// # use msgraph_presence_models as msgraph_presence;
    /// use msgraph_presence::Presence;
    ///
    /// let presence: Presence = serde_json::from_str(
    ///     r#"{"id":"…","activity":"InACall","outOfOfficeSettings":{"isOutOfOffice":true}}"#,
    /// )?;
    /// assert_eq!(presence.is_out_of_office(), Some(true));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn is_out_of_office(&self) -> Option<bool> {
        if self.availability == Some(Availability::OutOfOffice)
            || self.activity == Some(Activity::OutOfOffice)
        {
            return Some(true);
        }
        self.out_of_office_settings.as_ref()?.is_out_of_office
    }

    /// Compares the versions of two presences of the same user: the greater one is newer.
    ///
    /// As documented, `sequenceNumber` is compared as text, character by character. `None` if one
    /// of them has no `sequenceNumber`, or if the users differ.
    ///
    /// ```
    /// # use msgraph_presence_models as msgraph_presence;
    /// use msgraph_presence::Presence;
    /// use std::cmp::Ordering;
    ///
    /// let mut before = Presence::default();
    /// before.sequence_number = Some("A0129311063".to_owned());
    /// let mut now = before.clone();
    /// now.sequence_number = Some("A0129311064".to_owned());
    /// assert_eq!(now.compare_version(&before), Some(Ordering::Greater));
    /// ```
    pub fn compare_version(&self, other: &Self) -> Option<Ordering> {
        let left_out = self.id.is_empty() || other.id.is_empty();
        if !left_out && !self.id.eq_ignore_ascii_case(&other.id) {
            return None;
        }
        let (ours, theirs) = (
            self.sequence_number.as_ref()?,
            other.sequence_number.as_ref()?,
        );
        Some(ours.cmp(theirs))
    }

    /// The activity, if it is listed here. A value that the spec gains later is unknown until then.
    fn known_activity(&self) -> Option<&Activity> {
        use Activity::*;
        let activity = self.activity.as_ref()?;
        let is_known = matches!(
            activity,
            Available
                | AvailableInactive
                | Away
                | BeRightBack
                | Busy
                | DoNotDisturb
                | InACall
                | InAConferenceCall
                | InAMeeting
                | Inactive
                | OffWork
                | Offline
                | OutOfOffice
                | Presenting
                | UrgentInterruptionsOnly
        );
        is_known.then_some(activity)
    }
}
