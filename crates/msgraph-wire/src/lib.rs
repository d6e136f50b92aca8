//! What generated models of Microsoft Graph stand on: objects that keep unknown members, open enums, durations and ids.
