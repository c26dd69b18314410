//! THE table: every instruction whose meaning is a function of its operands,
//! one line each. Control, variables, tables, references and bulk memory have
//! shapes of their own and are written out in `translate/` and `execute/`.
//!
//! A line gives the operator's name in `wasmparser` and the visitor method it
//! arrives by, its name in the text format, its types, and its meaning in
//! [`crate::semantics`]. From it derive the handlers in every operand mode
//! (`execute/`), the translator's arm, the disassembly and the instruction
//! reference of `cargo xtask isa`.
//!
//! | shape | line |
//! | --- | --- |
//! | `binary` | `operand type = meaning`; `traps`: the meaning is a `Result`; `commutative`: fewer modes |
//! | `compare` | as binary, to `bool`; `mirror`: the operator with its operands exchanged; `inverse`: the one that is true when this one is false (floats have none: NaN) |
//! | `unary` | `operand => result = meaning`; `traps` as above; `rounds`, `ones`, `zeros`: some processors have an instruction for it (`execute/numeric_x86.rs`) |
//! | `load` | `what lies in memory => result` |
//! | `store` | `operand => what lies in memory` |
//! | `v_unary`, `v_binary`, `v_ternary` | vectors to a vector |
//! | `v_shift`, `v_replace` | a vector and a scalar to a vector; `v_replace` names the scalar's type |
//! | `v_splat`, `v_extract`, `v_test` | scalar to vector, vector to scalar, vector to `i32` |
//! | `v_load`, `v_load_lane`, `v_store_lane` | `what lies in memory = meaning` |
//! | `wide_sum`, `wide_product` | two 128-bit integers, or two `i64`, to a 128-bit integer |
//! | `atomic` | `what lies in memory = meaning` |

/// The `canonical` ones are no operators: they follow those that compute floats where
/// an engine is to give all NaNs one payload (`translate/nan.rs`).
///
/// Hands the table to the macro `$consumer`, which takes the groups it needs.
macro_rules! for_each_instruction {
    ($consumer:ident) => {
        $consumer! {
            binary {
                I32Add visit_i32_add "i32.add" i32 = int::i32_add commutative;
                I32Sub visit_i32_sub "i32.sub" i32 = int::i32_sub;
                I32Mul visit_i32_mul "i32.mul" i32 = int::i32_mul commutative;
                I32DivS visit_i32_div_s "i32.div_s" i32 = int::i32_div_s traps;
                I32DivU visit_i32_div_u "i32.div_u" i32 = int::i32_div_u traps;
                I32RemS visit_i32_rem_s "i32.rem_s" i32 = int::i32_rem_s traps;
                I32RemU visit_i32_rem_u "i32.rem_u" i32 = int::i32_rem_u traps;
                I32And visit_i32_and "i32.and" i32 = int::i32_and commutative;
                I32Or visit_i32_or "i32.or" i32 = int::i32_or commutative;
                I32Xor visit_i32_xor "i32.xor" i32 = int::i32_xor commutative;
                I32Shl visit_i32_shl "i32.shl" i32 = int::i32_shl;
                I32ShrS visit_i32_shr_s "i32.shr_s" i32 = int::i32_shr_s;
                I32ShrU visit_i32_shr_u "i32.shr_u" i32 = int::i32_shr_u;
                I32Rotl visit_i32_rotl "i32.rotl" i32 = int::i32_rotl;
                I32Rotr visit_i32_rotr "i32.rotr" i32 = int::i32_rotr;
                I64Add visit_i64_add "i64.add" i64 = int::i64_add commutative;
                I64Sub visit_i64_sub "i64.sub" i64 = int::i64_sub;
                I64Mul visit_i64_mul "i64.mul" i64 = int::i64_mul commutative;
                I64DivS visit_i64_div_s "i64.div_s" i64 = int::i64_div_s traps;
                I64DivU visit_i64_div_u "i64.div_u" i64 = int::i64_div_u traps;
                I64RemS visit_i64_rem_s "i64.rem_s" i64 = int::i64_rem_s traps;
                I64RemU visit_i64_rem_u "i64.rem_u" i64 = int::i64_rem_u traps;
                I64And visit_i64_and "i64.and" i64 = int::i64_and commutative;
                I64Or visit_i64_or "i64.or" i64 = int::i64_or commutative;
                I64Xor visit_i64_xor "i64.xor" i64 = int::i64_xor commutative;
                I64Shl visit_i64_shl "i64.shl" i64 = int::i64_shl;
                I64ShrS visit_i64_shr_s "i64.shr_s" i64 = int::i64_shr_s;
                I64ShrU visit_i64_shr_u "i64.shr_u" i64 = int::i64_shr_u;
                I64Rotl visit_i64_rotl "i64.rotl" i64 = int::i64_rotl;
                I64Rotr visit_i64_rotr "i64.rotr" i64 = int::i64_rotr;
                F32Add visit_f32_add "f32.add" f32 = float::f32_add commutative;
                F32Sub visit_f32_sub "f32.sub" f32 = float::f32_sub;
                F32Mul visit_f32_mul "f32.mul" f32 = float::f32_mul commutative;
                F32Div visit_f32_div "f32.div" f32 = float::f32_div;
                F32Min visit_f32_min "f32.min" f32 = float::f32_min;
                F32Max visit_f32_max "f32.max" f32 = float::f32_max;
                F32Copysign visit_f32_copysign "f32.copysign" f32 = float::f32_copysign;
                F64Add visit_f64_add "f64.add" f64 = float::f64_add commutative;
                F64Sub visit_f64_sub "f64.sub" f64 = float::f64_sub;
                F64Mul visit_f64_mul "f64.mul" f64 = float::f64_mul commutative;
                F64Div visit_f64_div "f64.div" f64 = float::f64_div;
                F64Min visit_f64_min "f64.min" f64 = float::f64_min;
                F64Max visit_f64_max "f64.max" f64 = float::f64_max;
                F64Copysign visit_f64_copysign "f64.copysign" f64 = float::f64_copysign;
            }
            compare {
                I32Eq visit_i32_eq "i32.eq" i32 = int::i32_eq, mirror I32Eq, inverse I32Ne;
                I32Ne visit_i32_ne "i32.ne" i32 = int::i32_ne, mirror I32Ne, inverse I32Eq;
                I32LtS visit_i32_lt_s "i32.lt_s" i32 = int::i32_lt_s, mirror I32GtS, inverse I32GeS;
                I32LtU visit_i32_lt_u "i32.lt_u" i32 = int::i32_lt_u, mirror I32GtU, inverse I32GeU;
                I32GtS visit_i32_gt_s "i32.gt_s" i32 = int::i32_gt_s, mirror I32LtS, inverse I32LeS;
                I32GtU visit_i32_gt_u "i32.gt_u" i32 = int::i32_gt_u, mirror I32LtU, inverse I32LeU;
                I32LeS visit_i32_le_s "i32.le_s" i32 = int::i32_le_s, mirror I32GeS, inverse I32GtS;
                I32LeU visit_i32_le_u "i32.le_u" i32 = int::i32_le_u, mirror I32GeU, inverse I32GtU;
                I32GeS visit_i32_ge_s "i32.ge_s" i32 = int::i32_ge_s, mirror I32LeS, inverse I32LtS;
                I32GeU visit_i32_ge_u "i32.ge_u" i32 = int::i32_ge_u, mirror I32LeU, inverse I32LtU;
                I64Eq visit_i64_eq "i64.eq" i64 = int::i64_eq, mirror I64Eq, inverse I64Ne;
                I64Ne visit_i64_ne "i64.ne" i64 = int::i64_ne, mirror I64Ne, inverse I64Eq;
                I64LtS visit_i64_lt_s "i64.lt_s" i64 = int::i64_lt_s, mirror I64GtS, inverse I64GeS;
                I64LtU visit_i64_lt_u "i64.lt_u" i64 = int::i64_lt_u, mirror I64GtU, inverse I64GeU;
                I64GtS visit_i64_gt_s "i64.gt_s" i64 = int::i64_gt_s, mirror I64LtS, inverse I64LeS;
                I64GtU visit_i64_gt_u "i64.gt_u" i64 = int::i64_gt_u, mirror I64LtU, inverse I64LeU;
                I64LeS visit_i64_le_s "i64.le_s" i64 = int::i64_le_s, mirror I64GeS, inverse I64GtS;
                I64LeU visit_i64_le_u "i64.le_u" i64 = int::i64_le_u, mirror I64GeU, inverse I64GtU;
                I64GeS visit_i64_ge_s "i64.ge_s" i64 = int::i64_ge_s, mirror I64LeS, inverse I64LtS;
                I64GeU visit_i64_ge_u "i64.ge_u" i64 = int::i64_ge_u, mirror I64LeU, inverse I64LtU;
                F32Eq visit_f32_eq "f32.eq" f32 = float::f32_eq, mirror F32Eq;
                F32Ne visit_f32_ne "f32.ne" f32 = float::f32_ne, mirror F32Ne;
                F32Lt visit_f32_lt "f32.lt" f32 = float::f32_lt, mirror F32Gt;
                F32Gt visit_f32_gt "f32.gt" f32 = float::f32_gt, mirror F32Lt;
                F32Le visit_f32_le "f32.le" f32 = float::f32_le, mirror F32Ge;
                F32Ge visit_f32_ge "f32.ge" f32 = float::f32_ge, mirror F32Le;
                F64Eq visit_f64_eq "f64.eq" f64 = float::f64_eq, mirror F64Eq;
                F64Ne visit_f64_ne "f64.ne" f64 = float::f64_ne, mirror F64Ne;
                F64Lt visit_f64_lt "f64.lt" f64 = float::f64_lt, mirror F64Gt;
                F64Gt visit_f64_gt "f64.gt" f64 = float::f64_gt, mirror F64Lt;
                F64Le visit_f64_le "f64.le" f64 = float::f64_le, mirror F64Ge;
                F64Ge visit_f64_ge "f64.ge" f64 = float::f64_ge, mirror F64Le;
            }
            unary {
                I32Clz visit_i32_clz "i32.clz" i32 => i32 = int::i32_clz zeros;
                I32Ctz visit_i32_ctz "i32.ctz" i32 => i32 = int::i32_ctz zeros;
                I32Popcnt visit_i32_popcnt "i32.popcnt" i32 => i32 = int::i32_popcnt ones;
                I64Clz visit_i64_clz "i64.clz" i64 => i64 = int::i64_clz zeros;
                I64Ctz visit_i64_ctz "i64.ctz" i64 => i64 = int::i64_ctz;
                I64Popcnt visit_i64_popcnt "i64.popcnt" i64 => i64 = int::i64_popcnt ones;
                F32Abs visit_f32_abs "f32.abs" f32 => f32 = float::f32_abs;
                F32Neg visit_f32_neg "f32.neg" f32 => f32 = float::f32_neg;
                F32Ceil visit_f32_ceil "f32.ceil" f32 => f32 = float::f32_ceil rounds;
                F32Floor visit_f32_floor "f32.floor" f32 => f32 = float::f32_floor rounds;
                F32Trunc visit_f32_trunc "f32.trunc" f32 => f32 = float::f32_trunc rounds;
                F32Nearest visit_f32_nearest "f32.nearest" f32 => f32 = float::f32_nearest rounds;
                F32Sqrt visit_f32_sqrt "f32.sqrt" f32 => f32 = float::f32_sqrt;
                F64Abs visit_f64_abs "f64.abs" f64 => f64 = float::f64_abs;
                F64Neg visit_f64_neg "f64.neg" f64 => f64 = float::f64_neg;
                F64Ceil visit_f64_ceil "f64.ceil" f64 => f64 = float::f64_ceil rounds;
                F64Floor visit_f64_floor "f64.floor" f64 => f64 = float::f64_floor rounds;
                F64Trunc visit_f64_trunc "f64.trunc" f64 => f64 = float::f64_trunc rounds;
                F64Nearest visit_f64_nearest "f64.nearest" f64 => f64 = float::f64_nearest rounds;
                F64Sqrt visit_f64_sqrt "f64.sqrt" f64 => f64 = float::f64_sqrt;
                F32Canonical visit_f32_canonical "f32.canonical" f32 => f32 = float::f32_canonical;
                F64Canonical visit_f64_canonical "f64.canonical" f64 => f64 = float::f64_canonical;
                I32TruncF32S visit_i32_trunc_f32_s "i32.trunc_f32_s" f32 => i32 = convert::i32_trunc_f32_s traps;
                I32TruncF32U visit_i32_trunc_f32_u "i32.trunc_f32_u" f32 => i32 = convert::i32_trunc_f32_u traps;
                I32TruncF64S visit_i32_trunc_f64_s "i32.trunc_f64_s" f64 => i32 = convert::i32_trunc_f64_s traps;
                I32TruncF64U visit_i32_trunc_f64_u "i32.trunc_f64_u" f64 => i32 = convert::i32_trunc_f64_u traps;
                I64ExtendI32S visit_i64_extend_i32_s "i64.extend_i32_s" i32 => i64 = convert::i64_extend_i32_s;
                I64TruncF32S visit_i64_trunc_f32_s "i64.trunc_f32_s" f32 => i64 = convert::i64_trunc_f32_s traps;
                I64TruncF32U visit_i64_trunc_f32_u "i64.trunc_f32_u" f32 => i64 = convert::i64_trunc_f32_u traps;
                I64TruncF64S visit_i64_trunc_f64_s "i64.trunc_f64_s" f64 => i64 = convert::i64_trunc_f64_s traps;
                I64TruncF64U visit_i64_trunc_f64_u "i64.trunc_f64_u" f64 => i64 = convert::i64_trunc_f64_u traps;
                F32ConvertI32S visit_f32_convert_i32_s "f32.convert_i32_s" i32 => f32 = convert::f32_convert_i32_s;
                F32ConvertI32U visit_f32_convert_i32_u "f32.convert_i32_u" i32 => f32 = convert::f32_convert_i32_u;
                F32ConvertI64S visit_f32_convert_i64_s "f32.convert_i64_s" i64 => f32 = convert::f32_convert_i64_s;
                F32ConvertI64U visit_f32_convert_i64_u "f32.convert_i64_u" i64 => f32 = convert::f32_convert_i64_u;
                F32DemoteF64 visit_f32_demote_f64 "f32.demote_f64" f64 => f32 = convert::f32_demote_f64;
                F64ConvertI32S visit_f64_convert_i32_s "f64.convert_i32_s" i32 => f64 = convert::f64_convert_i32_s;
                F64ConvertI32U visit_f64_convert_i32_u "f64.convert_i32_u" i32 => f64 = convert::f64_convert_i32_u;
                F64ConvertI64S visit_f64_convert_i64_s "f64.convert_i64_s" i64 => f64 = convert::f64_convert_i64_s;
                F64ConvertI64U visit_f64_convert_i64_u "f64.convert_i64_u" i64 => f64 = convert::f64_convert_i64_u;
                F64PromoteF32 visit_f64_promote_f32 "f64.promote_f32" f32 => f64 = convert::f64_promote_f32;
                I32ReinterpretF32 visit_i32_reinterpret_f32 "i32.reinterpret_f32" f32 => i32 = convert::i32_reinterpret_f32;
                I64ReinterpretF64 visit_i64_reinterpret_f64 "i64.reinterpret_f64" f64 => i64 = convert::i64_reinterpret_f64;
                F32ReinterpretI32 visit_f32_reinterpret_i32 "f32.reinterpret_i32" i32 => f32 = convert::f32_reinterpret_i32;
                F64ReinterpretI64 visit_f64_reinterpret_i64 "f64.reinterpret_i64" i64 => f64 = convert::f64_reinterpret_i64;
                I32Extend8S visit_i32_extend8_s "i32.extend8_s" i32 => i32 = int::i32_extend8_s;
                I32Extend16S visit_i32_extend16_s "i32.extend16_s" i32 => i32 = int::i32_extend16_s;
                I64Extend8S visit_i64_extend8_s "i64.extend8_s" i64 => i64 = int::i64_extend8_s;
                I64Extend16S visit_i64_extend16_s "i64.extend16_s" i64 => i64 = int::i64_extend16_s;
                I64Extend32S visit_i64_extend32_s "i64.extend32_s" i64 => i64 = int::i64_extend32_s;
                I32TruncSatF32S visit_i32_trunc_sat_f32_s "i32.trunc_sat_f32_s" f32 => i32 = convert::i32_trunc_sat_f32_s;
                I32TruncSatF32U visit_i32_trunc_sat_f32_u "i32.trunc_sat_f32_u" f32 => i32 = convert::i32_trunc_sat_f32_u;
                I32TruncSatF64S visit_i32_trunc_sat_f64_s "i32.trunc_sat_f64_s" f64 => i32 = convert::i32_trunc_sat_f64_s;
                I32TruncSatF64U visit_i32_trunc_sat_f64_u "i32.trunc_sat_f64_u" f64 => i32 = convert::i32_trunc_sat_f64_u;
                I64TruncSatF32S visit_i64_trunc_sat_f32_s "i64.trunc_sat_f32_s" f32 => i64 = convert::i64_trunc_sat_f32_s;
                I64TruncSatF32U visit_i64_trunc_sat_f32_u "i64.trunc_sat_f32_u" f32 => i64 = convert::i64_trunc_sat_f32_u;
                I64TruncSatF64S visit_i64_trunc_sat_f64_s "i64.trunc_sat_f64_s" f64 => i64 = convert::i64_trunc_sat_f64_s;
                I64TruncSatF64U visit_i64_trunc_sat_f64_u "i64.trunc_sat_f64_u" f64 => i64 = convert::i64_trunc_sat_f64_u;
            }
            load {
                I32Load visit_i32_load "i32.load" i32 => i32;
                I64Load visit_i64_load "i64.load" i64 => i64;
                F32Load visit_f32_load "f32.load" f32 => f32;
                F64Load visit_f64_load "f64.load" f64 => f64;
                I32Load8S visit_i32_load8_s "i32.load8_s" i8 => i32;
                I32Load8U visit_i32_load8_u "i32.load8_u" u8 => i32;
                I32Load16S visit_i32_load16_s "i32.load16_s" i16 => i32;
                I32Load16U visit_i32_load16_u "i32.load16_u" u16 => i32;
                I64Load8S visit_i64_load8_s "i64.load8_s" i8 => i64;
                I64Load8U visit_i64_load8_u "i64.load8_u" u8 => i64;
                I64Load16S visit_i64_load16_s "i64.load16_s" i16 => i64;
                I64Load16U visit_i64_load16_u "i64.load16_u" u16 => i64;
                I64Load32S visit_i64_load32_s "i64.load32_s" i32 => i64;
                I64Load32U visit_i64_load32_u "i64.load32_u" u32 => i64;
            }
            store {
                I32Store visit_i32_store "i32.store" i32 => i32;
                I64Store visit_i64_store "i64.store" i64 => i64;
                F32Store visit_f32_store "f32.store" f32 => f32;
                F64Store visit_f64_store "f64.store" f64 => f64;
                I32Store8 visit_i32_store8 "i32.store8" i32 => u8;
                I32Store16 visit_i32_store16 "i32.store16" i32 => u16;
                I64Store8 visit_i64_store8 "i64.store8" i64 => u8;
                I64Store16 visit_i64_store16 "i64.store16" i64 => u16;
                I64Store32 visit_i64_store32 "i64.store32" i64 => u32;
            }
        }
    };
}
pub(crate) use for_each_instruction;

/// Hands the vector instructions to the macro `$consumer`.
macro_rules! for_each_vector_instruction {
    ($consumer:ident) => {
        $consumer! {
            v_unary {
                V128Not visit_v128_not "v128.not" = simd::v128_not;
                F32x4Canonical visit_f32x4_canonical "f32x4.canonical" = simd::f32x4_canonical;
                F64x2Canonical visit_f64x2_canonical "f64x2.canonical" = simd::f64x2_canonical;
                I8x16Abs visit_i8x16_abs "i8x16.abs" = simd::i8x16_abs;
                I8x16Neg visit_i8x16_neg "i8x16.neg" = simd::i8x16_neg;
                I8x16Popcnt visit_i8x16_popcnt "i8x16.popcnt" = simd::i8x16_popcnt;
                I16x8ExtAddPairwiseI8x16S visit_i16x8_extadd_pairwise_i8x16_s "i16x8.extadd_pairwise_i8x16_s" = simd::i16x8_extadd_pairwise_i8x16_s;
                I16x8ExtAddPairwiseI8x16U visit_i16x8_extadd_pairwise_i8x16_u "i16x8.extadd_pairwise_i8x16_u" = simd::i16x8_extadd_pairwise_i8x16_u;
                I16x8Abs visit_i16x8_abs "i16x8.abs" = simd::i16x8_abs;
                I16x8Neg visit_i16x8_neg "i16x8.neg" = simd::i16x8_neg;
                I16x8ExtendLowI8x16S visit_i16x8_extend_low_i8x16_s "i16x8.extend_low_i8x16_s" = simd::i16x8_extend_low_i8x16_s;
                I16x8ExtendHighI8x16S visit_i16x8_extend_high_i8x16_s "i16x8.extend_high_i8x16_s" = simd::i16x8_extend_high_i8x16_s;
                I16x8ExtendLowI8x16U visit_i16x8_extend_low_i8x16_u "i16x8.extend_low_i8x16_u" = simd::i16x8_extend_low_i8x16_u;
                I16x8ExtendHighI8x16U visit_i16x8_extend_high_i8x16_u "i16x8.extend_high_i8x16_u" = simd::i16x8_extend_high_i8x16_u;
                I32x4ExtAddPairwiseI16x8S visit_i32x4_extadd_pairwise_i16x8_s "i32x4.extadd_pairwise_i16x8_s" = simd::i32x4_extadd_pairwise_i16x8_s;
                I32x4ExtAddPairwiseI16x8U visit_i32x4_extadd_pairwise_i16x8_u "i32x4.extadd_pairwise_i16x8_u" = simd::i32x4_extadd_pairwise_i16x8_u;
                I32x4Abs visit_i32x4_abs "i32x4.abs" = simd::i32x4_abs;
                I32x4Neg visit_i32x4_neg "i32x4.neg" = simd::i32x4_neg;
                I32x4ExtendLowI16x8S visit_i32x4_extend_low_i16x8_s "i32x4.extend_low_i16x8_s" = simd::i32x4_extend_low_i16x8_s;
                I32x4ExtendHighI16x8S visit_i32x4_extend_high_i16x8_s "i32x4.extend_high_i16x8_s" = simd::i32x4_extend_high_i16x8_s;
                I32x4ExtendLowI16x8U visit_i32x4_extend_low_i16x8_u "i32x4.extend_low_i16x8_u" = simd::i32x4_extend_low_i16x8_u;
                I32x4ExtendHighI16x8U visit_i32x4_extend_high_i16x8_u "i32x4.extend_high_i16x8_u" = simd::i32x4_extend_high_i16x8_u;
                I64x2Abs visit_i64x2_abs "i64x2.abs" = simd::i64x2_abs;
                I64x2Neg visit_i64x2_neg "i64x2.neg" = simd::i64x2_neg;
                I64x2ExtendLowI32x4S visit_i64x2_extend_low_i32x4_s "i64x2.extend_low_i32x4_s" = simd::i64x2_extend_low_i32x4_s;
                I64x2ExtendHighI32x4S visit_i64x2_extend_high_i32x4_s "i64x2.extend_high_i32x4_s" = simd::i64x2_extend_high_i32x4_s;
                I64x2ExtendLowI32x4U visit_i64x2_extend_low_i32x4_u "i64x2.extend_low_i32x4_u" = simd::i64x2_extend_low_i32x4_u;
                I64x2ExtendHighI32x4U visit_i64x2_extend_high_i32x4_u "i64x2.extend_high_i32x4_u" = simd::i64x2_extend_high_i32x4_u;
                F32x4Ceil visit_f32x4_ceil "f32x4.ceil" = simd::f32x4_ceil;
                F32x4Floor visit_f32x4_floor "f32x4.floor" = simd::f32x4_floor;
                F32x4Trunc visit_f32x4_trunc "f32x4.trunc" = simd::f32x4_trunc;
                F32x4Nearest visit_f32x4_nearest "f32x4.nearest" = simd::f32x4_nearest;
                F32x4Abs visit_f32x4_abs "f32x4.abs" = simd::f32x4_abs;
                F32x4Neg visit_f32x4_neg "f32x4.neg" = simd::f32x4_neg;
                F32x4Sqrt visit_f32x4_sqrt "f32x4.sqrt" = simd::f32x4_sqrt;
                F64x2Ceil visit_f64x2_ceil "f64x2.ceil" = simd::f64x2_ceil;
                F64x2Floor visit_f64x2_floor "f64x2.floor" = simd::f64x2_floor;
                F64x2Trunc visit_f64x2_trunc "f64x2.trunc" = simd::f64x2_trunc;
                F64x2Nearest visit_f64x2_nearest "f64x2.nearest" = simd::f64x2_nearest;
                F64x2Abs visit_f64x2_abs "f64x2.abs" = simd::f64x2_abs;
                F64x2Neg visit_f64x2_neg "f64x2.neg" = simd::f64x2_neg;
                F64x2Sqrt visit_f64x2_sqrt "f64x2.sqrt" = simd::f64x2_sqrt;
                I32x4TruncSatF32x4S visit_i32x4_trunc_sat_f32x4_s "i32x4.trunc_sat_f32x4_s" = simd::i32x4_trunc_sat_f32x4_s;
                I32x4TruncSatF32x4U visit_i32x4_trunc_sat_f32x4_u "i32x4.trunc_sat_f32x4_u" = simd::i32x4_trunc_sat_f32x4_u;
                F32x4ConvertI32x4S visit_f32x4_convert_i32x4_s "f32x4.convert_i32x4_s" = simd::f32x4_convert_i32x4_s;
                F32x4ConvertI32x4U visit_f32x4_convert_i32x4_u "f32x4.convert_i32x4_u" = simd::f32x4_convert_i32x4_u;
                I32x4TruncSatF64x2SZero visit_i32x4_trunc_sat_f64x2_s_zero "i32x4.trunc_sat_f64x2_s_zero" = simd::i32x4_trunc_sat_f64x2_s_zero;
                I32x4TruncSatF64x2UZero visit_i32x4_trunc_sat_f64x2_u_zero "i32x4.trunc_sat_f64x2_u_zero" = simd::i32x4_trunc_sat_f64x2_u_zero;
                F64x2ConvertLowI32x4S visit_f64x2_convert_low_i32x4_s "f64x2.convert_low_i32x4_s" = simd::f64x2_convert_low_i32x4_s;
                F64x2ConvertLowI32x4U visit_f64x2_convert_low_i32x4_u "f64x2.convert_low_i32x4_u" = simd::f64x2_convert_low_i32x4_u;
                F32x4DemoteF64x2Zero visit_f32x4_demote_f64x2_zero "f32x4.demote_f64x2_zero" = simd::f32x4_demote_f64x2_zero;
                F64x2PromoteLowF32x4 visit_f64x2_promote_low_f32x4 "f64x2.promote_low_f32x4" = simd::f64x2_promote_low_f32x4;
                I32x4RelaxedTruncF32x4S visit_i32x4_relaxed_trunc_f32x4_s "i32x4.relaxed_trunc_f32x4_s" = simd::i32x4_relaxed_trunc_f32x4_s;
                I32x4RelaxedTruncF32x4U visit_i32x4_relaxed_trunc_f32x4_u "i32x4.relaxed_trunc_f32x4_u" = simd::i32x4_relaxed_trunc_f32x4_u;
                I32x4RelaxedTruncF64x2SZero visit_i32x4_relaxed_trunc_f64x2_s_zero "i32x4.relaxed_trunc_f64x2_s_zero" = simd::i32x4_relaxed_trunc_f64x2_s_zero;
                I32x4RelaxedTruncF64x2UZero visit_i32x4_relaxed_trunc_f64x2_u_zero "i32x4.relaxed_trunc_f64x2_u_zero" = simd::i32x4_relaxed_trunc_f64x2_u_zero;
            }
            v_binary {
                I8x16Swizzle visit_i8x16_swizzle "i8x16.swizzle" = simd::i8x16_swizzle;
                I8x16Eq visit_i8x16_eq "i8x16.eq" = simd::i8x16_eq;
                I8x16Ne visit_i8x16_ne "i8x16.ne" = simd::i8x16_ne;
                I8x16LtS visit_i8x16_lt_s "i8x16.lt_s" = simd::i8x16_lt_s;
                I8x16LtU visit_i8x16_lt_u "i8x16.lt_u" = simd::i8x16_lt_u;
                I8x16GtS visit_i8x16_gt_s "i8x16.gt_s" = simd::i8x16_gt_s;
                I8x16GtU visit_i8x16_gt_u "i8x16.gt_u" = simd::i8x16_gt_u;
                I8x16LeS visit_i8x16_le_s "i8x16.le_s" = simd::i8x16_le_s;
                I8x16LeU visit_i8x16_le_u "i8x16.le_u" = simd::i8x16_le_u;
                I8x16GeS visit_i8x16_ge_s "i8x16.ge_s" = simd::i8x16_ge_s;
                I8x16GeU visit_i8x16_ge_u "i8x16.ge_u" = simd::i8x16_ge_u;
                I16x8Eq visit_i16x8_eq "i16x8.eq" = simd::i16x8_eq;
                I16x8Ne visit_i16x8_ne "i16x8.ne" = simd::i16x8_ne;
                I16x8LtS visit_i16x8_lt_s "i16x8.lt_s" = simd::i16x8_lt_s;
                I16x8LtU visit_i16x8_lt_u "i16x8.lt_u" = simd::i16x8_lt_u;
                I16x8GtS visit_i16x8_gt_s "i16x8.gt_s" = simd::i16x8_gt_s;
                I16x8GtU visit_i16x8_gt_u "i16x8.gt_u" = simd::i16x8_gt_u;
                I16x8LeS visit_i16x8_le_s "i16x8.le_s" = simd::i16x8_le_s;
                I16x8LeU visit_i16x8_le_u "i16x8.le_u" = simd::i16x8_le_u;
                I16x8GeS visit_i16x8_ge_s "i16x8.ge_s" = simd::i16x8_ge_s;
                I16x8GeU visit_i16x8_ge_u "i16x8.ge_u" = simd::i16x8_ge_u;
                I32x4Eq visit_i32x4_eq "i32x4.eq" = simd::i32x4_eq;
                I32x4Ne visit_i32x4_ne "i32x4.ne" = simd::i32x4_ne;
                I32x4LtS visit_i32x4_lt_s "i32x4.lt_s" = simd::i32x4_lt_s;
                I32x4LtU visit_i32x4_lt_u "i32x4.lt_u" = simd::i32x4_lt_u;
                I32x4GtS visit_i32x4_gt_s "i32x4.gt_s" = simd::i32x4_gt_s;
                I32x4GtU visit_i32x4_gt_u "i32x4.gt_u" = simd::i32x4_gt_u;
                I32x4LeS visit_i32x4_le_s "i32x4.le_s" = simd::i32x4_le_s;
                I32x4LeU visit_i32x4_le_u "i32x4.le_u" = simd::i32x4_le_u;
                I32x4GeS visit_i32x4_ge_s "i32x4.ge_s" = simd::i32x4_ge_s;
                I32x4GeU visit_i32x4_ge_u "i32x4.ge_u" = simd::i32x4_ge_u;
                I64x2Eq visit_i64x2_eq "i64x2.eq" = simd::i64x2_eq;
                I64x2Ne visit_i64x2_ne "i64x2.ne" = simd::i64x2_ne;
                I64x2LtS visit_i64x2_lt_s "i64x2.lt_s" = simd::i64x2_lt_s;
                I64x2GtS visit_i64x2_gt_s "i64x2.gt_s" = simd::i64x2_gt_s;
                I64x2LeS visit_i64x2_le_s "i64x2.le_s" = simd::i64x2_le_s;
                I64x2GeS visit_i64x2_ge_s "i64x2.ge_s" = simd::i64x2_ge_s;
                F32x4Eq visit_f32x4_eq "f32x4.eq" = simd::f32x4_eq;
                F32x4Ne visit_f32x4_ne "f32x4.ne" = simd::f32x4_ne;
                F32x4Lt visit_f32x4_lt "f32x4.lt" = simd::f32x4_lt;
                F32x4Gt visit_f32x4_gt "f32x4.gt" = simd::f32x4_gt;
                F32x4Le visit_f32x4_le "f32x4.le" = simd::f32x4_le;
                F32x4Ge visit_f32x4_ge "f32x4.ge" = simd::f32x4_ge;
                F64x2Eq visit_f64x2_eq "f64x2.eq" = simd::f64x2_eq;
                F64x2Ne visit_f64x2_ne "f64x2.ne" = simd::f64x2_ne;
                F64x2Lt visit_f64x2_lt "f64x2.lt" = simd::f64x2_lt;
                F64x2Gt visit_f64x2_gt "f64x2.gt" = simd::f64x2_gt;
                F64x2Le visit_f64x2_le "f64x2.le" = simd::f64x2_le;
                F64x2Ge visit_f64x2_ge "f64x2.ge" = simd::f64x2_ge;
                V128And visit_v128_and "v128.and" = simd::v128_and;
                V128AndNot visit_v128_andnot "v128.andnot" = simd::v128_andnot;
                V128Or visit_v128_or "v128.or" = simd::v128_or;
                V128Xor visit_v128_xor "v128.xor" = simd::v128_xor;
                I8x16NarrowI16x8S visit_i8x16_narrow_i16x8_s "i8x16.narrow_i16x8_s" = simd::i8x16_narrow_i16x8_s;
                I8x16NarrowI16x8U visit_i8x16_narrow_i16x8_u "i8x16.narrow_i16x8_u" = simd::i8x16_narrow_i16x8_u;
                I8x16Add visit_i8x16_add "i8x16.add" = simd::i8x16_add;
                I8x16AddSatS visit_i8x16_add_sat_s "i8x16.add_sat_s" = simd::i8x16_add_sat_s;
                I8x16AddSatU visit_i8x16_add_sat_u "i8x16.add_sat_u" = simd::i8x16_add_sat_u;
                I8x16Sub visit_i8x16_sub "i8x16.sub" = simd::i8x16_sub;
                I8x16SubSatS visit_i8x16_sub_sat_s "i8x16.sub_sat_s" = simd::i8x16_sub_sat_s;
                I8x16SubSatU visit_i8x16_sub_sat_u "i8x16.sub_sat_u" = simd::i8x16_sub_sat_u;
                I8x16MinS visit_i8x16_min_s "i8x16.min_s" = simd::i8x16_min_s;
                I8x16MinU visit_i8x16_min_u "i8x16.min_u" = simd::i8x16_min_u;
                I8x16MaxS visit_i8x16_max_s "i8x16.max_s" = simd::i8x16_max_s;
                I8x16MaxU visit_i8x16_max_u "i8x16.max_u" = simd::i8x16_max_u;
                I8x16AvgrU visit_i8x16_avgr_u "i8x16.avgr_u" = simd::i8x16_avgr_u;
                I16x8Q15MulrSatS visit_i16x8_q15mulr_sat_s "i16x8.q15mulr_sat_s" = simd::i16x8_q15mulr_sat_s;
                I16x8NarrowI32x4S visit_i16x8_narrow_i32x4_s "i16x8.narrow_i32x4_s" = simd::i16x8_narrow_i32x4_s;
                I16x8NarrowI32x4U visit_i16x8_narrow_i32x4_u "i16x8.narrow_i32x4_u" = simd::i16x8_narrow_i32x4_u;
                I16x8Add visit_i16x8_add "i16x8.add" = simd::i16x8_add;
                I16x8AddSatS visit_i16x8_add_sat_s "i16x8.add_sat_s" = simd::i16x8_add_sat_s;
                I16x8AddSatU visit_i16x8_add_sat_u "i16x8.add_sat_u" = simd::i16x8_add_sat_u;
                I16x8Sub visit_i16x8_sub "i16x8.sub" = simd::i16x8_sub;
                I16x8SubSatS visit_i16x8_sub_sat_s "i16x8.sub_sat_s" = simd::i16x8_sub_sat_s;
                I16x8SubSatU visit_i16x8_sub_sat_u "i16x8.sub_sat_u" = simd::i16x8_sub_sat_u;
                I16x8Mul visit_i16x8_mul "i16x8.mul" = simd::i16x8_mul;
                I16x8MinS visit_i16x8_min_s "i16x8.min_s" = simd::i16x8_min_s;
                I16x8MinU visit_i16x8_min_u "i16x8.min_u" = simd::i16x8_min_u;
                I16x8MaxS visit_i16x8_max_s "i16x8.max_s" = simd::i16x8_max_s;
                I16x8MaxU visit_i16x8_max_u "i16x8.max_u" = simd::i16x8_max_u;
                I16x8AvgrU visit_i16x8_avgr_u "i16x8.avgr_u" = simd::i16x8_avgr_u;
                I16x8ExtMulLowI8x16S visit_i16x8_extmul_low_i8x16_s "i16x8.extmul_low_i8x16_s" = simd::i16x8_extmul_low_i8x16_s;
                I16x8ExtMulHighI8x16S visit_i16x8_extmul_high_i8x16_s "i16x8.extmul_high_i8x16_s" = simd::i16x8_extmul_high_i8x16_s;
                I16x8ExtMulLowI8x16U visit_i16x8_extmul_low_i8x16_u "i16x8.extmul_low_i8x16_u" = simd::i16x8_extmul_low_i8x16_u;
                I16x8ExtMulHighI8x16U visit_i16x8_extmul_high_i8x16_u "i16x8.extmul_high_i8x16_u" = simd::i16x8_extmul_high_i8x16_u;
                I32x4Add visit_i32x4_add "i32x4.add" = simd::i32x4_add;
                I32x4Sub visit_i32x4_sub "i32x4.sub" = simd::i32x4_sub;
                I32x4Mul visit_i32x4_mul "i32x4.mul" = simd::i32x4_mul;
                I32x4MinS visit_i32x4_min_s "i32x4.min_s" = simd::i32x4_min_s;
                I32x4MinU visit_i32x4_min_u "i32x4.min_u" = simd::i32x4_min_u;
                I32x4MaxS visit_i32x4_max_s "i32x4.max_s" = simd::i32x4_max_s;
                I32x4MaxU visit_i32x4_max_u "i32x4.max_u" = simd::i32x4_max_u;
                I32x4DotI16x8S visit_i32x4_dot_i16x8_s "i32x4.dot_i16x8_s" = simd::i32x4_dot_i16x8_s;
                I32x4ExtMulLowI16x8S visit_i32x4_extmul_low_i16x8_s "i32x4.extmul_low_i16x8_s" = simd::i32x4_extmul_low_i16x8_s;
                I32x4ExtMulHighI16x8S visit_i32x4_extmul_high_i16x8_s "i32x4.extmul_high_i16x8_s" = simd::i32x4_extmul_high_i16x8_s;
                I32x4ExtMulLowI16x8U visit_i32x4_extmul_low_i16x8_u "i32x4.extmul_low_i16x8_u" = simd::i32x4_extmul_low_i16x8_u;
                I32x4ExtMulHighI16x8U visit_i32x4_extmul_high_i16x8_u "i32x4.extmul_high_i16x8_u" = simd::i32x4_extmul_high_i16x8_u;
                I64x2Add visit_i64x2_add "i64x2.add" = simd::i64x2_add;
                I64x2Sub visit_i64x2_sub "i64x2.sub" = simd::i64x2_sub;
                I64x2Mul visit_i64x2_mul "i64x2.mul" = simd::i64x2_mul;
                I64x2ExtMulLowI32x4S visit_i64x2_extmul_low_i32x4_s "i64x2.extmul_low_i32x4_s" = simd::i64x2_extmul_low_i32x4_s;
                I64x2ExtMulHighI32x4S visit_i64x2_extmul_high_i32x4_s "i64x2.extmul_high_i32x4_s" = simd::i64x2_extmul_high_i32x4_s;
                I64x2ExtMulLowI32x4U visit_i64x2_extmul_low_i32x4_u "i64x2.extmul_low_i32x4_u" = simd::i64x2_extmul_low_i32x4_u;
                I64x2ExtMulHighI32x4U visit_i64x2_extmul_high_i32x4_u "i64x2.extmul_high_i32x4_u" = simd::i64x2_extmul_high_i32x4_u;
                F32x4Add visit_f32x4_add "f32x4.add" = simd::f32x4_add;
                F32x4Sub visit_f32x4_sub "f32x4.sub" = simd::f32x4_sub;
                F32x4Mul visit_f32x4_mul "f32x4.mul" = simd::f32x4_mul;
                F32x4Div visit_f32x4_div "f32x4.div" = simd::f32x4_div;
                F32x4Min visit_f32x4_min "f32x4.min" = simd::f32x4_min;
                F32x4Max visit_f32x4_max "f32x4.max" = simd::f32x4_max;
                F32x4PMin visit_f32x4_pmin "f32x4.pmin" = simd::f32x4_pmin;
                F32x4PMax visit_f32x4_pmax "f32x4.pmax" = simd::f32x4_pmax;
                F64x2Add visit_f64x2_add "f64x2.add" = simd::f64x2_add;
                F64x2Sub visit_f64x2_sub "f64x2.sub" = simd::f64x2_sub;
                F64x2Mul visit_f64x2_mul "f64x2.mul" = simd::f64x2_mul;
                F64x2Div visit_f64x2_div "f64x2.div" = simd::f64x2_div;
                F64x2Min visit_f64x2_min "f64x2.min" = simd::f64x2_min;
                F64x2Max visit_f64x2_max "f64x2.max" = simd::f64x2_max;
                F64x2PMin visit_f64x2_pmin "f64x2.pmin" = simd::f64x2_pmin;
                F64x2PMax visit_f64x2_pmax "f64x2.pmax" = simd::f64x2_pmax;
                I8x16RelaxedSwizzle visit_i8x16_relaxed_swizzle "i8x16.relaxed_swizzle" = simd::i8x16_relaxed_swizzle;
                F32x4RelaxedMin visit_f32x4_relaxed_min "f32x4.relaxed_min" = simd::f32x4_relaxed_min;
                F32x4RelaxedMax visit_f32x4_relaxed_max "f32x4.relaxed_max" = simd::f32x4_relaxed_max;
                F64x2RelaxedMin visit_f64x2_relaxed_min "f64x2.relaxed_min" = simd::f64x2_relaxed_min;
                F64x2RelaxedMax visit_f64x2_relaxed_max "f64x2.relaxed_max" = simd::f64x2_relaxed_max;
                I16x8RelaxedQ15mulrS visit_i16x8_relaxed_q15mulr_s "i16x8.relaxed_q15mulr_s" = simd::i16x8_relaxed_q15mulr_s;
                I16x8RelaxedDotI8x16I7x16S visit_i16x8_relaxed_dot_i8x16_i7x16_s "i16x8.relaxed_dot_i8x16_i7x16_s" = simd::i16x8_relaxed_dot_i8x16_i7x16_s;
            }
            v_ternary {
                V128Bitselect visit_v128_bitselect "v128.bitselect" = simd::v128_bitselect;
                F32x4RelaxedMadd visit_f32x4_relaxed_madd "f32x4.relaxed_madd" = simd::f32x4_relaxed_madd;
                F32x4RelaxedNmadd visit_f32x4_relaxed_nmadd "f32x4.relaxed_nmadd" = simd::f32x4_relaxed_nmadd;
                F64x2RelaxedMadd visit_f64x2_relaxed_madd "f64x2.relaxed_madd" = simd::f64x2_relaxed_madd;
                F64x2RelaxedNmadd visit_f64x2_relaxed_nmadd "f64x2.relaxed_nmadd" = simd::f64x2_relaxed_nmadd;
                I8x16RelaxedLaneselect visit_i8x16_relaxed_laneselect "i8x16.relaxed_laneselect" = simd::i8x16_relaxed_laneselect;
                I16x8RelaxedLaneselect visit_i16x8_relaxed_laneselect "i16x8.relaxed_laneselect" = simd::i16x8_relaxed_laneselect;
                I32x4RelaxedLaneselect visit_i32x4_relaxed_laneselect "i32x4.relaxed_laneselect" = simd::i32x4_relaxed_laneselect;
                I64x2RelaxedLaneselect visit_i64x2_relaxed_laneselect "i64x2.relaxed_laneselect" = simd::i64x2_relaxed_laneselect;
                I32x4RelaxedDotI8x16I7x16AddS visit_i32x4_relaxed_dot_i8x16_i7x16_add_s "i32x4.relaxed_dot_i8x16_i7x16_add_s" = simd::i32x4_relaxed_dot_i8x16_i7x16_add_s;
            }
            v_shift {
                I8x16Shl visit_i8x16_shl "i8x16.shl" = simd::i8x16_shl;
                I8x16ShrS visit_i8x16_shr_s "i8x16.shr_s" = simd::i8x16_shr_s;
                I8x16ShrU visit_i8x16_shr_u "i8x16.shr_u" = simd::i8x16_shr_u;
                I16x8Shl visit_i16x8_shl "i16x8.shl" = simd::i16x8_shl;
                I16x8ShrS visit_i16x8_shr_s "i16x8.shr_s" = simd::i16x8_shr_s;
                I16x8ShrU visit_i16x8_shr_u "i16x8.shr_u" = simd::i16x8_shr_u;
                I32x4Shl visit_i32x4_shl "i32x4.shl" = simd::i32x4_shl;
                I32x4ShrS visit_i32x4_shr_s "i32x4.shr_s" = simd::i32x4_shr_s;
                I32x4ShrU visit_i32x4_shr_u "i32x4.shr_u" = simd::i32x4_shr_u;
                I64x2Shl visit_i64x2_shl "i64x2.shl" = simd::i64x2_shl;
                I64x2ShrS visit_i64x2_shr_s "i64x2.shr_s" = simd::i64x2_shr_s;
                I64x2ShrU visit_i64x2_shr_u "i64x2.shr_u" = simd::i64x2_shr_u;
            }
            v_splat {
                I8x16Splat visit_i8x16_splat "i8x16.splat" i32 = simd::i8x16_splat;
                I16x8Splat visit_i16x8_splat "i16x8.splat" i32 = simd::i16x8_splat;
                I32x4Splat visit_i32x4_splat "i32x4.splat" i32 = simd::i32x4_splat;
                I64x2Splat visit_i64x2_splat "i64x2.splat" i64 = simd::i64x2_splat;
                F32x4Splat visit_f32x4_splat "f32x4.splat" f32 = simd::f32x4_splat;
                F64x2Splat visit_f64x2_splat "f64x2.splat" f64 = simd::f64x2_splat;
            }
            v_extract {
                I8x16ExtractLaneS visit_i8x16_extract_lane_s "i8x16.extract_lane_s" i32 = simd::i8x16_extract_lane_s;
                I8x16ExtractLaneU visit_i8x16_extract_lane_u "i8x16.extract_lane_u" i32 = simd::i8x16_extract_lane_u;
                I16x8ExtractLaneS visit_i16x8_extract_lane_s "i16x8.extract_lane_s" i32 = simd::i16x8_extract_lane_s;
                I16x8ExtractLaneU visit_i16x8_extract_lane_u "i16x8.extract_lane_u" i32 = simd::i16x8_extract_lane_u;
                I32x4ExtractLane visit_i32x4_extract_lane "i32x4.extract_lane" i32 = simd::i32x4_extract_lane;
                I64x2ExtractLane visit_i64x2_extract_lane "i64x2.extract_lane" i64 = simd::i64x2_extract_lane;
                F32x4ExtractLane visit_f32x4_extract_lane "f32x4.extract_lane" f32 = simd::f32x4_extract_lane;
                F64x2ExtractLane visit_f64x2_extract_lane "f64x2.extract_lane" f64 = simd::f64x2_extract_lane;
            }
            v_replace {
                I8x16ReplaceLane visit_i8x16_replace_lane "i8x16.replace_lane" i32 = simd::i8x16_replace_lane;
                I16x8ReplaceLane visit_i16x8_replace_lane "i16x8.replace_lane" i32 = simd::i16x8_replace_lane;
                I32x4ReplaceLane visit_i32x4_replace_lane "i32x4.replace_lane" i32 = simd::i32x4_replace_lane;
                I64x2ReplaceLane visit_i64x2_replace_lane "i64x2.replace_lane" i64 = simd::i64x2_replace_lane;
                F32x4ReplaceLane visit_f32x4_replace_lane "f32x4.replace_lane" f32 = simd::f32x4_replace_lane;
                F64x2ReplaceLane visit_f64x2_replace_lane "f64x2.replace_lane" f64 = simd::f64x2_replace_lane;
            }
            v_test {
                V128AnyTrue visit_v128_any_true "v128.any_true" = simd::v128_any_true;
                I8x16AllTrue visit_i8x16_all_true "i8x16.all_true" = simd::i8x16_all_true;
                I8x16Bitmask visit_i8x16_bitmask "i8x16.bitmask" = simd::i8x16_bitmask;
                I16x8AllTrue visit_i16x8_all_true "i16x8.all_true" = simd::i16x8_all_true;
                I16x8Bitmask visit_i16x8_bitmask "i16x8.bitmask" = simd::i16x8_bitmask;
                I32x4AllTrue visit_i32x4_all_true "i32x4.all_true" = simd::i32x4_all_true;
                I32x4Bitmask visit_i32x4_bitmask "i32x4.bitmask" = simd::i32x4_bitmask;
                I64x2AllTrue visit_i64x2_all_true "i64x2.all_true" = simd::i64x2_all_true;
                I64x2Bitmask visit_i64x2_bitmask "i64x2.bitmask" = simd::i64x2_bitmask;
            }
            v_load {
                V128Load8x8S visit_v128_load8x8_s "v128.load8x8_s" [u8; 8] = simd::v128_load8x8_s;
                V128Load8x8U visit_v128_load8x8_u "v128.load8x8_u" [u8; 8] = simd::v128_load8x8_u;
                V128Load16x4S visit_v128_load16x4_s "v128.load16x4_s" [u8; 8] = simd::v128_load16x4_s;
                V128Load16x4U visit_v128_load16x4_u "v128.load16x4_u" [u8; 8] = simd::v128_load16x4_u;
                V128Load32x2S visit_v128_load32x2_s "v128.load32x2_s" [u8; 8] = simd::v128_load32x2_s;
                V128Load32x2U visit_v128_load32x2_u "v128.load32x2_u" [u8; 8] = simd::v128_load32x2_u;
                V128Load8Splat visit_v128_load8_splat "v128.load8_splat" [u8; 1] = simd::v128_load8_splat;
                V128Load16Splat visit_v128_load16_splat "v128.load16_splat" [u8; 2] = simd::v128_load16_splat;
                V128Load32Splat visit_v128_load32_splat "v128.load32_splat" [u8; 4] = simd::v128_load32_splat;
                V128Load64Splat visit_v128_load64_splat "v128.load64_splat" [u8; 8] = simd::v128_load64_splat;
                V128Load32Zero visit_v128_load32_zero "v128.load32_zero" [u8; 4] = simd::v128_load32_zero;
                V128Load64Zero visit_v128_load64_zero "v128.load64_zero" [u8; 8] = simd::v128_load64_zero;
            }
            v_load_lane {
                V128Load8Lane visit_v128_load8_lane "v128.load8_lane" u8 = simd::v128_load8_lane;
                V128Load16Lane visit_v128_load16_lane "v128.load16_lane" u16 = simd::v128_load16_lane;
                V128Load32Lane visit_v128_load32_lane "v128.load32_lane" u32 = simd::v128_load32_lane;
                V128Load64Lane visit_v128_load64_lane "v128.load64_lane" u64 = simd::v128_load64_lane;
            }
            v_store_lane {
                V128Store8Lane visit_v128_store8_lane "v128.store8_lane" u8 = simd::v128_store8_lane;
                V128Store16Lane visit_v128_store16_lane "v128.store16_lane" u16 = simd::v128_store16_lane;
                V128Store32Lane visit_v128_store32_lane "v128.store32_lane" u32 = simd::v128_store32_lane;
                V128Store64Lane visit_v128_store64_lane "v128.store64_lane" u64 = simd::v128_store64_lane;
            }
        }
    };
}
pub(crate) use for_each_vector_instruction;

/// Hands to the macro `$consumer` what few programs execute: one handler for
/// each line of `wide_sum` and `wide_product`, one for all atomics.
macro_rules! for_each_rare_instruction {
    ($consumer:ident) => {
        $consumer! {
            wide_sum {
                I64Add128 visit_i64_add128 "i64.add128" = wide::i64_add128;
                I64Sub128 visit_i64_sub128 "i64.sub128" = wide::i64_sub128;
            }
            wide_product {
                I64MulWideS visit_i64_mul_wide_s "i64.mul_wide_s" = wide::i64_mul_wide_s;
                I64MulWideU visit_i64_mul_wide_u "i64.mul_wide_u" = wide::i64_mul_wide_u;
            }
            atomic {
                MemoryAtomicNotify visit_memory_atomic_notify "memory.atomic.notify" u32 = atomic::Notify;
                MemoryAtomicWait32 visit_memory_atomic_wait32 "memory.atomic.wait32" u32 = atomic::Wait;
                MemoryAtomicWait64 visit_memory_atomic_wait64 "memory.atomic.wait64" u64 = atomic::Wait;
                I32AtomicLoad visit_i32_atomic_load "i32.atomic.load" u32 = atomic::Load;
                I64AtomicLoad visit_i64_atomic_load "i64.atomic.load" u64 = atomic::Load;
                I32AtomicLoad8U visit_i32_atomic_load8_u "i32.atomic.load8_u" u8 = atomic::Load;
                I32AtomicLoad16U visit_i32_atomic_load16_u "i32.atomic.load16_u" u16 = atomic::Load;
                I64AtomicLoad8U visit_i64_atomic_load8_u "i64.atomic.load8_u" u8 = atomic::Load;
                I64AtomicLoad16U visit_i64_atomic_load16_u "i64.atomic.load16_u" u16 = atomic::Load;
                I64AtomicLoad32U visit_i64_atomic_load32_u "i64.atomic.load32_u" u32 = atomic::Load;
                I32AtomicStore visit_i32_atomic_store "i32.atomic.store" u32 = atomic::Store;
                I64AtomicStore visit_i64_atomic_store "i64.atomic.store" u64 = atomic::Store;
                I32AtomicStore8 visit_i32_atomic_store8 "i32.atomic.store8" u8 = atomic::Store;
                I32AtomicStore16 visit_i32_atomic_store16 "i32.atomic.store16" u16 = atomic::Store;
                I64AtomicStore8 visit_i64_atomic_store8 "i64.atomic.store8" u8 = atomic::Store;
                I64AtomicStore16 visit_i64_atomic_store16 "i64.atomic.store16" u16 = atomic::Store;
                I64AtomicStore32 visit_i64_atomic_store32 "i64.atomic.store32" u32 = atomic::Store;
                I32AtomicRmwAdd visit_i32_atomic_rmw_add "i32.atomic.rmw.add" u32 = atomic::Add;
                I64AtomicRmwAdd visit_i64_atomic_rmw_add "i64.atomic.rmw.add" u64 = atomic::Add;
                I32AtomicRmw8AddU visit_i32_atomic_rmw8_add_u "i32.atomic.rmw8.add_u" u8 = atomic::Add;
                I32AtomicRmw16AddU visit_i32_atomic_rmw16_add_u "i32.atomic.rmw16.add_u" u16 = atomic::Add;
                I64AtomicRmw8AddU visit_i64_atomic_rmw8_add_u "i64.atomic.rmw8.add_u" u8 = atomic::Add;
                I64AtomicRmw16AddU visit_i64_atomic_rmw16_add_u "i64.atomic.rmw16.add_u" u16 = atomic::Add;
                I64AtomicRmw32AddU visit_i64_atomic_rmw32_add_u "i64.atomic.rmw32.add_u" u32 = atomic::Add;
                I32AtomicRmwSub visit_i32_atomic_rmw_sub "i32.atomic.rmw.sub" u32 = atomic::Sub;
                I64AtomicRmwSub visit_i64_atomic_rmw_sub "i64.atomic.rmw.sub" u64 = atomic::Sub;
                I32AtomicRmw8SubU visit_i32_atomic_rmw8_sub_u "i32.atomic.rmw8.sub_u" u8 = atomic::Sub;
                I32AtomicRmw16SubU visit_i32_atomic_rmw16_sub_u "i32.atomic.rmw16.sub_u" u16 = atomic::Sub;
                I64AtomicRmw8SubU visit_i64_atomic_rmw8_sub_u "i64.atomic.rmw8.sub_u" u8 = atomic::Sub;
                I64AtomicRmw16SubU visit_i64_atomic_rmw16_sub_u "i64.atomic.rmw16.sub_u" u16 = atomic::Sub;
                I64AtomicRmw32SubU visit_i64_atomic_rmw32_sub_u "i64.atomic.rmw32.sub_u" u32 = atomic::Sub;
                I32AtomicRmwAnd visit_i32_atomic_rmw_and "i32.atomic.rmw.and" u32 = atomic::And;
                I64AtomicRmwAnd visit_i64_atomic_rmw_and "i64.atomic.rmw.and" u64 = atomic::And;
                I32AtomicRmw8AndU visit_i32_atomic_rmw8_and_u "i32.atomic.rmw8.and_u" u8 = atomic::And;
                I32AtomicRmw16AndU visit_i32_atomic_rmw16_and_u "i32.atomic.rmw16.and_u" u16 = atomic::And;
                I64AtomicRmw8AndU visit_i64_atomic_rmw8_and_u "i64.atomic.rmw8.and_u" u8 = atomic::And;
                I64AtomicRmw16AndU visit_i64_atomic_rmw16_and_u "i64.atomic.rmw16.and_u" u16 = atomic::And;
                I64AtomicRmw32AndU visit_i64_atomic_rmw32_and_u "i64.atomic.rmw32.and_u" u32 = atomic::And;
                I32AtomicRmwOr visit_i32_atomic_rmw_or "i32.atomic.rmw.or" u32 = atomic::Or;
                I64AtomicRmwOr visit_i64_atomic_rmw_or "i64.atomic.rmw.or" u64 = atomic::Or;
                I32AtomicRmw8OrU visit_i32_atomic_rmw8_or_u "i32.atomic.rmw8.or_u" u8 = atomic::Or;
                I32AtomicRmw16OrU visit_i32_atomic_rmw16_or_u "i32.atomic.rmw16.or_u" u16 = atomic::Or;
                I64AtomicRmw8OrU visit_i64_atomic_rmw8_or_u "i64.atomic.rmw8.or_u" u8 = atomic::Or;
                I64AtomicRmw16OrU visit_i64_atomic_rmw16_or_u "i64.atomic.rmw16.or_u" u16 = atomic::Or;
                I64AtomicRmw32OrU visit_i64_atomic_rmw32_or_u "i64.atomic.rmw32.or_u" u32 = atomic::Or;
                I32AtomicRmwXor visit_i32_atomic_rmw_xor "i32.atomic.rmw.xor" u32 = atomic::Xor;
                I64AtomicRmwXor visit_i64_atomic_rmw_xor "i64.atomic.rmw.xor" u64 = atomic::Xor;
                I32AtomicRmw8XorU visit_i32_atomic_rmw8_xor_u "i32.atomic.rmw8.xor_u" u8 = atomic::Xor;
                I32AtomicRmw16XorU visit_i32_atomic_rmw16_xor_u "i32.atomic.rmw16.xor_u" u16 = atomic::Xor;
                I64AtomicRmw8XorU visit_i64_atomic_rmw8_xor_u "i64.atomic.rmw8.xor_u" u8 = atomic::Xor;
                I64AtomicRmw16XorU visit_i64_atomic_rmw16_xor_u "i64.atomic.rmw16.xor_u" u16 = atomic::Xor;
                I64AtomicRmw32XorU visit_i64_atomic_rmw32_xor_u "i64.atomic.rmw32.xor_u" u32 = atomic::Xor;
                I32AtomicRmwXchg visit_i32_atomic_rmw_xchg "i32.atomic.rmw.xchg" u32 = atomic::Exchange;
                I64AtomicRmwXchg visit_i64_atomic_rmw_xchg "i64.atomic.rmw.xchg" u64 = atomic::Exchange;
                I32AtomicRmw8XchgU visit_i32_atomic_rmw8_xchg_u "i32.atomic.rmw8.xchg_u" u8 = atomic::Exchange;
                I32AtomicRmw16XchgU visit_i32_atomic_rmw16_xchg_u "i32.atomic.rmw16.xchg_u" u16 = atomic::Exchange;
                I64AtomicRmw8XchgU visit_i64_atomic_rmw8_xchg_u "i64.atomic.rmw8.xchg_u" u8 = atomic::Exchange;
                I64AtomicRmw16XchgU visit_i64_atomic_rmw16_xchg_u "i64.atomic.rmw16.xchg_u" u16 = atomic::Exchange;
                I64AtomicRmw32XchgU visit_i64_atomic_rmw32_xchg_u "i64.atomic.rmw32.xchg_u" u32 = atomic::Exchange;
                I32AtomicRmwCmpxchg visit_i32_atomic_rmw_cmpxchg "i32.atomic.rmw.cmpxchg" u32 = atomic::CompareExchange;
                I64AtomicRmwCmpxchg visit_i64_atomic_rmw_cmpxchg "i64.atomic.rmw.cmpxchg" u64 = atomic::CompareExchange;
                I32AtomicRmw8CmpxchgU visit_i32_atomic_rmw8_cmpxchg_u "i32.atomic.rmw8.cmpxchg_u" u8 = atomic::CompareExchange;
                I32AtomicRmw16CmpxchgU visit_i32_atomic_rmw16_cmpxchg_u "i32.atomic.rmw16.cmpxchg_u" u16 = atomic::CompareExchange;
                I64AtomicRmw8CmpxchgU visit_i64_atomic_rmw8_cmpxchg_u "i64.atomic.rmw8.cmpxchg_u" u8 = atomic::CompareExchange;
                I64AtomicRmw16CmpxchgU visit_i64_atomic_rmw16_cmpxchg_u "i64.atomic.rmw16.cmpxchg_u" u16 = atomic::CompareExchange;
                I64AtomicRmw32CmpxchgU visit_i64_atomic_rmw32_cmpxchg_u "i64.atomic.rmw32.cmpxchg_u" u32 = atomic::CompareExchange;
            }
        }
    };
}
pub(crate) use for_each_rare_instruction;
