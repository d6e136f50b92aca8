//! The same API by a plain serde derive: enums are closed, unknown properties are dropped.

use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Presence {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    availability: Option<Availability>,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity: Option<Activity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    out_of_office_settings: Option<OutOfOfficeSettings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_message: Option<PresenceStatusMessage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    work_location: Option<UserWorkLocation>,
}

#[derive(Deserialize, Serialize)]
pub enum Availability {
    Available,
    AvailableIdle,
    Away,
    BeRightBack,
    Busy,
    BusyIdle,
    DoNotDisturb,
    Focusing,
    InACall,
    InAMeeting,
    Offline,
    OutOfOffice,
    Presenting,
    PresenceUnknown,
}

#[derive(Deserialize, Serialize)]
pub enum Activity {
    Available,
    AvailableInactive,
    Away,
    BeRightBack,
    Busy,
    DoNotDisturb,
    InACall,
    InAConferenceCall,
    Inactive,
    InAMeeting,
    Offline,
    OffWork,
    OutOfOffice,
    PresenceUnknown,
    Presenting,
    UrgentInterruptionsOnly,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OutOfOfficeSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_out_of_office: Option<bool>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PresenceStatusMessage {
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<ItemBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry_date_time: Option<DateTimeTimeZone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published_date_time: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<BodyType>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum BodyType {
    Text,
    Html,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DateTimeTimeZone {
    #[serde(skip_serializing_if = "Option::is_none")]
    date_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserWorkLocation {
    #[serde(skip_serializing_if = "Option::is_none")]
    place_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    work_location_type: Option<Type>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    None,
    Manual,
    Scheduled,
    Automatic,
    UnknownFutureValue,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Type {
    Unspecified,
    Office,
    Remote,
    TimeOff,
    UnknownFutureValue,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SetUserPreferredPresenceRequest {
    availability: Availability,
    activity: Activity,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_duration: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SetStatusMessageRequest {
    status_message: PresenceStatusMessage,
}

pub fn preferred() -> SetUserPreferredPresenceRequest {
    SetUserPreferredPresenceRequest {
        availability: Availability::DoNotDisturb,
        activity: Activity::DoNotDisturb,
        expiration_duration: Some("PT8H".to_owned()),
    }
}

pub fn message() -> SetStatusMessageRequest {
    SetStatusMessageRequest {
        status_message: PresenceStatusMessage {
            message: Some(ItemBody {
                content: Some("Hey I'm currently in a meeting.".to_owned()),
                content_type: Some(BodyType::Text),
            }),
            expiry_date_time: Some(DateTimeTimeZone {
                date_time: Some("2022-10-18T17:05:33.2079781".to_owned()),
                time_zone: Some("Pacific Standard Time".to_owned()),
            }),
            published_date_time: None,
        },
    }
}
