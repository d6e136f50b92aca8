//! Changes of the usual kinds, made in our own description.

use super::own::Own;

/// Texts of the description, each with what stands before it afterwards.
pub type Change = &'static [(&'static str, &'static str)];

/// One of each kind: nothing hand-written has to follow.
pub const KINDS: [Change; 5] = [VALUE, PROPERTY, OPTION, OPERATION, HINT];

const VALUE: Change = &[
    ("        - Away\n", "        - AddedValue\n"),
    (
        "          - value: Away\n",
        "          - value: AddedValue\n            description: Added.\n",
    ),
];

const PROPERTY: Change = &[(
    "        sequenceNumber:\n",
    "        addedProperty:\n          type: string\n          nullable: true\n          \
     description: Added.\n",
)];

const OPTION: Change = &[(
    "        - $ref: '#/components/parameters/select'\n",
    "        - {name: $added, in: query, description: Added., schema: {type: string}}\n",
)];

/// With an option.
pub const OPERATION: Change = &[(
    "\ncomponents:\n",
    "
  /users/{id}/presence/addedOperation:
    parameters:
      - $ref: '#/components/parameters/userId'
    post:
      operationId: users.user.presence.addedOperation
      summary: Added.
      security:
        - delegated: [Presence.ReadWrite]
      requestBody:
        required: true
        content:
          application/json:
            schema:
              $ref: '#/components/schemas/setUserPreferredPresenceRequest'
      responses:
        '200':
          description: It is added.
        4XX:
          $ref: '#/components/responses/error'
",
)];

const HINT: Change = &[
    (
        "    ownPresenceOnly:\n",
        "    addedHint:\n      status: [400]\n      text: added\n      source: https://a.example\n",
    ),
    ("personalAccount, permissionNotGranted]", "addedHint, "),
];

/// The description with changes.
pub fn changed(changes: &[Change]) -> Own {
    let mut own = Own::read();
    let text = &mut own.0[0].1;
    for (before, added) in changes.iter().copied().flatten() {
        assert!(text.contains(before), "{before}");
        *text = text.replacen(before, &format!("{added}{before}"), 1);
    }
    own
}
