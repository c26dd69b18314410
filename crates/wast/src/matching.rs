//! Values of scripts: arguments, and what results must look like.

use crate::directive::Stop;
use fossor::{AnyRef, ExternRef, HeapType, RefType, Store, Val};
use wast::core::{AbstractHeapType, NanPattern, V128Pattern, WastArgCore, WastRetCore};
use wast::token::{F32, F64};
use wast::{WastArg, WastRet};

const NO_GC: &str = "references of the GC proposal are not supported";
const NO_COMPONENTS: &str = "values of components are not supported";

/// What a result must look like.
#[derive(Clone, Debug)]
pub(crate) enum Expected {
    I32(i32),
    I64(i64),
    F32(Float<u32>),
    F64(Float<u64>),
    /// Lanes of integers, as the whole vector.
    Ints(u128),
    F32x4([Float<u32>; 4]),
    F64x2([Float<u64>; 2]),
    NullFunc,
    NullExtern,
    NullExn,
    NullAny,
    /// Null of any type.
    Null,
    /// Any function.
    Func,
    /// Any value of the host, or that number.
    Extern(Option<u32>),
    /// Any value of the guest of this type.
    Any(HeapType),
    /// That number of the host's, converted.
    Host(u32),
    Either(Vec<Expected>),
}

/// What a float must look like: bits, or a kind of NaN.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Float<B> {
    Bits(B),
    CanonicalNan,
    ArithmeticNan,
}

/// The value of an argument.
pub(crate) fn argument(store: &mut Store<()>, arg: &WastArg<'_>) -> Result<Val, Stop> {
    let WastArg::Core(arg) = arg else {
        return Err(Stop::Skipped(NO_COMPONENTS));
    };
    Ok(match arg {
        WastArgCore::I32(value) => Val::I32(*value),
        WastArgCore::I64(value) => Val::I64(*value),
        WastArgCore::F32(value) => Val::F32(value.bits),
        WastArgCore::F64(value) => Val::F64(value.bits),
        WastArgCore::V128(value) => Val::V128(u128::from_le_bytes(value.to_le_bytes())),
        WastArgCore::RefNull(ty) => match heap(ty) {
            Some(AbstractHeapType::Func | AbstractHeapType::NoFunc) => Val::FuncRef(None),
            Some(AbstractHeapType::Extern | AbstractHeapType::NoExtern) => Val::ExternRef(None),
            Some(AbstractHeapType::Exn | AbstractHeapType::NoExn) => Val::ExnRef(None),
            Some(ty) if is_any(ty) => Val::AnyRef(None),
            _ => return Err(Stop::Skipped(NO_GC)),
        },
        WastArgCore::RefExtern(number) => Val::ExternRef(Some(ExternRef::new(store, *number))),
        WastArgCore::RefHost(number) => {
            let value = ExternRef::new(&mut *store, *number);
            Val::AnyRef(Some(AnyRef::from_extern(&*store, value)))
        }
    })
}

/// What the results of an `assert_return` must look like.
pub(crate) fn expectations(results: &[WastRet<'_>]) -> Result<Vec<Expected>, Stop> {
    let expectation = |result: &WastRet<'_>| match result {
        WastRet::Core(result) => expected(result),
        _ => Err(Stop::Skipped(NO_COMPONENTS)),
    };
    results.iter().map(expectation).collect()
}

/// Whether results look as expected.
pub(crate) fn matches(store: &Store<()>, expected: &[Expected], got: &[Val]) -> bool {
    expected.len() == got.len()
        && expected
            .iter()
            .zip(got)
            .all(|(expected, got)| expected.matches(store, *got))
}

fn expected(result: &WastRetCore<'_>) -> Result<Expected, Stop> {
    Ok(match result {
        WastRetCore::I32(value) => Expected::I32(*value),
        WastRetCore::I64(value) => Expected::I64(*value),
        WastRetCore::F32(pattern) => Expected::F32(f32_pattern(pattern)),
        WastRetCore::F64(pattern) => Expected::F64(f64_pattern(pattern)),
        WastRetCore::V128(pattern) => vector(pattern),
        WastRetCore::RefNull(None) => Expected::Null,
        WastRetCore::RefNull(Some(ty)) => match heap(ty) {
            Some(AbstractHeapType::Func | AbstractHeapType::NoFunc) => Expected::NullFunc,
            Some(AbstractHeapType::Extern | AbstractHeapType::NoExtern) => Expected::NullExtern,
            Some(AbstractHeapType::Exn | AbstractHeapType::NoExn) => Expected::NullExn,
            Some(ty) if is_any(ty) => Expected::NullAny,
            _ => return Err(Stop::Skipped(NO_GC)),
        },
        WastRetCore::RefAny => Expected::Any(HeapType::Any),
        WastRetCore::RefEq => Expected::Any(HeapType::Eq),
        WastRetCore::RefI31 => Expected::Any(HeapType::I31),
        WastRetCore::RefStruct => Expected::Any(HeapType::Struct),
        WastRetCore::RefArray => Expected::Any(HeapType::Array),
        WastRetCore::RefHost(number) => Expected::Host(*number),
        WastRetCore::RefExtern(number) => Expected::Extern(*number),
        WastRetCore::RefFunc(None) => Expected::Func,
        WastRetCore::Either(cases) => {
            let cases = cases.iter().map(expected);
            Expected::Either(cases.collect::<Result<_, _>>()?)
        }
        _ => return Err(Stop::Skipped(NO_GC)),
    })
}

/// Whether a type belongs to the hierarchy of `any`.
fn is_any(ty: AbstractHeapType) -> bool {
    use AbstractHeapType::{Any, Array, Eq, I31, None, Struct};
    matches!(ty, Any | Eq | I31 | Struct | Array | None)
}

fn vector(pattern: &V128Pattern) -> Expected {
    /// Lanes, the first in the lowest bits.
    fn ints<const N: usize>(lanes: impl Iterator<Item = [u8; N]>) -> Expected {
        let mut bytes = [0; 16];
        for (place, lane) in bytes.chunks_exact_mut(N).zip(lanes) {
            place.copy_from_slice(&lane);
        }
        Expected::Ints(u128::from_le_bytes(bytes))
    }
    match pattern {
        V128Pattern::I8x16(lanes) => ints(lanes.iter().map(|lane| lane.to_le_bytes())),
        V128Pattern::I16x8(lanes) => ints(lanes.iter().map(|lane| lane.to_le_bytes())),
        V128Pattern::I32x4(lanes) => ints(lanes.iter().map(|lane| lane.to_le_bytes())),
        V128Pattern::I64x2(lanes) => ints(lanes.iter().map(|lane| lane.to_le_bytes())),
        V128Pattern::F32x4(lanes) => Expected::F32x4(lanes.each_ref().map(f32_pattern)),
        V128Pattern::F64x2(lanes) => Expected::F64x2(lanes.each_ref().map(f64_pattern)),
    }
}

fn f32_pattern(pattern: &NanPattern<F32>) -> Float<u32> {
    match pattern {
        NanPattern::Value(value) => Float::Bits(value.bits),
        NanPattern::CanonicalNan => Float::CanonicalNan,
        NanPattern::ArithmeticNan => Float::ArithmeticNan,
    }
}

fn f64_pattern(pattern: &NanPattern<F64>) -> Float<u64> {
    match pattern {
        NanPattern::Value(value) => Float::Bits(value.bits),
        NanPattern::CanonicalNan => Float::CanonicalNan,
        NanPattern::ArithmeticNan => Float::ArithmeticNan,
    }
}

fn heap(ty: &wast::core::HeapType<'_>) -> Option<AbstractHeapType> {
    match ty {
        wast::core::HeapType::Abstract { shared: false, ty } => Some(*ty),
        _ => None,
    }
}

impl Expected {
    fn matches(&self, store: &Store<()>, got: Val) -> bool {
        match (self, got) {
            (Expected::I32(value), Val::I32(got)) => *value == got,
            (Expected::I64(value), Val::I64(got)) => *value == got,
            (Expected::F32(float), Val::F32(got)) => float.matches(got),
            (Expected::F64(float), Val::F64(got)) => float.matches(got),
            (Expected::Ints(value), Val::V128(got)) => *value == got,
            (Expected::F32x4(floats), Val::V128(got)) => {
                let lane = |at: usize| (got >> (at * 32)) as u32;
                (0..4).all(|at| floats[at].matches(lane(at)))
            }
            (Expected::F64x2(floats), Val::V128(got)) => {
                let lane = |at: usize| (got >> (at * 64)) as u64;
                (0..2).all(|at| floats[at].matches(lane(at)))
            }
            (Expected::Null | Expected::NullFunc, Val::FuncRef(None)) => true,
            (Expected::Null | Expected::NullExtern, Val::ExternRef(None)) => true,
            (Expected::Null | Expected::NullExn, Val::ExnRef(None)) => true,
            (Expected::Func, Val::FuncRef(Some(_))) => true,
            (Expected::Extern(None), Val::ExternRef(Some(_))) => true,
            (Expected::Extern(Some(number)), Val::ExternRef(Some(got))) => {
                got.data(store).downcast_ref() == Some(number)
            }
            (Expected::Null | Expected::NullAny, Val::AnyRef(None)) => true,
            (Expected::Any(ty), Val::AnyRef(Some(got))) => got.is_of(store, RefType::non_null(*ty)),
            (Expected::Host(number), Val::AnyRef(Some(got))) => {
                let got = got.to_extern(store);
                got.data(store).downcast_ref() == Some(number)
            }
            (Expected::Either(cases), got) => cases.iter().any(|case| case.matches(store, got)),
            _ => false,
        }
    }
}

impl Float<u32> {
    fn matches(self, got: u32) -> bool {
        const QUIET: u32 = 0x7fc0_0000;
        match self {
            Float::Bits(bits) => bits == got,
            Float::CanonicalNan => got & 0x7fff_ffff == QUIET,
            Float::ArithmeticNan => got & QUIET == QUIET,
        }
    }
}

impl Float<u64> {
    fn matches(self, got: u64) -> bool {
        const QUIET: u64 = 0x7ff8_0000_0000_0000;
        match self {
            Float::Bits(bits) => bits == got,
            Float::CanonicalNan => got & 0x7fff_ffff_ffff_ffff == QUIET,
            Float::ArithmeticNan => got & QUIET == QUIET,
        }
    }
}

/// Results as a script would write them.
pub(crate) fn describe_results(expected: &[Expected]) -> String {
    list(expected.iter().map(describe_expected))
}

/// Results as a script would write them.
pub(crate) fn describe_vals(vals: &[Val]) -> String {
    list(vals.iter().map(describe_val))
}

fn list(mut values: impl Iterator<Item = String>) -> String {
    match values.next() {
        None => "nothing".to_owned(),
        Some(first) => values.fold(first, |list, value| list + " " + &value),
    }
}

fn describe_expected(expected: &Expected) -> String {
    let f32 = |float: &Float<u32>| match float {
        Float::Bits(bits) => describe_f32(*bits),
        nan => describe_nan(nan),
    };
    let f64 = |float: &Float<u64>| match float {
        Float::Bits(bits) => describe_f64(*bits),
        nan => describe_nan(nan),
    };
    match expected {
        Expected::I32(value) => format!("(i32.const {value})"),
        Expected::I64(value) => format!("(i64.const {value})"),
        Expected::F32(float) => format!("(f32.const {})", f32(float)),
        Expected::F64(float) => format!("(f64.const {})", f64(float)),
        Expected::Ints(value) => describe_val(&Val::V128(*value)),
        Expected::F32x4(floats) => {
            format!(
                "(v128.const f32x4 {})",
                floats.each_ref().map(f32).join(" ")
            )
        }
        Expected::F64x2(floats) => {
            format!(
                "(v128.const f64x2 {})",
                floats.each_ref().map(f64).join(" ")
            )
        }
        Expected::Null => "(ref.null)".to_owned(),
        Expected::NullFunc => "(ref.null func)".to_owned(),
        Expected::NullExn => "(ref.null exn)".to_owned(),
        Expected::NullExtern => "(ref.null extern)".to_owned(),
        Expected::NullAny => "(ref.null any)".to_owned(),
        Expected::Any(ty) => RefType::non_null(*ty).to_string(),
        Expected::Host(number) => format!("(ref.host {number})"),
        Expected::Func => "(ref.func)".to_owned(),
        Expected::Extern(None) => "(ref.extern)".to_owned(),
        Expected::Extern(Some(number)) => format!("(ref.extern {number})"),
        Expected::Either(cases) => {
            format!("(either {})", list(cases.iter().map(describe_expected)))
        }
    }
}

fn describe_val(val: &Val) -> String {
    match *val {
        Val::I32(value) => format!("(i32.const {value})"),
        Val::I64(value) => format!("(i64.const {value})"),
        Val::F32(bits) => format!("(f32.const {})", describe_f32(bits)),
        Val::F64(bits) => format!("(f64.const {})", describe_f64(bits)),
        Val::V128(value) => {
            let lane = |at: usize| format!("{:#010x}", (value >> (at * 32)) as u32);
            format!("(v128.const i32x4 {})", [0, 1, 2, 3].map(lane).join(" "))
        }
        Val::FuncRef(None) => "(ref.null func)".to_owned(),
        Val::FuncRef(Some(_)) => "(ref.func)".to_owned(),
        Val::AnyRef(None) => "(ref.null any)".to_owned(),
        Val::AnyRef(Some(_)) => "(ref.any)".to_owned(),
        Val::ExternRef(None) => "(ref.null extern)".to_owned(),
        Val::ExternRef(Some(_)) => "(ref.extern)".to_owned(),
        Val::ExnRef(None) => "(ref.null exn)".to_owned(),
        Val::ExnRef(Some(_)) => "(ref.exn)".to_owned(),
        ref other => format!("{other:?}"),
    }
}

fn describe_f32(bits: u32) -> String {
    format!("{:?} (bits {bits:#010x})", f32::from_bits(bits))
}

fn describe_f64(bits: u64) -> String {
    format!("{:?} (bits {bits:#018x})", f64::from_bits(bits))
}

fn describe_nan<B>(float: &Float<B>) -> String {
    match float {
        Float::ArithmeticNan => "nan:arithmetic".to_owned(),
        _ => "nan:canonical".to_owned(),
    }
}
