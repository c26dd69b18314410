//! Runs small programs under both dispatchers, with and without folding and
//! fuel.

// Each test binary uses its part.
#![allow(dead_code)]

pub mod differential;
pub mod go_like;

use fossor_interpreter::{Config, Dispatch, Engine, Error, Extern, InstanceId, Module, Store, Val};

/// Every mode, with its name.
pub fn configs() -> Vec<(String, Config)> {
    let mut all = Vec::new();
    for dispatch in [Dispatch::Loop, Dispatch::Tail] {
        for fuse in [false, true] {
            for fuel in [false, true] {
                let mut config = Config::default();
                (config.dispatch, config.fuse, config.fuel) = (dispatch, fuse, fuel);
                config.max_stack_bytes = 1 << 20;
                all.push((format!("{dispatch:?} fuse={fuse} fuel={fuel}"), config));
            }
        }
    }
    if cfg!(miri) {
        // It takes seconds for each; debug builds have the loop alone.
        all = vec![all.swap_remove(1), all.swap_remove(2)];
    }
    all
}

/// Calls `name` of the last of `modules` in every mode. A module imports from
/// those before it, by their names.
pub fn each_linked(
    modules: &[(&str, &str)],
    name: &str,
    args: &[Val],
    check: impl Fn(&str, (&Store, InstanceId), Result<Vec<Val>, Error>),
) {
    for (mode, config) in configs() {
        let engine = Engine::new(config);
        let mut store = Store::new(&engine, Box::new(()));
        store.set_fuel(u64::MAX / 2);
        let mut instances = Vec::new();
        for (module_name, wat) in modules {
            let bytes = wat::parse_str(wat).expect("the test's module is well-formed");
            let module = Module::new(&engine, bytes).expect("the test's module is valid");
            let mut imports = Vec::new();
            for import in &module.decoded().imports {
                let found = instances.iter().find(|(name, _)| *name == &*import.module);
                let (_, instance) = found.expect("the module is among those before");
                let item = store.export(*instance, &import.name);
                imports.push(item.expect("the import is exported"));
            }
            let instance = store.instantiate(&module, &imports).expect("instantiates");
            instances.push((*module_name, instance));
        }
        let (_, instance) = *instances.last().expect("a module");
        let Some(Extern::Func(func)) = store.export(instance, name) else {
            panic!("no {name}")
        };
        let result = store.call(func, args);
        check(&mode, (&store, instance), result);
    }
}

/// Calls `name` of the module `wat` in every mode.
pub fn each(wat: &str, name: &str, args: &[Val], check: impl Fn(&str, Result<Vec<Val>, Error>)) {
    each_linked(&[("", wat)], name, args, |mode, _, result| {
        check(mode, result);
    });
}

/// In every mode the call returns `expected`.
pub fn returns(wat: &str, name: &str, args: &[Val], expected: &[Val]) {
    each(wat, name, args, |mode, result| {
        let result = result.unwrap_or_else(|error| panic!("{mode}: {error}"));
        assert_eq!(result, expected, "{mode}");
    });
}

/// In every mode the call traps, with a message that starts as `expected`.
pub fn traps(wat: &str, name: &str, args: &[Val], expected: &str) {
    each(wat, name, args, |mode, result| {
        let error = result.expect_err(mode).to_string();
        assert!(error.starts_with(expected), "{mode}: {error}");
    });
}
