//! The clouds in which Microsoft runs Graph, separate from each other.

use crate::InvalidValue;
use std::fmt;
use std::str::FromStr;

/// A Microsoft cloud. Tokens and users of one are unknown in the others.
///
/// As a text it is `global` (the default), `usGovernmentL4`, `usGovernmentL5` or `china`.
///
/// ```
/// # use msgraph_wire as msgraph_presence;
/// use msgraph_presence::Cloud;
///
/// let cloud: Cloud = "usGovernmentL4".parse()?;
/// assert_eq!(cloud, Cloud::UsGovernmentL4);
/// assert_eq!(cloud.base_url(), "https://graph.microsoft.us/v1.0");
/// assert_eq!(cloud.default_scope(), "https://graph.microsoft.us/.default");
/// assert_eq!(cloud.authority(), "https://login.microsoftonline.us");
///
/// let error = "GCC High".parse::<Cloud>().unwrap_err();
/// assert_eq!(error.help(), "write one of global, usGovernmentL4, usGovernmentL5, china");
/// # Ok::<(), msgraph_presence::InvalidValue>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cloud {
    /// The worldwide cloud, with the US Government's GCC.
    #[default]
    Global,

    /// US Government L4, also known as GCC High.
    UsGovernmentL4,

    /// US Government L5, also known as DoD.
    UsGovernmentL5,

    /// China, operated by 21Vianet.
    China,
}

/// The facts about a cloud.
struct Facts {
    name: &'static str,
    description: &'static str,
    root: &'static str,
    base_url: &'static str,
    default_scope: &'static str,
    authority: &'static str,
}

macro_rules! facts {
    ($name:literal, $description:literal, $root:literal, $authority:literal) => {
        Facts {
            name: $name,
            description: $description,
            root: $root,
            base_url: concat!($root, "/v1.0"),
            default_scope: concat!($root, "/.default"),
            authority: $authority,
        }
    };
}

impl Cloud {
    /// All clouds that this version knows.
    pub const ALL: &'static [Self] = &[
        Self::Global,
        Self::UsGovernmentL4,
        Self::UsGovernmentL5,
        Self::China,
    ];

    const fn facts(self) -> Facts {
        match self {
            Self::Global => facts!(
                "global",
                "The global cloud",
                "https://graph.microsoft.com",
                "https://login.microsoftonline.com"
            ),
            Self::UsGovernmentL4 => facts!(
                "usGovernmentL4",
                "US Government L4 (GCC High)",
                "https://graph.microsoft.us",
                "https://login.microsoftonline.us"
            ),
            Self::UsGovernmentL5 => facts!(
                "usGovernmentL5",
                "US Government L5 (DoD)",
                "https://dod-graph.microsoft.us",
                "https://login.microsoftonline.us"
            ),
            Self::China => facts!(
                "china",
                "China (21Vianet)",
                "https://microsoftgraph.chinacloudapi.cn",
                "https://login.partner.microsoftonline.cn"
            ),
        }
    }

    /// The cloud as a text, such as `usGovernmentL4`.
    pub const fn as_str(self) -> &'static str {
        self.facts().name
    }

    /// The usual name, such as `US Government L4 (GCC High)`.
    pub const fn description(self) -> &'static str {
        self.facts().description
    }

    /// The root of Graph in this cloud, without a version: the audience of its tokens.
    pub const fn root(self) -> &'static str {
        self.facts().root
    }

    /// The base URL of Graph v1.0 in this cloud, without a slash at the end.
    pub const fn base_url(self) -> &'static str {
        self.facts().base_url
    }

    /// The scope to ask for: all permissions of Graph that the application was granted.
    pub const fn default_scope(self) -> &'static str {
        self.facts().default_scope
    }

    /// The authority that issues tokens for this cloud: the URL that a tenant's id follows.
    pub const fn authority(self) -> &'static str {
        self.facts().authority
    }
}

impl FromStr for Cloud {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let mut clouds = Self::ALL.iter().copied();
        clouds.find(|cloud| cloud.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|cloud| cloud.as_str()).collect();
            let help = format!("write one of {}", known.join(", "));
            InvalidValue::new("cloud", "there is no cloud of that name", help)
        })
    }
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
