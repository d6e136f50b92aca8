//! A resource of the service: a client and a path.

use crate::operation::Operation;
use crate::path::Path;
use crate::{Client, Request};
use msgraph_wire::InvalidValue;
use msgraph_wire::decode::{DecodeError, Properties};
use std::fmt;

/// A resource of the service, by its path below the base URL.
///
/// The handle owns a clone of the client. Each method that adds a segment consumes it; clone it to
/// go on from one resource in two ways. Any number of requests can be made of it.
///
/// Generated handles wrap it, and a program can use it for an operation that they lack:
///
/// ```
/// use msgraph_runtime::{Client, Method, Operation, Resource, decode};
/// # use msgraph_runtime::{Attempt, Body, BoxFuture, Transport, TransportError};
/// # struct Canned;
/// # impl Transport for Canned {
/// #     fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
/// #         assert!(attempt.url().ends_with("c3/presence/clearPresence"));
/// #         assert_eq!(attempt.body, r#"{"sessionId":"22553876-f5ab-4529-bffb-cfe50aa89f87"}"#);
/// #         Box::pin(async { Ok(http::Response::new(Body::from(""))) })
/// #     }
/// # }
/// use serde_json::json;
///
/// static CLEAR_PRESENCE: Operation = Operation {
///     id: "users.user.presence.clearPresence",
///     method: Method::POST,
///     path: "/users/{id}/presence/clearPresence",
///     repeatable: true,
///     delegated: &["Presence.ReadWrite"],
///     application: &["Presence.ReadWrite.All"],
///     servers: &["https://graph.microsoft.com/v1.0"],
///     ..Operation::EMPTY
/// };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), msgraph_runtime::Error> {
/// # let client = Client::builder().token("secret").transport(Canned).build()?;
/// let users = Resource::root(&client).fixed("users");
/// let user = users.parameter("fa8bf3dc-eca7-46b7-bad1-db199b62afc3");
/// let application = json!({"sessionId": "22553876-f5ab-4529-bffb-cfe50aa89f87"});
/// let request = user.write(&CLEAR_PRESENCE, Ok(application), decode::nothing);
/// let response = request.header("Accept-Language", "de").send().await?;
/// assert_eq!((response.status().as_u16(), response.attempts()), (200, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Resource {
    client: Client,
    path: Path,
}

/// The function that decodes a body.
pub type Decode<T> = fn(&[u8], Properties) -> Result<T, DecodeError>;

impl Resource {
    /// The resource at the base URL itself.
    pub fn root(client: &Client) -> Self {
        Self {
            client: client.clone(),
            path: Path::new(client.inner.base.as_str()),
        }
    }

    /// The resource one fixed segment further, such as `presence`.
    pub fn fixed(mut self, segment: &'static str) -> Self {
        self.path.push_fixed(segment);
        self
    }

    /// The resource one parameter further, encoded as exactly one segment.
    ///
    /// With a parameter that cannot be a segment (empty, `.` or `..`), every request of this
    /// resource fails before anything is sent.
    pub fn parameter(mut self, value: impl fmt::Display) -> Self {
        self.path.push_parameter(&value);
        self
    }

    /// The resource one segment further, with parameters within the segment, each encoded for its
    /// position.
    ///
    /// A parameter between quotes is an OData string: its own quotes are doubled, and it may be
    /// empty. Elsewhere a number, a date or JSON is expected: a text that is empty, or has a quote,
    /// a comma, an equals sign or a parenthesis and is not JSON, is an error, as for
    /// [`parameter`](Self::parameter).
    ///
    /// ```
    /// # use msgraph_runtime::{Attempt, Body, BoxFuture, Transport, TransportError};
    /// # use msgraph_runtime::Client;
    /// use msgraph_runtime::{Operation, Resource, decode};
    ///
    /// # struct Canned;
    /// # impl Transport for Canned {
    /// #     fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
    /// #         assert!(attempt.url().ends_with("/search(q='O%27%27Brien%2F7',top=5)"));
    /// #         Box::pin(async { Ok(http::Response::new(Body::from(""))) })
    /// #     }
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), msgraph_runtime::Error> {
    /// # let client = Client::builder().token("secret").transport(Canned).build()?;
    /// static SEARCH: Operation = Operation {
    ///     path: "/search(q='{q}',top={top})",
    ///     ..Operation::EMPTY
    /// };
    /// let root = Resource::root(&client);
    /// let found = root.filled("search(q='{q}',top={top})", &[&"O'Brien/7", &5]);
    /// found.request(&SEARCH, decode::nothing).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn filled(mut self, segment: &'static str, values: &[&dyn fmt::Display]) -> Self {
        self.path.push_filled(segment, values);
        self
    }

    /// A request of an operation on this resource, without a body.
    ///
    /// Fixed segments that the path of the operation has beyond this resource, such as the
    /// name of an action, are added.
    pub fn request<T>(&self, operation: &'static Operation, decode: Decode<T>) -> Request<T> {
        let mut path = self.path.clone();
        path.push_rest(operation.path);
        Request::new(self.client.clone(), operation, path, decode)
    }

    /// A request of an operation on this resource, with a body, or with the reason why the body is
    /// invalid.
    ///
    /// Fixed segments are added as [`request`](Self::request) adds them.
    pub fn write<T, B>(
        &self,
        operation: &'static Operation,
        body: Result<B, InvalidValue>,
        decode: Decode<T>,
    ) -> Request<T, B> {
        self.request(operation, decode).body(body)
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource").finish_non_exhaustive()
    }
}
