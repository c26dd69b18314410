//! What the tests of embedding share: where the Go modules are, and how a
//! plugin is set up.
//!
//! `cargo xtask embed` builds the modules of `go-fixtures/embed/` and runs the
//! tests; by themselves they do not know where to look.

#![forbid(unsafe_code)]

use fossor::wasi::{self, WasiCtx};
use fossor::{Engine, Error, InstancePre, Linker, Module, Reactor, Store, TypedFunc};
use std::path::PathBuf;

/// The file of a Go module.
///
/// # Panics
///
/// If the tests were not started by `cargo xtask embed`.
pub fn module_file(name: &str) -> PathBuf {
    let directory = std::env::var_os("FOSSOR_GO_MODULES")
        .expect("`cargo xtask embed` builds the Go modules and then runs these tests");
    PathBuf::from(directory).join(format!("{name}.wasm"))
}

/// A Go module, linked with WASI and what `define` adds.
pub fn link(
    name: &str,
    define: impl FnOnce(&mut Linker<WasiCtx>) -> Result<(), Error>,
) -> Result<InstancePre<WasiCtx>, Error> {
    let engine = Engine::default();
    let module = Module::from_file(&engine, module_file(name))?;
    let mut linker = Linker::new(&engine);
    wasi::add_to_linker(&mut linker, |ctx| ctx)?;
    define(&mut linker)?;
    linker.instantiate_pre(&module)
}

/// A store for a plugin that sees nothing of the system.
pub fn store(pre: &InstancePre<WasiCtx>) -> Store<WasiCtx> {
    let ctx = WasiCtx::builder().arg("plugin").build();
    Store::new(&pre.engine(), ctx.expect("an empty context"))
}

/// Calls the export `name` with bytes, which the plugin's `alloc` makes room
/// for, and gives the bytes that it answers with: `address << 32 | length`.
pub fn call_with_bytes(
    plugin: &mut Reactor<WasiCtx>,
    name: &str,
    bytes: &[u8],
) -> Result<Vec<u8>, Error> {
    let alloc = plugin.func::<u32, u32>("alloc")?;
    let addr = alloc.call(&mut *plugin, bytes.len() as u32)?;
    let memory = plugin.memory().expect("Go exports its memory");
    memory.write(&mut *plugin, addr.into(), bytes)?;
    let func: TypedFunc<(u32, u32), u64> = plugin.func(name)?;
    let answer = func.call(&mut *plugin, (addr, bytes.len() as u32))?;
    let mut bytes = vec![0; answer as u32 as usize];
    memory.read(&*plugin, answer >> 32, &mut bytes)?;
    Ok(bytes)
}
