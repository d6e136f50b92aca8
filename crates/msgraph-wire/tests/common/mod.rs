//! The number of cases of each property test, and their seed.

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

/// Ten thousand cases, the same at every run.
pub fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 10_000,
        rng_seed: RngSeed::Fixed(5),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
