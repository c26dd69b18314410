//! Structures and arrays, from the host's side: limits, handles, collections.

use fossor::{
    AnyRef, Collect, Config, Engine, Error, ExternRef, HeapType, Instance, Limits, Linker, Module,
    RefType, Store, Trap, Val, ValType,
};

const GUEST: &str = r#"(module
    (type $node (struct (field $next (mut (ref null $node))) (field $value (mut i32))))
    (type $bytes (array (mut i8)))
    (global $kept (mut (ref null $node)) (ref.null $node))
    (func (export "churn") (param $count i32)
        (loop $again
            (drop (array.new $bytes (i32.const 1) (i32.const 100)))
            (local.set $count (i32.sub (local.get $count) (i32.const 1)))
            (br_if $again (local.get $count))))
    (func (export "keep") (param $count i32)
        (loop $again
            (global.set $kept (struct.new $node (global.get $kept) (local.get $count)))
            (local.set $count (i32.sub (local.get $count) (i32.const 1)))
            (br_if $again (local.get $count))))
    (func (export "sum") (result i32) (local $at (ref null $node)) (local $sum i32)
        (local.set $at (global.get $kept))
        (block $done
            (loop $again
                (br_if $done (ref.is_null (local.get $at)))
                (local.set $sum (i32.add (local.get $sum)
                    (struct.get $node $value (local.get $at))))
                (local.set $at (struct.get $node $next (local.get $at)))
                (br $again)))
        (local.get $sum))
    (func (export "huge") (param i32) (result (ref $bytes))
        (array.new_default $bytes (local.get 0)))
    (func (export "node") (param i32) (result (ref $node))
        (struct.new $node (ref.null $node) (local.get 0)))
    (func (export "same") (param anyref) (result anyref) (local.get 0)))"#;

fn guest(limits: Limits, collect: Collect) -> Result<(Store<()>, Instance), Error> {
    let mut config = Config::new();
    let engine = Engine::new(config.collect(collect));
    let module = Module::new(&engine, GUEST)?;
    let mut store = Store::new(&engine, ());
    store.set_limits(limits);
    let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
    Ok((store, instance))
}

fn call(
    store: &mut Store<()>,
    instance: Instance,
    name: &str,
    args: &[Val],
) -> Result<Vec<Val>, Error> {
    let func = instance.get_func(&*store, name).expect("exported");
    func.call(store, args)
}

#[test]
fn a_long_allocation_loop_stays_flat() -> Result<(), Error> {
    let (mut store, instance) = guest(Limits::new(), Collect::Paced)?;
    call(&mut store, instance, "keep", &[Val::I32(1000)])?;
    let mut most = 0;
    for _ in 0..100 {
        call(&mut store, instance, "churn", &[Val::I32(10_000)])?;
        most = most.max(store.heap_stats().used_bytes);
    }
    let stats = store.heap_stats();
    assert!(stats.allocated_bytes > 100 << 20, "{stats:?}");
    assert!(most < 8 << 20, "{most}, {stats:?}");
    assert_eq!(call(&mut store, instance, "sum", &[])?, [Val::I32(500_500)]);
    Ok(())
}

#[test]
fn a_heap_bomb_ends_at_the_limit() -> Result<(), Error> {
    let limits = || Limits::new().heap_bytes(1 << 20);
    let (mut store, instance) = guest(limits(), Collect::Paced)?;
    let error = call(&mut store, instance, "keep", &[Val::I32(i32::MAX)]).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::HeapExhausted));
    assert!(store.heap_stats().used_bytes <= 1 << 20);
    for length in [-1, i32::MAX, 2 << 20] {
        let error = call(&mut store, instance, "huge", &[Val::I32(length)]).unwrap_err();
        assert_eq!(error.trap(), Some(Trap::HeapExhausted), "{length}");
    }
    // What is not kept makes room again.
    let (mut store, instance) = guest(limits(), Collect::Paced)?;
    for _ in 0..20 {
        AnyRef::scope(&mut store, |store| {
            call(store, instance, "huge", &[Val::I32(800 << 10)]).map(drop)
        })?;
    }
    Ok(())
}

#[test]
fn what_hosts_hold_lives_until_they_let_it_go() -> Result<(), Error> {
    let (mut store, instance) = guest(Limits::new(), Collect::Always)?;
    let rooted = AnyRef::scope(&mut store, |store| {
        let results = call(store, instance, "node", &[Val::I32(7)])?;
        let [Val::AnyRef(Some(node))] = results[..] else {
            panic!("{results:?}");
        };
        Ok::<_, Error>(node.root(store))
    })?;
    call(&mut store, instance, "churn", &[Val::I32(10)])?;
    let node = rooted.get();
    assert_eq!(node.get(&store, 1), Some(Val::I32(7)));
    assert_eq!(node.get(&store, 0), Some(Val::AnyRef(None)));
    assert_eq!(node.get(&store, 2), None);
    assert!(node.is_of(&store, RefType::non_null(HeapType::Struct)));
    node.set(&mut store, 1, Val::I32(8))?;
    assert!(node.set(&mut store, 1, Val::I64(8)).is_err());
    assert!(node.set(&mut store, 2, Val::I32(8)).is_err());
    let same = call(&mut store, instance, "same", &[Val::AnyRef(Some(node))])?;
    assert_eq!(same, [Val::AnyRef(Some(node))]);
    assert_eq!(node.get(&store, 1), Some(Val::I32(8)));
    Ok(())
}

#[test]
fn what_hosts_let_go_is_freed() -> Result<(), Error> {
    let (mut store, instance) = guest(Limits::new(), Collect::Paced)?;
    let rooted = AnyRef::scope(&mut store, |store| {
        let kept = call(store, instance, "node", &[Val::I32(7)])?;
        // Held by the scope alone.
        call(store, instance, "node", &[Val::I32(8)])?;
        store.collect_objects();
        let [Val::AnyRef(Some(node))] = kept[..] else {
            panic!("{kept:?}");
        };
        Ok::<_, Error>(node.root(store))
    })?;
    let both = store.heap_stats().live_bytes;
    store.collect_objects();
    let one = store.heap_stats().live_bytes;
    assert_eq!(both, 2 * one);
    assert_eq!(rooted.get().get(&store, 1), Some(Val::I32(7)));
    drop(rooted);
    store.collect_objects();
    assert_eq!(store.heap_stats().live_bytes, 0);
    Ok(())
}

#[test]
fn a_reference_whose_scope_ended_is_refused() -> Result<(), Error> {
    let (mut store, instance) = guest(Limits::new(), Collect::Paced)?;
    let stale = AnyRef::scope(&mut store, |store| {
        let results = call(store, instance, "node", &[Val::I32(7)])?;
        Ok::<_, Error>(results[0])
    })?;
    let used = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        call(&mut store, instance, "same", &[stale])
    }));
    assert!(used.is_err(), "a host's mistake, as with another store's");
    Ok(())
}

#[test]
fn objects_of_the_host_fill_the_same_heap() -> Result<(), Error> {
    let (mut store, instance) = guest(Limits::new().heap_bytes(1 << 20), Collect::Paced)?;
    let node = instance.get_func(&store, "node").expect("exported");
    let ValType::Ref(ty) = node.ty(&store).results()[0] else {
        panic!("a reference");
    };
    let made = |store: &mut Store<()>, next: Option<AnyRef>| {
        AnyRef::new_object(store, ty.heap, &[Val::AnyRef(next), Val::I32(1)])
    };
    // In scopes of their own: as many as there is time for.
    for _ in 0..100_000 {
        AnyRef::scope(&mut store, |store| made(store, None).map(drop))?;
    }
    assert!(store.heap_stats().used_bytes <= 1 << 20);
    // In a list: until there is no more room, which is an error, not a trap.
    let mut last = None;
    let error = loop {
        match made(&mut store, last) {
            Ok(object) => last = Some(object),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Resources(_)), "{error}");
    assert!(error.to_string().contains("heap limit"), "{error}");
    Ok(())
}

#[test]
fn values_of_the_host_come_back_as_they_were() -> Result<(), Error> {
    let (mut store, instance) = guest(Limits::new(), Collect::Always)?;
    let value = ExternRef::new(&mut store, "mine");
    let any = AnyRef::from_extern(&store, value);
    let results = call(&mut store, instance, "same", &[Val::AnyRef(Some(any))])?;
    let [Val::AnyRef(Some(back))] = results[..] else {
        panic!("{results:?}");
    };
    let back = back.to_extern(&store);
    assert_eq!(back, value);
    assert_eq!(back.data(&store).downcast_ref(), Some(&"mine"));

    let number = AnyRef::from_i31(&store, -5);
    let results = call(&mut store, instance, "same", &[Val::AnyRef(Some(number))])?;
    assert_eq!(results, [Val::AnyRef(Some(number))]);
    assert_eq!(number.i31(&store), Some(-5));
    assert_eq!(number.ty(&store), HeapType::I31);
    // Not a node: refused before the guest runs.
    let node = instance
        .get_func(&store, "node")
        .expect("exported")
        .ty(&store);
    let ValType::Ref(node) = node.results()[0] else {
        panic!("{node}");
    };
    assert!(!number.is_of(&store, node));
    let made = AnyRef::new_object(&mut store, node.heap, &[Val::AnyRef(None), Val::I32(1)])?;
    assert!(made.is_of(&store, node));
    assert!(AnyRef::new_object(&mut store, node.heap, &[Val::I32(1)]).is_err());
    let wrong = [Val::AnyRef(Some(number)), Val::I32(1)];
    assert!(AnyRef::new_object(&mut store, node.heap, &wrong).is_err());
    Ok(())
}

/// A panic that the host catches ends the scopes that it leaves: what the host was given
/// in them keeps nothing alive.
#[test]
fn a_panic_ends_scopes() -> Result<(), Error> {
    let (mut store, instance) = guest(Limits::default(), Collect::default())?;
    let node = instance.get_func(&store, "node").unwrap();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        AnyRef::scope(&mut store, |store| {
            node.call(store, &[Val::I32(1)]).unwrap();
            panic!("of the test's");
        })
    }));
    assert!(panicked.is_err());
    store.collect_objects();
    assert_eq!(store.heap_stats().live_bytes, 0);
    Ok(())
}
