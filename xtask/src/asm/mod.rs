//! `cargo xtask asm`: whether every handler of the tail-call dispatcher still
//! is one.
//!
//! Nothing in the language promises that a handler's last call becomes a jump.
//! So the release binary is disassembled, and it fails the check if a handler
//! returns, calls or uses the native stack. The few that may do the latter two
//! are in `exceptions.rs`, each with its reason.

mod aarch64;
mod exceptions;
mod handler;
mod report;
mod shape;
mod x86;

use crate::error::Error;
use crate::runtime;
use crate::tally::Tally;
use handler::Handler;
use object::{Architecture, BinaryFormat, Object};
use std::fs;
use std::path::PathBuf;

/// What `cargo xtask asm` takes.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Look at this binary instead of the release build of fossor.
    #[arg(long, value_name = "FILE")]
    pub binary: Option<PathBuf>,
    /// Print every handler with its number of instructions.
    #[arg(long)]
    pub list: bool,
}

/// Checks all handlers; each family of them counts as one test.
pub fn perform(options: &Options) -> Result<Tally, Error> {
    let path = runtime::binary(options.binary.as_deref())?;
    let bytes = fs::read(&path).map_err(Error::file("read", &path))?;
    let file = object::File::parse(&*bytes)
        .map_err(|error| Error::message(format!("{}: {error}", path.display())))?;
    let mut tally = Tally::default();
    let look = match (file.format(), file.architecture()) {
        (BinaryFormat::Elf, Architecture::X86_64) => Some(x86::shape as handler::Look),
        (BinaryFormat::Elf, Architecture::Aarch64) => Some(aarch64::shape as handler::Look),
        _ => None,
    };
    let Some(look) = look else {
        let reason = format!(
            "asm: handlers are looked at in ELF binaries for x86-64 and aarch64 only; this one is {:?} for {:?}",
            file.format(),
            file.architecture()
        );
        println!("skipped  {reason}");
        tally.skip(reason, 1);
        return Ok(tally);
    };
    let handlers = handler::all(&file, look);
    if handlers.is_empty() {
        return Err(Error::message(format!(
            "{} has no symbol of a tail-call handler. Either the dispatcher was not compiled in \
             (crates/interpreter/build.rs), or the symbols lack type arguments: they come from \
             `-Csymbol-mangling-version=v0` in .cargo/config.toml, which RUSTFLAGS in the \
             environment replaces",
            path.display()
        )));
    }
    if options.list {
        handlers.iter().for_each(report::line);
    }
    Ok(report::print(&families(handlers), file.architecture()))
}

/// Handlers by the module they are in, in alphabetical order.
fn families(handlers: Vec<Handler>) -> Vec<(String, Vec<Handler>)> {
    let mut families: Vec<(String, Vec<Handler>)> = Vec::new();
    for handler in handlers {
        match families.last_mut() {
            Some((name, members)) if *name == handler.family => members.push(handler),
            _ => families.push((handler.family.clone(), vec![handler])),
        }
    }
    families
}
