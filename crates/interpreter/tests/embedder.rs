//! What an embedder may do without harm: panic in its callbacks, translate one function
//! in several threads.

use fossor_host::HostError;
use fossor_interpreter::{Config, Engine, Extern, Func, InstanceId, Module, Store, Val};
use fossor_module::{DecodeOptions, FuncType, Limits, RefType, TableType, ValType};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};

/// More than host functions and guests may call each other.
const MANY: u32 = 300;

fn instantiate(store: &mut Store, wat: &str, imports: &[Extern]) -> InstanceId {
    let bytes = wat::parse_str(wat).expect("the test's module is well-formed");
    let module = Module::new(&store.engine().clone(), bytes).expect("the test's module is valid");
    store.instantiate(&module, imports).expect("instantiates")
}

fn export(store: &Store, instance: InstanceId, name: &str) -> Func {
    match store.export(instance, name) {
        Some(Extern::Func(func)) => func,
        other => panic!("{name}: {other:?}"),
    }
}

const SPIN: &str = r#"(module (func (export "f") (result i32) (local i32)
    (loop (br_if 0 (i32.lt_u
        (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 10000))))
    (local.get 0)))"#;

/// Calls that a panic ended are over: later ones find all of the stack, and the one who
/// panicked still looks.
fn panics_leave_nothing_behind(mut store: Store, looks: &AtomicU32) {
    let instance = instantiate(&mut store, SPIN, &[]);
    let f = export(&store, instance, "f");
    for _ in 0..MANY {
        let panicked = catch_unwind(AssertUnwindSafe(|| store.call(f, &[])));
        assert!(panicked.is_err(), "{panicked:?}");
    }
    assert_eq!(looks.load(Ordering::Relaxed), MANY);
    store.snapshot(instance).expect("no guest is running");
    looks.store(u32::MAX / 2, Ordering::Relaxed);
    let results = store.call(f, &[]).expect("there is room for one call");
    assert_eq!(format!("{results:?}"), "[I32(10000)]");
    assert!(looks.load(Ordering::Relaxed) > u32::MAX / 2);
}

/// Counts a look, and panics until it is told otherwise.
fn look(looks: &AtomicU32) {
    let before = looks.fetch_add(1, Ordering::Relaxed);
    assert!(before >= u32::MAX / 2, "a panic of the test's");
}

#[test]
fn a_sampler_may_panic() {
    static LOOKS: AtomicU32 = AtomicU32::new(0);
    let mut config = Config::default();
    config.fuel = true;
    let mut store = Store::new(&Engine::new(config), Box::new(()));
    store.set_fuel(u64::MAX);
    store.set_sampler(1000, |_| look(&LOOKS));
    panics_leave_nothing_behind(store, &LOOKS);
}

#[test]
fn an_observer_may_panic() {
    static LOOKS: AtomicU32 = AtomicU32::new(0);
    let mut config = Config::default();
    config.debug = true;
    let mut store = Store::new(&Engine::new(config), Box::new(()));
    store.set_observer(|stopped| {
        let next = stopped.steps() + 1;
        stopped.stop_at(next);
        look(&LOOKS);
        ControlFlow::Continue(())
    });
    panics_leave_nothing_behind(store, &LOOKS);
}

/// A panic that passes through a run inside of a host function, which the interpreter
/// then catches.
#[test]
fn an_observer_may_panic_in_a_guest_that_a_host_function_called() {
    static LOOKS: AtomicU32 = AtomicU32::new(0);
    let mut config = Config::default();
    config.debug = true;
    let mut store = Store::new(&Engine::new(config), Box::new(()));
    let inner = instantiate(&mut store, SPIN, &[]);
    let f = export(&store, inner, "f");
    let again = store.new_func(FuncType::new([], []), move |caller, _| {
        // The observer looks before the first operator of the run that begins now.
        let result = caller.store.call(f, &[]);
        result.map(drop).map_err(HostError::other)
    });
    store.set_observer(|stopped| {
        let next = stopped.steps() + 1;
        stopped.stop_at(next);
        if stopped.frames(9).1.len() == 1 {
            look(&LOOKS);
        }
        ControlFlow::Continue(())
    });
    let text = r#"(module (import "" "again" (func $again)) (func (export "g") (call $again)))"#;
    let outer = instantiate(&mut store, text, &[Extern::Func(again)]);
    let g = export(&store, outer, "g");
    for _ in 0..MANY {
        let ended = catch_unwind(AssertUnwindSafe(|| store.call(g, &[])));
        assert!(!matches!(ended, Ok(Ok(_))), "{ended:?}");
    }
    assert_eq!(LOOKS.load(Ordering::Relaxed), MANY);
    LOOKS.store(u32::MAX / 2, Ordering::Relaxed);
    store.call(g, &[]).expect("there is room for two calls");
}

/// One function of some kilobytes of code.
fn large_function() -> Vec<u8> {
    let add = "(local.set 0 (i32.add (i32.mul (local.get 0) (local.get 1)) (local.get 1)))\n";
    let wat = format!("(module (func (param i32 i32) {}))", add.repeat(3000));
    wat::parse_str(wat).expect("the test's module is well-formed")
}

fn compile(binary: &[u8], max_code_bytes: usize, threads: usize) -> bool {
    let mut config = Config::default();
    config.max_code_bytes = max_code_bytes;
    let module = Module::new(&Engine::new(config), binary.to_vec()).expect("valid");
    let barrier = Barrier::new(threads);
    std::thread::scope(|scope| {
        let compile = || {
            barrier.wait();
            module.compile_all().is_ok()
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(compile)).collect();
        threads
            .into_iter()
            .all(|thread| thread.join().expect("no panic"))
    })
}

/// The bytes that one of them publishes are taken from the limit, not those of all.
#[test]
fn threads_that_translate_one_function_count_it_once() {
    let binary = large_function();
    let (mut less, mut enough) = (0_usize, 1_usize << 30);
    while enough - less > 8 {
        let middle = less.midpoint(enough);
        match compile(&binary, middle, 1) {
            true => enough = middle,
            false => less = middle,
        }
    }
    for round in 0..20 {
        assert!(compile(&binary, enough, 4), "round {round}");
    }
}

/// A number in a table of functions would be an address to guests.
#[test]
fn a_table_begins_with_what_is_of_its_type() {
    let mut store = Store::new(&Engine::default(), Box::new(()));
    let ty = TableType {
        element: RefType::FUNCREF,
        limits: Limits { min: 1, max: None },
        index64: false,
    };
    let externref = Val::default_of(ValType::EXTERNREF);
    for wrong in [Val::I64(0x1234_5678), externref] {
        assert!(store.new_table(ty, wrong).is_err());
    }
    assert!(store.new_table(ty, Val::FuncRef(None)).is_ok());
}

/// What a snapshot knows of an imported function is its own type, of which the import's
/// may be a supertype: another function in its place has to be of it too.
#[test]
fn a_snapshots_imports_are_of_the_types_of_those_it_was_taken_with() {
    const TYPES: &str = "(type $other (func (param i64 i64) (result i64)))
        (type $open (sub (func (result funcref))))
        (type $narrow (sub $open (func (result (ref null $other)))))";
    let mut config = Config::default();
    config.decode = DecodeOptions::wasm3();
    let engine = Engine::new(config);
    let helper = format!(
        r#"(module {TYPES}
            (func (export "open") (type $open) (ref.null func))
            (func (export "narrow") (type $narrow) (ref.null $other)))"#
    );
    let main = format!(
        r#"(module {TYPES}
            (import "" "f" (func $f (type $open)))
            (table 1 (ref null $narrow))
            (elem declare func $f)
            (func (export "keep") (table.set (i32.const 0)
                (ref.cast (ref $narrow) (ref.func $f)))))"#
    );
    let mut store = Store::new(&engine, Box::new(()));
    let given = instantiate(&mut store, &helper, &[]);
    let narrow = export(&store, given, "narrow");
    let instance = instantiate(&mut store, &main, &[Extern::Func(narrow)]);
    let keep = export(&store, instance, "keep");
    store.call(keep, &[]).expect("it is of that type");
    let snapshot = store.snapshot(instance).expect("all of it can be kept");

    let mut store = Store::new(&engine, Box::new(()));
    let given = instantiate(&mut store, &helper, &[]);
    let [open, narrow] = ["open", "narrow"].map(|name| Extern::Func(export(&store, given, name)));
    store
        .instantiate_snapshot(&snapshot, &[narrow])
        .expect("as before");
    let error = store.instantiate_snapshot(&snapshot, &[open]).unwrap_err();
    assert!(error.to_string().contains("import"), "{error}");
}
