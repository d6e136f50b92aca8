//! What can go wrong.

use crate::server::WireFault;
use std::fmt;
use std::time::Duration;

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FaultKind {
    /// An error in Graph's shape; without a code or message, the usual ones of the status.
    Status {
        status: u16,
        code: Option<String>,
        message: Option<String>,
    },
    Empty {
        status: u16,
    },
    Html {
        status: u16,
    },
    Garbage,
    Redirect {
        status: u16,
        location: String,
    },
    Wire(WireFault),
    Truncate,
    Delay(Duration),
    UnknownValue,
    UnknownMember,
    HugeBody {
        bytes: usize,
    },
}

impl FaultKind {
    /// Whether nothing of the operation's own answer is to be seen.
    pub(super) fn hides_the_answer(&self) -> bool {
        match self {
            Self::Status { .. }
            | Self::Empty { .. }
            | Self::Html { .. }
            | Self::Garbage
            | Self::Redirect { .. }
            | Self::Wire(WireFault::Reset { after: 0 } | WireFault::Close { after: 0 }) => true,
            Self::Wire(_)
            | Self::Truncate
            | Self::Delay(_)
            | Self::UnknownValue
            | Self::UnknownMember
            | Self::HugeBody { .. } => false,
        }
    }
}

/// A few words, for the record and the program's output.
impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { status, .. } => write!(f, "status {status}"),
            Self::Empty { status } => write!(f, "status {status} without a body"),
            Self::Html { status } => write!(f, "status {status} with HTML"),
            Self::Garbage => f.write_str("garbage"),
            Self::Redirect { status, .. } => write!(f, "redirect {status}"),
            Self::Wire(WireFault::Reset { after }) => {
                write!(f, "reset after {after} bytes")
            }
            Self::Wire(WireFault::Close { after }) => {
                write!(f, "close after {after} bytes")
            }
            Self::Wire(WireFault::Drip { bytes, every }) => {
                write!(f, "{bytes} bytes every {every:?}")
            }
            Self::Truncate => f.write_str("truncated"),
            Self::Delay(delay) => write!(f, "delayed by {delay:?}"),
            Self::UnknownValue => f.write_str("unknown value"),
            Self::UnknownMember => f.write_str("unknown member"),
            Self::HugeBody { bytes } => write!(f, "{bytes} bytes of body"),
        }
    }
}
