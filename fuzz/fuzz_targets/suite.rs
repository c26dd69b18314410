#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fossor_fuzz::suite::run(data));
