//! Typed function references, as hosts see them.

use fossor::{Config, Engine, Error, Func, Instance, Linker, Module, Store, Trap, Val, ValType};

fn instance(store: &mut Store<()>, wat: &str) -> Result<Instance, Error> {
    let engine = store.engine().clone();
    let module = Module::new(&engine, wat)?;
    Linker::new(&engine).instantiate(store, &module)
}

fn store() -> Store<()> {
    let mut config = Config::default();
    config.wasm3();
    Store::new(&Engine::new(&config), ())
}

#[test]
fn a_host_passes_functions_of_the_declared_type() -> Result<(), Error> {
    let mut store = store();
    let guest = instance(
        &mut store,
        r#"(module
            (type $unary (func (param i32) (result i32)))
            (func (export "apply") (param $f (ref $unary)) (param $x i32) (result i32)
                (call_ref $unary (local.get $x) (local.get $f)))
            (func (export "maybe") (param $f (ref null $unary)) (result i32)
                (call_ref $unary (i32.const 1) (local.get $f)))
            (func (export "same") (param $f (ref $unary)) (result (ref $unary)) (local.get $f))
            (table (export "t") 2 (ref $unary) (ref.func $double))
            (func $double (param i32) (result i32) (i32.mul (i32.const 2) (local.get 0))))"#,
    )?;
    let apply = guest.get_func(&store, "apply").unwrap();
    let triple = Func::wrap(&mut store, |x: i32| 3 * x);
    let args = [Val::FuncRef(Some(triple)), Val::I32(5)];
    assert_eq!(apply.call(&mut store, &args)?, [Val::I32(15)]);

    // What is of another type, or null, never reaches the guest.
    let other = Func::wrap(&mut store, |x: i64| x);
    for wrong in [
        Val::FuncRef(Some(other)),
        Val::FuncRef(None),
        Val::ExternRef(None),
    ] {
        let refused = apply.call(&mut store, &[wrong, Val::I32(5)]);
        assert!(refused.is_err_and(|error| error.to_string().contains("(ref func#")));
    }
    let table = guest.get_table(&store, "t").unwrap();
    assert!(table.set(&mut store, 0, Val::FuncRef(Some(other))).is_err());
    assert!(table.set(&mut store, 0, Val::FuncRef(None)).is_err());
    table.set(&mut store, 0, Val::FuncRef(Some(triple)))?;
    let Some(double @ Val::FuncRef(Some(_))) = table.get(&store, 1) else {
        panic!("the table begins with its initialiser");
    };
    assert_eq!(
        apply.call(&mut store, &[double, Val::I32(5)])?,
        [Val::I32(10)]
    );

    let same = guest.get_func(&store, "same").unwrap();
    assert_eq!(same.call(&mut store, &[double])?, [double]);
    let ty = same.ty(&store);
    assert!(ty.results()[0] != ValType::FUNCREF && ty.results() == ty.params());

    let maybe = guest.get_func(&store, "maybe").unwrap();
    let error = maybe.call(&mut store, &[Val::FuncRef(None)]).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::NullFunctionReference));
    Ok(())
}

#[test]
fn a_declared_subtype_is_called_through_a_table_of_its_supertype() -> Result<(), Error> {
    let mut store = store();
    let guest = instance(
        &mut store,
        r#"(module
            (type $super (sub (func (result i32))))
            (type $sub (sub $super (func (result i32))))
            (type $other (sub (func (result i32) (result i32))))
            (func $f (type $sub) (i32.const 7))
            (func $g (type $other) (i32.const 1) (i32.const 2))
            (table funcref (elem $f $g))
            (func (export "as_super") (param i32) (result i32)
                (call_indirect (type $super) (local.get 0)))
            (func (export "tail") (param i32) (result i32)
                (return_call_indirect (type $super) (local.get 0))))"#,
    )?;
    for name in ["as_super", "tail"] {
        let func = guest.get_func(&store, name).unwrap();
        assert_eq!(func.call(&mut store, &[Val::I32(0)])?, [Val::I32(7)]);
        let error = func.call(&mut store, &[Val::I32(1)]).unwrap_err();
        assert_eq!(error.trap(), Some(Trap::IndirectCallTypeMismatch));
    }
    Ok(())
}

#[test]
fn tail_calls_through_references_take_no_stack() -> Result<(), Error> {
    let mut store = store();
    let guest = instance(
        &mut store,
        r#"(module
            (type $count (func (param i64) (result i64)))
            (global $down (ref $count) (ref.func $f))
            (func $f (export "f") (type $count)
                (if (i64.eqz (local.get 0)) (then (return (i64.const 9))))
                (return_call_ref $count
                    (i64.sub (local.get 0) (i64.const 1))
                    (global.get $down))))"#,
    )?;
    let func = guest.get_typed_func::<i64, i64>(&store, "f")?;
    assert_eq!(func.call(&mut store, 1_000_000)?, 9);
    Ok(())
}

/// A type that says which of an engine's types it is: one of another engine's says
/// nothing about this one's of the same number.
#[test]
fn a_declared_type_of_another_engine_is_refused() -> Result<(), Error> {
    let (mut theirs, mut ours) = (store(), store());
    let exporting = |result: &str, body: &str| {
        format!(
            "(module (rec (type $t (func (result {result}))) (type (func)))
                (func (export \"f\") (type $t) {body}))"
        )
    };
    let guest = instance(&mut theirs, &exporting("i64", "(i64.const 0)"))?;
    let ty = guest.get_func(&theirs, "f").unwrap().ty(&theirs);
    // Of the same number here, and with another result.
    let other = instance(&mut ours, &exporting("(ref null func)", "(ref.null func)"))?;
    let wanted = other.get_func(&ours, "f").unwrap().ty(&ours);
    assert_eq!(ty.declared(), wanted.declared());

    let forge = |_: fossor::Caller<'_, ()>, _: &[Val], results: &mut [Val]| {
        results[0] = Val::I64(0x1000);
        Ok(())
    };
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        Func::new(&mut ours, ty.clone(), forge)
    }));
    assert!(caught.is_err());

    let engine = ours.engine();
    let mut linker = Linker::<()>::new(&engine);
    linker.func_new("m", "f", ty, forge)?;
    let importing = r#"(module
        (rec (type $t (func (result (ref null func)))) (type (func)))
        (import "m" "f" (func (type $t))))"#;
    let importing = Module::new(&engine, importing)?;
    assert!(linker.check(&importing).is_err());
    Ok(())
}

#[test]
fn a_tag_of_a_type_of_another_engine_is_refused() -> Result<(), Error> {
    let (mut theirs, mut ours) = (store(), store());
    let taking = |param: &str| {
        format!(
            "(module (rec (type $t (func (param {param}))) (type (func))) (func (export \"f\") (type $t)))"
        )
    };
    let guest = instance(&mut theirs, &taking("i64"))?;
    let ty = guest.get_func(&theirs, "f").unwrap().ty(&theirs);
    instance(&mut ours, &taking("(ref null func)"))?;
    assert!(fossor::Tag::new(&mut ours, ty.clone()).is_err());
    fossor::Tag::new(&mut theirs, ty)?;
    Ok(())
}

#[test]
fn no_object_is_made_of_a_type_of_functions() -> Result<(), Error> {
    let mut store = store();
    let text = r#"(module (type $t (func)) (func (export "f") (param (ref null $t))))"#;
    let guest = instance(&mut store, text)?;
    let ty = guest.get_func(&store, "f").unwrap().ty(&store).params()[0];
    assert!(fossor::AnyRef::new_object(&mut store, ty.heap().unwrap(), &[]).is_err());
    Ok(())
}
