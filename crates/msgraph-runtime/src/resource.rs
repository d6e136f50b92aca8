//! A resource of the service: a client and the path so far. Generated handles are made of it.

use std::fmt;

use msgraph_wire::decode::{DecodeError, Members};

use crate::operation::Operation;
use crate::path::Path;
use crate::{Client, Request};

/// A resource of the service, by its path below the base URL.
#[derive(Clone)]
pub struct Resource<'a> {
    client: &'a Client,
    path: Path,
}

/// How a body becomes a value.
pub type Decode<T> = fn(&[u8], Members) -> Result<T, DecodeError>;

impl<'a> Resource<'a> {
    /// The resource at the base URL itself.
    pub fn root(client: &'a Client) -> Self {
        let path = Path::new(client.inner.base.path());
        Self { client, path }
    }

    /// The resource one fixed segment further, such as `presence`.
    pub fn fixed(&self, segment: &'static str) -> Self {
        let mut further = self.clone();
        further.path.push_fixed(segment);
        further
    }

    /// The resource one parameter further, encoded as exactly one segment.
    ///
    /// A parameter that cannot be a segment (empty, `.` or `..`) is kept as an error, with
    /// which every request of this resource fails before anything is sent.
    pub fn parameter(&self, value: impl fmt::Display) -> Self {
        let mut further = self.clone();
        further.path.push_parameter(&value);
        further
    }

    /// A request of an operation on this resource, without a body.
    pub fn request<T>(
        &self,
        operation: &'static Operation,
        decode: Decode<T>,
    ) -> Request<'a, T> {
        Request::new(self.client, operation, self.path.clone(), decode)
    }
}

impl fmt::Debug for Resource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource").finish_non_exhaustive()
    }
}
