//! GUIDs and ids: the usual spellings, and the help for everything else.

#![cfg(test)]

use msgraph_wire::{Guid, GuidId, guid_id};

/// The id of a room, for these tests.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct RoomId(Guid);

impl GuidId for RoomId {
    const NAME: &'static str = "RoomId";
    const WHAT: &'static str = "room id";
    const HELP: &'static str = "look it up in the list of rooms";
}

guid_id!(RoomId);

const USUAL: &str = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";

#[test]
fn any_usual_spelling_is_read() {
    let spellings = [
        "fa8bf3dc-eca7-46b7-bad1-db199b62afc3",
        "FA8BF3DC-ECA7-46B7-BAD1-DB199B62AFC3",
        "fa8bf3dceca746b7bad1db199b62afc3",
        "{fa8bf3dc-eca7-46b7-bad1-db199b62afc3}",
        "(fa8bf3dc-eca7-46b7-bad1-db199b62afc3)",
        "{FA8BF3DCECA746B7BAD1DB199B62AFC3}",
        "urn:uuid:fa8bf3dc-eca7-46b7-bad1-db199b62afc3",
        "URN:UUID:fa8bf3dc-eca7-46b7-bad1-db199b62afc3",
        " fa8bf3dc-eca7-46b7-bad1-db199b62afc3\r\n",
    ];
    for spelling in spellings {
        let id: RoomId = spelling.parse().unwrap();
        assert_eq!(id.to_string(), USUAL, "{spelling}");
    }
}

#[test]
fn everything_else_is_refused_with_the_cure() {
    let texts = [
        "",
        "ada@contoso.com",
        "me",
        "..",
        "fa8bf3dc-eca7-46b7-bad1-db199b62afc",
        "fa8bf3dc-eca7-46b7-bad1-db199b62afc33",
        "fa8bf3dc-eca746b7-bad1-db199b62afc3",
        "fa8bf3dc-eca7-46b7-bad1_db199b62afc3",
        "ga8bf3dc-eca7-46b7-bad1-db199b62afc3",
        "{fa8bf3dc-eca7-46b7-bad1-db199b62afc3",
        "fa8bf3dc-eca7-46b7-bad1-db199b62afc3}",
        "{urn:uuid:fa8bf3dc-eca7-46b7-bad1-db199b62afc3",
        "fa8bf3dc eca7 46b7 bad1 db199b62afc3",
        "+a8bf3dceca746b7bad1db199b62afc3",
        "ﬀ8bf3dceca746b7bad1db199b62afc3",
    ];
    for text in texts {
        assert_eq!(
            text.parse::<RoomId>().unwrap_err().to_string(),
            "invalid room id: not a GUID; look it up in the list of rooms",
            "{text}",
        );
        assert!(RoomId::try_from(text).is_err());
        assert_eq!(
            text.parse::<Guid>().unwrap_err().to_string(),
            "invalid GUID: must be 32 hexadecimal digits, such as \
             fa8bf3dc-eca7-46b7-bad1-db199b62afc3; check its spelling",
        );
    }
}

#[test]
fn debug_shows_the_last_four_digits() {
    let id: RoomId = USUAL.parse().unwrap();
    assert_eq!(
        format!("{id:?} {:?}", Guid::from(id)),
        "RoomId(…afc3) Guid(…afc3)"
    );
}

#[test]
fn an_id_is_a_text_in_json() {
    let id: RoomId = serde_json::from_str(r#""{FA8BF3DC-ECA7-46B7-BAD1-DB199B62AFC3}""#).unwrap();
    assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{USUAL}\""));
    let error = serde_json::from_str::<RoomId>(r#""ada@contoso.com""#)
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "invalid value: another string, expected a GUID at line 1 column 17"
    );
}

#[test]
fn bytes_are_in_the_order_of_the_digits() {
    let guid: Guid = "00010203-0405-0607-0809-0a0b0c0d0e0f".parse().unwrap();
    let bytes: [u8; 16] = std::array::from_fn(|place| place as u8);
    assert_eq!(guid, Guid::from_bytes(bytes));
    assert_eq!(guid.as_bytes(), &bytes);
}
