//! The HTTP methods that an operation can have.

/// An HTTP method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET`
    #[default]
    Get,
    /// `PUT`
    Put,
    /// `POST`
    Post,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Method {
    /// All methods, with their keys in an OpenAPI path item.
    pub const ALL: [(&'static str, Self); 5] = [
        ("get", Self::Get),
        ("put", Self::Put),
        ("post", Self::Post),
        ("patch", Self::Patch),
        ("delete", Self::Delete),
    ];

    /// The method as it is sent: `GET`.
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
