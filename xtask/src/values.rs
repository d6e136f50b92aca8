//! HTTP methods and durations in the text of a description.

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Method {
    #[default]
    Get,
    Put,
    Post,
    Patch,
    Delete,
}

impl Method {
    /// All methods with their keys in a path item.
    pub const ALL: [(&'static str, Self); 5] = [
        ("get", Self::Get),
        ("put", Self::Put),
        ("post", Self::Post),
        ("patch", Self::Patch),
        ("delete", Self::Delete),
    ];

    /// The method as a request has it: `GET`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Parses an ISO 8601 duration of days, hours, minutes and seconds.
pub fn seconds(text: &str) -> Option<u64> {
    let rest = text.strip_prefix('P')?;
    let (date, time) = rest.split_once('T').unwrap_or((rest, "0S"));
    let days = sum(date, &[('D', 86_400)])?;
    let total = days.checked_add(sum(time, &[('H', 3_600), ('M', 60), ('S', 1)])?);
    total.filter(|total| *total > 0 && !time.is_empty())
}

/// Adds up numbers with units. Each unit may be there once, in the order of `units`.
fn sum(mut text: &str, units: &[(char, u64)]) -> Option<u64> {
    let mut total = 0_u64;
    for (unit, seconds) in units {
        if let Some((number, rest)) = text.split_once(*unit) {
            let number: u32 = number.parse().ok()?;
            total = total.checked_add(u64::from(number).checked_mul(*seconds)?)?;
            text = rest;
        }
    }
    text.is_empty().then_some(total)
}
