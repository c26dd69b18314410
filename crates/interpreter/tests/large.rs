//! Functions of the sizes that Go's compiler makes, and beyond: deep nesting,
//! wide tables, many locals, long bodies.

mod common;

use common::{each, returns};
use fossor_interpreter::{Config, Engine, Error, Module, Val};
use std::fmt::Write;

/// A function whose table leads out of `depth` blocks; leaving by target n
/// passes the n innermost blocks' ends and counts the rest.
fn nest(depth: usize, targets: usize) -> String {
    let mut wat =
        String::from("(module (func (export \"f\") (param i32) (result i32) (local i32)\n");
    wat.push_str(&"block\n".repeat(depth));
    wat.push_str("local.get 0\nbr_table");
    for target in 0..targets {
        let _ = write!(wat, " {}", target % depth);
    }
    let _ = writeln!(wat, " {}", depth - 1);
    for _ in 0..depth {
        wat.push_str("end\nlocal.get 1\ni32.const 1\ni32.add\nlocal.set 1\n");
    }
    wat.push_str("local.get 1))");
    wat
}

#[test]
fn twelve_thousand_blocks_and_a_table_into_each() {
    let wat = nest(12_000, 12_000);
    returns(&wat, "f", &[Val::I32(0)], &[Val::I32(12_000)]);
    returns(&wat, "f", &[Val::I32(11_000)], &[Val::I32(1_000)]);
    returns(&wat, "f", &[Val::I32(-1)], &[Val::I32(1)]);
}

#[test]
fn a_table_of_sixty_five_thousand_targets() {
    let wat = nest(7, 65_000);
    returns(&wat, "f", &[Val::I32(64_999)], &[Val::I32(7 - 64_999 % 7)]);
    returns(&wat, "f", &[Val::I32(65_001)], &[Val::I32(1)]);
}

#[test]
fn fifty_thousand_locals_start_at_zero() {
    let locals = "i64 ".repeat(49_990);
    let wat = format!(
        "(module (func (export \"f\") (param i64) (result i64) (local {locals})
           (local.set 49990 (i64.add (local.get 49989) (local.get 0)))
           (i64.add (local.get 49990) (local.get 25000))))"
    );
    returns(&wat, "f", &[Val::I64(7)], &[Val::I64(7)]);
}

#[test]
fn a_frame_that_slots_cannot_name_is_refused() {
    let locals = "v128 ".repeat(49_990);
    let wat = format!("(module (func (export \"f\") (local {locals})))");
    let bytes = wat::parse_str(wat).expect("well-formed");
    let mut config = Config::default();
    config.compile = fossor_interpreter::Compile::Eager;
    let error = Module::new(&Engine::new(config), bytes).expect_err("100,000 slots");
    assert!(matches!(error, Error::Untranslatable { .. }), "{error}");
    assert!(error.to_string().contains("slots"), "{error}");
}

#[test]
fn a_long_body_with_many_pending_values() {
    // Each value refers to a local that changes while it is pending.
    let mut wat = String::from("(module (func (export \"f\") (param i32) (result i32)\n");
    for _ in 0..20_000 {
        wat.push_str(
            "local.get 0\ni32.const 1\ni32.add\nlocal.get 0\ni32.const 3\ni32.add\nlocal.set 0\n",
        );
    }
    for _ in 0..19_999 {
        wat.push_str("i32.add\n");
    }
    wat.push_str("))");
    // Sum of 3 n + 1 for n below 20,000.
    let sum = (0..20_000i32).fold(0i32, |sum, n| sum.wrapping_add(3 * n + 1));
    returns(&wat, "f", &[Val::I32(0)], &[Val::I32(sum)]);
}

#[test]
fn a_module_of_many_functions_calls_the_last() {
    let mut wat = String::from("(module (func (export \"f\") (result i32) (call 20000))\n");
    for i in 1..=20_000 {
        let _ = writeln!(wat, "(func (result i32) (i32.const {i}))");
    }
    wat.push(')');
    each(&wat, "f", &[], |mode, result| {
        assert_eq!(result.expect(mode), [Val::I32(20_000)], "{mode}");
    });
}
