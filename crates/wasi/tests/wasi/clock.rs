//! `clock_res_get`, `clock_time_get`.

use fossor_wasi::{Errno, Scripted, WasiCtx};

use crate::guest::*;

#[test]
fn a_time_is_eight_bytes() {
    let os = Scripted::new().start_ns(1_795_324_317_746_363_998);
    let mut guest = Guest::new(WasiCtx::builder().os(Box::new(os)));
    guest.ok("clock_time_get", &[0, 1_000, 0x8001]);
    assert_eq!(guest.u64_at(0x8001), 1_795_324_317_746_363_998);
    assert_eq!((guest.bytes[0x8000], guest.bytes[0x8009]), (POISON, POISON));
    assert_eq!(
        guest.line(),
        "clock_time_get(REALTIME, precision=1µs) = 0 \
         {1795324317.746363998 2026-11-22T05:11:57Z}"
    );
    guest.ok("clock_time_get", &[1, 0, 0x8000]);
    assert_eq!(
        guest.line(),
        "clock_time_get(MONOTONIC, precision=0ns) = 0 {1795324317.746363999}"
    );
    guest.ok("clock_res_get", &[1, 0x8000]);
    assert_eq!(guest.u64_at(0x8000), 1);
    assert_eq!(guest.line(), "clock_res_get(MONOTONIC) = 0 {1ns}");
}

#[test]
fn the_hosts_clocks_run() {
    let mut guest = Guest::new(WasiCtx::builder());
    for id in 0..4 {
        guest.ok("clock_res_get", &[id, 0x8000]);
        assert_ne!(guest.u64_at(0x8000), 0);
        let mut last = 0;
        for _ in 0..100 {
            guest.ok("clock_time_get", &[id, 0, 0x8000]);
            let now = guest.u64_at(0x8000);
            assert!(now >= last && now > 0, "clock {id}");
            last = now;
        }
    }
}

#[test]
fn unknown_clocks_are_invalid() {
    let mut guest = Guest::new(WasiCtx::builder());
    for id in [4, 256, u64::from(u32::MAX)] {
        assert_eq!(guest.errno("clock_res_get", &[id, 0]), Errno::Inval);
        assert_eq!(guest.errno("clock_time_get", &[id, 0, 0]), Errno::Inval);
    }
    assert_eq!(
        guest.line(),
        "clock_time_get(4294967295, precision=0ns) = INVAL (bad id)"
    );
    let end = u64::from(MEMORY_BYTES);
    assert_eq!(
        guest.errno("clock_time_get", &[0, 0, end - 7]),
        Errno::Fault
    );
}
