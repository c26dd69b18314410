//! Modules, links, commands and reactors.

#![cfg(feature = "wat")]

use fossor::wasi::{self, Pipe, Stdio, WasiCtx};
use fossor::{Engine, Error, InstancePre, LinkReport, Linker, Module, Outcome, Store};
use std::sync::Arc;

const EXIT: &str = r#"(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))"#;

fn command(text: &str) -> Result<Outcome, Error> {
    let engine = Engine::default();
    let mut linker = Linker::<WasiCtx>::new(&engine);
    wasi::add_to_linker(&mut linker, |ctx| ctx)?;
    let pre = linker.instantiate_pre(&Module::new(&engine, text)?)?;
    let store = Store::new(&engine, WasiCtx::builder().build().unwrap());
    pre.command(store)?.run()
}

#[test]
fn an_exit_is_an_outcome() -> Result<(), Error> {
    for (status, success) in [(0, true), (3, false)] {
        for (start, body) in [("", "(call $exit (i32.const STATUS))"), ("(start 1)", "")] {
            let text = format!(
                r#"(module {EXIT} {start} (func $in_start (call $exit (i32.const STATUS)))
                    (func (export "_start") {body}))"#
            );
            let outcome = command(&text.replace("STATUS", &status.to_string()))?;
            assert_eq!(outcome, Outcome::Exited(status));
            assert_eq!(outcome.success().is_ok(), success);
        }
    }
    Ok(())
}

#[test]
fn a_reactor_is_no_command_and_a_command_no_reactor() -> Result<(), Error> {
    let engine = Engine::default();
    let pre = |text: &str| -> Result<InstancePre<()>, Error> {
        Linker::new(&engine).instantiate_pre(&Module::new(&engine, text)?)
    };
    let store = || Store::new(&engine, ());
    let reactor = pre(r#"(module (func (export "_initialize")))"#)?;
    let error = reactor.command(store()).unwrap_err();
    assert!(error.to_string().contains("it is a reactor"), "{error}");
    let initialised = reactor.reactor(store())?;
    assert!(initialised.func::<(), ()>("_initialize").is_err());
    let command = pre(r#"(module (func (export "_start")))"#)?;
    let error = command.reactor(store()).unwrap_err();
    assert!(error.to_string().contains("it is a command"), "{error}");
    let error = pre("(module)")?.command(store()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the module exports no `_start`: it is not a program"
    );
    let odd = pre(r#"(module (func (export "_start") (param i32)))"#)?;
    assert!(matches!(odd.command(store()), Err(Error::Lifecycle(_))));
    Ok(())
}

#[test]
fn a_guest_writes_to_a_pipe_on_its_own_thread() -> Result<(), Error> {
    let engine = Engine::default();
    let mut linker = Linker::<WasiCtx>::new(&engine);
    wasi::add_to_linker(&mut linker, |ctx| ctx)?;
    let text = r#"(module
        (import "wasi_snapshot_preview1" "fd_write"
            (func $write (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "\10\00\00\00\03\00\00\00")
        (data (i32.const 16) "hi\n")
        (func (export "_start")
            (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;
    let pre = linker.instantiate_pre(&Module::new(&engine, text)?)?;
    let threads = [(); 2].map(|()| {
        let pre = pre.clone();
        std::thread::spawn(move || {
            let out = Pipe::new();
            let ctx = WasiCtx::builder()
                .stdout(Stdio::pipe(out.clone()))
                .build()
                .unwrap();
            let outcome = pre.command(Store::new(&pre.engine(), ctx))?.run()?;
            assert_eq!(outcome, Outcome::Returned);
            Ok::<_, Error>(out.take())
        })
    });
    for thread in threads {
        assert_eq!(thread.join().unwrap()?, b"hi\n");
    }
    Ok(())
}

#[test]
fn every_import_is_reported_once() -> Result<(), Error> {
    let engine = Engine::default();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_wrap("env", "f", || ())?;
    let error = linker.func_wrap("env", "f", || ()).unwrap_err();
    assert!(matches!(error, Error::AlreadyDefined { .. }));
    let text = r#"(module
        (import "env" "f" (func)) (import "env" "g" (func (param i32)))
        (import "env" "g" (func (param i32))) (import "env" "f" (memory 1))
        (import "x" "t" (table 1 funcref)) (import "x" "c" (global (mut i32))))"#;
    let module = Module::new(&engine, text)?;
    let report: LinkReport = linker.check(&module).unwrap_err();
    let lines = report.problems().iter().map(ToString::to_string);
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [
            "unknown import env.g: func (i32) -> ()",
            "incompatible import type for env.f: the module wants memory 1.., there is func () -> ()",
            "unknown import x.t: table funcref 1..",
            "unknown import x.c: global (mut i32)",
        ]
    );
    assert!(matches!(
        linker.instantiate_pre(&module),
        Err(Error::Link(_))
    ));
    Ok(())
}

#[test]
fn instances_are_linked_to_each_other() -> Result<(), Error> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    let a = Module::new(
        &engine,
        r#"(module (memory (export "m") 1) (global (export "g") (mut i32) (i32.const 1))
            (func (export "peek") (result i32) (i32.load (i32.const 4))))"#,
    )?;
    let instance = linker.instantiate(&mut store, &a)?;
    linker.instance(&store, "a", instance)?;
    let b = Module::new(
        &engine,
        r#"(module (import "a" "m" (memory 1)) (import "a" "g" (global (mut i32)))
            (import "a" "peek" (func $peek (result i32)))
            (func (export "f") (result i32)
                (i32.store (i32.const 4) (i32.const 40))
                (i32.add (call $peek) (global.get 0))))"#,
    )?;
    let instance = linker.instantiate(&mut store, &b)?;
    let f = instance.get_typed_func::<(), i32>(&store, "f")?;
    assert_eq!(f.call(&mut store, ())?, 41);
    assert_eq!(instance.module(&store).imports().len(), 3);
    Ok(())
}

#[test]
fn what_is_no_module_is_refused_in_a_sentence() {
    let engine = Engine::default();
    for (bytes, text) in [
        (&b""[..], "this is not a WebAssembly module"),
        (b"hello", "this is not a WebAssembly module"),
        (b"\0asm\x01\0\0\0\x01", "the module is incomplete"),
        (b"(module (func (i32.add)))", "invalid module"),
    ] {
        let error = Module::new(&engine, bytes).unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }
    let error = Module::new(&engine, "(module (func $f (call $g)))").unwrap_err();
    assert!(
        matches!(&error, Error::Text(text) if text.contains("unknown func")),
        "{error}"
    );
    let error = Module::from_file(&engine, "/nowhere/x.wasm").unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot read /nowhere/x.wasm: "),
        "{error}"
    );
    let error = Module::from_file(&engine, "/").unwrap_err();
    assert!(error.to_string().contains("irectory"), "{error}");
}

#[test]
fn what_is_shared_can_be_shared() {
    fn is_shared<T: Send + Sync>() {}
    fn is_sent<T: Send>() {}
    is_shared::<Engine>();
    is_shared::<Module>();
    is_shared::<Linker<std::cell::Cell<u8>>>();
    is_shared::<InstancePre<std::cell::Cell<u8>>>();
    is_shared::<fossor::InterruptHandle>();
    is_shared::<Arc<Error>>();
    is_sent::<Store<std::cell::Cell<u8>>>();
}
