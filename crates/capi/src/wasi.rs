//! WASI, limits and deadlines.

use crate::engine::{StoreRef, wasm_store_t};
use crate::externs;
use crate::last_error;
use crate::module::module;
use crate::object::Object;
use crate::vector::{ByteVec, Vector};
use fossor::wasi::{self, Access, Pipe, Stdio, WasiCtx, WasiCtxBuilder};
use fossor::{Error, Extern, Limits, Linker};
use std::ffi::{CStr, c_char};
use std::time::Duration;

/// What host functions of a store work on.
#[derive(Default)]
pub struct Guest {
    wasi: Option<WasiCtx>,
    stdout: Pipe,
    stderr: Pipe,
}

/// `wasi_config_t`.
#[derive(Default)]
pub struct Configuration {
    builder: WasiCtxBuilder,
    capture: bool,
}

impl Configuration {
    fn change(&mut self, change: impl FnOnce(WasiCtxBuilder) -> WasiCtxBuilder) {
        self.builder = change(std::mem::take(&mut self.builder));
    }
}

impl Guest {
    /// The context; an empty one if nothing was configured.
    fn wasi(&mut self) -> &mut WasiCtx {
        self.wasi.get_or_insert_with(|| {
            let ctx = WasiCtx::builder().build();
            ctx.expect("an empty context needs nothing of the system")
        })
    }
}

/// A word of C's.
unsafe fn text<'a>(text: *const c_char) -> &'a CStr {
    // SAFETY: C1: it ends with a zero byte.
    unsafe { CStr::from_ptr(text) }
}

#[unsafe(no_mangle)]
pub extern "C" fn wasi_config_new() -> Box<Configuration> {
    Box::default()
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_wasi_config_delete(config: Option<Box<Configuration>>) {
    drop(config);
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasi_config_arg(config: &mut Configuration, arg: *const c_char) {
    // SAFETY: C1.
    let arg = unsafe { text(arg) }.to_bytes();
    config.change(|builder| builder.arg(arg));
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasi_config_env(
    config: &mut Configuration,
    name: *const c_char,
    value: *const c_char,
) {
    // SAFETY: C1.
    let (name, value) = unsafe { (text(name).to_bytes(), text(value).to_bytes()) };
    config.change(|builder| builder.env(name, value));
}

#[unsafe(no_mangle)]
pub extern "C" fn wasi_config_inherit_env(config: &mut Configuration) {
    config.change(WasiCtxBuilder::inherit_env);
}

#[unsafe(no_mangle)]
pub extern "C" fn wasi_config_inherit_stdio(config: &mut Configuration) {
    config.capture = false;
    config.change(|builder| {
        let builder = builder.stdin(Stdio::inherit()).stdout(Stdio::inherit());
        builder.stderr(Stdio::inherit())
    });
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasi_config_stdin_bytes(config: &mut Configuration, bytes: &ByteVec) {
    // SAFETY: C1.
    let bytes = unsafe { bytes.as_slice() };
    config.change(|builder| builder.stdin(Stdio::bytes(bytes)));
}

#[unsafe(no_mangle)]
pub extern "C" fn wasi_config_capture_output(config: &mut Configuration) {
    config.capture = true;
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasi_config_preopen_dir(
    config: &mut Configuration,
    host: *const c_char,
    guest: *const c_char,
    read_only: bool,
) -> bool {
    use std::os::unix::ffi::OsStrExt;
    // SAFETY: C1.
    let (host, guest) = unsafe { (text(host), text(guest).to_string_lossy()) };
    let host = std::ffi::OsStr::from_bytes(host.to_bytes());
    let access = match read_only {
        true => Access::ReadOnly,
        false => Access::ReadWrite,
    };
    // A builder that failed is gone, so that it is tried on another first.
    if let Err(error) = WasiCtx::builder().preopen_dir(host, &guest, access) {
        return last_error::set::<()>(error).is_some();
    }
    match std::mem::take(&mut config.builder).preopen_dir(host, &guest, access) {
        Ok(builder) => {
            config.builder = builder;
            true
        }
        Err(error) => last_error::set::<()>(error).is_some(),
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn wasi_store_set(store: &wasm_store_t, config: Box<Configuration>) -> bool {
    let mut guest = Guest::default();
    let mut builder = config.builder;
    if config.capture {
        let (stdout, stderr) = (guest.stdout.clone(), guest.stderr.clone());
        builder = builder
            .stdout(Stdio::pipe(stdout))
            .stderr(Stdio::pipe(stderr));
    }
    match builder.build() {
        Ok(ctx) => {
            guest.wasi = Some(ctx);
            store.0.with(|mut ctx| *ctx.data_mut() = guest);
            true
        }
        Err(error) => last_error::set::<()>(error).is_some(),
    }
}

fn linker(store: &StoreRef) -> Result<Linker<Guest>, Error> {
    let mut linker = Linker::new(store.engine());
    wasi::add_to_linker(&mut linker, Guest::wasi)?;
    Ok(linker)
}

/// A function of WASI's, in this store.
fn import(store: &StoreRef, linker: &Linker<Guest>, module: &str, name: &str) -> Option<Extern> {
    match store.with(|ctx| linker.get(ctx, module, name)) {
        Ok(Some(item)) => Some(item),
        Ok(None) => last_error::set(format!("WASI has no function {module}.{name}")),
        Err(error) => last_error::set(error),
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasi_imports(
    store: &wasm_store_t,
    object: &Object,
    out: *mut Vector<*mut Object>,
) -> bool {
    let store = &store.0;
    let objects = module(object).and_then(|module| {
        let linker = linker(store)
            .or_else(|error| last_error::set(error).ok_or(()))
            .ok()?;
        if let Err(report) = linker.check(module) {
            return last_error::set(report);
        }
        let imports = module.imports();
        let items = imports.map(|i| import(store, &linker, i.module, i.name));
        let objects = items.map(|item| externs::object(store, item?));
        objects.collect::<Option<Vec<_>>>()
    });
    let found = objects.is_some();
    let pointers = objects.unwrap_or_default().into_iter().map(Box::into_raw);
    // SAFETY: C1.
    unsafe { out.write(Vector::new(pointers.collect())) };
    found
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasi_import(
    store: &wasm_store_t,
    module: &ByteVec,
    name: &ByteVec,
) -> Option<Box<Object>> {
    let store = &store.0;
    let linker = linker(store)
        .or_else(|error| last_error::set(error).ok_or(()))
        .ok()?;
    // SAFETY: C1.
    let (module, name) = unsafe { (module.to_text(), name.to_text()) };
    externs::object(store, import(store, &linker, &module, &name)?)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasi_read_stdout(store: &wasm_store_t, out: *mut ByteVec) {
    let bytes = store.0.with(|ctx| ctx.data().stdout.take());
    // SAFETY: C1.
    unsafe { out.write(Vector::new(bytes)) };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasi_read_stderr(store: &wasm_store_t, out: *mut ByteVec) {
    let bytes = store.0.with(|ctx| ctx.data().stderr.take());
    // SAFETY: C1.
    unsafe { out.write(Vector::new(bytes)) };
}

#[unsafe(no_mangle)]
pub extern "C" fn fossor_store_set_deadline_ms(store: &wasm_store_t, ms: u64) {
    let set = |store: &mut fossor::Store<_>| store.set_deadline(Duration::from_millis(ms));
    if store.0.with_store(set).is_none() {
        let _ = last_error::set::<()>("a deadline cannot be set from a callback");
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn fossor_store_set_memory_limit(store: &wasm_store_t, bytes: u64) {
    let limits = Limits::memory(bytes).total_memory_bytes(bytes);
    let set = |store: &mut fossor::Store<_>| store.set_limits(limits);
    if store.0.with_store(set).is_none() {
        let _ = last_error::set::<()>("a limit cannot be set from a callback");
    }
}
