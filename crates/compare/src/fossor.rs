//! Fossor's own ways.

mod values;

use self::values::{Names, shallow, simple, val, value};
use crate::plan::{self, Callee, Plan, answer, calls, label, number};
use crate::seen::{End, Seen, State, TABLE_ELEMENTS};
use crate::world::{World, function};
use crate::{Error, Way};
use fossor_host::HostError;
use fossor_interpreter::{
    Caller, Engine, Error as Failure, Extern, InstanceId, Module, Store, StoreLimits, TrapInfo, Val,
};
use fossor_module::{ExternType, FuncType, GlobalType, TableType, ValType};
use std::any::Any;
use std::ops::ControlFlow;

/// A run of Fossor's, and what the last call left behind.
pub(crate) struct Run {
    pub seen: Vec<Seen>,
    /// Of the last call, if that trapped.
    pub trap: Option<TrapInfo>,
    /// The instances, in the order of [`Plan::modules`].
    pub instances: Vec<InstanceId>,
}

/// How far a run goes.
#[derive(Clone, Copy)]
pub(crate) struct Until {
    /// So many calls, the making of the instance included.
    pub calls: usize,
    /// Operators for the last of these.
    pub last_fuel: u64,
}

impl Until {
    pub fn the_end(plan: &Plan) -> Until {
        Until {
            calls: usize::MAX,
            last_fuel: plan.fuel,
        }
    }
}

/// An instance of a run.
struct Part {
    /// The name that others import from it by; `None` for the module that is run.
    linked: Option<String>,
    id: InstanceId,
    module: Module,
}

pub(crate) fn run(
    way: Way,
    bytes: &[u8],
    plan: &Plan,
    until: Until,
    callees: &[Callee],
) -> Result<Run, Error> {
    let refused = |error: Failure| Error::Refused(error.to_string());
    let mut config = way.config().ok_or(Error::Missing(way))?;
    config.max_stack_bytes = plan.stack_bytes;
    config.canonical_nans = plan.canonical_nans;
    let engine = Engine::new(config);
    let world = World::new(plan, callees).map_err(Error::Refused)?;
    let mut store = store(&engine, plan, Box::new(world));
    watch(way, &mut store);
    let mut run = Run {
        seen: Vec::new(),
        trap: None,
        instances: Vec::new(),
    };
    let fuel_of = |call: usize| match call + 1 == until.calls {
        true => until.last_fuel,
        false => plan.fuel,
    };
    let mut parts = Vec::new();
    for (linked, bytes) in plan.modules(bytes) {
        if run.seen.len() == until.calls {
            return Ok(run);
        }
        let module = Module::new(&engine, bytes).map_err(refused)?;
        let imports = imports(&mut store, &module, &parts)?;
        let fuel = fuel_of(run.seen.len());
        store.set_fuel(fuel);
        let made = store.instantiate(&module, &imports);
        let operators = fuel - store.fuel();
        let (end, state) = match made {
            Ok(id) => {
                let linked = linked.map(str::to_owned);
                parts.push(Part { linked, id, module });
                run.instances.push(id);
                let names = Names::of(&store, &parts);
                (End::Returned(Vec::new()), state(&mut store, &names, &parts))
            }
            Err(error) => {
                run.trap = trap_of(&error);
                let names = Names::of(&store, &parts);
                (end_of(&store, &names, Err(error)), State::default())
            }
        };
        let failed = !matches!(end, End::Returned(_));
        run.seen.push(Seen {
            call: plan::made(linked),
            end,
            operators,
            state,
        });
        if failed {
            return Ok(run);
        }
    }
    let mut names = Names::of(&store, &parts);
    for (name, args) in calls(plan, callees) {
        let Some(&func) = names.labelled.get(&name) else {
            continue;
        };
        if run.seen.len() == until.calls {
            break;
        }
        let types = store.func_type(func);
        // What is only looked at is not kept alive for the next call.
        let scope = store.hold_scope();
        let pairs = args.iter().zip(types.params());
        let args: Vec<_> = pairs
            .map(|(arg, &ty)| val(&mut store, &names, arg, ty))
            .collect();
        let fuel = fuel_of(run.seen.len());
        store.set_fuel(fuel);
        let result = store.call(func, &args);
        let operators = fuel - store.fuel();
        run.trap = result.as_ref().err().and_then(trap_of);
        let end = end_of(&store, &names, result);
        store.end_hold_scope(scope);
        let over = end.is_a_limit() || matches!(end, End::Exited(_));
        if let (Way::Restored, [part]) = (way, &mut *parts) {
            store = restored(store, part, &engine, plan)?;
            names = Names::of(&store, &parts);
        }
        run.seen.push(Seen {
            call: name,
            end,
            operators,
            state: state(&mut store, &names, &parts),
        });
        if over {
            break;
        }
    }
    Ok(run)
}

/// Has the ways of debuggers and profilers look at the guest.
fn watch(way: Way, store: &mut Store) {
    match way {
        Way::Watched => store.set_observer(|stopped| {
            let (_, frames) = stopped.frames(LOOKED_AT);
            for index in 0..frames.len() {
                stopped.locals(index);
            }
            stopped.operands();
            if stopped.trap().is_none() {
                stopped.wasm_offset();
                let steps = stopped.steps();
                // Not always the same operators of a loop.
                stopped.stop_at(steps + 1 + steps % 13);
            }
            ControlFlow::Continue(())
        }),
        Way::Stressed => store.set_sampler(17, |sample| {
            sample.frames(LOOKED_AT);
        }),
        _ => {}
    }
}

/// Frames that are looked at while a guest stands still.
const LOOKED_AT: usize = 4;

fn store(engine: &Engine, plan: &Plan, world: Box<dyn Any + Send>) -> Store {
    let mut limits = StoreLimits::default();
    limits.memory_bytes = plan.memory_bytes;
    limits.heap_bytes = plan.memory_bytes;
    limits.table_elements = plan::TABLE_ELEMENTS;
    Store::with_limits(engine, world, limits)
}

/// Another store with an instance in the state of `part`; the same store if no
/// snapshot can be taken of that.
fn restored(store: Store, part: &mut Part, engine: &Engine, plan: &Plan) -> Result<Store, Error> {
    let Ok(snapshot) = store.snapshot(part.id) else {
        return Ok(store);
    };
    let mut other = self::store(engine, plan, store.into_data());
    let imports = imports(&mut other, &part.module, &[])?;
    let made = other.instantiate_snapshot(&snapshot, &imports);
    part.id = made.map_err(|error| Error::Refused(format!("its snapshot: {error}")))?;
    Ok(other)
}

fn trap_of(error: &Failure) -> Option<TrapInfo> {
    match error {
        Failure::Trap(info) => Some((**info).clone()),
        _ => None,
    }
}

fn end_of(store: &Store, names: &Names, result: Result<Vec<Val>, Failure>) -> End {
    let values = |values: Vec<Val>| values.iter().map(|val| value(store, names, val)).collect();
    match result {
        Ok(results) => End::Returned(values(results)),
        Err(Failure::Trap(info)) => End::of(info.trap),
        Err(Failure::Exception(info)) => {
            let tag = names.tags.get(&info.thrown.tag()).cloned();
            End::Threw(tag, values(info.thrown.values()))
        }
        Err(Failure::Exit(code)) => End::Exited(code),
        Err(Failure::Link(_)) => End::Unlinkable,
        // Address space that is not to be had is nobody's fault.
        Err(Failure::Resources(_)) => End::Exhausted,
        Err(other) => End::Failed(other.to_string()),
    }
}

fn state(store: &mut Store, names: &Names, parts: &[Part]) -> State {
    let scope = store.hold_scope();
    let mut state = State::default();
    for part in parts {
        for export in &part.module.decoded().exports {
            let name = &label(part.linked.as_deref(), &export.name);
            match store.export(part.id, &export.name) {
                Some(Extern::Memory(memory)) => state.memory(name, store.memory(memory)),
                Some(Extern::Global(global)) => {
                    state.global(name, &value(store, names, &store.global_get(global)));
                }
                Some(Extern::Table(table)) => {
                    let size = store.table_type(table).limits.min;
                    let elements = (0..size.min(TABLE_ELEMENTS))
                        .filter_map(|index| store.table_get(table, index))
                        .map(|element| value(store, names, &element));
                    state.table(name, size, &elements.collect::<Vec<_>>());
                }
                _ => {}
            }
        }
    }
    store.end_hold_scope(scope);
    let world = store.data().downcast_ref::<World>();
    state.finish(world.map(World::output).unwrap_or_default())
}

/// Exports of `parts` for imports from them, WASI for its own, and something made up
/// for all others.
fn imports(store: &mut Store, module: &Module, parts: &[Part]) -> Result<Vec<Extern>, Error> {
    let mut given = Vec::new();
    for (index, import) in module.decoded().imports.iter().enumerate() {
        let failed = |error: Failure| Error::Refused(error.to_string());
        let cannot = |what: String| Error::Import {
            module: import.module.to_string(),
            name: import.name.to_string(),
            what,
        };
        let from = parts
            .iter()
            .find(|part| part.linked.as_deref() == Some(&*import.module));
        if let Some(export) = from.and_then(|part| store.export(part.id, &import.name)) {
            given.push(export);
            continue;
        }
        given.push(match module.import_type(index) {
            ExternType::Func(ty) => match function(&import.module, &import.name) {
                Some(function) => Extern::Func(wasi(store, ty, function)),
                None => match ty.results().iter().all(|ty| can_be_made_up(*ty)) {
                    true => Extern::Func(made_up(store, ty)),
                    false => return Err(cannot(format!("a function of type {ty}"))),
                },
            },
            ExternType::Memory(ty) => Extern::Memory(store.new_memory(ty).map_err(failed)?),
            // There is no zero of these.
            ExternType::Global(GlobalType {
                value: ValType::Ref(ty),
                ..
            })
            | ExternType::Table(TableType { element: ty, .. })
                if !ty.nullable =>
            {
                return Err(cannot(format!("of type {ty}")));
            }
            ExternType::Global(ty) => {
                let value = Val::default_of(ty.value);
                Extern::Global(store.new_global(ty, value).map_err(failed)?)
            }
            ExternType::Table(ty) => {
                let null = Val::default_of(ValType::Ref(ty.element));
                Extern::Table(store.new_table(ty, null).map_err(failed)?)
            }
            #[allow(unreachable_patterns, reason = "kinds of newer versions")]
            other => {
                return Err(cannot(format!("{other:?}")));
            }
        });
    }
    Ok(given)
}

fn wasi(
    store: &mut Store,
    ty: FuncType,
    function: &'static fossor_wasi::Function,
) -> fossor_interpreter::Func {
    let params = function.params.len();
    if ty.params().len() != params {
        return made_up(store, ty);
    }
    store.new_func(ty, move |caller: &mut Caller<'_>, slots| {
        let (memory, data) = caller.memory_and_data();
        let Some(world) = data.downcast_mut::<World>() else {
            return Err(HostError::Exit(70));
        };
        let cells = slots[..params].to_vec();
        let errno = world.call(function, memory.unwrap_or_default(), &cells)?;
        if let (true, Some(slot)) = (function.has_result, slots.first_mut()) {
            *slot = errno.into();
        }
        Ok(())
    })
}

fn can_be_made_up(ty: ValType) -> bool {
    answer(ty, std::iter::empty()).is_some()
}

fn made_up(store: &mut Store, ty: FuncType) -> fossor_interpreter::Func {
    let results = ty.results().to_vec();
    store.new_func_with_vals(ty, move |caller, args, out| {
        let numbers: Vec<_> = args
            .iter()
            .map(|arg| number(&shallow(caller.store, arg)))
            .collect();
        let numbers = || numbers.iter().copied();
        call_back(caller, numbers())?;
        let answers: Vec<_> = results.iter().map(|&ty| answer(ty, numbers())).collect();
        for ((slot, &ty), answer) in out.iter_mut().zip(&results).zip(answers) {
            if let Some(answer) = answer {
                *slot = simple(caller.store, &answer, ty);
            }
        }
        Ok(())
    })
}

fn call_back(caller: &mut Caller<'_>, args: impl Iterator<Item = u64>) -> Result<(), HostError> {
    let Some(name) = world(caller).and_then(|world| world.calls_back(args)) else {
        return Ok(());
    };
    let export = caller
        .instance
        .and_then(|id| caller.store.export(id, &name));
    let result = match export {
        // Another instance's may be of another type.
        Some(Extern::Func(func)) if caller.store.func_type(func).params().is_empty() => {
            caller.store.call(func, &[])
        }
        _ => Ok(Vec::new()),
    };
    if let Some(world) = world(caller) {
        world.returned();
    }
    result.map(|_| ()).map_err(HostError::other)
}

fn world<'a>(caller: &'a mut Caller<'_>) -> Option<&'a mut World> {
    caller.store.data_mut().downcast_mut()
}
