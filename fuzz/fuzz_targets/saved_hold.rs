//! Any text is a hold that is written and read alike, or an error.

#![no_main]

use libfuzzer_sys::fuzz_target;
use msgraph_presence::SavedHold;

fuzz_target!(|data: &[u8]| {
    if let Ok(hold) = serde_json::from_slice::<SavedHold>(data) {
        let text = serde_json::to_string(&hold).unwrap();
        assert!(
            serde_json::from_str::<SavedHold>(&text).unwrap() == hold,
            "{text}"
        );
    }
});
