//! Host functions that run guests in other stores: a plugin's plugin.

#![cfg(feature = "wat")]

use fossor::{
    Caller, Config, Engine, Error, FuncType, Instance, InterruptReason, Linker, Module, Store, Tag,
    ValType,
};

/// What the inner guest does, and what the outer one's caller is told.
fn outer_call(engine: &Engine, inner: &str, fuel: u64) -> Result<(), Error> {
    let inner = Module::new(engine, inner)?;
    let mut linker = Linker::<()>::new(engine);
    linker.func_wrap("host", "inner", move |_: Caller<'_, ()>| {
        let engine = inner.engine();
        let mut store = Store::new(&engine, ());
        store.set_fuel(fuel);
        // More than there is in the outer store, so that no number fits by chance.
        let tag = FuncType::new([ValType::I32], []);
        for _ in 0..3 {
            Tag::new(&mut store, tag.clone())?;
            Instance::new(&mut store, &Module::new(&engine, "(module)")?, &[])?;
        }
        let guest = Linker::new(&engine).instantiate(&mut store, &inner)?;
        let run = guest.get_typed_func::<(), ()>(&store, "run")?;
        run.call(&mut store, ())
    })?;
    let outer = r#"(module (import "host" "inner" (func $inner))
        (func (export "run") (call $inner)))"#;
    let mut store = Store::new(engine, ());
    store.set_fuel(1_000_000);
    let guest = linker.instantiate(&mut store, &Module::new(engine, outer)?)?;
    let run = guest.get_typed_func::<(), ()>(&store, "run")?;
    run.call(&mut store, ())
}

/// The error of another store's guest names frames and tags of that store: it must not
/// be taken for one of the caller's own, whose numbers mean other things.
#[test]
fn errors_of_another_stores_guest_are_told_as_the_hosts() -> Result<(), Error> {
    let engine = Engine::default();
    let trap = r#"(module (func $broken (export "run") unreachable))"#;
    let error = outer_call(&engine, trap, 0).unwrap_err();
    assert!(matches!(error, Error::Host(_)), "{error:?}");
    let text = error.to_string();
    assert!(text.starts_with("unreachable\n    at broken"), "{text}");
    let throw = r#"(module (tag $t (param i32)) (func (export "run") (throw $t (i32.const 7))))"#;
    let error = outer_call(&engine, throw, 0).unwrap_err();
    assert!(matches!(error, Error::Host(_)), "{error:?}");
    assert!(error.to_string().contains("uncaught exception"), "{error}");
    Ok(())
}

/// That the inner guest is out of fuel does not say that the outer one is.
#[test]
fn a_stop_of_another_stores_guest_is_none_of_the_caller() -> Result<(), Error> {
    let engine = Engine::new(Config::new().consume_fuel(true));
    let spin = r#"(module (func (export "run") (loop (br 0))))"#;
    let error = outer_call(&engine, spin, 1000).unwrap_err();
    let own = matches!(error, Error::Interrupted(InterruptReason::OutOfFuel, _));
    assert!(!own && matches!(error, Error::Host(_)), "{error:?}");
    Ok(())
}
