//! No hint contradicts the service's message beside it: every hint, with every message that
//! Graph is known to send, for every operation and kind of token.

#![cfg(test)]

use msgraph_presence::{
    Attempt, Body, BoxFuture, Client, Error, PreferredPresence, RetryPolicy, SessionPresence,
    StatusMessage, Transport, TransportError, UserId, WorkLocationType,
};
use msgraph_presence_emulator::{Emulator, Token};
use std::collections::BTreeSet;

/// The subject of a hint, and words that its text contains.
const TOPICS: [(&str, &str); 22] = [
    ("me", "no signed-in user for `/me`"),
    ("own", "sets only the presence of its own user"),
    ("id", "takes the user's object id"),
    ("session", "no session has this `sessionId`"),
    ("session id", "if the `sessionId` is refused"),
    ("one id", "can make the service refuse the whole call"),
    ("personal", "a personal Microsoft account"),
    ("permission", "the token lacks the"),
    ("permission", "the operation needs the"),
    ("permission", "not possible with a"),
    ("permission", "returns 401, not 403"),
    ("limit", "the documented limit is"),
    ("expired", "the token has expired"),
    ("audience", "request a token for Microsoft Graph"),
    ("unreadable", "the token cannot be read"),
    ("no token", "found no usable token"),
    ("sign-in", "continuous access evaluation"),
    ("policy", "Conditional Access"),
    ("license", "has no license"),
    ("path", "the path does not exist at the base URL"),
    ("property", "the names of the properties"),
    ("method", "not for this method"),
];

/// Which operations send a message.
#[derive(Clone, Copy, PartialEq)]
enum Sender {
    Read,
    Write,
    Session,
    Many,
    All,
}
use Sender::{All, Many, Read, Session, Write};

/// The service's message, and the topics that do not contradict it.
type Said = (
    Sender,
    u16,
    &'static str,
    &'static str,
    &'static [&'static str],
);

/// Messages from the documentation, from issues and from recordings.
const SAID: [Said; 35] = [
    (
        All,
        401,
        "Unauthorized",
        "Unauthorized",
        &["permission", "own", "me"],
    ),
    (
        Write,
        401,
        "Unauthorized",
        "Cannot set the presence of another user",
        &["own"],
    ),
    (
        Write,
        403,
        "Forbidden",
        "Cannot set the presence of another user.",
        &["own"],
    ),
    (All, 401, "ServiceError", "", &["permission", "own", "me"]),
    (All, 403, "Forbidden", "", &["permission", "own", "me"]),
    (
        All,
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges to complete the operation.",
        &["permission", "own", "me"],
    ),
    (
        All,
        401,
        "InvalidAuthenticationToken",
        "Access token has expired or is not yet valid.",
        &["expired"],
    ),
    (
        All,
        401,
        "InvalidAuthenticationToken",
        "Lifetime validation failed, the token is expired.",
        &["expired"],
    ),
    (
        All,
        401,
        "InvalidAuthenticationToken",
        "Access token validation failure. Invalid audience.",
        &["audience"],
    ),
    (
        All,
        401,
        "InvalidAuthenticationToken",
        "CompactToken parsing failed with error code: 80049217",
        &["unreadable"],
    ),
    (
        All,
        401,
        "InvalidAuthenticationToken",
        "IDX14100: JWT is not well formed, there are no dots (.).",
        &["unreadable"],
    ),
    (
        All,
        401,
        "InvalidAuthenticationToken",
        "Access token is empty.",
        &["unreadable"],
    ),
    (
        All,
        401,
        "InvalidAuthenticationToken",
        "Continuous access evaluation resulted in challenge with result: InteractionRequired \
         and code: TokenIssuedBeforeRevocationTimestamp",
        &["sign-in"],
    ),
    (
        All,
        403,
        "Forbidden",
        "No authorization information present on the request.",
        &["no token"],
    ),
    (
        All,
        403,
        "AccessDenied",
        "Access has been blocked by Conditional Access policies.",
        &["policy"],
    ),
    (
        All,
        403,
        "Forbidden",
        "Failed to get license information for the user. Ensure user has a valid Office365 \
         license assigned to them.",
        &["license"],
    ),
    (
        Read,
        400,
        "BadRequest",
        "/me request is only valid with delegated authentication flow.",
        &["me"],
    ),
    (
        All,
        400,
        "BadRequest",
        "Resource not found for the segment 'presence'.",
        &["path"],
    ),
    (
        Write,
        400,
        "BadRequest",
        "Resource not found for the segment 'setStatusMessage'.",
        &["path"],
    ),
    (
        Read,
        400,
        "BadRequest",
        "Could not find a property named 'mood' on type 'microsoft.graph.presence'.",
        &["property"],
    ),
    (Read, 400, "BadRequest", "Bad request.", &["personal", "me"]),
    (
        Write,
        400,
        "InvalidArgument",
        "The provided [ExpirationDuration] is out of range.",
        &["me"],
    ),
    (
        Session,
        400,
        "InvalidArgument",
        "[SessionId]: The SessionId field is required.",
        &["session id", "me"],
    ),
    (
        Session,
        400,
        "InvalidArgument",
        "The provided [ExpirationDuration] is out of range.",
        &["session id", "me"],
    ),
    (Session, 404, "NotFound", "", &["session", "id"]),
    (Many, 400, "BadRequest", "", &["one id", "personal"]),
    (Many, 404, "NotFound", "", &["one id"]),
    (
        All,
        404,
        "NotFound",
        "The requested user was not found.",
        &["id", "session", "one id"],
    ),
    (
        All,
        404,
        "Request_ResourceNotFound",
        "Resource 'x' does not exist or one of its queried reference-property objects are not \
         present.",
        &["id", "session", "one id"],
    ),
    (
        All,
        405,
        "MethodNotAllowed",
        "Specified HTTP method is not allowed for the request target.",
        &["method"],
    ),
    (
        All,
        429,
        "TooManyRequests",
        "Please retry again later.",
        &["limit"],
    ),
    (All, 500, "InternalServerError", "", &[]),
    (
        All,
        503,
        "ServiceUnavailable",
        "The service is unavailable.",
        &[],
    ),
    (All, 504, "UnknownError", "", &[]),
    (All, 501, "NotImplemented", "", &[]),
];

/// Answers every request with the same refusal.
#[derive(Clone)]
struct Refusal(u16, String);

impl Transport for Refusal {
    fn send(&self, _: Attempt) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let answer = http::Response::builder().status(self.0);
        let answer = answer.body(Body::from(self.1.clone())).unwrap();
        Box::pin(async move { Ok(answer) })
    }
}

/// Tokens that tell nothing, and such as tell on whose behalf they speak and what they may.
async fn tokens() -> Vec<String> {
    let graph = Emulator::start().await.unwrap();
    let delegated = || Token::delegated(graph.add_user("Ada"));
    let tokens = [
        delegated().permissions(["User.Read"]),
        delegated(),
        Token::application().permissions(["User.Read.All"]),
        Token::application(),
    ];
    let readable = tokens.map(|token| graph.token(token));
    let opaque = "EwB4A8l6BAAU".to_owned();
    std::iter::once(opaque).chain(readable).collect()
}

/// The errors of all operations that send such a message.
async fn errors(client: &Client, sender: Sender) -> Vec<Error> {
    let ada: UserId = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3".parse().unwrap();
    let sends = |kind| sender == kind || sender == All;
    let (me, user) = (client.me().presence(), client.users(ada).presence());
    let mut errors = Vec::new();
    if sends(Read) {
        errors.push(me.get().await.unwrap_err());
        errors.push(user.get().await.unwrap_err());
        let presences = client.communications().presences(ada);
        errors.push(presences.get().await.unwrap_err());
    }
    if sends(Many) {
        let many = client.communications().get_presences_by_user_id([ada]);
        errors.push(many.await.unwrap_err());
    }
    let mut wrote = |result: Result<(), Error>| errors.push(result.unwrap_err());
    if sends(Write) {
        let message = || StatusMessage::text("hello");
        let busy = PreferredPresence::Busy;
        wrote(me.set_status_message(message()).await);
        wrote(user.set_status_message(message()).await);
        wrote(me.set_user_preferred_presence(busy).await);
        wrote(user.set_user_preferred_presence(busy).await);
        wrote(me.clear_user_preferred_presence().await);
        wrote(user.clear_user_preferred_presence().await);
        wrote(me.set_manual_location(WorkLocationType::Office).await);
        wrote(me.set_automatic_location(WorkLocationType::Office).await);
        wrote(me.clear_location().await);
        wrote(me.clear_automatic_location().await);
    }
    if sends(Session) {
        let calling = SessionPresence::InACall;
        wrote(me.set_presence(calling, "app").await);
        wrote(user.set_presence(calling, "app").await);
        wrote(me.clear_presence("app").await);
        wrote(user.clear_presence("app").await);
    }
    errors
}

#[tokio::test]
async fn no_hint_contradicts_the_message_beside_it() {
    let mut found = BTreeSet::new();
    let tokens = tokens().await;
    for (sender, status, code, message, allowed) in SAID {
        let body = format!(r#"{{"error":{{"code":"{code}","message":"{message}"}}}}"#);
        for token in &tokens {
            let client = Client::builder()
                .token(token.as_str())
                .transport(Refusal(status, body.clone()))
                .retry(RetryPolicy::none());
            for error in errors(&client.build().unwrap(), sender).await {
                for hint in error.hints() {
                    let about = TOPICS.iter().filter(|(_, words)| hint.contains(words));
                    let about: Vec<_> = about.map(|(topic, _)| *topic).collect();
                    assert!(!about.is_empty(), "say what it is about: {hint}");
                    let is_allowed = about.iter().all(|topic| allowed.contains(topic));
                    assert!(is_allowed, "{error}\n{hint}");
                    found.extend(about);
                }
            }
        }
    }
    // Every topic occurs with a message that it fits.
    let topics: BTreeSet<_> = TOPICS.iter().map(|(topic, _)| *topic).collect();
    assert_eq!(found, topics);
}
