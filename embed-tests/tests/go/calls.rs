//! What happens while a call is under way: the host calls back, goroutines run,
//! the guest panics, the memory grows, pointers outlive the call.

use crate::abi::{Kept, call, plugin, pre};
use embed_tests::store;
use fossor::wasi::{Pipe, Stdio, WasiCtx};
use fossor::{Error, Frame, InterruptReason, Store, Trap};
use std::time::Duration;

#[test]
fn the_host_calls_back_while_the_guest_waits() -> Result<(), Error> {
    let plugin = &mut plugin()?;
    assert_eq!(call::<_, i32>(plugin, "descend", 50)?, 50);
    // Too deep for the host's own stack: a trap, and not the end of the host.
    let error = call::<_, i32>(plugin, "descend", 100_000).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::StackExhausted), "{error}");
    Ok(())
}

#[test]
fn goroutines_run_inside_an_export() -> Result<(), Error> {
    let plugin = &mut plugin()?;
    let squares: i64 = call(plugin, "parallel", (4, 100))?;
    assert_eq!(squares, (0..100).map(|n| n * n).sum::<i64>());
    Ok(())
}

#[test]
fn a_goroutine_outlives_the_export_that_started_it() -> Result<(), Error> {
    let plugin = &mut plugin()?;
    call::<_, ()>(plugin, "background", ())?;
    let before: i32 = call(plugin, "wait", 0)?;
    let mut after = before;
    while after < before + 5 {
        after = call(plugin, "wait", 5)?;
    }
    Ok(())
}

#[test]
fn a_panic_is_a_trap_behind_gos_message() -> Result<(), Error> {
    for (name, arg, message) in [
        ("panics", 0, "panic: from an export"),
        (
            "index",
            3,
            "panic: runtime error: index out of range [3] with length 3",
        ),
    ] {
        let pre = pre(&Kept::default())?;
        let stderr = Pipe::new();
        let ctx = WasiCtx::builder().stderr(Stdio::pipe(stderr.clone()));
        let mut plugin = pre.reactor(Store::new(&pre.engine(), ctx.build().unwrap()))?;
        assert_eq!(call::<_, i32>(&mut plugin, "panics", 1)?, 42, "recovered");
        let error = call::<_, i32>(&mut plugin, name, arg).unwrap_err();
        // In a library Go aborts; only a program exits with status 2.
        assert_eq!(error.trap(), Some(Trap::Unreachable), "{error}");
        let frames = error.trap_info().map_or(&[][..], |info| &info.frames);
        let is_export = |frame: &Frame| frame.name.as_deref() == Some(&format!("main.{name}"));
        assert!(frames.iter().any(is_export), "{error}");
        let printed = stderr.take();
        let printed = String::from_utf8_lossy(&printed);
        assert!(printed.contains(message), "{printed}");
        assert!(printed.contains("goroutine"), "{printed}");
    }
    Ok(())
}

#[test]
fn the_memory_grows_during_a_host_call() -> Result<(), Error> {
    let plugin = &mut plugin()?;
    let step: i32 = call(plugin, "grows", 16_u32)?;
    assert_eq!(step, 0, "the step that failed");
    Ok(())
}

#[test]
fn a_pinned_pointer_outlives_the_call() -> Result<(), Error> {
    let kept = Kept::default();
    let pre = pre(&kept)?;
    let mut plugin = pre.reactor(store(&pre))?;
    call::<_, ()>(&mut plugin, "pin", ())?;
    call::<_, ()>(&mut plugin, "collect", ())?;
    let (addr, len) = *kept.lock().unwrap();
    let mut bytes = [0; 64];
    let memory = plugin.memory().unwrap();
    memory.read(&plugin, addr.into(), &mut bytes)?;
    assert_eq!(len, 64);
    assert!(
        bytes
            .iter()
            .enumerate()
            .all(|(i, &byte)| usize::from(byte) == i)
    );
    call::<_, ()>(&mut plugin, "unpin", ())?;
    Ok(())
}

#[test]
fn a_deadline_ends_an_export_that_waits() -> Result<(), Error> {
    let plugin = &mut plugin()?;
    plugin.store_mut().set_deadline(Duration::from_millis(50));
    let error = call::<_, i32>(plugin, "wait", 3_600_000).unwrap_err();
    let deadline = matches!(error, Error::Interrupted(InterruptReason::Deadline, _));
    assert!(deadline, "{error}");
    Ok(())
}
