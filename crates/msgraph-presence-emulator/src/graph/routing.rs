//! The operation of a method and a path, and the errors for unknown paths.

use crate::encoding::percent_decoded;
use crate::error::GraphError;
use crate::generated::routes::Route;
use http::header::ALLOW;
use http::{Request, StatusCode};
use msgraph_presence_models::UserId;

/// The version of Graph that is emulated.
pub(super) const VERSION: &str = "/v1.0";

/// The operation id of a batch, for faults and the record.
const BATCH: &str = "$batch";

/// The target of a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Target<'a> {
    /// An operation of the spec, and the id in its path as it was sent.
    Operation(Route, Option<&'a str>),

    /// A user, by the id or name in the path as it was sent, or the caller under `/me`.
    User(Option<&'a str>),

    /// Many requests in one.
    Batch,
}

impl<'a> Target<'a> {
    /// Finds the target of a request, independent of the caller.
    pub(super) fn of<B>(request: &'a Request<B>) -> Result<Self, GraphError> {
        let path = request.uri().path();
        let below = path.strip_prefix(VERSION);
        let below = below.filter(|below| below.is_empty() || below.starts_with('/'));
        let Some(below) = below else {
            let version = path.split('/').nth(1).unwrap_or_default();
            let message = format!("Invalid version: {version}. The emulator knows only v1.0.");
            return Err(match version {
                "beta" => GraphError::not_implemented(message),
                _ => GraphError::bad_request(message),
            });
        };
        find(request.method().as_str(), below)
    }

    /// The id of the operation, as in Microsoft's own description.
    pub(super) fn operation_id(self) -> &'static str {
        match self {
            Self::Operation(route, _) => route.operation_id(),
            Self::User(Some(_)) => "users.user.GetUser",
            Self::User(None) => "me.user.GetUser",
            Self::Batch => BATCH,
        }
    }
}

/// The ids of all operations of Graph: those of the spec, and those beside it.
pub(crate) fn operation_ids() -> impl Iterator<Item = &'static str> {
    let own = [Target::User(None), Target::User(Some("")), Target::Batch];
    let described = Route::ALL.iter().map(|route| route.operation_id());
    described.chain(own.into_iter().map(Target::operation_id))
}

fn wrong_method(allowed: &[&str]) -> GraphError {
    let message = "Specified HTTP method is not allowed for the request target.";
    GraphError::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
        .with(ALLOW, allowed.join(", "))
}

/// Finds the target of a method and a path below the version.
///
/// Segments are compared exactly; the documentation does not say whether their letter case counts.
fn find<'a>(method: &str, path: &'a str) -> Result<Target<'a>, GraphError> {
    let mut allowed = Vec::new();
    for &route in Route::ALL {
        if let Some(id) = matches(route.path(), path) {
            if route.method() == method {
                return Ok(Target::Operation(route, id));
            }
            allowed.push(route.method());
        }
    }
    if !allowed.is_empty() {
        return Err(wrong_method(&allowed));
    }
    for (template, target) in OWN {
        if let Some(id) = matches(template, path) {
            return match target {
                Target::Batch if method != "POST" => Err(wrong_method(&["POST"])),
                Target::Batch => Ok(target),
                // Graph changes and deletes users, too.
                _ if method != "GET" => Err(missing(method, path)),
                _ => Ok(Target::User(id)),
            };
        }
    }
    Err(unknown(method, path))
}

/// The paths that are not in the spec.
const OWN: [(&str, Target<'_>); 3] = [
    ("/me", Target::User(None)),
    ("/users/{id}", Target::User(None)),
    ("/$batch", Target::Batch),
];

/// The templates of all paths.
fn templates() -> impl Iterator<Item = &'static str> {
    let own = OWN.iter().map(|(template, _)| *template);
    Route::ALL.iter().map(|route| route.path()).chain(own)
}

/// The last parameter of a path of this template, or `None` inside, when it has none.
fn matches<'a>(template: &str, path: &'a str) -> Option<Option<&'a str>> {
    let mut segments = path.split('/');
    let mut id = None;
    for expected in template.split('/') {
        let segment = segments.next()?;
        if !fits(expected, segment) {
            return None;
        }
        if is_parameter(expected) {
            id = Some(segment);
        }
    }
    segments.next().is_none().then_some(id)
}

/// Returns whether a segment of a path fits one of a template. `$count` and the like are not ids.
fn fits(expected: &str, segment: &str) -> bool {
    segment == expected
        || is_parameter(expected) && !segment.is_empty() && !segment.starts_with('$')
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{')
}

/// The object id in a path: 32 hexadecimal digits with their hyphens, and nothing else.
pub(super) fn user_id(segment: &str) -> Result<UserId, GraphError> {
    let text = percent_decoded(segment);
    let hyphenated = text.len() == 36 && text.starts_with(|c: char| c.is_ascii_hexdigit());
    let id = hyphenated.then(|| text.parse().ok()).flatten();
    id.ok_or_else(|| GraphError::bad_request("Invalid object identifier: presence takes a GUID."))
}

/// The segments that Graph's v1.0 has below another one, without those of the emulator.
///
/// A path that begins with such a segment counts as a path of Graph, whatever follows.
const GRAPH: [(&str, &str); 4] = [
    (
        "",
        "admin agreementAcceptances agreements appCatalogs applicationTemplates applications \
         auditLogs authenticationMethodConfigurations authenticationMethodsPolicy branding \
         certificateBasedAuthConfiguration chats communications compliance connections contacts \
         contracts copilot dataPolicyOperations deviceAppManagement deviceManagement devices \
         directory directoryObjects directoryRoleTemplates directoryRoles domainDnsRecords domains \
         drive drives education employeeExperience external filterOperators functions \
         groupLifecyclePolicies groupSettingTemplates groupSettings groups identity \
         identityGovernance identityProtection identityProviders informationProtection invitations \
         localizations me oauth2PermissionGrants organization permissionGrants places planner \
         policies print privacy reports roleManagement schemaExtensions scopedRoleMemberships \
         search security servicePrincipals shares sites solutions storage subscribedSkus \
         subscriptions teams teamsTemplates teamwork tenantRelationships users",
    ),
    (
        "user",
        "activities adhocCalls agreementAcceptances appRoleAssignments assignLicense \
         authentication calendar calendarGroups calendarView calendars changePassword chats \
         checkMemberGroups checkMemberObjects cloudClipboard cloudPCs contactFolders contacts \
         createdObjects dataSecurityAndGovernance deviceManagementTroubleshootingEvents \
         directReports drive drives employeeExperience events exportPersonalData extensions \
         findMeetingTimes followedSites getMailTips getMemberGroups getMemberObjects \
         inferenceClassification insights joinedTeams licenseDetails mailFolders mailboxSettings \
         managedAppRegistrations managedDevices manager memberOf messages \
         oauth2PermissionGrants onenote onlineMeetings outlook ownedDevices ownedObjects people \
         permissionGrants photo photos planner print registeredDevices reminderView restore \
         revokeSignInSessions scopedRoleMemberOf sendMail serviceProvisioningErrors settings sites \
         solutions sponsors teamwork todo transitiveMemberOf translateExchangeIds",
    ),
    (
        "communications",
        "adhocCalls callRecords calls getAllOnlineMeetingMessages() getPresencesByUserId \
         onlineMeetingConversations onlineMeetings presences",
    ),
    (
        "presence",
        "clearAutomaticLocation clearLocation clearPresence clearUserPreferredPresence \
         setAutomaticLocation setManualLocation setPresence setStatusMessage \
         setUserPreferredPresence",
    ),
];

/// The error for an unknown path: 501 where Graph has it, otherwise 400 with the nearest name.
fn unknown(method: &str, path: &str) -> GraphError {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    if segments.is_empty() {
        return GraphError::unknown_segment("");
    }
    let known = templates().map(|template| in_common(template, &segments));
    let known = known.max().unwrap_or(0);
    // The path is the beginning of a known one, such as the list of all users.
    let Some(segment) = segments.get(known) else {
        return missing(method, path);
    };
    let place = &segments[..known];
    let graph = names_of_graph(place);
    if segment.starts_with('$') || graph.clone().any(|name| name == *segment) {
        return missing(method, path);
    }
    let emulated = templates().filter_map(|template| {
        let next = template.split('/').nth(known + 1)?;
        (in_common(template, &segments) == known && !next.starts_with('{')).then_some(next)
    });
    let mut error = GraphError::unknown_segment(segment);
    if let Some(near) = nearest(segment, graph.chain(emulated)) {
        error.message = format!("{} Did you mean '{near}'?", error.message).into();
    }
    error
}

/// The error for a route that Graph has and the emulator does not.
fn missing(method: &str, path: &str) -> GraphError {
    GraphError::not_implemented(format!(
        "Microsoft Graph has {method} {path}, or a path like it; the emulator does not. It emulates \
         presence, and the ids and names of users."
    ))
}

/// The number of leading segments that a path has in common with a template.
fn in_common(template: &str, segments: &[&str]) -> usize {
    let expected = template.split('/').skip(1);
    let pairs = expected.zip(segments);
    pairs
        .take_while(|(expected, segment)| fits(expected, segment))
        .count()
}

/// The names that Graph has below a path that the emulator knows.
fn names_of_graph<'a>(place: &[&'a str]) -> impl Iterator<Item = &'static str> + Clone + use<'a> {
    let parent = match place {
        [] => "",
        ["me"] | ["users", _] => "user",
        ["communications"] => "communications",
        [.., "presence"] | ["communications", "presences", _] => "presence",
        _ => "nothing",
    };
    let names = GRAPH.into_iter().filter(move |(of, _)| *of == parent);
    names.flat_map(|(_, names)| names.split_whitespace())
}

/// The known name that is nearest to a misspelled word.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let distance = |name: &str| strsim::osa_distance(&word, &name.to_lowercase());
    let nearest = known.min_by_key(|name| distance(name))?;
    (distance(nearest) <= 1 + word.chars().count() / 4 && !word.is_empty()).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_that_a_path_does_not_take_is_named() {
        let cases = [
            ("PATCH", "/me/presence", "GET"),
            ("GET", "/users/x/presence/setStatusMessage", "POST"),
            ("GET", "/$batch", "POST"),
        ];
        for (method, path, allowed) in cases {
            let error = find(method, path).unwrap_err();
            assert_eq!(error.status, 405, "{method} {path}");
            assert_eq!(error.header, Some(Box::new((ALLOW, allowed.to_owned()))));
        }
    }

    #[test]
    fn a_typing_mistake_is_told_apart_from_what_graph_has() {
        let mistakes = [
            ("/me/presents", "'presents'. Did you mean 'presence'?"),
            ("/Me/presence", "'Me'. Did you mean 'me'?"),
            ("/user/x/presence", "'user'. Did you mean 'users'?"),
            ("/me/mesages", "'mesages'. Did you mean 'messages'?"),
            (
                "/me/presence/setStatusMesage",
                "Did you mean 'setStatusMessage'?",
            ),
            ("/communications/precences/x", "Did you mean 'presences'?"),
            ("/purrs", "'purrs'."),
            ("/", "''."),
            ("", "''."),
            ("/users//presence", "''."),
            ("/users/x/presence/", "''."),
            ("/me/presence/x/y", "'x'."),
        ];
        for (path, words) in mistakes {
            let error = unknown("GET", path);
            assert_eq!(error.status, 400, "{path}: {error:?}");
            assert!(error.message.contains(words), "{path}: {error:?}");
        }
        let missing = "/users /users/$count /me/messages /me/photo/$value /users/x/manager \
            /groups/x/members /communications/calls /communications/presences \
            /communications/presences/x/setPresence";
        for path in missing.split(' ') {
            let error = unknown("GET", path);
            assert_eq!(error.status, 501, "{path}: {error:?}");
            let words = format!("has GET {path}, or a path like it; the emulator does not");
            assert!(error.message.contains(&words), "{path}: {error:?}");
        }
    }
}
