//! `args_*` and `environ_*`.

use fossor_host::GuestMemory;
use fossor_wasi::{BuildError, Errno, WasiCtx};

use crate::guest::*;

fn guest() -> Guest {
    Guest::new(
        WasiCtx::builder()
            .args(["prog", "-v", "a\"b"])
            .env("PWD", "/")
            .env("HOME", "/h"),
    )
}

#[test]
fn arguments_are_strings_and_pointers() {
    let mut guest = guest();
    guest.ok("args_sizes_get", &[0x8000, 0x8004]);
    assert_eq!(guest.at(0x8000, 9), b"\x03\0\0\0\x0c\0\0\0?");
    assert_eq!(guest.line(), "args_sizes_get() = 0 {argc=3, bytes=12}");

    guest.ok("args_get", &[0x1010, 0x1020]);
    assert_eq!(
        guest.at(0x100f, 14),
        b"?\x20\x10\0\0\x25\x10\0\0\x28\x10\0\0?"
    );
    assert_eq!(guest.at(0x101f, 14), b"?prog\0-v\0a\"b\0?");
    assert_eq!(
        guest.line(),
        r#"args_get(argv@0x1010, buf@0x1020) = 0 ["prog", "-v", "a\"b"]"#
    );
}

#[test]
fn the_environment_is_key_and_value() {
    let mut guest = guest();
    guest.ok("environ_sizes_get", &[0x8000, 0x8004]);
    assert_eq!(guest.at(0x8000, 8), b"\x02\0\0\0\x0e\0\0\0");
    assert_eq!(guest.line(), "environ_sizes_get() = 0 {count=2, bytes=14}");

    guest.ok("environ_get", &[0x2000, 0x2010]);
    assert_eq!(guest.at(0x2000, 9), b"\x10\x20\0\0\x16\x20\0\0?");
    assert_eq!(guest.at(0x2010, 15), b"PWD=/\0HOME=/h\0?");
    assert_eq!(
        guest.line(),
        r#"environ_get(env@0x2000, buf@0x2010) = 0 ["PWD=/", "HOME=/h"]"#
    );
}

#[test]
fn nothing_is_stored_if_something_does_not_fit() {
    let mut guest = guest();
    let end = u64::from(MEMORY_BYTES);
    for args in [[0, end - 11], [end - 11, 0], [u64::from(u32::MAX), 0]] {
        assert_eq!(guest.errno("args_get", &args), Errno::Fault);
    }
    assert_eq!(guest.errno("args_sizes_get", &[0, end - 3]), Errno::Fault);
    assert!(guest.bytes.iter().all(|byte| *byte == POISON));
}

#[test]
fn an_empty_list_touches_nothing() {
    let mut guest = Guest::new(WasiCtx::builder());
    guest.ok("args_sizes_get", &[0, 4]);
    assert_eq!(guest.at(0, 9), b"\0\0\0\0\0\0\0\0?");
    guest.ok("args_get", &[0x100, 0x200]);
    guest.ok("environ_get", &[MEMORY_BYTES.into(), MEMORY_BYTES.into()]);
}

#[test]
fn what_would_end_a_string_early_is_refused() {
    let built = WasiCtx::builder().arg("ok").arg("a\0b").build();
    assert!(matches!(
        built,
        Err(BuildError::ArgumentWithNul { index: 1 })
    ));
    for (key, value) in [("K\0", ""), ("K", "\0"), ("K=L", ""), ("", "v")] {
        let built = WasiCtx::builder().env(key, value).build();
        assert!(matches!(built, Err(BuildError::BadVariable { .. })));
    }
}

#[test]
fn a_later_value_replaces_an_earlier_one() {
    let mut guest = Guest::new(WasiCtx::builder().env("A", "1").env("B", "").env("A", "2"));
    guest.ok("environ_get", &[0x100, 0x200]);
    assert_eq!(guest.at(0x200, 8), b"A=2\0B=\0?");
}

#[test]
fn pointers_may_end_where_addresses_end() {
    let mut ctx = WasiCtx::builder().arg("p").build().unwrap();
    ctx.set_tracer(|_: &fossor_wasi::TraceCall<'_>| {});
    let mut bytes = vec![0; 1 << 32];
    let mut memory = GuestMemory::new(&mut bytes);
    for (name, pointers) in [("args_get", 0xffff_fffc), ("environ_get", 0xffff_ffff)] {
        let mut functions = fossor_wasi::functions().iter();
        let function = functions.find(|one| one.name == name).unwrap();
        let errno = (function.call)(&mut ctx, &mut memory, &[pointers, 0x200]);
        assert_eq!(errno.unwrap(), 0, "{name}");
    }
    assert_eq!(memory.get_u32(0xffff_fffc), Ok(0x200));
}

#[test]
fn many_variables_are_no_hang() {
    // A crafted recording may have them.
    let start = std::time::Instant::now();
    let mut builder = WasiCtx::builder();
    for number in 0..300_000u32 {
        builder = builder.env(number.to_be_bytes().map(|byte| byte | 1 << 7), "");
    }
    let builder = builder.env("A", "1").env("A", "2");
    drop(builder.build().unwrap());
    assert!(start.elapsed() < std::time::Duration::from_secs(60));
}
