//! The work location of a user: a manual, an automatic and a scheduled layer, and the one that shows.

use msgraph_presence_models::{UserWorkLocation, WorkLocationSource, WorkLocationType};

/// The layers of a user's work location.
///
/// Documented: manual before automatic before scheduled, and within a layer the more precise signal,
/// such as an office with its building before an office. Not documented, and chosen here: a signal
/// of another type replaces the one before, and none ends by itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct WorkLocations {
    manual: Option<UserWorkLocation>,
    automatic: Option<UserWorkLocation>,
    scheduled: Option<UserWorkLocation>,
    /// True when a layer was cleared: the location is `none` from then on, and no longer unknown.
    cleared: bool,
}

/// The two layers that the API sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    Manual,
    Automatic,
}

impl WorkLocations {
    /// The location of a new user, in the layer that its source names: the scheduled one without.
    pub(crate) fn new(first: Option<UserWorkLocation>) -> Self {
        let mut locations = Self::default();
        let layer = match first.as_ref().and_then(|location| location.source.as_ref()) {
            Some(WorkLocationSource::Manual) => &mut locations.manual,
            Some(WorkLocationSource::Automatic) => &mut locations.automatic,
            _ => &mut locations.scheduled,
        };
        *layer = first;
        locations
    }

    /// Sets a layer, unless a more precise signal of the same type is there.
    pub(crate) fn set(&mut self, layer: Layer, kind: WorkLocationType, place: Option<String>) {
        let (layer, source) = match layer {
            Layer::Manual => (&mut self.manual, WorkLocationSource::Manual),
            Layer::Automatic => (&mut self.automatic, WorkLocationSource::Automatic),
        };
        let more_precise = layer.as_ref().is_some_and(|before| {
            before.work_location_type.as_ref() == Some(&kind) && before.place_id.is_some()
        });
        if place.is_some() || !more_precise {
            *layer = Some(location(kind, source, place));
        }
    }

    /// Clears the manual and the automatic layer.
    pub(crate) fn clear(&mut self) {
        self.manual = None;
        self.clear_automatic();
    }

    /// Clears the automatic layer.
    pub(crate) fn clear_automatic(&mut self) {
        self.automatic = None;
        self.cleared = true;
    }

    /// The location that shows; `None` when nothing was ever known of it.
    pub(crate) fn shown(&self) -> Option<UserWorkLocation> {
        let none = || {
            location(
                WorkLocationType::Unspecified,
                WorkLocationSource::None,
                None,
            )
        };
        let set = self.manual.as_ref().or(self.automatic.as_ref());
        let set = set.or(self.scheduled.as_ref()).cloned();
        set.or_else(|| self.cleared.then(none))
    }
}

fn location(
    kind: WorkLocationType,
    source: WorkLocationSource,
    place: Option<String>,
) -> UserWorkLocation {
    let mut location = UserWorkLocation::default();
    location.work_location_type = Some(kind);
    location.source = Some(source);
    location.place_id = place;
    location
}
