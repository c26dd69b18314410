//! Constant expressions: what they decode to, and their values.

use fossor_module::*;

struct Env;

impl ConstEnv for Env {
    fn global(&mut self, idx: u32) -> ConstValue {
        [[u64::from(u32::MAX), 0], [100, 0]][idx as usize]
    }

    fn func_ref(&mut self, idx: u32) -> u64 {
        0xf000 + u64::from(idx)
    }

    fn struct_fields(&self, type_idx: u32) -> usize {
        [2, 0][type_idx as usize]
    }

    /// What says all about the object.
    fn new_object(&mut self, type_idx: u32, object: NewObject<'_>) -> u64 {
        match (type_idx, object) {
            (0, NewObject::Struct(&[[a, 0], [b, 0]])) => 0x1000 + a * 16 + b,
            (0, NewObject::StructDefault) => 0x1000,
            (1, NewObject::Array([value, 0], length)) => 0x2000 + value * 16 + u64::from(length),
            (1, NewObject::ArrayDefault(length)) => 0x3000 + u64::from(length),
            (1, NewObject::ArrayFixed(&[[a, 0], [b, 0]])) => 0x4000 + a * 16 + b,
            other => panic!("{other:?}"),
        }
    }
}

/// The initial value of a global of type `ty`.
fn init(ty: &str, expr: &str) -> ConstExpr {
    let wat = format!(
        r#"(module (type (struct (field i32) (field anyref))) (type (array i32))
            (import "a" "b" (global i32)) (import "a" "c" (global i64))
            (func) (func) (global {ty} {expr}) (elem declare func 1))"#
    );
    let bytes = wat::parse_str(wat).unwrap();
    let module = Module::decode(bytes, &DecodeOptions::default()).unwrap();
    module.globals[2].init.clone().unwrap()
}

fn value(ty: &str, expr: &str) -> ConstValue {
    init(ty, expr).evaluate(&mut Env)
}

#[test]
fn constants() {
    assert_eq!(init("i32", "(i32.const -2)"), ConstExpr::I32(-2));
    assert_eq!(value("i32", "(i32.const -2)"), [0xffff_fffe, 0]);
    assert_eq!(value("i64", "(i64.const -2)"), [-2i64 as u64, 0]);
    assert_eq!(value("f32", "(f32.const nan:0x200001)"), [0x7fa0_0001, 0]);
    assert_eq!(value("f64", "(f64.const -1)"), [(-1f64).to_bits(), 0]);
    assert_eq!(value("v128", "(v128.const i64x2 1 2)"), [1, 2]);
    assert_eq!(value("externref", "(ref.null extern)"), [0, 0]);
    assert_eq!(value("funcref", "(ref.func 1)"), [0xf001, 0]);
    assert_eq!(value("i64", "(global.get 1)"), [100, 0]);
}

#[test]
fn arithmetic_wraps() {
    let wraps = "(i32.add (global.get 0) (i32.const 3))";
    assert_eq!(value("i32", wraps), [2, 0]);
    let below = "(i32.sub (i32.const 0) (i32.mul (i32.const 2) (i32.const 3)))";
    assert_eq!(value("i32", below), [u64::from(-6i32 as u32), 0]);
    let wide =
        "(i64.mul (i64.add (global.get 1) (i64.const 1)) (i64.sub (i64.const 0) (i64.const 2)))";
    assert_eq!(value("i64", wide), [-202i64 as u64, 0]);
}

#[test]
fn objects() {
    let of = |expr| value("anyref", expr)[0];
    assert_eq!(of("(ref.i31 (i32.const 5))"), 11);
    let nested = "(struct.new 0 (i32.const 7) (ref.i31 (i32.const 1)))";
    assert_eq!(of(nested), 0x1073);
    assert_eq!(of("(struct.new_default 0)"), 0x1000);
    assert_eq!(of("(array.new 1 (i32.const 7) (i32.const 3))"), 0x2073);
    assert_eq!(of("(array.new_default 1 (i32.const 3))"), 0x3003);
    let fixed = "(array.new_fixed 1 2 (i32.const 7) (i32.const 3))";
    assert_eq!(of(fixed), 0x4073);
    assert_eq!(of("(any.convert_extern (ref.null extern))"), 0);
}

#[test]
fn two_instructions_are_refused() {
    let bytes = wat::parse_str("(module (global i32 i32.const 1 i32.const 2))").unwrap();
    let error = Module::decode(bytes, &DecodeOptions::default()).unwrap_err();
    assert!(matches!(error, DecodeError::Invalid { .. }), "{error}");
}
