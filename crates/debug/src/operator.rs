//! Operators as text.

use wasmparser::Operator;

/// An operator as the text format has it, but for what few programs use; functions by
/// their names.
pub(crate) fn text(operator: &Operator<'_>, func_name: &dyn Fn(u32) -> String) -> String {
    let name = name(operator);
    let rest = match operator {
        Operator::I32Const { value } => value.to_string(),
        Operator::I64Const { value } => value.to_string(),
        Operator::F32Const { value } => f32::from_bits(value.bits()).to_string(),
        Operator::F64Const { value } => f64::from_bits(value.bits()).to_string(),
        Operator::LocalGet { local_index }
        | Operator::LocalSet { local_index }
        | Operator::LocalTee { local_index } => local_index.to_string(),
        Operator::GlobalGet { global_index } | Operator::GlobalSet { global_index } => {
            global_index.to_string()
        }
        Operator::Call { function_index }
        | Operator::ReturnCall { function_index }
        | Operator::RefFunc { function_index } => func_name(*function_index),
        Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => {
            relative_depth.to_string()
        }
        Operator::BrTable { targets } => {
            let all = targets.targets().flatten().chain([targets.default()]);
            let mut shown = Vec::from_iter(all.take(9).map(|target| target.to_string()));
            if shown.len() == 9 {
                shown[8] = format!("… ({})", targets.len() + 1);
            }
            shown.join(" ")
        }
        other => fields(other),
    };
    match rest.is_empty() {
        true => name,
        false => format!("{name} {rest}"),
    }
}

/// What `Debug` prints behind the operator's name, without its punctuation; of an
/// access to memory the offset alone, where it is not 0.
fn fields(operator: &Operator<'_>) -> String {
    let text = format!("{operator:?}");
    let Some((_, fields)) = text.split_once(" { ") else {
        return String::new();
    };
    if fields.starts_with("memarg:") {
        let offset = fields.split_once("offset: ");
        let offset = offset.and_then(|(_, rest)| rest.split([',', ' ']).next());
        return match offset {
            None | Some("0") => String::new(),
            Some(offset) => format!("offset={offset}"),
        };
    }
    match fields.trim_end_matches(" }") {
        "blockty: Empty" => String::new(),
        fields => fields.to_owned(),
    }
}

macro_rules! visit_names {
    ($( @$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        fn visit_name(operator: &Operator<'_>) -> &'static str {
            match operator {
                $(Operator::$op { .. } => stringify!($visit),)*
                _ => "visit_unknown",
            }
        }
    };
}
wasmparser::for_each_operator!(visit_names);

/// `i32.add` for `visit_i32_add`: in the text format a point follows the first word if
/// that is a type or a kind of thing.
fn name(operator: &Operator<'_>) -> String {
    const HEADS: [&str; 21] = [
        "i32", "i64", "f32", "f64", "v128", "i8x16", "i16x8", "i32x4", "i64x2", "f32x4", "f64x2",
        "local", "global", "memory", "table", "ref", "data", "elem", "struct", "array", "i31",
    ];
    let name = visit_name(operator).trim_start_matches("visit_");
    match name.split_once('_') {
        _ if name.starts_with("typed_select") => "select".to_owned(),
        Some((head, tail)) if HEADS.contains(&head) => format!("{head}.{tail}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmparser::{BinaryReader, OperatorsReader};

    #[test]
    fn looks_like_the_text_format() {
        let load = [0x28, 2, 16];
        let load = OperatorsReader::new(BinaryReader::new(&load, 0)).read();
        let cases = [
            (Operator::I32Const { value: -3 }, "i32.const -3"),
            (Operator::I64ExtendI32U, "i64.extend_i32_u"),
            (Operator::LocalTee { local_index: 2 }, "local.tee 2"),
            (load.unwrap(), "i32.load offset=16"),
            (Operator::Call { function_index: 4 }, "call main.main"),
            (Operator::BrIf { relative_depth: 1 }, "br_if 1"),
            (Operator::End, "end"),
        ];
        for (operator, text) in cases {
            assert_eq!(super::text(&operator, &|_| "main.main".to_owned()), text);
        }
    }
}
