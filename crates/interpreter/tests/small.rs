//! Small modules that use each part of a store once. `cargo xtask miri` runs them in
//! Miri, which knows whether each pointer may be used as it is.

mod common;

use common::{each_linked, returns, traps};
use fossor_interpreter::Val;

#[test]
fn memory() {
    let wat = r#"(module
        (memory 1 3)
        (data (i32.const 8) "\01\02\03\04\05\06\07\08")
        (data $later "later")
        (func (export "f") (result i32 i64 i32 i32)
            (memory.copy (i32.const 100) (i32.const 8) (i32.const 8))
            (memory.fill (i32.const 102) (i32.const 0xaa) (i32.const 1))
            (memory.init $later (i32.const 200) (i32.const 1) (i32.const 4))
            (i32.store16 offset=65530 (i32.const 4) (i32.const 0x1234))
            (memory.grow (i32.const 1))
            (i64.load (i32.const 100))
            (i32.load (i32.const 200))
            (i32.load8_u offset=65531 (i32.const 4))))"#;
    returns(
        wat,
        "f",
        &[],
        &[
            Val::I32(1),
            Val::I64(0x0807_0605_04aa_0201),
            Val::I32(i32::from_le_bytes(*b"ater")),
            Val::I32(0x12),
        ],
    );
    let beyond = r#"(module (memory 1)
        (func (export "f") (result i32) (i32.load offset=65533 (i32.const 0))))"#;
    traps(beyond, "f", &[], "out of bounds memory access");
}

#[test]
fn calls_and_tables_of_two_modules() {
    let callee = r#"(module
        (memory (export "memory") 1)
        (global $calls (mut i32) (i32.const 0))
        (table (export "table") 3 funcref)
        (elem (i32.const 1) $fib)
        (func $fib (export "fib") (param i32) (result i32)
            (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
            (i32.store (i32.const 0) (global.get $calls))
            (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
                (then (local.get 0))
                (else (i32.add
                    (call $fib (i32.sub (local.get 0) (i32.const 1)))
                    (call $fib (i32.sub (local.get 0) (i32.const 2))))))))"#;
    let caller = r#"(module
        (type $t (func (param i32) (result i32)))
        (import "callee" "fib" (func $fib (type $t)))
        (import "callee" "table" (table 3 funcref))
        (import "callee" "memory" (memory 1))
        (func $double (type $t) (i32.mul (local.get 0) (i32.const 2)))
        (elem declare func $double)
        (func (export "f") (result i32 i32 i32 i32)
            (table.set (i32.const 2) (ref.func $double))
            (call $fib (i32.const 6))
            (call_indirect (type $t) (i32.const 5) (i32.const 1))
            (call_indirect (type $t) (i32.const 5) (i32.const 2))
            (i32.load (i32.const 0))))"#;
    let modules = [("callee", callee), ("caller", caller)];
    each_linked(&modules, "f", &[], |mode, _, result| {
        let result = result.unwrap_or_else(|error| panic!("{mode}: {error}"));
        let expected = [8, 5, 10, 25 + 15].map(Val::I32);
        assert_eq!(result, expected, "{mode}");
    });
    let none = r#"(module (table 1 funcref)
        (func (export "f") (call_indirect (i32.const 0))))"#;
    traps(none, "f", &[], "uninitialized element");
}

#[test]
fn a_loop_with_a_table_of_branches() {
    let wat = r#"(module (func (export "f") (param $n i32) (result i64)
        (local $sum i64)
        (loop $next
            (block $even (block $odd
                (br_table $even $odd (i32.and (local.get $n) (i32.const 1))))
                (local.set $sum (i64.add (local.get $sum) (i64.const 100))))
            (local.set $sum (i64.add (local.get $sum) (i64.const 1)))
            (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $sum)))"#;
    returns(wat, "f", &[Val::I32(9)], &[Val::I64(509)]);
}

#[test]
fn exceptions() {
    let wat = r#"(module
        (tag $one (param i32)) (tag $other)
        (func $throws (param i32) (throw $one (i32.add (local.get 0) (i32.const 1))))
        (func (export "f") (result i32)
            (block $caught (result i32)
                (try_table (catch $other 0) (catch $one $caught)
                    (call $throws (i32.const 41)))
                (i32.const 0))))"#
        .replace("(catch $other 0) ", "");
    returns(&wat, "f", &[], &[Val::I32(42)]);
    let uncaught = r#"(module (tag $one) (func (export "f") (throw $one)))"#;
    traps(uncaught, "f", &[], "uncaught exception");
}

#[test]
fn structures_and_arrays() {
    let wat = r#"(module
        (type $list (struct (field i32) (field (mut (ref null $list)))))
        (type $bytes (array (mut i8)))
        (func (export "f") (param $n i32) (result i32 i32)
            (local $list (ref null $list)) (local $sum i32) (local $bytes (ref null $bytes))
            (local.set $bytes (array.new $bytes (i32.const 7) (local.get $n)))
            (loop $next
                (local.set $list (struct.new $list (local.get $n) (local.get $list)))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (loop $next
                (local.set $sum (i32.add (local.get $sum) (struct.get $list 0 (local.get $list))))
                (br_if $next (i32.eqz (ref.is_null
                    (local.tee $list (struct.get $list 1 (local.get $list)))))))
            (local.get $sum)
            (array.get_u $bytes (local.get $bytes) (i32.const 3))))"#;
    returns(wat, "f", &[Val::I32(10)], &[Val::I32(55), Val::I32(7)]);
}
