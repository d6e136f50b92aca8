//! The clouds in which Graph is offered.

/// A Microsoft cloud. A token of one is not taken by another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cloud {
    /// The global service, with GCC.
    #[default]
    Global,

    /// US Government L4 (GCC High).
    UsGovernmentL4,

    /// US Government L5 (DoD).
    UsGovernmentL5,

    /// China, operated by 21Vianet, where Graph has no presence.
    China,
}

impl Cloud {
    /// Every cloud.
    pub const ALL: [Self; 4] = [
        Self::Global,
        Self::UsGovernmentL4,
        Self::UsGovernmentL5,
        Self::China,
    ];

    /// The root of Graph in this cloud, without a slash at the end, and the audience of its tokens.
    pub fn root(self) -> &'static str {
        match self {
            Self::Global => "https://graph.microsoft.com",
            Self::UsGovernmentL4 => "https://graph.microsoft.us",
            Self::UsGovernmentL5 => "https://dod-graph.microsoft.us",
            Self::China => "https://microsoftgraph.chinacloudapi.cn",
        }
    }

    /// The name that the program and the administration API use, in camelCase.
    pub fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::UsGovernmentL4 => "usGovernmentL4",
            Self::UsGovernmentL5 => "usGovernmentL5",
            Self::China => "china",
        }
    }

    /// The cloud of that [name](Self::name), in exactly these letters; otherwise nothing.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cloud| cloud.name() == name)
    }
}
