//! `proc_exit`, `proc_raise`, `sched_yield`, `random_get`.

use fossor_host::HostError;
use fossor_wasi::{Errno, Raised, WasiCtx};

use crate::guest::*;

#[test]
fn exit_passes_the_whole_status_on() {
    let mut guest = Guest::new(WasiCtx::builder());
    for status in [0, 3, 126, 255, 256, u64::from(u32::MAX)] {
        match guest.call("proc_exit", &[status]) {
            Err(HostError::Exit(exited)) => assert_eq!(u64::from(exited), status),
            other => panic!("{other:?}"),
        }
        assert_eq!(guest.line(), format!("proc_exit({status})"));
    }
    let exit = fossor_wasi::functions()
        .iter()
        .filter(|function| !function.has_result)
        .map(|function| function.name);
    assert_eq!(exit.collect::<Vec<_>>(), ["proc_exit"]);
}

#[test]
fn raising_ends_the_guest_as_the_signal_would() {
    let mut guest = Guest::new(WasiCtx::builder());
    match guest.call("proc_raise", &[6]) {
        Err(HostError::Other(error)) => {
            assert_eq!(error.downcast_ref(), Some(&Raised { signal: 6 }));
            assert_eq!(error.to_string(), "the guest raised SIGABRT");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(guest.line(), "proc_raise(SIGABRT) = guest stopped");
    assert_eq!(guest.errno("proc_raise", &[17]), Errno::Success);
    assert_eq!(guest.errno("proc_raise", &[31]), Errno::Inval);
    assert_eq!(guest.errno("proc_raise", &[99]), Errno::Inval);
}

#[test]
fn yielding_succeeds() {
    let mut guest = Guest::new(WasiCtx::builder());
    guest.ok("sched_yield", &[]);
    assert_eq!(guest.line(), "sched_yield() = 0");
}

#[test]
fn random_fills_exactly_the_buffer() {
    let mut guest = Guest::new(WasiCtx::builder());
    guest.ok("random_get", &[0x1000, 100_000]);
    let filled = guest.at(0x1000, 100_000);
    assert!(filled.chunks(1_000).all(|part| part != [POISON; 1_000]));
    assert_eq!(guest.bytes[0xfff], POISON);
    assert_eq!(guest.bytes[0x1000 + 100_000], POISON);
    guest.ok("random_get", &[MEMORY_BYTES.into(), 0]);
    assert_eq!(
        guest.errno("random_get", &[1, u64::from(u32::MAX)]),
        Errno::Fault
    );
    assert_eq!(guest.errno("random_get", &[0, 0x4_0001]), Errno::Fault);
}
