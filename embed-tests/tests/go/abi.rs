//! Every type that `go:wasmimport` and `go:wasmexport` allow.

use embed_tests::{link, store};
use fossor::wasi::WasiCtx;
use fossor::{Caller, Error, HostError, InstancePre, Linker, Reactor, WasmTyList};
use std::sync::{Arc, Mutex};

type Plugin = Reactor<WasiCtx>;

/// What the host was left by `keep`: an address and a length.
pub type Kept = Arc<Mutex<(u32, u32)>>;

/// The plugin `abi` with the host functions that it imports.
pub fn pre(kept: &Kept) -> Result<InstancePre<WasiCtx>, Error> {
    let kept = kept.clone();
    link("abi", |linker| {
        define_numbers(linker)?;
        define_memory(linker)?;
        linker.func_wrap(
            "host",
            "again",
            |mut caller: Caller<'_, WasiCtx>, depth: i32| {
                let descend = caller.get_typed_func::<i32, i32>("descend")?;
                descend.call(&mut caller, depth)
            },
        )?;
        linker.func_wrap(
            "host",
            "grow",
            |mut caller: Caller<'_, WasiCtx>, pages: u32| {
                let memory = caller
                    .get_export("memory")
                    .and_then(|item| item.into_memory());
                let memory = memory.ok_or_else(|| HostError::other("no memory"))?;
                let old = memory.grow(&mut caller, pages.into())?;
                Ok::<_, HostError>(old as u32)
            },
        )?;
        linker.func_wrap("host", "keep", move |addr: u32, len: u32| {
            *kept.lock().unwrap() = (addr, len);
        })?;
        Ok(())
    })
}

fn define_numbers(linker: &mut Linker<WasiCtx>) -> Result<(), Error> {
    linker.func_wrap("host", "bools", |a: i32, b: i32| {
        assert!((a == 1 || a == 0) && b == 0, "{a} {b}");
        a
    })?;
    linker.func_wrap("host", "ints", |a: i32, b: u32, c: i64, d: u64| {
        assert_eq!((a, b, c, d), (-1, u32::MAX, i64::MIN, u64::MAX));
        -5_i64
    })?;
    linker.func_wrap("host", "unsigned", |a: u32| a + 1)?;
    linker.func_wrap("host", "wide", |a: u64| a + 1)?;
    linker.func_wrap("host", "float32", |a: f32| a * a)?;
    linker.func_wrap("host", "float64", |a: f64| a * 2.0)?;
    linker.func_wrap("host", "uintptr", |a: u32| a + 1)?;
    linker.func_wrap("host", "identity", |a: u32| a)?;
    Ok(())
}

fn define_memory(linker: &mut Linker<WasiCtx>) -> Result<(), Error> {
    type C<'a> = Caller<'a, WasiCtx>;
    linker.func_wrap("host", "string", |caller: C<'_>, addr: u32, len: u32| {
        let text = std::str::from_utf8(caller.read(addr, len)?).map_err(HostError::other)?;
        assert!(text == "grüße" || text.is_empty(), "{text}");
        Ok::<_, HostError>(len)
    })?;
    linker.func_wrap("host", "bytes", |mut caller: C<'_>, addr: u32, len: u32| {
        let mut memory = caller.memory();
        let bytes = memory.view_mut(addr, len)?;
        let sum = bytes.iter().map(|&byte| u32::from(byte)).sum::<u32>();
        bytes[0] += 100;
        Ok::<_, HostError>(sum)
    })?;
    linker.func_wrap("host", "point", |mut caller: C<'_>, addr: u32| {
        let mut memory = caller.memory();
        let x = memory.get_u32(addr)? as i32;
        let y = f64::from_bits(memory.get_u64(addr + 8)?);
        let tag = memory.get_u8(addr + 16)?;
        assert_eq!((x, y, tag), (-7, 2.5, 200));
        memory.put_u32(addr, -x as u32)?;
        memory.put_u64(addr + 8, (-y).to_bits())?;
        memory.put_u8(addr + 16, tag + 1)?;
        Ok::<_, HostError>(x + i32::from(tag))
    })?;
    Ok(())
}

pub fn plugin() -> Result<Plugin, Error> {
    let pre = pre(&Kept::default())?;
    pre.reactor(store(&pre))
}

pub fn call<P: WasmTyList, R: WasmTyList>(
    plugin: &mut Plugin,
    name: &str,
    params: P,
) -> Result<R, Error> {
    plugin.func::<P, R>(name)?.call(plugin, params)
}

#[test]
fn imports_take_every_type() -> Result<(), Error> {
    let step: i32 = call(&mut plugin()?, "imports", ())?;
    assert_eq!(step, 0, "the step of go-fixtures/embed/abi that failed");
    Ok(())
}

#[test]
fn exports_take_every_type() -> Result<(), Error> {
    let plugin = &mut plugin()?;
    assert_eq!(call::<_, i32>(plugin, "not", 0)?, 1);
    assert_eq!(call::<_, i32>(plugin, "not", 1)?, 0);
    assert_eq!(
        call::<_, i32>(plugin, "int32s", (i32::MIN, 1_u32))?,
        i32::MIN + 1
    );
    assert_eq!(call::<_, u32>(plugin, "uint32s", u32::MAX)?, 0);
    assert_eq!(
        call::<_, i64>(plugin, "int64s", (i64::MIN, 3_u64))?,
        i64::MIN + 3
    );
    assert_eq!(call::<_, u64>(plugin, "uint64s", u64::MAX - 1)?, u64::MAX);
    assert_eq!(
        call::<_, f32>(plugin, "float32s", (1_f32, 3_f32))?,
        1.0 / 3.0
    );
    assert_eq!(
        call::<_, f64>(plugin, "float64s", (1_f64, 3_f64))?,
        1.0 / 3.0
    );
    assert!(call::<_, f64>(plugin, "float64s", (0_f64, 0_f64))?.is_nan());
    assert_eq!(
        call::<_, u32>(plugin, "uintptrs", 0x7fff_ffff)?,
        0x8000_0000
    );
    call::<_, ()>(plugin, "nothing", ())?;
    let mixed = (1_i32, 2_i64, 3_f32, 4_f64, 1_i32, 5_u32, 6_u64, 7_u32);
    assert_eq!(call::<_, f64>(plugin, "mixed", mixed)?, 76_514_321.0);
    Ok(())
}

#[test]
fn strings_and_pointers_are_addresses() -> Result<(), Error> {
    let plugin = &mut plugin()?;
    let memory = plugin.memory().unwrap();
    let text = "grüße".as_bytes();
    let addr: u32 = call(plugin, "alloc", 64_u32)?;
    memory.write(&mut *plugin, addr.into(), text)?;
    let runes: i32 = call(plugin, "length", (addr, text.len() as u32))?;
    assert_eq!(runes, 5);
    let sum: u32 = call(plugin, "sum", (addr, text.len() as u32))?;
    assert_eq!(sum, text.iter().map(|&byte| u32::from(byte)).sum::<u32>());

    let mut point = [0; 24];
    point[..4].copy_from_slice(&(-3_i32).to_le_bytes());
    point[8..16].copy_from_slice(&1.25_f64.to_le_bytes());
    point[16] = 100;
    memory.write(&mut *plugin, addr.into(), &point)?;
    assert_eq!(call::<_, u32>(plugin, "double", addr)?, addr);
    memory.read(&*plugin, addr.into(), &mut point)?;
    assert_eq!(point[..4], (-6_i32).to_le_bytes());
    assert_eq!(point[8..16], 2.5_f64.to_le_bytes());
    assert_eq!(point[16], 200);
    call::<_, ()>(plugin, "free", addr)?;
    Ok(())
}

#[test]
fn a_wrong_type_is_found_before_the_call() -> Result<(), Error> {
    let plugin = plugin()?;
    let error = plugin.func::<(i32, i64), i32>("int32s").unwrap_err();
    let text = "the export int32s: the function is (i32, i32) -> i32, not (i32, i64) -> i32";
    assert_eq!(error.to_string(), text);
    Ok(())
}
