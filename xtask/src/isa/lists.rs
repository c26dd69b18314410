//! Writes chosen sequences into `crates/interpreter/src/execute/sequences/`.

use crate::error::Error;
use crate::workspace;
use std::collections::{BTreeMap, BTreeSet};

/// Handlers that may be steps, by the module they are in. Those that cannot go on to
/// the next instruction can only be the last.
const STEPS: &[(&str, &[&str])] = &[
    ("memory", &["load", "store"]),
    (
        "numeric",
        &["binary", "unary", "compare", "branch_compare", "copy_acc"],
    ),
    (
        "control",
        &[
            "copy",
            "copy_two",
            "const32",
            "const64",
            "global_get",
            "global_set",
            "select",
            "branch_if",
            "branch_unless",
            "jump",
            "branch_table",
        ],
    ),
    (
        "go",
        &[
            "add_global",
            "push_return",
            "push_return_and_call",
            "pop_and_return",
            "reload_and_branch_if",
            "branch_stack_fits",
            "set_and_jump",
            "enter_at_zero",
            "enter_at_zero_checked",
        ],
    ),
    (
        "call",
        &["call", "call_indirect", "return_value", "return_none"],
    ),
    (
        "fuel",
        &[
            "fuel",
            "pay_and_call",
            "pay_and_jump",
            "set_pay_and_jump",
            "call_with_zero",
        ],
    ),
];

/// The modes' homes; every other type is an operation of the table.
const TYPES: &[(&str, &[&str])] = &[
    ("memory", &["SlotPlus"]),
    ("control", &["Forward", "Backward"]),
    ("operation", &["ZeroExtendAdd", "Not"]),
    (
        "operand",
        &[
            "SlotSlot", "SlotImm", "AccSlot", "AccImm", "SlotAcc", "ImmSlot", "ImmAcc", "Slot",
            "Acc", "Imm16", "ToAcc", "ToSlot",
        ],
    ),
];

/// Types that need no import.
const PLAIN: &[&str] = &["u64", "u32", "i32", "i64", "f32", "f64"];

/// Operations whose handlers are large, or chosen by the processor.
const LEFT_OUT: &[&str] = &[
    "Div", "Rem", "Trunc", "Nearest", "Ceil", "Floor", "Popcnt", "Clz", "I32Ctz",
];

/// The files: name, what its sequences begin with, and the first steps' handlers;
/// the last takes what is left.
const FILES: &[(&str, &str, &[&str])] = &[
    ("load", "that begin with a load", &["load"]),
    ("store", "that begin with a store", &["store"]),
    (
        "numeric",
        "that begin with a numeric instruction or a comparison",
        &["binary", "unary", "compare", "branch_compare"],
    ),
    (
        "control",
        "that begin with a branch, a copy, a variable, a call or a return",
        &[],
    ),
];

/// Whether a handler of this name, with its types, may be a step.
pub fn may_be_step(name: &str) -> bool {
    let known = STEPS
        .iter()
        .any(|(_, names)| names.contains(&function(name)));
    known && !LEFT_OUT.iter().any(|operation| name.contains(operation))
}

fn function(name: &str) -> &str {
    name.split('<').next().unwrap_or(name)
}

/// Writes the lists anew; gives the number of lines of each file.
pub fn write(sequences: &[Vec<&str>]) -> Result<Vec<(&'static str, usize)>, Error> {
    let directory = workspace::root().join("crates/interpreter/src/execute/sequences");
    let mut files: BTreeMap<&str, Vec<&Vec<&str>>> = BTreeMap::new();
    for sequence in sequences {
        files.entry(file_of(sequence)).or_default().push(sequence);
    }
    let mut written = Vec::new();
    let fuel = ("fuel", "that pay for operators", &[][..]);
    for &(file, what, _) in FILES.iter().chain([&fuel]) {
        let lines = files.remove(file).unwrap_or_default();
        written.push((file, lines.len()));
        let path = directory.join(file).with_extension("rs");
        std::fs::write(&path, text(what, &lines)).map_err(Error::file("write", &path))?;
    }
    Ok(written)
}

fn file_of(sequence: &[&str]) -> &'static str {
    let functions = || sequence.iter().map(|step| function(step));
    let fuel = STEPS.iter().find(|(module, _)| *module == "fuel");
    if functions().any(|name| fuel.is_some_and(|(_, names)| names.contains(&name))) {
        return "fuel";
    }
    let first = functions().next().unwrap_or_default();
    let file = FILES.iter().find(|(_, _, names)| names.contains(&first));
    file.map_or("control", |file| file.0)
}

fn text(what: &str, sequences: &[&Vec<&str>]) -> String {
    let mut imports: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut lines = BTreeSet::new();
    let mut import = |module: &str, name| {
        let path = format!("crate::execute::{module}");
        imports.entry(path).or_default().insert(name);
    };
    import("dispatch", "Loop");
    import("handlers", "Fast");
    import("registers", "Handler");
    import("registers", "Registers");
    for sequence in sequences {
        let steps = sequence.iter().map(|step| {
            let (name, types) = step.split_once('<').unwrap_or((step, ">"));
            let types = types.strip_suffix('>').unwrap_or(types);
            import(home(STEPS, name).unwrap_or_default(), name);
            let words = types.split(|c: char| !c.is_alphanumeric() && c != '_');
            for word in words.filter(|word| !word.is_empty() && !PLAIN.contains(word)) {
                import(home(TYPES, word).unwrap_or("operation::op"), word);
            }
            format!("{name}({types})")
        });
        let steps = Vec::from_iter(steps);
        // A loop of its own, where the branch leads to the sequence's first step.
        let loops = match steps.last() {
            Some(last) if last.ends_with("Backward)") => " loops",
            _ => "",
        };
        lines.insert(format!("    [{}]{loops}\n", steps.join(" ")));
    }
    let mut text =
        format!("//! Sequences {what}.\n//!\n//! Written by `cargo xtask isa --sequences`.\n\n");
    text += "use super::{Sequence, sequences};\n";
    for (path, names) in imports {
        let names = Vec::from_iter(names);
        text += &format!("use {path}::{{{}}};\n", names.join(", "));
    }
    text += "\n#[rustfmt::skip]\npub(super) static SEQUENCES: &[Sequence] = sequences! {\n";
    text.extend(lines);
    text + "};\n"
}

fn home(homes: &[(&'static str, &[&str])], name: &str) -> Option<&'static str> {
    let home = homes.iter().find(|(_, names)| names.contains(&name));
    home.map(|home| home.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_imports_what_it_names() {
        let sequence = vec![
            "load<I64Load, SlotPlus, ToAcc>",
            "branch_compare<Not<F64Lt>, AccSlot, Forward>",
        ];
        assert_eq!(file_of(&sequence), "load");
        let text = text("of a test", &[&sequence]);
        assert!(text.contains("    [load(I64Load, SlotPlus, ToAcc) branch_compare(Not<F64Lt>, AccSlot, Forward)]\n"), "{text}");
        for import in [
            "memory::{SlotPlus, load}",
            "operation::op::{F64Lt, I64Load}",
            "operation::{Not}",
            "control::{Forward}",
        ] {
            assert!(
                text.contains(&format!("use crate::execute::{import};\n")),
                "{import} {text}"
            );
        }
    }

    #[test]
    fn steps_are_told_by_their_handlers() {
        assert!(may_be_step("binary<I64Add, SlotImm, ToAcc>"));
        assert!(may_be_step("const32"));
        assert!(!may_be_step("binary<I64DivS, SlotImm, ToAcc>"));
        assert!(!may_be_step("memory_copy"));
        assert_eq!(file_of(&["copy", "fuel", "call"]), "fuel");
    }
}
