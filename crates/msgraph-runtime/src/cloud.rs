//! The clouds in which Microsoft runs Graph, each a world of its own.

use reqwest::Url;

/// A Microsoft cloud. Tokens and users of one are unknown in the others.
///
/// ```
/// use msgraph_runtime::Cloud;
///
/// let cloud = Cloud::UsGovernmentL4;
/// assert_eq!(cloud.base_url(), "https://graph.microsoft.us/v1.0");
/// assert_eq!(cloud.default_scope(), "https://graph.microsoft.us/.default");
/// assert_eq!(cloud.authority(), "https://login.microsoftonline.us");
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

impl Cloud {
    /// All clouds that this version knows.
    pub const ALL: &'static [Self] = &[
        Self::Global,
        Self::UsGovernmentL4,
        Self::UsGovernmentL5,
        Self::China,
    ];

    /// The base URL of Graph v1.0 in this cloud, without a slash at the end.
    pub const fn base_url(self) -> &'static str {
        match self {
            Self::Global => "https://graph.microsoft.com/v1.0",
            Self::UsGovernmentL4 => "https://graph.microsoft.us/v1.0",
            Self::UsGovernmentL5 => "https://dod-graph.microsoft.us/v1.0",
            Self::China => "https://microsoftgraph.chinacloudapi.cn/v1.0",
        }
    }

    /// The scope to ask for: whatever the application was granted in Graph.
    pub const fn default_scope(self) -> &'static str {
        match self {
            Self::Global => "https://graph.microsoft.com/.default",
            Self::UsGovernmentL4 => "https://graph.microsoft.us/.default",
            Self::UsGovernmentL5 => "https://dod-graph.microsoft.us/.default",
            Self::China => "https://microsoftgraph.chinacloudapi.cn/.default",
        }
    }

    /// Where tokens for this cloud are issued: the URL that a tenant's id follows.
    pub const fn authority(self) -> &'static str {
        match self {
            Self::Global => "https://login.microsoftonline.com",
            Self::UsGovernmentL4 | Self::UsGovernmentL5 => {
                "https://login.microsoftonline.us"
            }
            Self::China => "https://login.chinacloudapi.cn",
        }
    }

    /// The name by which messages call this cloud.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Global => "The global cloud",
            Self::UsGovernmentL4 => "US Government L4 (GCC High)",
            Self::UsGovernmentL5 => "US Government L5 (DoD)",
            Self::China => "China (21Vianet)",
        }
    }

    /// The cloud whose Graph a URL's origin is.
    pub(crate) fn of(base: &Url) -> Option<Self> {
        let is_origin = |cloud: &Self| {
            let origin = Url::parse(cloud.base_url()).map(|url| url.origin());
            origin.is_ok_and(|origin| origin == base.origin())
        };
        Self::ALL.iter().copied().find(is_origin)
    }
}
