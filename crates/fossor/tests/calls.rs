//! Calls in both directions.

#![cfg(feature = "wat")]

use fossor::{
    Caller, Config, Dispatch, Engine, Error, ExternRef, Func, FuncType, GuestMemory, HostError,
    Instance, Linker, Module, OutOfBounds, Store, Trap, Val, ValType,
};

fn instantiate<T: Send + 'static>(
    linker: &Linker<T>,
    data: T,
    text: &str,
) -> Result<(Store<T>, Instance), Error> {
    let mut store = Store::new(linker.engine(), data);
    let module = Module::new(linker.engine(), text)?;
    let instance = linker.instantiate(&mut store, &module)?;
    Ok((store, instance))
}

#[test]
fn all_number_types_go_there_and_back() -> Result<(), Error> {
    let mut linker = Linker::<()>::new(&Engine::default());
    linker.func_wrap(
        "host",
        "turn",
        |a: i32, b: i64, c: f32, d: f64, e: u128, f: u32, g: u64| (g, f, e, d, c, b, a),
    )?;
    let (mut store, instance) = instantiate(
        &linker,
        (),
        r#"(module
            (type $t (func (param i32 i64 f32 f64 v128 i32 i64)
                (result i64 i32 v128 f64 f32 i64 i32)))
            (import "host" "turn" (func $turn (type $t)))
            (func (export "f") (type $t)
                (call $turn (local.get 0) (local.get 1) (local.get 2) (local.get 3)
                    (local.get 4) (local.get 5) (local.get 6))))"#,
    )?;
    type Params = (i32, i64, f32, f64, u128, u32, u64);
    type Results = (u64, u32, u128, f64, f32, i64, i32);
    let f = instance.get_typed_func::<Params, Results>(&store, "f")?;
    let vector = 0x0f0e_0d0c_0b0a_0908_0706_0504_0302_0100_u128;
    let results = f.call(
        &mut store,
        (-1, i64::MIN, 1.5, -2.5, vector, u32::MAX, u64::MAX),
    )?;
    assert_eq!(
        results,
        (u64::MAX, u32::MAX, vector, -2.5, 1.5, i64::MIN, -1)
    );
    Ok(())
}

#[test]
fn junk_above_a_narrow_value_is_not_seen() -> Result<(), Error> {
    let mut linker = Linker::<()>::new(&Engine::default());
    linker.func_wrap("host", "wide", |a: u32| u64::from(a))?;
    let (mut store, instance) = instantiate(
        &linker,
        (),
        r#"(module (import "host" "wide" (func $wide (param i32) (result i64)))
            (func (export "f") (param i64) (result i64)
                (call $wide (i32.wrap_i64 (local.get 0)))))"#,
    )?;
    let f = instance.get_typed_func::<u64, u64>(&store, "f")?;
    assert_eq!(f.call(&mut store, 0xdead_beef_8000_0001)?, 0x8000_0001);
    Ok(())
}

#[test]
fn a_host_function_calls_back_and_passes_a_trap_on() -> Result<(), Error> {
    let mut linker = Linker::<u32>::new(&Engine::default());
    linker.func_wrap("host", "again", |mut caller: Caller<'_, u32>, n: i32| {
        *caller.data_mut() += 1;
        let down = caller.get_typed_func::<i32, i32>("down")?;
        down.call(&mut caller, n - 1)
    })?;
    let (mut store, instance) = instantiate(
        &linker,
        0,
        r#"(module (import "host" "again" (func $again (param i32) (result i32)))
            (func $down (export "down") (param i32) (result i32)
                (if (i32.eqz (local.get 0)) (then unreachable))
                (i32.add (i32.const 1) (call $again (local.get 0)))))"#,
    )?;
    let down = instance.get_typed_func::<i32, i32>(&store, "down")?;
    let error = down.call(&mut store, 5).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::Unreachable));
    assert_eq!(error.trap_info().map(|info| info.frames.len()), Some(1));
    assert_eq!(*store.data(), 5);
    // The store goes on.
    assert_eq!(
        down.call(&mut store, 0).unwrap_err().trap(),
        Some(Trap::Unreachable)
    );
    Ok(())
}

/// The caller's registers are its own again, whatever the guest that the host
/// called left in them.
#[test]
fn a_guest_goes_on_where_it_was_after_a_call_back() -> Result<(), Error> {
    for dispatch in [Dispatch::Tail, Dispatch::Loop] {
        let engine = Engine::new(Config::new().dispatch(dispatch));
        let mut linker = Linker::<()>::new(&engine);
        linker.func_wrap("host", "again", |mut caller: Caller<'_, ()>, n: i32| {
            let sum = caller.get_typed_func::<i32, i32>("sum")?;
            sum.call(&mut caller, n)
        })?;
        let (mut store, instance) = instantiate(
            &linker,
            (),
            r#"(module (import "host" "again" (func $again (param i32) (result i32)))
                (func $sum (export "sum") (param $n i32) (result i32) (local $twice i32)
                    (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
                    (local.set $twice (i32.mul (local.get $n) (i32.const 2)))
                    (call $again (i32.sub (local.get $n) (i32.const 1)))
                    (i32.sub (i32.add (local.get $twice)) (local.get $n))))"#,
        )?;
        let sum = instance.get_typed_func::<i32, i32>(&store, "sum")?;
        assert_eq!(sum.call(&mut store, 40)?, 820, "{dispatch:?}");
    }
    Ok(())
}

#[test]
fn endless_recursion_through_the_host_ends() -> Result<(), Error> {
    let mut linker = Linker::<()>::new(&Engine::default());
    linker.func_wrap("host", "again", |mut caller: Caller<'_, ()>| {
        let down = caller.get_typed_func::<(), ()>("down")?;
        down.call(&mut caller, ())
    })?;
    let (mut store, instance) = instantiate(
        &linker,
        (),
        r#"(module (import "host" "again" (func $again))
            (func (export "down") (call $again)))"#,
    )?;
    let down = instance.get_typed_func::<(), ()>(&store, "down")?;
    let error = down.call(&mut store, ()).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::StackExhausted));
    Ok(())
}

#[test]
fn host_errors_panics_and_traps_are_told_apart() -> Result<(), Error> {
    let mut linker = Linker::<()>::new(&Engine::default());
    linker.func_wrap("host", "f", |what: i32| -> Result<(), HostError> {
        match what {
            0 => Err(HostError::other("no such thing")),
            1 => Err(Trap::IntegerOverflow.into()),
            2 => Err(HostError::Exit(7)),
            _ => panic!("number {what}"),
        }
    })?;
    let (mut store, instance) = instantiate(
        &linker,
        (),
        r#"(module (import "host" "f" (func $f (param i32))) (export "f" (func $f)))"#,
    )?;
    let f = instance.get_typed_func::<i32, ()>(&store, "f")?;
    let error = f.call(&mut store, 0).unwrap_err();
    assert!(matches!(&error, Error::Host(e) if e.to_string() == "no such thing"));
    let error = f.call(&mut store, 1).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::IntegerOverflow));
    assert!(matches!(f.call(&mut store, 2), Err(Error::Exit(7))));
    let error = f.call(&mut store, 3).unwrap_err();
    assert_eq!(error.to_string(), "a host function panicked: number 3");
    Ok(())
}

#[test]
fn host_functions_of_values_take_references() -> Result<(), Error> {
    let mut linker = Linker::<()>::new(&Engine::default());
    let refs = [ValType::FUNCREF, ValType::EXTERNREF];
    linker.func_new(
        "host",
        "swap",
        FuncType::new(refs, [ValType::EXTERNREF, ValType::FUNCREF]),
        |_, args, results| {
            (results[0], results[1]) = (args[1], args[0]);
            Ok(())
        },
    )?;
    linker.func_new(
        "host",
        "wrong",
        FuncType::new([], [ValType::I64]),
        |_, _, results| {
            results[0] = Val::I32(1);
            Ok(())
        },
    )?;
    let (mut store, instance) = instantiate(
        &linker,
        (),
        r#"(module
            (import "host" "swap" (func $swap (param funcref externref) (result externref funcref)))
            (import "host" "wrong" (func $wrong (result i64)))
            (export "wrong" (func $wrong))
            (func (export "f") (param funcref externref) (result externref funcref)
                (call $swap (local.get 0) (local.get 1))))"#,
    )?;
    let f = instance.get_func(&store, "f").unwrap();
    let host = Func::wrap(&mut store, || 42_i32);
    let value = ExternRef::new(&mut store, "something");
    let results = f.call(
        &mut store,
        &[Val::FuncRef(Some(host)), Val::ExternRef(Some(value))],
    )?;
    let [Val::ExternRef(Some(value)), Val::FuncRef(Some(func))] = results[..] else {
        panic!("{results:?}");
    };
    assert_eq!(value.data(&store).downcast_ref(), Some(&"something"));
    assert_eq!(func.call(&mut store, &[])?, [Val::I32(42)]);
    let results = f.call(&mut store, &[Val::FuncRef(None), Val::ExternRef(None)])?;
    assert_eq!(results, [Val::ExternRef(None), Val::FuncRef(None)]);

    let wrong = instance.get_func(&store, "wrong").unwrap();
    let error = wrong.call(&mut store, &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a host function of type () -> i64 left i32 as result 0"
    );
    Ok(())
}

#[test]
fn references_are_types_too() -> Result<(), Error> {
    let mut linker = Linker::<()>::new(&Engine::default());
    linker.func_wrap(
        "host",
        "swap",
        |n: i32, f: Option<Func>, v: u128, x: Option<ExternRef>| (x, v, f, n),
    )?;
    linker.func_wrap(
        "host",
        "which",
        |caller: Caller<'_, ()>, x: Option<ExternRef>| {
            let text = x.and_then(|x| x.data(&caller).downcast_ref::<&str>().copied());
            text.map_or(-1, |text| text.len() as i32)
        },
    )?;
    let (mut store, instance) = instantiate(
        &linker,
        (),
        r#"(module
            (type $swap (func (param i32 funcref v128 externref)
                (result externref v128 funcref i32)))
            (import "host" "swap" (func $swap (type $swap)))
            (import "host" "which" (func $which (param externref) (result i32)))
            (func (export "which") (param externref) (result i32) (call $which (local.get 0)))
            (func (export "swap") (type $swap)
                (call $swap (local.get 0) (local.get 1) (local.get 2) (local.get 3))))"#,
    )?;
    type Params = (i32, Option<Func>, u128, Option<ExternRef>);
    type Results = (Option<ExternRef>, u128, Option<Func>, i32);
    let swap = instance.get_typed_func::<Params, Results>(&store, "swap")?;
    let func = Func::wrap(&mut store, || 1_i32);
    let value = ExternRef::new(&mut store, "four");
    let results = swap.call(&mut store, (7, Some(func), 1 << 100, Some(value)))?;
    assert_eq!(results, (Some(value), 1 << 100, Some(func), 7));
    let results = swap.call(&mut store, (7, None, 0, None))?;
    assert_eq!(results, (None, 0, None, 7));
    let which = instance.get_typed_func::<Option<ExternRef>, i32>(&store, "which")?;
    assert_eq!(which.call(&mut store, Some(value))?, 4);
    assert_eq!(which.call(&mut store, None)?, -1);
    Ok(())
}

#[test]
fn arguments_of_another_type_are_refused() -> Result<(), Error> {
    let linker = Linker::<()>::new(&Engine::default());
    let text = r#"(module (func (export "f") (param i32)) (memory (export "m") 1))"#;
    let (mut store, instance) = instantiate(&linker, (), text)?;
    let f = instance.get_func(&store, "f").unwrap();
    let error = f.call(&mut store, &[Val::I64(1)]).unwrap_err();
    let text = "a function of type (i32) -> () was called as (i64) -> ()";
    assert_eq!(error.to_string(), text);
    let error = instance.get_typed_func::<(), i32>(&store, "f").unwrap_err();
    let text = "the export f: the function is (i32) -> (), not () -> i32";
    assert_eq!(error.to_string(), text);
    let error = instance.get_typed_func::<(), ()>(&store, "m").unwrap_err();
    assert_eq!(error.to_string(), "the export m is no function");
    let error = instance.get_typed_func::<(), ()>(&store, "g").unwrap_err();
    assert_eq!(error.to_string(), "there is no export g");
    Ok(())
}

#[test]
fn a_callers_memory_is_checked() -> Result<(), Error> {
    let mut linker = Linker::<Vec<u8>>::new(&Engine::default());
    linker.func_wrap(
        "host",
        "f",
        |mut caller: Caller<'_, Vec<u8>>, addr: u32, len: u32| {
            let bytes = caller.read(addr, len)?.to_vec();
            caller.data_mut().extend(bytes);
            caller.write(addr, b"xy")?;
            let (memory, data): (GuestMemory<'_>, &mut Vec<u8>) = caller.memory_and_data();
            data.extend(memory.view(addr, 2)?);
            Ok::<_, OutOfBounds>(())
        },
    )?;
    let text = r#"(module (import "host" "f" (func $f (param i32 i32)))
        (memory 1) (data (i32.const 1) "abc") (export "f" (func $f))
        (func (export "g") (param i32 i32) (call $f (local.get 0) (local.get 1))))"#;
    let (mut store, instance) = instantiate(&linker, Vec::new(), text)?;
    let g = instance.get_typed_func::<(u32, u32), ()>(&store, "g")?;
    g.call(&mut store, (1, 3))?;
    assert_eq!(store.data(), b"abcxy");
    for (addr, len) in [(0xffff, 2), (u32::MAX, 1), (1, u32::MAX), (0xffff, 1)] {
        let error = g.call(&mut store, (addr, len)).unwrap_err();
        assert_eq!(error.trap(), Some(Trap::MemoryOutOfBounds));
    }
    // Called by the host, the function has no caller and no memory.
    let f = instance.get_typed_func::<(u32, u32), ()>(&store, "f")?;
    assert!(f.call(&mut store, (0, 1)).is_err());
    Ok(())
}
