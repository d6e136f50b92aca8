//! Dates and times with an offset in addition to their time zone.

use crate::DateTimeTimeZone;
use msgraph_wire::{CivilDateTime, DateTimeOffset, InvalidValue};
use std::time::SystemTime;

/// The names of UTC in Windows, IANA and Exchange, and its display name in Windows.
const UTC: [&str; 4] = [
    "UTC",
    "Etc/UTC",
    "tzone://Microsoft/Utc",
    "Coordinated Universal Time",
];

/// Returns `true` for a name of UTC, in any letter case.
pub(crate) fn is_utc(zone: &str) -> bool {
    UTC.iter().any(|name| name.eq_ignore_ascii_case(zone))
}

impl DateTimeTimeZone {
    /// The instant of a date and time in UTC or with an offset, and with the feature `jiff` in any
    /// zone.
    ///
    /// ```
    /// # use msgraph_presence_models as msgraph_presence;
    /// use msgraph_presence::DateTimeTimeZone;
    /// use std::time::{Duration, UNIX_EPOCH};
    ///
    /// let expiry: DateTimeTimeZone = serde_json::from_str(
    ///     r#"{"dateTime":"2026-11-21T17:30:00.0000000","timeZone":"UTC"}"#,
    /// )?;
    /// assert_eq!(expiry.to_system_time()?, UNIX_EPOCH + Duration::from_secs(1_795_282_200));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the date and time is missing or does not exist; when its offset differs from that of
    /// its zone at this time; when its zone is missing or unknown, or is not UTC and the feature
    /// `jiff` is off.
    pub fn to_system_time(&self) -> Result<SystemTime, InvalidValue> {
        let (date_time, zone) = self.clone().without_offset()?;
        if is_utc(zone.trim()) {
            let utc: CivilDateTime = date_time.parse()?;
            return format!("{utc}Z")
                .parse::<DateTimeOffset>()?
                .to_system_time();
        }
        #[cfg(feature = "jiff")]
        return Ok(self.to_timestamp()?.into());
        #[cfg(not(feature = "jiff"))]
        Err(InvalidValue::new(
            "time zone",
            "not UTC",
            "enable the feature `jiff`",
        ))
    }

    /// The name of the zone, unless it is empty.
    pub(crate) fn zone(&self) -> Option<&str> {
        let zone = self.time_zone.as_deref().map(str::trim);
        zone.filter(|zone| !zone.is_empty())
    }

    /// The date and time without its offset, and the zone; both unchanged if there is no offset.
    ///
    /// The zone is kept if the offset is known to be right for it. Without the feature `jiff` only
    /// UTC is known; the instant is then converted to UTC.
    pub(crate) fn without_offset(self) -> Result<(String, String), InvalidValue> {
        let date_time = self.date_time.as_deref().unwrap_or_default();
        let Ok(at) = date_time.parse::<DateTimeOffset>() else {
            let texts = [self.date_time, self.time_zone];
            return Ok(texts.map(Option::unwrap_or_default).into());
        };
        let utc = CivilDateTime::utc(at.to_system_time()?)?;
        match self.zone() {
            Some(zone) if is_utc(zone) && utc != at.to_civil()? => Err(disagreement(zone)),
            #[cfg(feature = "jiff")]
            Some(zone) if !is_utc(zone) => {
                self.to_zoned()?;
                Ok((at.to_civil()?.to_string(), zone.to_owned()))
            }
            _ => Ok((utc.to_string(), "UTC".to_owned())),
        }
    }
}

/// The error of an offset that differs from that of the zone.
pub(crate) fn disagreement(zone: &str) -> InvalidValue {
    let shown: String = zone.chars().take(60).collect();
    InvalidValue::new(
        "date and time in a time zone",
        format!("the offset differs from that of {shown:?} at this time"),
        "treat it as unknown, because it names two instants",
    )
}
