//! wasmi, as an oracle.

use crate::plan::{Callee, Plan, answer, calls, number};
use crate::seen::{End, Seen, State, TABLE_ELEMENTS, Value};
use crate::world::{World, function};
use crate::{Error, Way};
use fossor_host::HostError;
use fossor_module::WasmFeatures;
use wasmi::{
    Caller, Config, Engine, Extern, ExternType, F32, F64, Global, Instance, Linker, Memory, Module,
    Ref, Store, Table, TrapCode, Val, ValType,
};

fn unable(error: impl std::fmt::Display) -> Error {
    Error::Unable {
        way: Way::Wasmi,
        reason: error.to_string(),
    }
}

/// Runs the calls of `plan`, `until` of them with the making of the instance.
pub(crate) fn run(
    bytes: &[u8],
    plan: &Plan,
    until: usize,
    features: WasmFeatures,
    callees: &[Callee],
) -> Result<Vec<Seen>, Error> {
    let mut config = Config::default();
    config
        .wasm_multi_memory(features.contains(WasmFeatures::MULTI_MEMORY))
        .wasm_memory64(features.contains(WasmFeatures::MEMORY64))
        .wasm_tail_call(features.contains(WasmFeatures::TAIL_CALL))
        .wasm_extended_const(features.contains(WasmFeatures::EXTENDED_CONST))
        .wasm_simd(features.contains(WasmFeatures::SIMD))
        .set_max_recursion_depth(100_000)
        .set_max_stack_height(64 << 20);
    let engine = Engine::new(&config);
    let module = Module::new(&engine, bytes).map_err(unable)?;
    let world = World::new(plan).map_err(Error::Refused)?;
    let mut store = Store::new(&engine, world);
    let mut linker = Linker::<World>::new(&engine);
    for import in module.imports() {
        let (from, name) = (import.module(), import.name());
        // Go's linker repeats imports; if their types differ, linking fails.
        let _ = match import.ty() {
            ExternType::Func(ty) => {
                define_func(&mut linker, from, name, ty.clone());
                continue;
            }
            ExternType::Memory(ty) => {
                let memory = Memory::new(&mut store, *ty).map_err(unable)?;
                linker.define(from, name, memory)
            }
            ExternType::Global(ty) => {
                let value = Val::default_for_ty(ty.content());
                let global = Global::new(&mut store, value, ty.mutability());
                linker.define(from, name, global)
            }
            ExternType::Table(ty) => {
                let null = Ref::null(ty.element());
                let table = Table::new(&mut store, *ty, null).map_err(unable)?;
                linker.define(from, name, table)
            }
        };
    }
    let instance = linker
        .instantiate_and_start(&mut store, &module)
        .map_err(unable)?;
    let mut seen = vec![Seen {
        call: "instantiation".to_owned(),
        end: End::Returned(Vec::new()),
        operators: 0,
        state: state(&store, instance, &module),
    }];
    for (name, args) in calls(plan, callees) {
        if seen.len() == until {
            break;
        }
        let func = instance
            .get_func(&store, &name)
            .ok_or_else(|| unable(format!("no {name}")))?;
        let ty = func.ty(&store);
        let args: Vec<_> = args
            .iter()
            .zip(ty.params())
            .map(|(&arg, ty)| val(arg, *ty))
            .collect();
        let mut results: Vec<_> = ty
            .results()
            .iter()
            .map(|ty| Val::default_for_ty(*ty))
            .collect();
        let end = match func.call(&mut store, &args, &mut results) {
            Ok(()) => End::Returned(results.iter().map(value).collect()),
            Err(error) => end_of(&error),
        };
        seen.push(Seen {
            call: name,
            end,
            operators: 0,
            state: state(&store, instance, &module),
        });
    }
    Ok(seen)
}

fn end_of(error: &wasmi::Error) -> End {
    if let Some(code) = error.i32_exit_status() {
        return End::Exited(code as u32);
    }
    match error.as_trap_code() {
        Some(TrapCode::StackOverflow) => End::Exhausted,
        Some(TrapCode::UnreachableCodeReached) => End::Trapped("unreachable"),
        Some(TrapCode::MemoryOutOfBounds) => End::Trapped("out of bounds memory access"),
        Some(TrapCode::TableOutOfBounds | TrapCode::IndirectCallToNull) => {
            End::Trapped(End::NO_ELEMENT)
        }
        Some(TrapCode::IntegerDivisionByZero) => End::Trapped("integer divide by zero"),
        Some(TrapCode::IntegerOverflow) => End::Trapped("integer overflow"),
        Some(TrapCode::BadConversionToInteger) => End::Trapped("invalid conversion to integer"),
        Some(TrapCode::BadSignature) => End::Trapped("indirect call type mismatch"),
        _ => End::Failed(error.to_string()),
    }
}

fn state(store: &Store<World>, instance: Instance, module: &Module) -> State {
    let mut state = State::default();
    for export in module.exports() {
        let name = export.name();
        match instance.get_export(store, name) {
            Some(Extern::Memory(memory)) => state.memory(name, memory.data(store)),
            Some(Extern::Global(global)) => state.global(name, value(&global.get(store))),
            Some(Extern::Table(table)) => {
                let size = table.size(store);
                let elements: Vec<_> = (0..size.min(TABLE_ELEMENTS))
                    .map(|index| {
                        let element = table.get(store, index);
                        element.is_some_and(|element| value(&element.into()) == Value::Ref(true))
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
        Val::F32(value) => Value::f32(value.to_bits()),
        Val::F64(value) => Value::f64(value.to_bits()),
        Val::V128(value) => Value::V128(value.as_u128()),
        Val::FuncRef(reference) => Value::Ref(!reference.is_null()),
        Val::ExternRef(reference) => Value::Ref(!reference.is_null()),
    }
}

fn val(value: Value, ty: ValType) -> Val {
    match value {
        Value::I32(value) => Val::I32(value as i32),
        Value::I64(value) => Val::I64(value as i64),
        Value::F32(bits) => Val::F32(F32::from_bits(bits)),
        Value::F64(bits) => Val::F64(F64::from_bits(bits)),
        Value::V128(value) => Val::V128(value.into()),
        Value::Ref(_) => Val::default_for_ty(ty),
    }
}

fn define_func(linker: &mut Linker<World>, from: &str, name: &str, ty: wasmi::FuncType) {
    let wasi = function(from, name).filter(|function| function.params.len() == ty.params().len());
    let body = move |mut caller: Caller<'_, World>, args: &[Val], results: &mut [Val]| {
        let Some(function) = wasi else {
            let numbers = || args.iter().map(|arg| number(value(arg)));
            for result in results {
                let ty = result.ty();
                *result = val(answer(kind(ty), numbers()), ty);
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
            Err(HostError::Exit(code)) => Err(wasmi::Error::i32_exit(code as i32)),
            Err(other) => Err(wasmi::Error::new(other.to_string())),
        }
    };
    // A repeated import is defined already.
    let _ = linker.func_new(from, name, ty, body);
}

fn kind(ty: ValType) -> fossor_module::ValType {
    match ty {
        ValType::I32 => fossor_module::ValType::I32,
        ValType::I64 => fossor_module::ValType::I64,
        ValType::F32 => fossor_module::ValType::F32,
        ValType::F64 => fossor_module::ValType::F64,
        ValType::V128 => fossor_module::ValType::V128,
        ValType::FuncRef => fossor_module::ValType::FUNCREF,
        ValType::ExternRef => fossor_module::ValType::EXTERNREF,
    }
}
