//! Paths that lead nowhere: those that Graph has and the emulator has not, and typing mistakes.

use super::routing::{fits, templates};
use crate::response::GraphError;

/// The segments that Graph's v1.0 has below another one, without those of the emulator.
///
/// A path that goes on after such a segment is taken as Graph's; what is below it, is not known here.
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

/// The error for a path that leads nowhere: 501 where Graph has it, otherwise 400 with what is near.
pub(super) fn unknown(method: &str, path: &str) -> GraphError {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    if segments.is_empty() {
        return GraphError::unknown_segment("");
    }
    let known = templates().map(|template| in_common(template, &segments));
    let known = known.max().unwrap_or(0);
    // A path that ends where another one goes on, such as the list of all users.
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

/// The error for a route that Graph has and the emulator has not.
pub(super) fn missing(method: &str, path: &str) -> GraphError {
    GraphError::not_implemented(format!(
        "Microsoft Graph has {method} {path}, or a path like it; the emulator has not. It emulates \
         presence, and of users their ids and names."
    ))
}

/// The number of segments in which a path begins as a template does.
fn in_common(template: &str, segments: &[&str]) -> usize {
    let expected = template.split('/').skip(1);
    let pairs = expected.zip(segments);
    pairs
        .take_while(|(expected, segment)| fits(expected, segment))
        .count()
}

/// The names that Graph has at a place, which is a path that the emulator knows.
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

/// The known name that a word was probably meant to be.
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
    fn a_typing_mistake_is_told_apart_from_what_graph_has() {
        let (mistake, missing) = (400, 501);
        let cases = [
            (
                "/me/presents",
                mistake,
                "'presents'. Did you mean 'presence'?",
            ),
            ("/Me/presence", mistake, "'Me'. Did you mean 'me'?"),
            ("/user/x/presence", mistake, "'user'. Did you mean 'users'?"),
            (
                "/me/mesages",
                mistake,
                "'mesages'. Did you mean 'messages'?",
            ),
            (
                "/me/presence/setStatusMesage",
                mistake,
                "'setStatusMesage'. Did you mean 'setStatusMessage'?",
            ),
            (
                "/communications/precences/x",
                mistake,
                "Did you mean 'presences'?",
            ),
            ("/purrs", mistake, "'purrs'."),
            ("/", mistake, "''."),
            ("", mistake, "''."),
            ("/users//presence", mistake, "''."),
            ("/users/x/presence/", mistake, "''."),
            ("/me/presence/x/y", mistake, "'x'."),
            ("/users", missing, "has GET /users,"),
            ("/users/$count", missing, "has GET /users/$count,"),
            ("/me/messages", missing, "has GET /me/messages,"),
            ("/me/photo/$value", missing, "the emulator has not"),
            ("/users/x/manager", missing, "the emulator has not"),
            ("/groups/x/members", missing, "the emulator has not"),
            ("/communications/calls", missing, "the emulator has not"),
            ("/communications/presences", missing, "the emulator has not"),
            (
                "/communications/presences/x/setPresence",
                missing,
                "the emulator has not",
            ),
        ];
        for (path, status, words) in cases {
            let error = unknown("GET", path);
            assert_eq!(error.status, status, "{path}: {error:?}");
            assert!(error.message.contains(words), "{path}: {error:?}");
        }
    }

    #[test]
    fn only_a_near_name_is_suggested() {
        let known = || ["presence", "photo"].into_iter();
        assert_eq!(nearest("PRESENCE", known()), Some("presence"));
        assert_eq!(nearest("fotos", known()), None);
        assert_eq!(nearest("", known()), None);
    }
}
