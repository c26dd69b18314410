//! `fossor disassemble`: a module's operators beside the code that the engine
//! makes of them.

mod listing;

use crate::arguments::{DisassembleArguments, LimitFlags};
use crate::codes::Code;
use crate::ending::Ending;
use crate::failure::Failure;
use crate::module_file;
use fossor::{Compile, Config, Engine, Module};
use listing::Names;
use std::io::{self, BufWriter, Write};

/// Prints the functions that are asked for.
pub fn run(arguments: &DisassembleArguments) -> Result<(), Failure> {
    let shown = module_file::shown(&arguments.module);
    let limits = LimitFlags::default();
    let ending = Ending::new(shown.clone(), &limits);
    let bytes = module_file::read(&arguments.module)?;
    let mut config = Config::new();
    config.compile(Compile::Lazy).fuse(!arguments.no_fuse);
    let module = Module::new(&Engine::new(&config), &bytes);
    let module = module.map_err(|error| ending.failure(error))?;
    let names = Names::of_module(&module);
    let funcs = match &arguments.func {
        Some(name) => vec![find(&names, &shown, name)?],
        None => (0..module.func_count()).collect(),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    // A reader that has gone is no error.
    let invalid = match arguments.list {
        true => listing::list(&mut out, &names, &funcs).ok().and(None),
        false => listing::print(&mut out, &names, &funcs),
    };
    let _ = out.flush();
    match invalid {
        Some(error) => Err(ending.failure(error)),
        None => Ok(()),
    }
}

/// The function of an index or a name.
fn find(names: &Names<'_>, shown: &str, wanted: &str) -> Result<u32, Failure> {
    let module = names.module;
    let index = wanted.parse().ok();
    let index = index.filter(|&index| index < module.func_count());
    let Some(func) =
        index.or_else(|| (0..module.func_count()).find(|&func| names.fits(func, wanted)))
    else {
        let all = (0..module.func_count()).filter_map(|func| names.of(func));
        let mut near: Vec<_> = all
            .filter(|name| name.to_lowercase().contains(&wanted.to_lowercase()))
            .collect();
        near.sort_by_key(|name| name.len());
        near.truncate(5);
        let failure = Failure::new(
            Code::NoFunc,
            format!(
                "{shown} has no function {wanted}; its functions are 0 to {}",
                module.func_count().saturating_sub(1)
            ),
        );
        return Err(match near.is_empty() {
            true => failure.help(format!("`fossor disassemble --list {shown}` lists them")),
            false => failure.help(format!("perhaps {}", near.join(", "))),
        });
    };
    if module.func_body(func).is_none() {
        let sentence = format!("function {wanted} of {shown} is imported: its code is elsewhere");
        return Err(Failure::new(Code::NoFunc, sentence));
    }
    Ok(func)
}
