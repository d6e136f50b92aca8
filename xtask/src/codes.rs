//! The rules that a description can break, each with its number.

/// Numbers the rules, so that a rule is added in one place.
macro_rules! codes {
    ($($(#[doc = $text:literal])+ $name:ident = $number:literal,)+) => {
        /// Which rule a description breaks. spec/README.md has a row for each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $text])+ $name,)+
        }

        impl Code {
            /// All rules, by number.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The number, as it is shown.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $number,)+
                }
            }
        }
    };
}

codes! {
    /// The file cannot be read, or is not UTF-8.
    Encoding = "S001",
    /// The text is not YAML.
    Syntax = "S002",
    /// Nested too deeply, anchors or aliases, several documents, too large.
    Limit = "S003",
    /// A key stands twice in a mapping.
    DuplicateKey = "S004",
    /// A value is of the wrong kind: text where a list belongs.
    WrongKind = "S005",
    /// A key that the dialect does not have here.
    UnknownKey = "S006",
    /// A key that must be there is missing.
    MissingKey = "S007",
    /// A value that is none of the possible ones.
    BadValue = "S008",
    /// OpenAPI allows it, the generator does not know what to make of it.
    Unsupported = "S009",
    /// A reference to nothing.
    DanglingReference = "S010",
    /// References in a circle that cannot be a Rust type.
    Circle = "S011",
    /// An operationId stands twice.
    DuplicateOperation = "S012",
    /// The parameters of a path and those declared differ.
    PathParameter = "S013",
    /// Two things become the same Rust name.
    NameClash = "S014",
    /// A name that cannot be a Rust name, or would hide one that everybody uses.
    BadName = "S015",
    /// An enumeration without values, with one twice, or with a default that is none of them.
    Enumeration = "S016",
    /// A combination that does not fit the properties that it sets.
    Combination = "S017",
    /// An extension that names something that is not there, or stands where it means nothing.
    Extension = "S018",
    /// `required` names a property that is not there.
    RequiredProperty = "S019",
    /// Our own description only: something has no description.
    Undescribed = "S020",
    /// Our own description only: a line of a description is too long for rustdoc.
    LongLine = "S021",
    /// Our own description only: a component that nothing uses.
    Unused = "S022",
    /// An overlay names a place that the description does not have.
    Overlay = "S023",
    /// A mistake of the generator itself.
    Bug = "S099",
}
