//! With `canonical_nans`, whatever the table's operators compute has one NaN; and what
//! only moves bits moves them.

mod common;

use common::configs;
use fossor_interpreter::{Config, Engine, Extern, Instruction, Module, Store, Val, instructions};

/// Quiet NaNs with payloads: as an `f64`, and as each of its two `f32`.
const ODD: u64 = 0xfff8_1234_ffc0_1234;
const CANONICAL_32: u32 = 0x7fc0_0000;
const CANONICAL_64: u64 = 0x7ff8_0000_0000_0000;

/// Operators that give the bits they get, by the specification.
const MOVES: [&str; 5] = ["abs", "neg", "copysign", "pmin", "pmax"];
const COMPARES: [&str; 6] = ["eq", "ne", "lt", "gt", "le", "ge"];

/// One operator on floats, in a module that calls it with its parameters.
struct Operator {
    name: &'static str,
    operand: &'static str,
    result: &'static str,
    operands: usize,
}

impl Operator {
    fn of(line: &Instruction) -> Option<Self> {
        let (shape, operation) = line.name.split_once('.')?;
        if COMPARES.contains(&operation) || operation == "canonical" {
            return None;
        }
        let operands = match line.shape {
            "unary" | "v_unary" => 1,
            "binary" | "v_binary" => 2,
            "v_ternary" => 3,
            _ => return None,
        };
        let (operand, result) = match shape {
            "f32x4" | "f64x2" => ("v128", "v128"),
            "f32" | "f64" if line.meaning.starts_with("f32") => ("f32", shape),
            "f32" | "f64" if line.meaning.starts_with("f64") => ("f64", shape),
            _ => return None,
        };
        let name = line.name;
        Some(Self {
            name,
            operand,
            result,
            operands,
        })
    }

    fn module(&self) -> String {
        let Self {
            name,
            operand,
            result,
            operands,
        } = self;
        let params = vec![*operand; *operands].join(" ");
        let gets = String::from_iter((0..*operands).map(|index| format!("(local.get {index})")));
        format!(
            r#"(module (func (export "f") (param {params}) (result {result}) ({name} {gets})))"#
        )
    }

    /// The floats as an operand of this operator, in all lanes.
    fn value(&self, value: u64) -> Val {
        match self.operand {
            "f32" => Val::F32(value as u32),
            "f64" => Val::F64(value),
            _ => Val::V128(u128::from(value) << 64 | u128::from(value)),
        }
    }

    /// What makes NaNs, and what has them.
    fn arguments(&self) -> Vec<Vec<Val>> {
        let of = |number: f64| match self.operand {
            "f64" => number.to_bits(),
            // A vector that has the number as `f32` in each lane has others as `f64`.
            _ if self.name.starts_with("f64x2") => number.to_bits(),
            _ => u64::from((number as f32).to_bits()) << 32 | u64::from((number as f32).to_bits()),
        };
        let (inf, one) = (f64::INFINITY, of(1.0));
        let all = [
            [ODD, ODD, ODD],
            [ODD, one, one],
            [one, ODD, one],
            [one, one, ODD],
            [of(inf), of(inf), of(-inf)],
            [of(inf), of(-inf), one],
            [of(inf), of(0.0), one],
            [of(0.0), of(0.0), one],
            [of(-1.0), one, one],
        ];
        let values = |bits: [u64; 3]| Vec::from(bits.map(|bits| self.value(bits)));
        all.map(|bits| values(bits)[..self.operands].to_vec())
            .into()
    }

    /// Whether each NaN of the result is the canonical one.
    fn is_canonical(&self, result: &Val) -> bool {
        let narrow = |bits: u32| !f32::from_bits(bits).is_nan() || bits == CANONICAL_32;
        let wide = |bits: u64| !f64::from_bits(bits).is_nan() || bits == CANONICAL_64;
        match *result {
            Val::F32(bits) => narrow(bits),
            Val::F64(bits) => wide(bits),
            Val::V128(bits) if self.name.starts_with("f32x4") => {
                (0..4).all(|lane| narrow((bits >> (lane * 32)) as u32))
            }
            Val::V128(bits) => (0..2).all(|lane| wide((bits >> (lane * 64)) as u64)),
            ref other => panic!("{} gave {other:?}", self.name),
        }
    }

    fn call(&self, config: &Config, args: &[Vec<Val>]) -> Vec<Val> {
        let engine = Engine::new(config.clone());
        let module = Module::new(&engine, wat::parse_str(self.module()).unwrap()).unwrap();
        let mut store = Store::new(&engine, Box::new(()));
        store.set_fuel(1 << 20);
        let instance = store.instantiate(&module, &[]).unwrap();
        let Some(Extern::Func(func)) = store.export(instance, "f") else {
            panic!("no function");
        };
        let calls = args.iter().map(|args| store.call(func, args).unwrap());
        calls.map(|results| results[0]).collect()
    }
}

#[test]
fn each_operator_that_computes_gives_the_canonical_nan() {
    let table = instructions();
    let operators = Vec::from_iter(table.iter().filter_map(Operator::of));
    // A table that lost its floats would pass.
    assert!(operators.len() >= 60, "{} operators", operators.len());
    let mut differ = 0;
    for (mode, config) in configs() {
        let mut canonical = config.clone();
        canonical.canonical_nans = true;
        for operator in &operators {
            let args = operator.arguments();
            let plain = operator.call(&config, &args);
            let found = operator.call(&canonical, &args);
            let name = operator.name;
            let moves = MOVES
                .iter()
                .any(|moves| name.ends_with(&format!(".{moves}")));
            for ((args, plain), found) in args.iter().zip(&plain).zip(&found) {
                if moves {
                    assert_eq!(plain, found, "{name} of {args:x?}, {mode}");
                    continue;
                }
                let is_canonical = operator.is_canonical(found);
                assert!(is_canonical, "{name} of {args:x?}: {found:x?}, {mode}");
                if operator.is_canonical(plain) {
                    assert_eq!(plain, found, "{name} of {args:x?}, {mode}");
                } else {
                    differ += 1;
                }
            }
        }
    }
    // Otherwise nothing was tried.
    assert!(differ > 500, "{differ} results had other NaNs");
}

#[test]
fn what_moves_a_nan_through_memory_and_locals_keeps_its_bits() {
    let module = r#"(module (memory 1)
        (func (export "f") (param f64) (result i64)
            (f64.store (i32.const 8) (local.get 0))
            (i64.reinterpret_f64
                (select (f64.load (i32.const 8)) (f64.const 0) (i32.const 1)))))"#;
    for (mode, mut config) in configs() {
        config.canonical_nans = true;
        let engine = Engine::new(config);
        let module = Module::new(&engine, wat::parse_str(module).unwrap()).unwrap();
        let mut store = Store::new(&engine, Box::new(()));
        store.set_fuel(1000);
        let instance = store.instantiate(&module, &[]).unwrap();
        let Some(Extern::Func(func)) = store.export(instance, "f") else {
            panic!("no function");
        };
        let result = store.call(func, &[Val::F64(ODD)]).unwrap();
        assert_eq!(result, [Val::I64(ODD as i64)], "{mode}");
    }
}
