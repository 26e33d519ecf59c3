//! See `driftless::fuzzing`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| (driftless::fuzzing::TARGETS[3].1)(data));
