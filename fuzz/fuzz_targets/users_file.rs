//! Any text is a file of users, or an error of one line.

#![no_main]
#![expect(
    dead_code,
    unused_imports,
    reason = "the target uses a part of the modules of the crate"
)]

include!("emulator_modules.rs");

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut service = service::Service::new(Cloud::Global, clock::Clock::REAL);
    if let Err(error) = program::add(&String::from_utf8_lossy(data), &mut service) {
        assert!(!error.chars().any(char::is_control), "{error:?}");
    }
});
