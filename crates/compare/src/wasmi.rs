//! wasmi, as an oracle.

use crate::plan::{Callee, Plan, answer, calls, number};
use crate::reference::Reference;
use crate::seen::{End, Seen, State, TABLE_ELEMENTS, Value};
use crate::world::{World, function};
use crate::{Error, Way};
use fossor_host::HostError;
use fossor_module::WasmFeatures;
use std::collections::HashMap;
use wasmi::{
    AsContext, AsContextMut, Caller, Config, Engine, Extern, ExternRef, ExternType, F32, F64, Func,
    FuncType, Global, Instance, Memory, Module, Nullable, Ref, Store, Table, TrapCode, Val,
    ValType,
};
use wasmparser::Operator;

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
    if !plan.linked.is_empty() {
        return Err(unable("it is not told of other modules"));
    }
    if plan.canonical_nans {
        return Err(unable("its NaNs are the processor's"));
    }
    if selects_by_zero(bytes) {
        return Err(unable("it mistakes `select` behind a comparison with zero"));
    }
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
    let world = World::new(plan, callees).map_err(Error::Refused)?;
    let mut store = Store::new(&engine, world);
    let imports = imports(&mut store, &module)?;
    let instance = match Instance::new(&mut store, &module, &imports) {
        Ok(instance) => instance,
        Err(error) => {
            return match end_of(&error) {
                End::Failed(_) | End::Exhausted => Err(unable(error)),
                end => Ok(vec![Seen {
                    call: "instantiation".to_owned(),
                    end,
                    operators: 0,
                    state: State::default(),
                }]),
            };
        }
    };
    let names = names(&store, instance, &module);
    let mut seen = vec![Seen {
        call: "instantiation".to_owned(),
        end: End::Returned(Vec::new()),
        operators: 0,
        state: state(&store, &names, instance, &module),
    }];
    for (name, args) in calls(plan, callees) {
        if seen.len() == until {
            break;
        }
        let func = instance
            .get_func(&store, &name)
            .ok_or_else(|| unable(format!("no {name}")))?;
        let ty = func.ty(&store);
        let pairs = args.iter().zip(ty.params());
        let args: Vec<_> = pairs
            .map(|(arg, ty)| match arg {
                Value::Ref(Reference::Func(Some(name))) => {
                    let func = instance.get_func(&store, name);
                    Val::FuncRef(func.map_or(Nullable::Null, Nullable::Val))
                }
                other => val(&mut store, other, *ty),
            })
            .collect();
        let mut results: Vec<_> = ty
            .results()
            .iter()
            .map(|ty| Val::default_for_ty(*ty))
            .collect();
        let end = match func.call(&mut store, &args, &mut results) {
            Ok(()) => {
                let results = results.iter();
                End::Returned(results.map(|val| value(&store, &names, val)).collect())
            }
            Err(error) => end_of(&error),
        };
        seen.push(Seen {
            call: name,
            end,
            operators: 0,
            state: state(&store, &names, instance, &module),
        });
    }
    Ok(seen)
}

/// Whether a module has what wasmi 2.0.0 gets wrong: `select` directly behind
/// `i32.eqz`, or `i32.eq` or `i32.ne` with a constant zero, takes the other value for
/// some conditions (65,535 is one), also in the smallest functions.
fn selects_by_zero(bytes: &[u8]) -> bool {
    let Ok(module) = fossor_module::Module::decode(bytes, &Default::default()) else {
        return false;
    };
    (0..module.bodies.len() as u32).any(|defined| {
        let Ok(operators) = module.body(defined).get_operators_reader() else {
            return false;
        };
        let mut compared = false;
        operators.into_iter().flatten().any(|operator| {
            let selects = matches!(
                operator,
                Operator::Select | Operator::TypedSelect { .. } | Operator::TypedSelectMulti { .. }
            );
            let found = compared && selects;
            compared = match operator {
                Operator::I32Eqz | Operator::I32Eq | Operator::I32Ne => true,
                Operator::Nop => compared,
                _ => false,
            };
            found
        })
    })
}

/// One for each import, also where two have the same name: Fossor does that too.
fn imports(store: &mut Store<World>, module: &Module) -> Result<Vec<Extern>, Error> {
    let mut given = Vec::new();
    for import in module.imports() {
        given.push(match import.ty() {
            ExternType::Func(ty) => {
                Extern::Func(host_func(store, import.module(), import.name(), ty.clone()))
            }
            ExternType::Memory(ty) => {
                Extern::Memory(Memory::new(&mut *store, *ty).map_err(unable)?)
            }
            ExternType::Global(ty) => {
                let value = Val::default_for_ty(ty.content());
                Extern::Global(Global::new(&mut *store, value, ty.mutability()))
            }
            ExternType::Table(ty) => {
                let null = Ref::null(ty.element());
                Extern::Table(Table::new(&mut *store, *ty, null).map_err(unable)?)
            }
        });
    }
    Ok(given)
}

/// What functions are exported as, by what wasmi prints of them: nothing else tells
/// them apart.
type Names = HashMap<String, String>;

fn names(store: &Store<World>, instance: Instance, module: &Module) -> Names {
    let mut names = Names::new();
    let mut exports: Vec<_> = module.exports().map(|export| export.name()).collect();
    exports.sort_unstable();
    for name in exports {
        if let Some(func) = instance.get_func(store, name) {
            names.entry(format!("{func:?}")).or_insert(name.to_owned());
        }
    }
    names
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

fn state(store: &Store<World>, names: &Names, instance: Instance, module: &Module) -> State {
    let mut state = State::default();
    for export in module.exports() {
        let name = export.name();
        match instance.get_export(store, name) {
            Some(Extern::Memory(memory)) => state.memory(name, memory.data(store)),
            Some(Extern::Global(global)) => {
                state.global(name, &value(store, names, &global.get(store)));
            }
            Some(Extern::Table(table)) => {
                let size = table.size(store);
                let elements = (0..size.min(TABLE_ELEMENTS))
                    .filter_map(|index| table.get(store, index))
                    .map(|element| value(store, names, &element.into()));
                state.table(name, size, &elements.collect::<Vec<_>>());
            }
            _ => {}
        }
    }
    state.finish(store.data().output())
}

fn value(store: impl AsContext, names: &Names, val: &Val) -> Value {
    match val {
        Val::I32(value) => Value::I32(*value as u32),
        Val::I64(value) => Value::I64(*value as u64),
        Val::F32(value) => Value::f32(value.to_bits()),
        Val::F64(value) => Value::f64(value.to_bits()),
        Val::V128(value) => Value::V128(value.as_u128()),
        Val::FuncRef(Nullable::Val(func)) => {
            Value::Ref(Reference::Func(names.get(&format!("{func:?}")).cloned()))
        }
        Val::ExternRef(Nullable::Val(value)) => {
            let context = store.as_context();
            let number = value.data(context).downcast_ref();
            Value::Ref(Reference::Host(number.copied().unwrap_or(u64::MAX)))
        }
        Val::FuncRef(Nullable::Null) | Val::ExternRef(Nullable::Null) => {
            Value::Ref(Reference::Null)
        }
    }
}

fn val(store: impl AsContextMut, value: &Value, ty: ValType) -> Val {
    match value {
        Value::I32(value) => Val::I32(*value as i32),
        Value::I64(value) => Val::I64(*value as i64),
        Value::F32(bits) => Val::F32(F32::from_bits(*bits)),
        Value::F64(bits) => Val::F64(F64::from_bits(*bits)),
        Value::V128(value) => Val::V128((*value).into()),
        Value::Ref(Reference::Host(number)) => {
            Val::ExternRef(ExternRef::new(store, *number).into())
        }
        Value::Ref(_) => Val::default_for_ty(ty),
    }
}

fn host_func(store: &mut Store<World>, from: &str, name: &str, ty: FuncType) -> Func {
    let wasi = function(from, name).filter(|function| function.params.len() == ty.params().len());
    let body = move |mut caller: Caller<'_, World>, args: &[Val], results: &mut [Val]| {
        let args = args.iter().map(|arg| value(&caller, &Names::new(), arg));
        let numbers: Vec<_> = args.map(|arg| number(&arg)).collect();
        let Some(function) = wasi else {
            call_back(&mut caller, numbers.iter().copied())?;
            for result in results {
                let ty = result.ty();
                if let Some(answer) = answer(kind(ty), numbers.iter().copied()) {
                    *result = val(&mut caller, &answer, ty);
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
            Err(HostError::Exit(code)) => Err(wasmi::Error::i32_exit(code as i32)),
            Err(other) => Err(wasmi::Error::new(other.to_string())),
        }
    };
    Func::new(store, ty, body)
}

fn call_back(
    caller: &mut Caller<'_, World>,
    args: impl Iterator<Item = u64>,
) -> Result<(), wasmi::Error> {
    let Some(name) = caller.data_mut().calls_back(args) else {
        return Ok(());
    };
    let export = caller.get_export(&name).and_then(Extern::into_func);
    let result = export.map_or(Ok(()), |func| {
        let ty = func.ty(&*caller);
        let types = ty.results().iter();
        let mut results: Vec<_> = types.map(|ty| Val::default_for_ty(*ty)).collect();
        func.call(&mut *caller, &[], &mut results)
    });
    caller.data_mut().returned();
    result
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
