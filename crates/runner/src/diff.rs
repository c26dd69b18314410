//! `fossor diff`: runs a module in several ways, and says where the first of
//! them parts from the reference.

use crate::arguments::LimitFlags;
use crate::codes::{Code, exit};
use crate::ending::Ending;
use crate::failure::Failure;
use crate::{module_file, output};
use clap::{Args, ValueHint};
use fossor::{Compile, Config, Engine, Module};
use fossor_compare::{Calls, Difference, Error, Linked, Plan, Verdict, Way, compare, locate};
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;

/// Compare ways of running a module.
#[derive(Args)]
pub struct DiffArguments {
    /// The module
    #[arg(value_name = "MODULE", value_hint = ValueHint::FilePath)]
    pub module: OsString,

    /// The guest's arguments
    #[arg(
        value_name = "ARGS",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub args: Vec<OsString>,

    /// What to compare with the reference: loop, tail, unfused-tail, stressed,
    /// free-loop, free (without fuel), watched (by a debugger), restored (from
    /// snapshots), wasmi, wasmtime
    #[arg(
        long,
        value_name = "WAYS",
        value_delimiter = ',',
        default_value = "loop,tail"
    )]
    pub against: Vec<fossor_compare::Way>,

    /// Make an instance of this module first, and give MODULE its exports for what
    /// it imports from NAME; they are called and compared too
    #[arg(long, value_name = "NAME=MODULE", value_parser = Preload::parse)]
    pub preload: Vec<Preload>,

    /// Call this export alone; NAME/EXPORT for one of a preloaded module
    #[arg(long, value_name = "NAME")]
    pub func: Option<String>,

    /// Decides about arguments, clocks and random numbers
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub seed: u64,

    /// Give every NaN that an operator makes the same bits, in all engines: without
    /// that, a module that looks at them may differ rightly
    #[arg(long)]
    pub canonical_nans: bool,

    /// Operators for each call
    #[arg(long, value_name = "N", default_value_t = 200_000_000)]
    pub fuel: u64,
}

/// A module that another one imports from.
#[derive(Clone)]
pub struct Preload {
    /// What it is imported by.
    pub name: String,
    /// Its file.
    pub module: OsString,
}

impl Preload {
    fn parse(text: &str) -> Result<Preload, String> {
        let (name, module) = text.split_once('=').ok_or("write NAME=MODULE")?;
        Ok(Preload {
            name: name.to_owned(),
            module: module.into(),
        })
    }
}

/// Compares; gives the exit code, 1 if there is a difference.
pub fn run(arguments: &DiffArguments) -> Result<u8, Failure> {
    let shown = module_file::shown(&arguments.module);
    let module = read(&arguments.module)?;
    let is_command = module.exports().any(|export| export.name == "_start");
    let bytes = module.bytes();
    let mut plan = plan(arguments, &shown, is_command);
    for Preload { name, module } in &arguments.preload {
        plan.linked.push(Linked {
            name: name.clone(),
            bytes: read(module)?.bytes().to_vec(),
        });
    }
    let mut ways = vec![Way::Unfused];
    ways.extend(arguments.against.iter().filter(|way| **way != Way::Unfused));
    let failed = |error: Error| match error {
        Error::Missing(_) => Failure::new(Code::Usage, error.to_string()),
        other => Failure::new(Code::Invalid, format!("{shown}: {other}")),
    };
    let verdict = compare(bytes, &plan, &ways).map_err(failed)?;
    let names: Vec<_> = ways.iter().map(|way| way.name()).collect();
    let names = names.join(", ");
    for (way, reason) in &verdict.unable {
        output::print(&format!("{way} was left out: {reason}\n"));
    }
    let Some(difference) = &verdict.difference else {
        output::print(&alike(&verdict, &names));
        return Ok(0);
    };
    let mut text = format!("{shown} differs: {difference}\n");
    match locate(bytes, &plan, difference).map_err(failed)? {
        Some(place) => {
            let _ = writeln!(
                text,
                "alike for {} operators; then {}",
                place.operators, place.what
            );
            let relations = ["in"].into_iter().chain(std::iter::repeat("called by"));
            let frames = place.frames.iter().zip(&place.modules);
            for ((frame, module), at) in frames.zip(relations) {
                let of = module
                    .as_ref()
                    .map_or(String::new(), |name| format!(" of {name}"));
                let name = frame.name.as_deref().unwrap_or("-");
                let offset = frame.wasm_offset.unwrap_or_default();
                let _ = writeln!(
                    text,
                    "  {at} function {}{of} {name}, offset {offset:#x}",
                    frame.func_idx
                );
            }
            for (offset, operator) in &place.next {
                let _ = writeln!(text, "    {offset:#x}  {operator}");
            }
        }
        None => text.push_str(&without_a_place(difference)),
    }
    output::print(&text);
    Ok(exit::SCRIPT)
}

/// A valid module; its bytes are binary, also if the file is text.
fn read(file: &OsStr) -> Result<Module, Failure> {
    let shown = module_file::shown(file);
    let bytes = module_file::read(file)?;
    let mut config = Config::new();
    config.compile(Compile::Lazy);
    let limits = LimitFlags::default();
    let ending = Ending::new(shown, &limits);
    Module::new(&Engine::new(&config), &bytes).map_err(|error| ending.failure(error))
}

fn plan(arguments: &DiffArguments, shown: &str, is_command: bool) -> Plan {
    let args = arguments.args.iter();
    let args = args.map(|arg| arg.to_string_lossy().into_owned());
    Plan {
        calls: match &arguments.func {
            Some(name) => Calls::One(name.clone()),
            None if is_command => Calls::Start,
            None => Calls::Each(2),
        },
        seed: arguments.seed,
        fuel: arguments.fuel,
        memory_bytes: 4 << 30,
        stack_bytes: 256 << 20,
        args: std::iter::once(shown.to_owned()).chain(args).collect(),
        stdin: Vec::new(),
        linked: Vec::new(),
        canonical_nans: arguments.canonical_nans,
    }
}

fn alike(verdict: &Verdict, names: &str) -> String {
    let last = verdict
        .last
        .as_ref()
        .map_or(String::new(), |end| format!("; the last {end}"));
    // The making of the instance is not a call that anyone asked for.
    let calls = verdict.calls.saturating_sub(1);
    format!("alike in {names}: {calls} calls{last}\n")
}

fn without_a_place(difference: &Difference) -> String {
    match difference.way.counts() {
        false => format!(
            "no more can be told: {} does not stop where it is told to\n",
            difference.way
        ),
        true => "the ways part in the last operators of the call\n".to_owned(),
    }
}
