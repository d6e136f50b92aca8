//! Dates and times that carry an offset, although a zone comes with them.

use crate::DateTimeTimeZone;
use msgraph_wire::{CivilDateTime, DateTimeOffset, InvalidValue};
use std::time::SystemTime;

/// Names of UTC: that of Windows, that of IANA, that of Exchange, and what Windows shows.
const UTC: [&str; 4] = [
    "UTC",
    "Etc/UTC",
    "tzone://Microsoft/Utc",
    "Coordinated Universal Time",
];

/// True for a name of UTC, in any letter case.
pub(crate) fn is_utc(zone: &str) -> bool {
    UTC.iter().any(|name| name.eq_ignore_ascii_case(zone))
}

impl DateTimeTimeZone {
    /// The instant, of a date and time in UTC or with an offset; with the feature `jiff` in any
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
    /// When the date and time is missing or does not exist; when it carries an offset that its zone
    /// does not have then; when its zone is missing, is not known, or is not UTC and the feature
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

    /// The date and time and the zone of the same instant, without the offset; as they are when
    /// there is no offset.
    ///
    /// The zone stays where the offset is known to be its own. Without the feature `jiff` that
    /// is known only of UTC; the instant is then given in UTC.
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

/// The offset and the zone do not agree.
pub(crate) fn disagreement(zone: &str) -> InvalidValue {
    let shown: String = zone.chars().take(60).collect();
    InvalidValue::new(
        "date and time in a time zone",
        format!("the offset differs from that of {shown:?} at this time"),
        "treat it as unknown, because it names two instants",
    )
}
