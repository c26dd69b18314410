//! Exceptions across frames, instances and the host.

use fossor::{
    Caller, Config, Dispatch, Engine, Error, Exception, FuncType, HostError, Linker, Module, Store,
    Tag, Trap, Val, ValType,
};

/// In all ways of running code that this build has.
fn engines() -> Vec<Engine> {
    let ways = [Dispatch::Tail, Dispatch::Loop].map(|dispatch| {
        [true, false].map(|fuse| {
            let mut config = Config::default();
            config.dispatch(dispatch).fuse(fuse);
            Engine::new(&config)
        })
    });
    ways.into_iter().flatten().collect()
}

fn call(
    store: &mut Store<()>,
    guest: fossor::Instance,
    name: &str,
    arg: i32,
) -> Result<i32, Error> {
    let func = guest.get_typed_func::<i32, i32>(&*store, name)?;
    func.call(store, arg)
}

const GUEST: &str = r#"(module
    (import "host" "throw" (func $host_throws (param i32) (result i32)))
    (tag $a (export "a") (param i32 i64))
    (tag $b (param i32))
    (func $throw (param i32)
        (if (local.get 0) (then (throw $a (local.get 0) (i64.const 2))))
        (throw $b (i32.const 5)))
    (func $deep (param $depth i32) (param i32)
        (if (local.get $depth)
            (then (call $deep (i32.sub (local.get $depth) (i32.const 1)) (local.get 1)))
            (else (call $throw (local.get 1)))))

    (func (export "frames") (param i32) (result i32) (local $x i32)
        ;; An operand below the block and a local set inside of it stay.
        (i32.mul (local.get 0) (i32.const 1000))
        (block $caught (result i32)
            (block $pair (result i32 i64)
                (try_table (catch $a $pair) (catch $b $caught)
                    (local.set $x (i32.const 40))
                    (call $deep (i32.const 100) (local.get 0)))
                (unreachable))
            i32.wrap_i64
            i32.add
            (local.get $x)
            i32.add)
        i32.add)

    (func (export "again") (param i32) (result i32)
        (local $e exnref)
        (block $outer (result i32)
            (try_table (catch $b $outer)
                (block $inner (result exnref)
                    (try_table (catch_all_ref $inner) (call $throw (i32.const 0)))
                    (unreachable))
                (local.set $e)
                (throw_ref (local.get $e)))
            (unreachable)))

    (func (export "loop") (param i32) (result i32)
        (loop $again
            (if (i32.lt_s (local.get 0) (i32.const 100000)) (then
                (local.set 0 (i32.add (local.get 0) (i32.const 1)))
                (try_table (catch_all $again) (call $throw (i32.const 1))))))
        (local.get 0))

    (func $tail (param i32) (result i32)
        (block $c (try_table (catch_all $c) (return_call $host_throws (local.get 0))))
        (i32.const 1))
    (func (export "tail") (param i32) (result i32)
        (block $c (try_table (catch_all $c) (return (call $tail (local.get 0)))))
        (i32.const 2))

    (func (export "host") (param i32) (result i32)
        (block $c (try_table (catch_all $c) (return (call $host_throws (local.get 0)))))
        (i32.const 3))
    (func (export "uncaught") (param i32) (result i32)
        (call $deep (i32.const 2) (local.get 0)) (i32.const 0))
    (func (export "null") (param i32) (result i32) (throw_ref (ref.null exn))))"#;

fn guest(engine: &Engine) -> Result<(Store<()>, fossor::Instance), Error> {
    let mut store = Store::new(engine, ());
    let tag = Tag::new(&mut store, FuncType::new([ValType::I32], []))?;
    let mut linker = Linker::new(engine);
    linker.func_wrap(
        "host",
        "throw",
        move |caller: Caller<'_, ()>, x: i32| -> Result<i32, HostError> {
            if x == 0 {
                return Ok(77);
            }
            Err(Exception::new(&caller, tag, &[Val::I32(x)])?.into())
        },
    )?;
    let module = Module::new(engine, GUEST)?;
    let guest = linker.instantiate(&mut store, &module)?;
    Ok((store, guest))
}

#[test]
fn what_is_thrown_lands_where_it_is_caught() -> Result<(), Error> {
    for engine in engines() {
        let (mut store, guest) = guest(&engine)?;
        assert_eq!(call(&mut store, guest, "frames", 7)?, 7000 + 40 + 7 + 2);
        assert_eq!(call(&mut store, guest, "frames", 0)?, 5);
        assert_eq!(call(&mut store, guest, "again", 0)?, 5);
        assert_eq!(call(&mut store, guest, "loop", 0)?, 100_000);
        assert_eq!(call(&mut store, guest, "host", 9)?, 3);
        assert_eq!(call(&mut store, guest, "host", 0)?, 77);
        let null = call(&mut store, guest, "null", 0).unwrap_err();
        assert_eq!(null.trap(), Some(Trap::NullExceptionReference));
    }
    Ok(())
}

#[test]
fn a_frame_that_was_given_up_catches_nothing() -> Result<(), Error> {
    for engine in engines() {
        let (mut store, guest) = guest(&engine)?;
        assert_eq!(call(&mut store, guest, "tail", 9)?, 2);
        assert_eq!(call(&mut store, guest, "tail", 0)?, 77);
    }
    Ok(())
}

#[test]
fn what_nobody_catches_tells_what_and_where() -> Result<(), Error> {
    for engine in engines() {
        let (mut store, guest) = guest(&engine)?;
        let Err(Error::Exception(exception)) = call(&mut store, guest, "uncaught", 6) else {
            panic!("nothing catches it");
        };
        let tag = guest
            .get_export(&store, "a")
            .and_then(|item| item.into_tag());
        assert_eq!(Some(exception.tag()), tag);
        assert_eq!(exception.values(), [Val::I32(6), Val::I64(2)]);
        let frames = exception.trap_info().frames.iter();
        let frames: Vec<_> = frames.map(|frame| frame.name.as_deref()).collect();
        let deep = Some("deep");
        assert_eq!(frames, [Some("throw"), deep, deep, deep, None]);
        assert!(
            exception
                .to_string()
                .starts_with("uncaught exception: a(6, 2)\n    at throw")
        );
        // The store goes on.
        assert_eq!(call(&mut store, guest, "again", 0)?, 5);
    }
    Ok(())
}

#[test]
fn an_exception_crosses_instances_and_the_host() -> Result<(), Error> {
    for engine in engines() {
        let (mut store, thrower) = guest(&engine)?;
        let mut linker = Linker::new(&engine);
        linker.instance(&store, "thrower", thrower)?;
        // The host calls the guest, and passes on how that ended.
        linker.func_wrap(
            "host",
            "pass",
            move |mut caller: Caller<'_, ()>, x: i32| -> Result<i32, HostError> {
                let func = thrower.get_typed_func::<i32, i32>(&caller, "uncaught")?;
                Ok(func.call(&mut caller, x)?)
            },
        )?;
        let module = Module::new(
            &engine,
            r#"(module
                (import "thrower" "a" (tag $a (param i32 i64)))
                (import "thrower" "uncaught" (func $direct (param i32) (result i32)))
                (import "host" "pass" (func $pass (param i32) (result i32)))
                (memory 1)
                (func $caught (param i32) (result i32)
                    (block $a (result i32 i64)
                        (try_table (catch $a $a)
                            (if (i32.and (local.get 0) (i32.const 1))
                                (then (return (call $direct (local.get 0))))
                                (else (return (call $pass (local.get 0))))))
                        (unreachable))
                    (drop)
                    (local.set 0)
                    (i32.store (i32.const 8) (local.get 0))
                    (i32.load (i32.const 8)))
                (func (export "caught") (param i32) (result i32) (call $caught (local.get 0))))"#,
        )?;
        let guest = linker.instantiate(&mut store, &module)?;
        for x in [11, 12] {
            assert_eq!(call(&mut store, guest, "caught", x)?, x);
        }
    }
    Ok(())
}

#[test]
fn legacy_exceptions_are_named() {
    // (func try end): the block that exceptions had before 3.0.
    let body =
        b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a\x07\x01\x05\0\x06\x40\x0b\x0b";
    let engine = Engine::default();
    let module = Module::new(&engine, &body[..]);
    let error = module.and_then(|module| module.compile_all()).unwrap_err();
    assert!(error.to_string().contains("legacy"), "{error}");
}
