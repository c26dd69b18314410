//! `fossor invoke`: calls of exports, one after the other, on one instance.

use crate::arguments::InvokeArguments;
use crate::codes::Code;
use crate::ending::{self, Ending};
use crate::failure::Failure;
use crate::invoke_values::{self, Argument};
use crate::watch::Plan;
use crate::{logging, module_file, output, run};
use fossor::wasi::WasiCtx;
use fossor::{
    Engine, Error, ExternType, Func, FuncType, Instance, InstancePre, Module, Store, Val, ValType,
};
use std::ffi::{OsStr, OsString};

/// What allocators are called, if `--alloc` does not say.
const ALLOCATORS: [&str; 3] = ["alloc", "allocate", "malloc"];

/// Makes the calls and prints their results, one to a line; gives the exit
/// code.
pub fn invoke(arguments: InvokeArguments) -> Result<u8, Failure> {
    logging::start(arguments.engine.log.as_deref());
    let name = &arguments.module;
    let ending = Ending::new(module_file::shown(name), &arguments.limits);
    let ending = ending.with_frames(&arguments.engine);
    let mut config = run::config(&arguments.engine, &arguments.limits, &Plan::default())?;
    config.canonicalise_nans(arguments.guest.deterministic.is_some());
    let engine = Engine::new(&config);
    let pre = run::link(&engine, module_file::read(name)?, &ending)?;
    // All calls are looked at before the first is made.
    let mut calls = Vec::new();
    for words in &arguments.calls {
        calls.push(Call::parse(words, pre.module(), &arguments)?);
    }
    let allocator = match calls.iter().any(Call::has_bytes) {
        true => Some(allocator(pre.module(), arguments.alloc.as_deref())?),
        false => None,
    };
    let context = run::context(&arguments.guest, name, &[])?;
    let store = run::store(&engine, context, &arguments.limits, ending.time());
    let mut plugin = match Plugin::new(&pre, store, arguments.no_initialize) {
        Ok(plugin) => plugin,
        Err(error) => return end(error, name, &ending),
    };
    let mut initialised = !arguments.no_initialize || pre.module().export(INITIALIZE).is_none();
    for call in &calls {
        initialised |= call.name == INITIALIZE;
        match call.make(&mut plugin, allocator.as_deref(), arguments.bytes) {
            Ok(results) => output::write(&results),
            Err(error) => {
                ending::print_hints(plugin.store.data());
                let ended = end(error, name, &ending);
                return match initialised {
                    true => ended,
                    false => ended.map_err(|failure| failure.help(NOT_INITIALISED)),
                };
            }
        }
    }
    Ok(0)
}

/// What a library exports to be called first.
const INITIALIZE: &str = "_initialize";

const NOT_INITIALISED: &str = "`_initialize` was not called: without --no-initialize that \
                               happens first, once. A program that embeds the module has to \
                               call it before anything else";

/// An instance whose functions are called.
struct Plugin {
    store: Store<WasiCtx>,
    instance: Instance,
}

impl Plugin {
    fn new(
        pre: &InstancePre<WasiCtx>,
        mut store: Store<WasiCtx>,
        as_it_is: bool,
    ) -> Result<Self, Error> {
        if as_it_is {
            let instance = pre.instantiate(&mut store)?;
            return Ok(Self { store, instance });
        }
        let reactor = pre.reactor(store)?;
        let instance = reactor.instance();
        let store = reactor.into_store();
        Ok(Self { store, instance })
    }

    fn memory(&self) -> Result<fossor::Memory, Error> {
        let missing = || Error::Export("there is no exported memory `memory`".to_owned());
        let memory = self.instance.get_memory(&self.store, "memory");
        memory.ok_or_else(missing)
    }

    fn func(&self, name: &str) -> Result<Func, Error> {
        let found = self.instance.get_func(&self.store, name);
        found.ok_or_else(|| Error::Export(format!("there is no function {name}")))
    }
}

/// The exit code of a call that gave no result, or why there is none.
fn end(error: Error, module: &OsStr, ending: &Ending<'_>) -> Result<u8, Failure> {
    let named = |code| Failure::new(code, format!("{}: {error}", module_file::shown(module)));
    match error {
        // `os.Exit` in an export.
        Error::Exit(status) => Ok((status & 0xff) as u8),
        Error::Lifecycle(_) => Err(named(Code::Lifecycle)),
        // Bytes of which the guest said that they are where nothing is.
        Error::Export(_) | Error::Type(_) | Error::OutOfBounds(_) => Err(named(Code::Call)),
        error => Err(ending.failure(error)),
    }
}

/// One call, its arguments of the right number and types.
struct Call {
    name: String,
    ty: FuncType,
    arguments: Vec<Argument>,
}

impl Call {
    fn parse(
        words: &[OsString],
        module: &Module,
        command: &InvokeArguments,
    ) -> Result<Self, Failure> {
        let Some((name, rest)) = words.split_first() else {
            return Err(Failure::new(Code::Usage, "a function's name is missing"));
        };
        let ty = func_type(module, name, command.no_initialize)?;
        let name = name.to_string_lossy().into_owned();
        let arguments = invoke_values::parse(rest, ty.params(), command.bytes)
            .map_err(|sentence| Failure::new(Code::Call, format!("{name} {ty}: {sentence}")))?;
        Ok(Self {
            name,
            ty,
            arguments,
        })
    }

    fn has_bytes(&self) -> bool {
        let is_bytes = |argument: &Argument| matches!(argument, Argument::Bytes(_));
        self.arguments.iter().any(is_bytes)
    }

    /// Calls, and gives what is to be printed.
    fn make(
        &self,
        plugin: &mut Plugin,
        allocator: Option<&str>,
        bytes: bool,
    ) -> Result<Vec<u8>, Error> {
        let mut values = Vec::with_capacity(self.ty.params().len());
        for argument in &self.arguments {
            match argument {
                Argument::Value(value) => values.push(*value),
                Argument::Bytes(given) => {
                    let addr = put(plugin, allocator.unwrap_or_default(), given)?;
                    values.extend([Val::from(addr), Val::from(given.len() as u32)]);
                }
            }
        }
        let func = plugin.func(&self.name)?;
        let results = func.call(&mut plugin.store, &values)?;
        if let (true, [Val::I64(packed)]) = (bytes, &results[..]) {
            let packed = *packed as u64;
            let memory = plugin.memory()?;
            // What is beyond the memory is refused, and needs no room before.
            let most = memory.data(&plugin.store).len();
            let mut answer = vec![0; (packed as u32 as usize).min(most + 1)];
            memory.read(&plugin.store, packed >> 32, &mut answer)?;
            return Ok(answer);
        }
        let lines = results
            .iter()
            .map(|value| format!("{}\n", invoke_values::shown(value)));
        Ok(lines.collect::<String>().into_bytes())
    }
}

/// Puts bytes where the guest's allocator made room for them.
fn put(plugin: &mut Plugin, allocator: &str, bytes: &[u8]) -> Result<u32, Error> {
    let instance = plugin.instance;
    let allocate = instance.get_typed_func::<u32, u32>(&plugin.store, allocator)?;
    let addr = allocate.call(&mut plugin.store, bytes.len() as u32)?;
    let memory = plugin.memory()?;
    memory.write(&mut plugin.store, addr.into(), bytes)?;
    Ok(addr)
}

/// The type of an exported function.
fn func_type(module: &Module, name: &OsStr, as_it_is: bool) -> Result<FuncType, Failure> {
    let export = name.to_str().and_then(|name| module.export(name));
    let shown = name.to_string_lossy();
    match export {
        Some(ExternType::Func(_)) if name == INITIALIZE && !as_it_is => Err(Failure::new(
            Code::Lifecycle,
            "_initialize runs once, by itself, before the first call",
        )),
        Some(ExternType::Func(ty)) => Ok(ty),
        Some(other) => Err(Failure::new(
            Code::Call,
            format!("the export {shown} is no function: {other}"),
        )),
        None => {
            let funcs = module.exports().filter_map(|export| match export.ty {
                ExternType::Func(ty) => Some(format!("{} {ty}", export.name)),
                _ => None,
            });
            let failure = Failure::new(Code::Call, format!("there is no export {shown}"));
            Err(failure.details(funcs))
        }
    }
}

/// The name of the export that makes room for bytes.
fn allocator(module: &Module, name: Option<&str>) -> Result<String, Failure> {
    let wanted = FuncType::new([ValType::I32], [ValType::I32]);
    let fits = |name: &&str| module.export(name) == Some(ExternType::Func(wanted.clone()));
    let found = match name {
        Some(name) => Some(name).filter(fits),
        None => ALLOCATORS.into_iter().find(fits),
    };
    found.map(str::to_owned).ok_or_else(|| {
        let names = name.map_or_else(|| ALLOCATORS.join(", "), str::to_owned);
        let sentence = format!("bytes need an allocator: no export {names} has type {wanted}");
        Failure::new(Code::Call, sentence).help("--alloc FUNC names it")
    })
}
