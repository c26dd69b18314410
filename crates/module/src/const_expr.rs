//! Constant expressions: initial values of globals and tables, offsets of
//! segments, references in element segments.
//!
//! Almost all are one constant, so that is what [`ConstExpr`] holds; sequences,
//! which the extended-const proposal allows, are boxed.
//!
//! Source: specification, "Instructions / Expressions / Constant Expressions".

use wasmparser::Operator;

use crate::DecodeError;

/// A raw value: the bits of a number or vector, low half first. Narrower values
/// are extended with zeros.
pub type ConstValue = [u64; 2];

/// What a constant expression may refer to.
pub trait ConstEnv {
    /// The value of a global.
    fn global(&mut self, idx: u32) -> ConstValue;

    /// The bits of a reference to a function. Those of null are zero.
    fn func_ref(&mut self, idx: u32) -> u64;

    /// How many fields a struct type has.
    fn struct_fields(&self, type_idx: u32) -> usize;

    /// The bits of a reference to a new object of a type. Where there is none to
    /// be had, the environment keeps that in mind, and the value is not used.
    fn new_object(&mut self, type_idx: u32, object: NewObject<'_>) -> u64;
}

/// What a new object holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewObject<'a> {
    /// A struct with these fields.
    Struct(&'a [ConstValue]),
    /// A struct of zeros and nulls.
    StructDefault,
    /// An array with so many elements of one value.
    Array(ConstValue, u32),
    /// An array of so many zeros or nulls.
    ArrayDefault(u32),
    /// An array of these elements.
    ArrayFixed(&'a [ConstValue]),
}

/// A constant expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConstExpr {
    /// `i32.const`
    I32(i32),
    /// `i64.const`
    I64(i64),
    /// `f32.const`, as bits
    F32(u32),
    /// `f64.const`, as bits
    F64(u64),
    /// `v128.const`
    V128(Box<u128>),
    /// `ref.null`
    RefNull,
    /// `ref.func`
    RefFunc(u32),
    /// `global.get`
    GlobalGet(u32),
    /// Several instructions.
    Extended(Box<ConstOps>),
}

const _: () = assert!(size_of::<ConstExpr>() == 16);

/// The instructions of an expression with more than one, in postfix order.
// A struct so that the box around it is one word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConstOps(pub Vec<ConstOp>);

/// One instruction of an extended constant expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConstOp {
    /// Pushes the value of an expression that is one instruction.
    Push(ConstExpr),
    /// `i32.add`
    I32Add,
    /// `i32.sub`
    I32Sub,
    /// `i32.mul`
    I32Mul,
    /// `i64.add`
    I64Add,
    /// `i64.sub`
    I64Sub,
    /// `i64.mul`
    I64Mul,
    /// `struct.new`, of a type
    StructNew(u32),
    /// `struct.new_default`
    StructNewDefault(u32),
    /// `array.new`
    ArrayNew(u32),
    /// `array.new_default`
    ArrayNewDefault(u32),
    /// `array.new_fixed`, of a type and with so many elements
    ArrayNewFixed(u32, u32),
    /// `ref.i31`
    RefI31,
    /// `any.convert_extern` and `extern.convert_any`, which change no bit
    Convert,
}

impl ConstExpr {
    /// The value of the expression.
    ///
    /// # Panics
    ///
    /// If the expression comes from no validated module and pops what was never
    /// pushed.
    #[inline]
    pub fn evaluate(&self, env: &mut impl ConstEnv) -> ConstValue {
        match self {
            ConstExpr::I32(value) => [u64::from(*value as u32), 0],
            ConstExpr::I64(value) => [*value as u64, 0],
            ConstExpr::F32(bits) => [u64::from(*bits), 0],
            ConstExpr::F64(bits) => [*bits, 0],
            ConstExpr::V128(bits) => [**bits as u64, (**bits >> 64) as u64],
            ConstExpr::RefNull => [0, 0],
            ConstExpr::RefFunc(idx) => [env.func_ref(*idx), 0],
            ConstExpr::GlobalGet(idx) => env.global(*idx),
            ConstExpr::Extended(ops) => ops.evaluate(env),
        }
    }

    /// Takes over an expression that the validator has accepted.
    pub(crate) fn decode(expr: &wasmparser::ConstExpr<'_>) -> Result<Self, DecodeError> {
        let mut reader = expr.get_operators_reader();
        let mut next = || {
            let offset = reader.original_position();
            let operator = reader.read().map_err(DecodeError::malformed)?;
            ConstOp::from_operator(&operator, offset)
        };
        // The validator accepts no expression without a value.
        let Some(first) = next()? else {
            return Ok(ConstExpr::Extended(Box::new(ConstOps(Vec::new()))));
        };
        let mut ops = match (first, next()?) {
            (ConstOp::Push(constant), None) => return Ok(constant),
            (first, None) => return Ok(ConstExpr::Extended(Box::new(ConstOps(vec![first])))),
            (first, Some(second)) => vec![first, second],
        };
        while let Some(op) = next()? {
            ops.push(op);
        }
        Ok(ConstExpr::Extended(Box::new(ConstOps(ops))))
    }
}

impl ConstOps {
    // Apart from `ConstExpr::evaluate`, to keep that small enough to inline.
    fn evaluate(&self, env: &mut impl ConstEnv) -> ConstValue {
        let mut stack: Vec<ConstValue> = Vec::new();
        for op in &self.0 {
            let value = match op {
                ConstOp::Push(ConstExpr::Extended(_)) => unreachable!("only made by hand"),
                ConstOp::Push(constant) => constant.evaluate(env),
                &ConstOp::StructNew(ty) => {
                    let fields = pop_all(&mut stack, env.struct_fields(ty));
                    [env.new_object(ty, NewObject::Struct(&fields)), 0]
                }
                &ConstOp::StructNewDefault(ty) => [env.new_object(ty, NewObject::StructDefault), 0],
                &ConstOp::ArrayNew(ty) => {
                    let length = pop(&mut stack)[0] as u32;
                    let value = pop(&mut stack);
                    [env.new_object(ty, NewObject::Array(value, length)), 0]
                }
                &ConstOp::ArrayNewDefault(ty) => {
                    let length = pop(&mut stack)[0] as u32;
                    [env.new_object(ty, NewObject::ArrayDefault(length)), 0]
                }
                &ConstOp::ArrayNewFixed(ty, count) => {
                    let elements = pop_all(&mut stack, count as usize);
                    [env.new_object(ty, NewObject::ArrayFixed(&elements)), 0]
                }
                ConstOp::RefI31 => [u64::from((pop(&mut stack)[0] as u32) << 1 | 1), 0],
                ConstOp::Convert => pop(&mut stack),
                arithmetic => {
                    let right = pop(&mut stack)[0];
                    let left = pop(&mut stack)[0];
                    [arithmetic.apply(left, right), 0]
                }
            };
            stack.push(value);
        }
        pop(&mut stack)
    }
}

impl ConstOp {
    /// `None` for the `end` of the expression.
    fn from_operator(operator: &Operator<'_>, offset: u64) -> Result<Option<ConstOp>, DecodeError> {
        let constant = match *operator {
            Operator::I32Const { value } => ConstExpr::I32(value),
            Operator::I64Const { value } => ConstExpr::I64(value),
            Operator::F32Const { value } => ConstExpr::F32(value.bits()),
            Operator::F64Const { value } => ConstExpr::F64(value.bits()),
            Operator::V128Const { value } => {
                ConstExpr::V128(Box::new(u128::from_le_bytes(*value.bytes())))
            }
            Operator::RefNull { .. } => ConstExpr::RefNull,
            Operator::RefFunc { function_index } => ConstExpr::RefFunc(function_index),
            Operator::GlobalGet { global_index } => ConstExpr::GlobalGet(global_index),
            Operator::I32Add => return Ok(Some(ConstOp::I32Add)),
            Operator::I32Sub => return Ok(Some(ConstOp::I32Sub)),
            Operator::I32Mul => return Ok(Some(ConstOp::I32Mul)),
            Operator::I64Add => return Ok(Some(ConstOp::I64Add)),
            Operator::I64Sub => return Ok(Some(ConstOp::I64Sub)),
            Operator::I64Mul => return Ok(Some(ConstOp::I64Mul)),
            Operator::StructNew { struct_type_index } => {
                return Ok(Some(ConstOp::StructNew(struct_type_index)));
            }
            Operator::StructNewDefault { struct_type_index } => {
                return Ok(Some(ConstOp::StructNewDefault(struct_type_index)));
            }
            Operator::ArrayNew { array_type_index } => {
                return Ok(Some(ConstOp::ArrayNew(array_type_index)));
            }
            Operator::ArrayNewDefault { array_type_index } => {
                return Ok(Some(ConstOp::ArrayNewDefault(array_type_index)));
            }
            Operator::ArrayNewFixed {
                array_type_index,
                array_size,
            } => return Ok(Some(ConstOp::ArrayNewFixed(array_type_index, array_size))),
            Operator::RefI31 => return Ok(Some(ConstOp::RefI31)),
            Operator::AnyConvertExtern | Operator::ExternConvertAny => {
                return Ok(Some(ConstOp::Convert));
            }
            Operator::End => return Ok(None),
            _ => {
                let what = format!("the instruction {operator:?} in a constant expression");
                return Err(DecodeError::Unsupported { offset, what });
            }
        };
        Ok(Some(ConstOp::Push(constant)))
    }

    fn apply(&self, left: u64, right: u64) -> u64 {
        let (left32, right32) = (left as u32, right as u32);
        match self {
            ConstOp::I32Add => left32.wrapping_add(right32).into(),
            ConstOp::I32Sub => left32.wrapping_sub(right32).into(),
            ConstOp::I32Mul => left32.wrapping_mul(right32).into(),
            ConstOp::I64Add => left.wrapping_add(right),
            ConstOp::I64Sub => left.wrapping_sub(right),
            ConstOp::I64Mul => left.wrapping_mul(right),
            _ => unreachable!("handled by the caller"),
        }
    }
}

fn pop(stack: &mut Vec<ConstValue>) -> ConstValue {
    stack.pop().expect("validated: an operand is on the stack")
}

/// The top `count` values, the lowest first.
fn pop_all(stack: &mut Vec<ConstValue>, count: usize) -> Vec<ConstValue> {
    let first = stack.len().checked_sub(count);
    stack.split_off(first.expect("validated: operands are on the stack"))
}
