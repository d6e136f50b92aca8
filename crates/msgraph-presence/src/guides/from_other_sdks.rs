//! For users of Microsoft's SDK for Python or JavaScript: the same calls here.
//!
//! Handles mirror the URL, as they do there. The snippets are those of Microsoft's pages, for
//! `msgraph-sdk` (Python) 1.65.0 and `@microsoft/microsoft-graph-client` (JavaScript) 3.0.7.
//!
//! # A client
//!
//! ```python
//! client = GraphServiceClient(credential, ["https://graph.microsoft.com/.default"])
//! ```
//!
//! ```js
//! const client = Client.init({ authProvider: (done) => done(null, token) });
//! ```
//!
//! ```
//! # use msgraph_presence::{Client, Error, ErrorKind};
//! # fn client() -> Result<Client, Error> {
//! let client = Client::new("eyJ0eXAiOiJKV1Qi")?;
//! # Ok(client)
//! # }
//! # // A machine without roots of trust has no client.
//! # let kind = client().err().map(|error| error.kind());
//! # assert!(matches!(kind, None | Some(ErrorKind::Configuration)), "{kind:?}");
//! ```
//!
//! # Read a presence
//!
//! ```python
//! me = await client.me.presence.get()
//! user = await client.users.by_user_id(id).presence.get()
//! same = await client.communications.presences.by_presence_id(id).get()
//! print(user.availability)
//! ```
//!
//! ```js
//! const me = await client.api("/me/presence").get();
//! const user = await client.api(`/users/${id}/presence`).get();
//! const same = await client.api(`/communications/presences/${id}`).get();
//! console.log(user.availability);
//! ```
//!
//! ```
//! # use msgraph_presence::Client;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.add_user("Ada");
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
//! let me = client.me().presence().get().await?;
//! let user = client.users(ada).presence().get().await?;
//! let same = client.communications().presences(ada).get().await?;
//! println!("{}", user.availability.unwrap_or_default());
//! # assert_eq!(me.id, same.id);
//! # Ok(())
//! # }
//! ```
//!
//! # Set the status message
//!
//! ```python
//! message = PresenceStatusMessage(
//!     message=ItemBody(content="In a meeting", content_type=BodyType.Text),
//!     expiry_date_time=DateTimeTimeZone(
//!         date_time="2026-11-21T17:30:00", time_zone="Pacific Standard Time"
//!     ),
//! )
//! body = SetStatusMessagePostRequestBody(status_message=message)
//! await client.users.by_user_id(id).presence.set_status_message.post(body)
//! ```
//!
//! ```js
//! await client.api(`/users/${id}/presence/setStatusMessage`).post({
//!   statusMessage: {
//!     message: { content: "In a meeting", contentType: "text" },
//!     expiryDateTime: {
//!       dateTime: "2026-11-21T17:30:00",
//!       timeZone: "Pacific Standard Time",
//!     },
//!   },
//! });
//! ```
//!
//! ```
//! use msgraph_presence::StatusMessage;
//!
//! # use msgraph_presence::Client;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.add_user("Ada");
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
//! let message = StatusMessage::text("In a meeting")
//!     .expires_at_local("2026-11-21T17:30:00", "Pacific Standard Time");
//! client.users(ada).presence().set_status_message(message).await?;
//! # graph.received(msgraph_presence_emulator::Expected::post("/setStatusMessage").json(serde_json::json!({
//! #     "statusMessage": {
//! #         "message": { "content": "In a meeting", "contentType": "text" },
//! #         "expiryDateTime": { "dateTime": "2026-11-21T17:30:00", "timeZone": "Pacific Standard Time" },
//! #     },
//! # })))?;
//! # Ok(())
//! # }
//! ```
//!
//! # Set the preferred presence
//!
//! ```python
//! body = SetUserPreferredPresencePostRequestBody(
//!     availability="DoNotDisturb", activity="DoNotDisturb",
//!     expiration_duration=timedelta(hours=8),
//! )
//! await client.users.by_user_id(id).presence.set_user_preferred_presence.post(body)
//! ```
//!
//! ```js
//! await client.api(`/users/${id}/presence/setUserPreferredPresence`).post({
//!   availability: "DoNotDisturb",
//!   activity: "DoNotDisturb",
//!   expirationDuration: "PT8H",
//! });
//! ```
//!
//! ```
//! use msgraph_presence::PreferredPresence;
//! use std::time::Duration;
//!
//! # use msgraph_presence::Client;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.add_user("Ada");
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
//! client
//!     .users(ada)
//!     .presence()
//!     .set_user_preferred_presence(PreferredPresence::DoNotDisturb)
//!     .expiration_duration(Duration::from_secs(8 * 3600))
//!     .await?;
//! # graph.received(msgraph_presence_emulator::Expected::post("/setUserPreferredPresence").json(serde_json::json!({
//! #     "availability": "DoNotDisturb", "activity": "DoNotDisturb", "expirationDuration": "PT8H",
//! # })))?;
//! # Ok(())
//! # }
//! ```
//!
//! # The session of an application
//!
//! ```python
//! body = SetPresencePostRequestBody(
//!     session_id=application, availability="Busy", activity="InACall",
//!     additional_data={"expirationDuration": "PT1H"},
//! )
//! await client.me.presence.set_presence.post(body)
//! await client.me.presence.clear_presence.post(
//!     ClearPresencePostRequestBody(session_id=application)
//! )
//! await client.me.presence.clear_user_preferred_presence.post()
//! ```
//!
//! ```js
//! await client.api("/me/presence/setPresence").post({
//!   sessionId: application,
//!   availability: "Busy",
//!   activity: "InACall",
//!   expirationDuration: "PT1H",
//! });
//! await client.api("/me/presence/clearPresence").post({ sessionId: application });
//! await client.api("/me/presence/clearUserPreferredPresence").post({});
//! ```
//!
//! ```
//! use msgraph_presence::SessionPresence;
//! use std::time::Duration;
//!
//! # use msgraph_presence::Client;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let ada = graph.add_user("Ada");
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.token_for(ada)).build()?;
//! let application = "22553876-f5ab-4529-bffb-cfe50aa89f87";
//! let presence = client.me().presence();
//! presence
//!     .set_presence(SessionPresence::InACall, application)
//!     .expiration_duration(Duration::from_secs(3600))
//!     .await?;
//! # graph.received(msgraph_presence_emulator::Expected::post("/setPresence").json(serde_json::json!({
//! #     "sessionId": application, "availability": "Busy", "activity": "InACall", "expirationDuration": "PT1H",
//! # })))?;
//! presence.clear_presence(application).await?;
//! presence.clear_user_preferred_presence().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Many users
//!
//! ```python
//! body = GetPresencesByUserIdPostRequestBody(ids=[ada, grace])
//! presences = (await client.communications.get_presences_by_user_id.post(body)).value
//! ```
//!
//! ```js
//! const { value } = await client
//!   .api("/communications/getPresencesByUserId")
//!   .post({ ids: [ada, grace] });
//! ```
//!
//! ```
//! # use msgraph_presence::Client;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let (ada, grace) = (graph.add_user("Ada"), graph.add_user("Grace"));
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.application_token()).build()?;
//! let communications = client.communications();
//! let presences = communications.get_presences_by_user_id([ada, grace]).await?.value;
//! # assert_eq!(presences.len(), 2);
//! let by_id = client.presences_of([ada, grace]).await; // of any number of users
//! # assert_eq!(by_id.found.len(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! # Handle an error
//!
//! ```python
//! except ODataError as error:
//!     print(error.response_status_code, error.error.code, error.error.message)
//!     print(error.error.inner_error.request_id)
//! ```
//!
//! ```js
//! } catch (error) {
//!   console.log(error.statusCode, error.code, error.message, error.requestId);
//! }
//! ```
//!
//! ```
//! # use msgraph_presence::Client;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let graph = msgraph_presence_emulator::Emulator::start().await?;
//! # let client = Client::builder().base_url(graph.base_url()).token(graph.application_token()).build()?;
//! let result = client.me().presence().get().await;
//! # assert!(result.is_err());
//! if let Err(error) = result {
//!     println!("{:?} {:?} {:?}", error.status(), error.code(), error.message());
//!     println!("{error}"); // all of it on one line, with the request id and what may help
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Differences
//!
//! | | Python | JavaScript | here |
//! |---|---|---|---|
//! | a duration of eight hours | `8:00:00`, which the service refuses ([#1262]) | the text of the program | `PT8H` |
//! | a pair that the service does not take | sent | sent | does not compile |
//! | a session of `PT4M`, 651 users in a request | sent | sent | refused, with a suggested fix |
//! | a user principal name (UPN) or email as id | sent | sent | refused, with a suggested fix |
//! | `/communications/presences/{id}` as the page shows it, `{"value":[…]}` | a presence of `None`s, no error | the raw object | a presence |
//! | an availability that is new | kept, a string | kept, a string | kept, `UnknownValue` |
//! | a content type that is new | `None` | kept | kept, `UnknownValue` |
//! | retries: statuses | 429, 503, 504 | 429, 503, 504 | 408, 425, 429, 500, 502, 503, 504, 509, 511 |
//! | retries: broken connections | no | no | yes |
//! | retries: requests in a `$batch` | no | no | each by itself |
//! | the deadline of a call | per request, 100 s | none | 100 s, with all retries |
//!
//! The rows about Python and JavaScript were observed with the two versions named above, on
//! loopback. The emulator works with those SDKs as well: the repository's
//! `crates/msgraph-presence-emulator/interop` runs both against it, and `python/run` there
//! shows the first row and the fourth.
//!
//! [#1262]: https://github.com/microsoftgraph/msgraph-sdk-python/issues/1262
