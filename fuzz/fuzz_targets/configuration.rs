#![no_main]

use fuzz::{Limits, within};

// libFuzzer looks after memory itself.
const LIMITS: Limits = Limits::new(2, None);

libfuzzer_sys::fuzz_target!(|data: &[u8]| within(&LIMITS, "configuration", data));
