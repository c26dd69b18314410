//! One module in several threads: its functions are translated while others call them,
//! walk through them after a trap, and stop each other. For ThreadSanitizer too
//! (docs/security/testing.md).

use fossor_host::{InterruptReason, Trap};
use fossor_interpreter::{Compile, Config, Engine, Error, Extern, InstanceId, Module, Store, Val};
use std::fmt::Write as _;
use std::sync::Barrier;

const FUNCS: usize = 24;

/// Functions that call the next one, add their number and, at the end, throw or trap.
fn text() -> String {
    let mut text = String::from(
        "(module (tag $t (param i32)) (memory 1) (table 1 funcref) (elem (i32.const 0) $last)",
    );
    for number in 0..FUNCS - 1 {
        let next = number + 1;
        write!(
            text,
            r#"(func $f{number} (export "f{number}") (param i32) (result i32)
                (block $caught (result i32)
                    (try_table (result i32) (catch $t $caught)
                        (i32.add (i32.const {number}) (call $f{next} (local.get 0))))))"#
        )
        .expect("a string grows");
    }
    let last = FUNCS - 1;
    write!(
        text,
        r#"(func $f{last} (export "f{last}") (param i32) (result i32)
            (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0)))
        (func $last (param i32) (result i32)
            (if (i32.eq (local.get 0) (i32.const 1)) (then unreachable))
            (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $t (i32.const 1000))))
            (if (i32.eq (local.get 0) (i32.const 3)) (then (loop (br 0))))
            (local.get 0)))"#
    )
    .expect("a string grows");
    text
}

fn call(store: &mut Store, instance: InstanceId, name: &str, arg: i32) -> Result<Val, Error> {
    let Some(Extern::Func(func)) = store.export(instance, name) else {
        panic!("{name} is exported");
    };
    Ok(store.call(func, &[Val::I32(arg)])?[0])
}

/// Calls all functions, beginning somewhere, with all that can happen.
fn use_it(module: &Module, first: usize) {
    let mut store = Store::new(module.engine(), Box::new(()));
    store.set_fuel(u64::MAX);
    let instance = store.instantiate(module, &[]).expect("instantiates");
    for number in (first..FUNCS).chain(0..first) {
        let name = format!("f{number}");
        let sum: usize = (number..FUNCS - 1).sum();
        let returned = call(&mut store, instance, &name, 0).expect("returns");
        assert_eq!(returned, Val::I32(sum as i32), "{name}");
        let trapped = call(&mut store, instance, &name, 1).expect_err("traps");
        let Error::Trap(info) = trapped else {
            panic!("{trapped:?}");
        };
        assert_eq!(
            (info.trap, info.frames.len()),
            (Trap::Unreachable, FUNCS - number + 1)
        );
        if number < FUNCS - 1 {
            // The function before the last catches, the others add.
            let sum: usize = (number..FUNCS - 2).sum();
            let caught = call(&mut store, instance, &name, 2).expect("it is caught");
            assert_eq!(caught, Val::I32(1000 + sum as i32), "{name}");
        }
    }
    let interrupt = store.interrupt().clone();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::yield_now();
            interrupt.interrupt(InterruptReason::Requested);
        });
        let stopped = call(&mut store, instance, "f0", 3).expect_err("is stopped");
        assert_eq!(stopped.trap(), Some(Trap::Interrupted), "{stopped}");
    });
    interrupt.clear();
    call(&mut store, instance, "f0", 0).expect("returns");
}

#[test]
fn a_module_is_used_by_threads_that_translate_it() {
    let binary = wat::parse_str(text()).expect("the test's module is well-formed");
    for compile in [Compile::Lazy, Compile::LazyTranslation] {
        for fuel in [false, true] {
            let mut config = Config::default();
            (config.compile, config.fuel, config.count_blocks) = (compile, fuel, true);
            config.max_stack_bytes = 1 << 20;
            for _round in 0..3 {
                let module = Module::new(&Engine::new(config.clone()), binary.clone());
                let module = module.expect("the test's module is valid");
                let barrier = Barrier::new(5);
                std::thread::scope(|scope| {
                    for thread in 0..4 {
                        let (module, barrier) = (&module, &barrier);
                        scope.spawn(move || {
                            barrier.wait();
                            use_it(module, thread * FUNCS / 4);
                        });
                    }
                    barrier.wait();
                    module.compile_all().expect("all can be translated");
                    assert!(module.disassemble(0).expect("translatable").is_some());
                    assert!(!module.block_counts().is_empty());
                });
            }
        }
    }
}
