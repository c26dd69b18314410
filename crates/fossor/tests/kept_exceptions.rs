//! Exceptions that are caught as references: what keeps them, and what ends them.

use fossor::{
    AnyRef, Collect, Config, Dispatch, Engine, Error, Instance, Limits, Linker, Module, Store,
    Trap, Val,
};

const GUEST: &str = r#"(module
    (type $box (struct (field (mut exnref)) (field (mut (ref null $box))) (field i32)))
    (tag $number (export "number") (param i32))
    (tag $after (param exnref))
    (tag $boxed (param (ref null $box) v128 i32))
    (global $kept (mut exnref) (ref.null exn))
    (global $box (mut (ref null $box)) (ref.null $box))
    (table $table 4 exnref)

    (func $catch (param i32) (result exnref)
        (block $one (result exnref)
            (try_table (catch_all_ref $one) (throw $number (local.get 0)))
            (unreachable)))
    (func (export "catch") (param i32) (result exnref) (call $catch (local.get 0)))

    ;; The number that a reference carries.
    (func $number_of (param exnref) (result i32)
        (block $is (result i32)
            (try_table (catch $number $is) (throw_ref (local.get 0)))
            (unreachable)))

    ;; Caught, thrown again, caught, dropped.
    (func (export "churn") (param $count i32) (result i32) (local $sum i32)
        (loop $more
            (local.set $sum (i32.add (local.get $sum)
                (call $number_of (call $catch (local.get $count)))))
            (local.set $count (i32.sub (local.get $count) (i32.const 1)))
            (br_if $more (local.get $count)))
        (local.get $sum))

    ;; Each carries the one before.
    (func (export "hoard") (param $count i32) (local $e exnref)
        (loop $more
            (block $one (result exnref)
                (try_table (catch_all_ref $one) (throw $after (local.get $e)))
                (unreachable))
            (local.set $e)
            (local.set $count (i32.sub (local.get $count) (i32.const 1)))
            (br_if $more (local.get $count)))
        (global.set $kept (local.get $e)))

    ;; A box holds an exception that carries the box.
    (func (export "cycle") (param i32) (local $box (ref null $box))
        (local.set $box (struct.new $box (ref.null exn) (ref.null $box) (local.get 0)))
        (block $one (result (ref null $box) v128 i32 exnref)
            (try_table (catch_ref $boxed $one)
                (throw $boxed (local.get $box) (v128.const i64x2 -1 -1) (i32.const 8)))
            (unreachable))
        (global.set $kept)
        (drop)
        (drop)
        (drop)
        (struct.set $box 0 (local.get $box) (global.get $kept))
        (global.set $kept (ref.null exn))
        (global.set $box (local.get $box)))
    (func (export "forget") (global.set $box (ref.null $box)))
    (func (export "follow") (result i32) (local $vector v128)
        (block $one (result (ref null $box) v128 i32)
            (try_table (catch $boxed $one) (throw_ref (struct.get $box 0 (global.get $box))))
            (unreachable))
        (drop)
        (local.set $vector)
        (struct.get $box 2)
        (i32.add (i32x4.extract_lane 3 (local.get $vector))))

    ;; In a table, a global, a local, and an operand, while others come and go.
    (func (export "places") (result i32) (local $e exnref)
        (local.set $e (call $catch (i32.const 1)))
        (table.set $table (i32.const 2) (call $catch (i32.const 20)))
        (global.set $kept (call $catch (i32.const 300)))
        (call $catch (i32.const 4000))
        (drop (call $number_of (call $catch (i32.const 7))))
        (drop (call $number_of (call $catch (i32.const 8))))
        (call $number_of)
        (i32.add (call $number_of (local.get $e)))
        (i32.add (call $number_of (table.get $table (i32.const 2))))
        (i32.add (call $number_of (global.get $kept)))))"#;

const PLENTY: u64 = 1 << 30;

/// In all ways of running code that this build has.
fn guests(collect: Collect, heap_bytes: u64) -> Vec<(Store<()>, Instance)> {
    let ways = [Dispatch::Tail, Dispatch::Loop].map(|dispatch| {
        let mut config = Config::new();
        let engine = Engine::new(config.dispatch(dispatch).collect(collect));
        let module = Module::new(&engine, GUEST).expect("valid");
        let mut store = Store::new(&engine, ());
        store.set_limits(Limits::new().heap_bytes(heap_bytes));
        let instance = Linker::new(&engine).instantiate(&mut store, &module);
        (store, instance.expect("no imports"))
    });
    ways.into()
}

fn call(
    store: &mut Store<()>,
    guest: Instance,
    name: &str,
    args: &[Val],
) -> Result<Vec<Val>, Error> {
    let func = guest.get_func(&*store, name).expect("exported");
    func.call(store, args)
}

#[test]
fn exceptions_that_are_caught_and_dropped_take_no_room() -> Result<(), Error> {
    // The same loop of ten million: docs/decisions/exceptions.md.
    const COUNT: i32 = 200_000;
    for (mut store, guest) in guests(Collect::Paced, 4 << 20) {
        let sum = call(&mut store, guest, "churn", &[Val::I32(COUNT)])?;
        let expected = i64::from(COUNT) * (i64::from(COUNT) + 1) / 2;
        assert_eq!(sum, [Val::I32(expected as i32)]);
        let stats = store.heap_stats();
        assert!(stats.allocated_bytes > 4 << 20, "{stats:?}");
        assert!(stats.used_bytes < 4 << 20, "{stats:?}");
        store.collect_objects();
        assert_eq!(store.heap_stats().live_bytes, 0);
    }
    Ok(())
}

#[test]
fn exceptions_that_are_kept_end_at_the_limit_of_the_heap() -> Result<(), Error> {
    for (mut store, guest) in guests(Collect::Paced, 1 << 20) {
        let error = call(&mut store, guest, "hoard", &[Val::I32(i32::MAX)]).unwrap_err();
        assert_eq!(error.trap(), Some(Trap::HeapExhausted));
        // What was kept is gone with the frame that kept it.
        call(&mut store, guest, "hoard", &[Val::I32(1000)])?;
        store.collect_objects();
        let live = store.heap_stats().live_bytes;
        assert!((16_000..64_000).contains(&live), "{live}");
    }
    Ok(())
}

#[test]
fn references_keep_exceptions_wherever_they_are() -> Result<(), Error> {
    for collect in [Collect::Always, Collect::Creeping] {
        for (mut store, guest) in guests(collect, PLENTY) {
            let sum = call(&mut store, guest, "places", &[])?;
            assert_eq!(sum, [Val::I32(4321)]);
        }
    }
    Ok(())
}

#[test]
fn cycles_through_exceptions_are_collected() -> Result<(), Error> {
    for collect in [Collect::Always, Collect::Creeping, Collect::Paced] {
        for (mut store, guest) in guests(collect, PLENTY) {
            call(&mut store, guest, "cycle", &[Val::I32(5)])?;
            call(&mut store, guest, "churn", &[Val::I32(100)])?;
            assert_eq!(call(&mut store, guest, "follow", &[])?, [Val::I32(4)]);
            store.collect_objects();
            assert!(store.heap_stats().live_bytes > 0);
            call(&mut store, guest, "forget", &[])?;
            store.collect_objects();
            assert_eq!(store.heap_stats().live_bytes, 0);
        }
    }
    Ok(())
}

#[test]
fn hosts_hold_exceptions_until_their_scope_ends() -> Result<(), Error> {
    for (mut store, guest) in guests(Collect::Always, PLENTY) {
        AnyRef::scope(&mut store, |store| {
            let results = call(store, guest, "catch", &[Val::I32(7)])?;
            let [Val::ExnRef(Some(exception))] = results[..] else {
                panic!("{results:?}");
            };
            call(store, guest, "churn", &[Val::I32(10)])?;
            let tag = guest.get_export(&*store, "number").expect("a tag");
            assert_eq!(Some(exception.tag(&*store)), tag.into_tag());
            assert_eq!(exception.values(&*store), [Val::I32(7)]);
            Ok::<(), Error>(())
        })?;
        store.collect_objects();
        assert_eq!(store.heap_stats().live_bytes, 0);
    }
    Ok(())
}
