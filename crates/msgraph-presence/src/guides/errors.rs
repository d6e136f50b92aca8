//! Errors: their causes, the remedies, and the fields to log.
//!
//! # One type, one line
//!
//! Every call fails with an [`Error`]. Its `Display` is one line: the operation, the response of
//! the service, the request id for Microsoft's support, and a hint:
//!
//! ```
//! # use msgraph_presence::Client;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.application_token()).build()?;
//! let error = client.me().presence().get().await.unwrap_err();
//! # let line = error.to_string();
//! # let id = error.request_id().unwrap_or_default();
//! # assert_eq!(line.replace(id, "…"),
//! #     "me.GetPresence: 400 Bad Request, BadRequest: /me request is only valid with delegated authentication flow; \
//! #      request-id …; hint: an application token has no signed-in user for `/me`; \
//! #      use `users(id)` with the user's object id");
//! println!("{error}");
//! // me.GetPresence: 400 Bad Request, BadRequest: /me request is only valid with delegated
//! // authentication flow; request-id …; hint: an application token has no signed-in
//! // user for `/me`; use `users(id)` with the user's object id
//! # Ok(())
//! # }
//! ```
//!
//! (The line is wrapped here.) It contains no private text: no token, no text of a message, no
//! user's id, no URL. The accessors return the service's texts unchanged, which may contain them.
//!
//! An invalid value converts into an [`Error`] as well: a function that returns an [`Error`] may
//! write `let ada: UserId = text.parse()?`.
//!
//! A `main` that returns an error, and `unwrap`, print its `Debug`: the same line, and below it
//! the messages of other libraries, redacted like the line. `{:#?}` has the fields.
//!
//! ```
//! # use msgraph_presence::Client;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! let sign_in = |_| async { Err::<String, _>("ada@contoso.com is signed out") };
//! let client = Client::builder()
//!     .token(sign_in)
//! #   .base_url(graph.base_url())
//!     .build()?;
//! let error = client.me().presence().get().await.unwrap_err();
//! assert_eq!(
//!     format!("{error:?}"),
//!     "me.GetPresence: the token provider failed: … is signed out",
//! );
//! # Ok(())
//! # }
//! ```
//!
//! # Decide by methods, not by texts
//!
//! Microsoft asks not to depend on messages, which change without notice, and writes codes in
//! varying letter case. These methods depend on neither:
//!
//! ```
//! use msgraph_presence::{Error, ErrorKind};
//!
//! /// The exit code of a command-line program.
//! fn exit_code(error: &Error) -> u8 {
//!     match error.kind() {
//!         ErrorKind::Request | ErrorKind::Configuration => 2, // ours: nothing was sent
//!         _ if error.is_retryable() => 75,   // try again later
//!         _ if error.is_unauthorized() => 3, // sign in again, or lacks a permission
//!         _ if error.is_forbidden() => 4,    // lacks a permission
//!         _ if error.is_not_found() => 5,    // no such user here
//!         _ => 1,
//!     }
//! }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let client = msgraph_presence::Client::builder().base_url(graph.base_url()).token(graph.application_token()).build()?;
//! # let nobody = "00000000-0000-4000-8000-000000000000".parse()?;
//! # assert_eq!(exit_code(&client.users(nobody).presence().get().await.unwrap_err()), 5);
//! # Ok(())
//! # }
//! ```
//!
//! The failure of a token provider counts as retryable, because its network may be down; a call
//! asks the provider only once. A provider that needs a person has its own error for that, which
//! is the [`source`](std::error::Error::source) of this one.
//!
//! | response of the service | most frequent cause | remedy |
//! |---|---|---|
//! | 400 on `/me` | an application's token has no "me" | `users(id)` |
//! | 400 on reading with a user's token | a personal Microsoft account, which has no presence in Graph | a work or school account |
//! | 400 on writing | a value that the service does not accept, which the message names | another value |
//! | 400 or 404 on many users | one unknown id | [`Client::presences_of`], which finds it |
//! | 401 `InvalidAuthenticationToken` | expired, or for another audience or cloud | [`TokenCache`]; the right scope |
//! | 401 with a claims challenge | the sign-in is too old, or was revoked (continuous access evaluation) | sign in again, or a provider that passes [`claims`](crate::TokenRequest::claims) on |
//! | 401 `Unauthorized` | the token lacks the permission: on reads Graph sends 401, not 403 | grant it, then get a *new* token |
//! | 401 "Cannot set the presence of another user" | a delegated token writes only for its own user | an application's token |
//! | 403, no message | the token lacks the permission to write | grant it, then get a *new* token |
//! | 404 | no such user in this tenant; a user principal name | the object id |
//! | 404 on `clear_presence` | the session has expired, or was never set with this `session_id` | none is needed to end a session |
//! | 400 "Resource not found for the segment" | a base URL without `/v1.0`, or a cloud that lacks presence | the base URL; another cloud |
//! | 403 with a message about a license | the tenant or the user has no Teams | an administrator |
//! | 429 | too many requests; already repeated for you. Microsoft's pages say 1,500 and 10,000 in 30 s: plan for 1,500 | fewer calls; `error.retry_after()` |
//!
//! Most of these rows are hints in the error itself, where the response shows the cause. When
//! the token can be read (most are JSON Web Tokens) the hint names the missing permission and those
//! that the token has. The token is read for that purpose only. For a known message only its own
//! hint is shown.
//!
//! # Errors on the way to the service
//!
//! The line names the cause, and the hint the remedy. Each of these takes one attempt, except a
//! web page:
//!
//! | cause | content of the line |
//! |---|---|
//! | a proxy | that it asks for a sign-in (407), refuses, cannot be reached, has an unknown name, or is a SOCKS proxy in a build without that; which proxy, where the environment names it |
//! | a certificate | whether it is for another name (and for which), has an unknown root, or is out of date (or the clock is) |
//! | another protocol | that the response is not HTTP, its head too large, or that the server does not speak TLS |
//! | a redirect | to which host it leads, and whether that looks like a sign-in page |
//! | a web page | that a proxy, a gateway or a sign-in page of the network has answered |
//! | a cache | that the response is a 304 to an unconditional request |
//! | a compressing proxy | that code and message cannot be read |
//! | the token provider | its own words |
//!
//! # Temporary causes and retries
//!
//! "Is the cause temporary?" is [`is_retryable`](crate::Error::is_retryable): true for 408, 425,
//! 429, 500, 502, 503, 504, 509, 511, broken connections, timeouts, a web page of the network in
//! place of the response, an empty or truncated body; false for most 4xx, certificates, a proxy
//! that refuses. [`runtime`](crate::runtime#temporary-and-permanent-causes) has the table. A loop
//! of your own asks this before it goes on, and waits for minutes, not seconds.
//!
//! "Does the client retry it?" is decided by
//! [`RetryPolicy`](crate::RetryPolicy), whose statuses are data that you can change. 429, 503 with
//! `Retry-After`, and requests that were not sent are retried for every operation; every other
//! temporary failure only for idempotent operations, which are all operations here. (Graph has been
//! seen to send a 503 without `Retry-After` although it had carried out the request.)
//! [`attempts`](crate::Error::attempts) is the number of requests that were sent, as many as
//! deadline and retry budget allowed. A token provider is asked only once.
//!
//! For an operation by hand that is not repeatable,
//! [`may_have_acted`](crate::Error::may_have_acted) is true after an ambiguous outcome: the service
//! may have carried it out although the call failed. Send it again only if that is false, or if
//! the request is idempotent.
//!
//! ```
//! use msgraph_presence_emulator::Fault;
//!
//! # use msgraph_presence::{Client, RetryPolicy};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.add_user("Ada");
//! # let retry = RetryPolicy::default().first_wait(std::time::Duration::from_millis(1));
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).retry(retry).build()?;
//! graph.inject(Fault::status(429).retry_after("3600").always());
//! let error = client.me().presence().get().await.unwrap_err();
//! assert!(error.is_throttled() && error.is_retryable());
//! assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(3600));
//! assert_eq!(error.attempts(), 1); // an hour is beyond the deadline of the call: it does not wait
//! # Ok(())
//! # }
//! ```
//!
//! # Errors before anything is sent
//!
//! A user id that is not a GUID, a duration of zero, an offset in a local time: these are refused
//! before sending, with the rule and a suggested fix.
//!
//! ```
//! use msgraph_presence::UserId;
//!
//! let error = "ada@contoso.com".parse::<UserId>().unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "invalid user id: not a GUID; presence takes the user's object id, a GUID; \
//!      look it up with `GET /users/{userPrincipalName}?$select=id`",
//! );
//! ```
//!
//! # What to log
//!
//! The line, and for a question to Microsoft the two ids, the time, and
//! [`diagnostics`](crate::Error::diagnostics), which is what their [page][best] asks for:
//!
//! ```
//! fn log(error: &msgraph_presence::Error) {
//!     eprintln!("{error}");
//!     let (ours, theirs) = (error.client_request_id(), error.request_id());
//!     eprintln!("{ours:?} {theirs:?} {:?} {:?}", error.date(), error.diagnostics());
//! }
//! ```
//!
//! With the feature `tracing` each call is a span and each attempt an event, as private as
//! the line; [`runtime`](crate::runtime#traces) lists their fields, which `tracing-opentelemetry`
//! exports as OpenTelemetry expects them.
//!
//! # Sources
//!
//! [Errors][errors], [throttling][throttling], [best practices][best]. That a missing
//! permission is 401 on reads: [docs#6561][a], [docs#8457][b]; with an empty 403:
//! [ms-teams-cli#70][c]; another user's presence: [explorer#3096][d]; personal accounts:
//! [explorer#2838][e]; principal names: [dotnet#1942][f]; a 503 without `Retry-After` to
//! what was done: [Q&A 1465421][g].
//!
//! [errors]: https://learn.microsoft.com/graph/errors
//! [throttling]: https://learn.microsoft.com/graph/throttling
//! [best]: https://learn.microsoft.com/graph/best-practices-concept
//! [a]: https://github.com/microsoftgraph/microsoft-graph-docs/issues/6561
//! [b]: https://github.com/microsoftgraph/microsoft-graph-docs/issues/8457
//! [c]: https://github.com/osodevops/ms-teams-cli/issues/70
//! [d]: https://github.com/microsoftgraph/microsoft-graph-explorer-v4/issues/3096
//! [e]: https://github.com/microsoftgraph/microsoft-graph-explorer-v4/issues/2838
//! [f]: https://github.com/microsoftgraph/msgraph-sdk-dotnet/issues/1942
//! [g]: https://learn.microsoft.com/answers/questions/1465421/outlook-graph-api-returning-503s-while-processing
//! [`Client::presences_of`]: crate::Client::presences_of
//! [`Error`]: crate::Error
//! [`TokenCache`]: crate::TokenCache
