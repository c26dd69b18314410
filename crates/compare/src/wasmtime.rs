//! wasmtime, as an oracle.

mod names;
mod values;

use self::names::{Names, origins};
use self::values::{kind, shallow, simple, val, value};
use crate::plan::{self, Callee, Plan, answer, calls, label, number};
use crate::seen::{End, Seen, State, TABLE_ELEMENTS};
use crate::world::{World, function};
use crate::{Error, Way};
use fossor_host::HostError;
use fossor_module::WasmFeatures;
use std::sync::OnceLock;
use wasmtime::{
    Caller, Config, Engine, Extern, ExternType, Func, FuncType, Global, Instance, Memory, Module,
    Ref, ResourceLimiter, Store, Table, Trap, Val,
};

fn unable(error: impl std::fmt::Display) -> Error {
    Error::Unable {
        way: Way::Wasmtime,
        reason: format!("{error:#}"),
    }
}

/// The guest called `proc_exit`.
#[derive(Debug, thiserror::Error)]
#[error("exited with {0}")]
struct Exit(u32);

/// Runs the calls of `plan`, `until` of them with the making of the instance.
pub(crate) fn run(
    bytes: &[u8],
    plan: &Plan,
    until: usize,
    features: WasmFeatures,
    callees: &[Callee],
) -> Result<Vec<Seen>, Error> {
    let engine = engine(features, plan.canonical_nans)?;
    let world = World::new(plan, callees).map_err(Error::Refused)?;
    let mut store = Store::new(&engine, world);
    store.limiter(|world| world);
    let mut seen = Vec::new();
    let mut parts = Vec::new();
    let origins = origins(bytes, plan);
    for (linked, bytes) in plan.modules(bytes) {
        if seen.len() == until {
            return Ok(seen);
        }
        let module = Module::new(&engine, bytes).map_err(unable)?;
        let imports = imports(&mut store, &module, &parts)?;
        let (end, state) = match Instance::new(&mut store, &module, &imports) {
            Ok(instance) => {
                parts.push(Part {
                    linked: linked.map(str::to_owned),
                    instance,
                    module,
                });
                let names = Names::of(&mut store, &parts, &origins);
                (End::Returned(Vec::new()), state(&mut store, &names, &parts))
            }
            Err(error) => {
                let names = Names::of(&mut store, &parts, &origins);
                match end_of(&mut store, &names, &error) {
                    End::Failed(_) | End::Exhausted => return Err(unable(error)),
                    end => (end, State::default()),
                }
            }
        };
        let failed = !matches!(end, End::Returned(_));
        seen.push(Seen {
            call: plan::made(linked),
            end,
            operators: 0,
            state,
        });
        if failed {
            return Ok(seen);
        }
    }
    let names = Names::of(&mut store, &parts, &origins);
    for (name, args) in calls(plan, callees) {
        if seen.len() == until {
            break;
        }
        let func = *names
            .labelled
            .get(&name)
            .ok_or_else(|| unable(format!("no {name}")))?;
        let ty = func.ty(&store);
        let pairs = args.iter().zip(ty.params());
        let args: Option<Vec<_>> = pairs
            .map(|(arg, ty)| val(&mut store, &names, arg, &ty))
            .collect();
        let args = args.ok_or_else(|| unable("an argument that cannot be made"))?;
        let mut results = vec![Val::I32(0); ty.results().len()];
        let end = match func.call(&mut store, &args, &mut results) {
            Ok(()) => {
                let results = results.iter().map(|val| value(&mut store, &names, val));
                End::Returned(results.collect())
            }
            Err(error) => end_of(&mut store, &names, &error),
        };
        seen.push(Seen {
            call: name,
            end,
            operators: 0,
            state: state(&mut store, &names, &parts),
        });
    }
    Ok(seen)
}

/// The bounds that Fossor's own ways have.
impl ResourceLimiter for World {
    fn memory_growing(
        &mut self,
        _: usize,
        wanted: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(wanted as u64 <= self.memory_bytes)
    }

    fn table_growing(
        &mut self,
        _: usize,
        wanted: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(wanted as u64 <= plan::TABLE_ELEMENTS)
    }
}

/// An instance of a run.
struct Part {
    /// The name that others import from it by; `None` for the module that is run.
    linked: Option<String>,
    instance: Instance,
    module: Module,
}

/// The engine, the same for all modules: to make one takes longer than most modules do.
fn engine(features: WasmFeatures, canonical_nans: bool) -> Result<Engine, Error> {
    static ENGINE: OnceLock<(WasmFeatures, bool, Engine)> = OnceLock::new();
    let same =
        |made: &&(WasmFeatures, bool, Engine)| (made.0, made.1) == (features, canonical_nans);
    if let Some((.., engine)) = ENGINE.get().filter(same) {
        return Ok(engine.clone());
    }
    let mut config = Config::new();
    config
        .wasm_multi_memory(features.contains(WasmFeatures::MULTI_MEMORY))
        .wasm_memory64(features.contains(WasmFeatures::MEMORY64))
        .wasm_wide_arithmetic(features.contains(WasmFeatures::WIDE_ARITHMETIC))
        .wasm_custom_page_sizes(features.contains(WasmFeatures::CUSTOM_PAGE_SIZES))
        .wasm_tail_call(features.contains(WasmFeatures::TAIL_CALL))
        .wasm_function_references(features.contains(WasmFeatures::FUNCTION_REFERENCES))
        .wasm_threads(features.contains(WasmFeatures::THREADS))
        .wasm_relaxed_simd(features.contains(WasmFeatures::RELAXED_SIMD))
        .relaxed_simd_deterministic(true)
        .cranelift_nan_canonicalization(canonical_nans)
        .cranelift_opt_level(wasmtime::OptLevel::None)
        .wasm_gc(features.contains(WasmFeatures::GC))
        .wasm_exceptions(features.contains(WasmFeatures::EXCEPTIONS));
    let engine = Engine::new(&config).map_err(unable)?;
    let _ = ENGINE.set((features, canonical_nans, engine.clone()));
    Ok(engine)
}

/// Exports of `parts` for imports from them. Of others, one for each import, also where
/// two have the same name: Fossor does that too.
fn imports(
    store: &mut Store<World>,
    module: &Module,
    parts: &[Part],
) -> Result<Vec<Extern>, Error> {
    let mut given = Vec::new();
    for import in module.imports() {
        let from = parts
            .iter()
            .find(|part| part.linked.as_deref() == Some(import.module()));
        let export = from.and_then(|part| part.instance.get_export(&mut *store, import.name()));
        if let Some(export) = export {
            given.push(export);
            continue;
        }
        given.push(match import.ty() {
            ExternType::Func(ty) => {
                Extern::Func(host_func(store, import.module(), import.name(), ty))
            }
            ExternType::Memory(ty) => Extern::Memory(Memory::new(&mut *store, ty).map_err(unable)?),
            ExternType::Global(ty) => {
                let value = Val::default_for_ty(ty.content());
                let value = value.ok_or_else(|| unable("a global without zero"))?;
                Extern::Global(Global::new(&mut *store, ty, value).map_err(unable)?)
            }
            ExternType::Table(ty) => {
                let null = Ref::null(ty.element().heap_type());
                Extern::Table(Table::new(&mut *store, ty, null).map_err(unable)?)
            }
            other => return Err(unable(format!("an import of {other:?}"))),
        });
    }
    Ok(given)
}

fn end_of(store: &mut Store<World>, names: &Names, error: &wasmtime::Error) -> End {
    if let Some(thrown) = store.take_pending_exception() {
        return match values::exception(store, names, thrown) {
            Some((tag, values)) => End::Threw(tag, values),
            None => End::Failed("an exception that cannot be looked into".to_owned()),
        };
    }
    if let Some(Exit(code)) = error.downcast_ref::<Exit>() {
        return End::Exited(*code);
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow | Trap::AllocationTooLarge) => End::Exhausted,
        Some(Trap::UnreachableCodeReached) => End::Trapped("unreachable"),
        Some(Trap::MemoryOutOfBounds) => End::Trapped("out of bounds memory access"),
        Some(Trap::TableOutOfBounds | Trap::IndirectCallToNull) => End::Trapped(End::NO_ELEMENT),
        Some(Trap::IntegerDivisionByZero) => End::Trapped("integer divide by zero"),
        Some(Trap::IntegerOverflow) => End::Trapped("integer overflow"),
        Some(Trap::BadConversionToInteger) => End::Trapped("invalid conversion to integer"),
        Some(Trap::BadSignature) => End::Trapped("indirect call type mismatch"),
        Some(Trap::HeapMisaligned) => End::Trapped("unaligned atomic"),
        Some(Trap::AtomicWaitNonSharedMemory) => End::Trapped("expected shared memory"),
        Some(Trap::NullReference) => End::Trapped("null reference"),
        Some(Trap::ArrayOutOfBounds) => End::Trapped("out of bounds array access"),
        Some(Trap::CastFailure) => End::Trapped("cast failure"),
        None if error.is::<wasmtime::GcHeapOutOfMemory<()>>() => End::Exhausted,
        None if error.to_string().starts_with("incompatible import type") => End::Unlinkable,
        _ => End::Failed(format!("{error:#}")),
    }
}

fn state(store: &mut Store<World>, names: &Names, parts: &[Part]) -> State {
    let mut state = State::default();
    for (part, export) in exports(parts) {
        let name = &label(part.linked.as_deref(), export);
        match part.instance.get_export(&mut *store, export) {
            Some(Extern::Memory(memory)) => state.memory(name, memory.data(&*store)),
            Some(Extern::Global(global)) => {
                let found = global.get(&mut *store);
                state.global(name, &value(&mut *store, names, &found));
            }
            Some(Extern::Table(table)) => {
                let size = table.size(&*store);
                let mut elements = Vec::new();
                for index in 0..size.min(TABLE_ELEMENTS) {
                    if let Some(element) = table.get(&mut *store, index) {
                        elements.push(value(&mut *store, names, &element.into()));
                    }
                }
                state.table(name, size, &elements);
            }
            _ => {}
        }
    }
    state.finish(store.data().output())
}

fn exports(parts: &[Part]) -> impl Iterator<Item = (&Part, &str)> {
    parts.iter().flat_map(|part| {
        let exports = part.module.exports();
        exports.map(move |export| (part, export.name()))
    })
}

fn host_func(store: &mut Store<World>, from: &str, name: &str, ty: FuncType) -> Func {
    let wasi = function(from, name).filter(|function| function.params.len() == ty.params().len());
    let types: Vec<_> = ty.results().collect();
    let body = move |mut caller: Caller<'_, World>, args: &[Val], results: &mut [Val]| {
        let numbers: Vec<_> = args
            .iter()
            .map(|arg| number(&shallow(&mut caller, arg)))
            .collect();
        let Some(function) = wasi else {
            call_back(&mut caller, numbers.iter().copied())?;
            for (result, ty) in results.iter_mut().zip(&types) {
                let answer = answer(kind(ty), numbers.iter().copied());
                let answer = answer.and_then(|answer| simple(&mut caller, &answer, ty));
                if let Some(answer) = answer {
                    *result = answer;
                }
            }
            return Ok(());
        };
        let memory = caller.get_export("memory").and_then(Extern::into_memory);
        let answer = match memory {
            Some(memory) => {
                let (bytes, world) = memory.data_and_store_mut(&mut caller);
                world.call(function, bytes, &numbers)
            }
            None => caller.data_mut().call(function, &mut [], &numbers),
        };
        match answer {
            Ok(errno) => {
                if let Some(result) = results.first_mut() {
                    *result = Val::I32(errno as i32);
                }
                Ok(())
            }
            Err(HostError::Exit(code)) => Err(wasmtime::Error::from(Exit(code))),
            Err(other) => Err(wasmtime::Error::msg(other.to_string())),
        }
    };
    Func::new(store, ty, body)
}

fn call_back(
    caller: &mut Caller<'_, World>,
    args: impl Iterator<Item = u64>,
) -> wasmtime::Result<()> {
    let Some(name) = caller.data_mut().calls_back(args) else {
        return Ok(());
    };
    let export = caller.get_export(&name).and_then(Extern::into_func);
    // Another instance's may be of another type.
    let export = export.filter(|func| func.ty(&*caller).params().len() == 0);
    let result = export.map_or(Ok(()), |func| {
        let mut results = vec![Val::I32(0); func.ty(&*caller).results().len()];
        func.call(&mut *caller, &[], &mut results)
    });
    caller.data_mut().returned();
    result
}
