//! wasmtime, as an oracle.

use crate::plan::{Callee, Plan, answer, calls, number};
use crate::seen::{End, Seen, State, TABLE_ELEMENTS, Value};
use crate::world::{World, function};
use crate::{Error, Way};
use fossor_host::HostError;
use fossor_module::WasmFeatures;
use wasmtime::{
    Caller, Config, Engine, Extern, ExternType, Global, Instance, Linker, Memory, Module, Ref,
    RefType, Store, Table, Trap, Val, ValType,
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
        .cranelift_opt_level(wasmtime::OptLevel::None)
        .wasm_gc(features.contains(WasmFeatures::GC))
        .wasm_exceptions(features.contains(WasmFeatures::EXCEPTIONS));
    let engine = Engine::new(&config).map_err(unable)?;
    let module = Module::new(&engine, bytes).map_err(unable)?;
    let world = World::new(plan).map_err(Error::Refused)?;
    let mut store = Store::new(&engine, world);
    let mut linker = Linker::<World>::new(&engine);
    for import in module.imports() {
        let (from, name) = (import.module(), import.name());
        let _ = match import.ty() {
            ExternType::Func(ty) => {
                define_func(&mut linker, from, name, ty);
                continue;
            }
            ExternType::Memory(ty) => {
                let memory = Memory::new(&mut store, ty).map_err(unable)?;
                linker.define(&store, from, name, memory).map(|_| ())
            }
            ExternType::Global(ty) => {
                let value = zero(ty.content()).ok_or_else(|| unable("a global without zero"))?;
                let global = Global::new(&mut store, ty, value).map_err(unable)?;
                linker.define(&store, from, name, global).map(|_| ())
            }
            ExternType::Table(ty) => {
                let null = Ref::null(ty.element().heap_type());
                let table = Table::new(&mut store, ty, null).map_err(unable)?;
                linker.define(&store, from, name, table).map(|_| ())
            }
            other => return Err(unable(format!("an import of {other:?}"))),
        };
    }
    let instance = linker.instantiate(&mut store, &module).map_err(unable)?;
    let mut seen = vec![Seen {
        call: "instantiation".to_owned(),
        end: End::Returned(Vec::new()),
        operators: 0,
        state: state(&mut store, instance, &module),
    }];
    for (name, args) in calls(plan, callees) {
        if seen.len() == until {
            break;
        }
        let func = instance
            .get_func(&mut store, &name)
            .ok_or_else(|| unable(format!("no {name}")))?;
        let ty = func.ty(&store);
        let args: Option<Vec<_>> = args
            .iter()
            .zip(ty.params())
            .map(|(&arg, ty)| val(arg, &ty))
            .collect();
        let args = args.ok_or_else(|| unable("an argument without zero"))?;
        let mut results = vec![Val::I32(0); ty.results().len()];
        let end = match func.call(&mut store, &args, &mut results) {
            Ok(()) => End::Returned(results.iter().map(value).collect()),
            Err(error) => match store.take_pending_exception() {
                Some(thrown) => {
                    let fields = thrown.fields(&mut store).map_err(unable)?;
                    let fields: Vec<_> = fields.collect();
                    End::Threw(fields.iter().map(value).collect())
                }
                None => end_of(&error),
            },
        };
        seen.push(Seen {
            call: name,
            end,
            operators: 0,
            state: state(&mut store, instance, &module),
        });
    }
    Ok(seen)
}

fn end_of(error: &wasmtime::Error) -> End {
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
        _ => End::Failed(format!("{error:#}")),
    }
}

fn state(store: &mut Store<World>, instance: Instance, module: &Module) -> State {
    let mut state = State::default();
    for export in module.exports() {
        let name = export.name();
        match instance.get_export(&mut *store, name) {
            Some(Extern::Memory(memory)) => state.memory(name, memory.data(&*store)),
            Some(Extern::Global(global)) => {
                let found = global.get(&mut *store);
                state.global(name, value(&found));
            }
            Some(Extern::Table(table)) => {
                let size = table.size(&*store);
                let elements: Vec<_> = (0..size.min(TABLE_ELEMENTS))
                    .map(|index| {
                        let element = table.get(&mut *store, index);
                        element.is_some_and(|element| !element.is_null())
                    })
                    .collect();
                state.table(name, size, &elements);
            }
            _ => {}
        }
    }
    state.finish(store.data().output())
}

fn value(val: &Val) -> Value {
    match val {
        Val::I32(value) => Value::I32(*value as u32),
        Val::I64(value) => Value::I64(*value as u64),
        Val::F32(bits) => Value::f32(*bits),
        Val::F64(bits) => Value::f64(*bits),
        Val::V128(value) => Value::V128(value.as_u128()),
        reference => Value::Ref(reference.ref_().is_some_and(|found| !found.is_null())),
    }
}

fn val(value: Value, ty: &ValType) -> Option<Val> {
    Some(match value {
        Value::I32(value) => Val::I32(value as i32),
        Value::I64(value) => Val::I64(value as i64),
        Value::F32(bits) => Val::F32(bits),
        Value::F64(bits) => Val::F64(bits),
        Value::V128(value) => Val::V128(value.into()),
        Value::Ref(_) => zero(ty)?,
    })
}

fn zero(ty: &ValType) -> Option<Val> {
    Val::default_for_ty(ty)
}

fn define_func(linker: &mut Linker<World>, from: &str, name: &str, ty: wasmtime::FuncType) {
    let wasi = function(from, name).filter(|function| function.params.len() == ty.params().len());
    let types: Vec<_> = ty.results().collect();
    let body = move |mut caller: Caller<'_, World>, args: &[Val], results: &mut [Val]| {
        let Some(function) = wasi else {
            let numbers = || args.iter().map(|arg| number(value(arg)));
            for (result, ty) in results.iter_mut().zip(&types) {
                if let Some(given) = val(answer(kind(ty), numbers()), ty) {
                    *result = given;
                }
            }
            return Ok(());
        };
        let cells: Vec<_> = args.iter().map(|arg| number(value(arg))).collect();
        let memory = caller.get_export("memory").and_then(Extern::into_memory);
        let answer = match memory {
            Some(memory) => {
                let (bytes, world) = memory.data_and_store_mut(&mut caller);
                world.call(function, bytes, &cells)
            }
            None => caller.data_mut().call(function, &mut [], &cells),
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
    // A repeated import is defined already.
    let _ = linker.func_new(from, name, ty, body);
}

fn kind(ty: &ValType) -> fossor_module::ValType {
    match ty {
        ValType::I32 => fossor_module::ValType::I32,
        ValType::I64 => fossor_module::ValType::I64,
        ValType::F32 => fossor_module::ValType::F32,
        ValType::F64 => fossor_module::ValType::F64,
        ValType::V128 => fossor_module::ValType::V128,
        ValType::Ref(ty) if RefType::eq(ty, &RefType::EXTERNREF) => {
            fossor_module::ValType::EXTERNREF
        }
        ValType::Ref(_) => fossor_module::ValType::FUNCREF,
    }
}
