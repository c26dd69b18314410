//! The module `spectest`, which scripts may import from.
//! Source: specification tests, `test/harness`.

use fossor::{
    Error, Global, GlobalType, Linker, Memory, MemoryType, RefType, SizeLimits, Store, Table,
    TableType, Val, ValType,
};

const MODULE: &str = "spectest";

/// Defines it.
pub(crate) fn define(linker: &mut Linker<()>, store: &mut Store<()>) -> Result<(), Error> {
    linker.func_wrap(MODULE, "print", || log::debug!("print"))?;
    linker.func_wrap(MODULE, "print_i32", |a: i32| log::debug!("print {a}"))?;
    linker.func_wrap(MODULE, "print_i64", |a: i64| log::debug!("print {a}"))?;
    linker.func_wrap(MODULE, "print_f32", |a: f32| log::debug!("print {a}"))?;
    linker.func_wrap(MODULE, "print_f64", |a: f64| log::debug!("print {a}"))?;
    linker.func_wrap(MODULE, "print_i32_f32", |a: i32, b: f32| {
        log::debug!("print {a} {b}");
    })?;
    linker.func_wrap(MODULE, "print_f64_f64", |a: f64, b: f64| {
        log::debug!("print {a} {b}");
    })?;

    let globals = [
        ("global_i32", Val::from(666_i32)),
        ("global_i64", Val::from(666_i64)),
        ("global_f32", Val::from(666.6_f32)),
        ("global_f64", Val::from(666.6_f64)),
    ];
    for (name, value) in globals {
        let ty = GlobalType {
            value: value.ty(),
            mutable: false,
        };
        let global = Global::new(&mut *store, ty, value)?;
        linker.define(&*store, MODULE, name, global)?;
    }

    let ty = TableType {
        element: RefType::FUNCREF,
        limits: SizeLimits {
            min: 10,
            max: Some(20),
        },
        index64: false,
    };
    let table = Table::new(&mut *store, ty, Val::default_of(ValType::FUNCREF))?;
    linker.define(&*store, MODULE, "table", table)?;

    let ty = MemoryType::new(SizeLimits {
        min: 1,
        max: Some(2),
    });
    let memory = Memory::new(&mut *store, ty)?;
    linker.define(&*store, MODULE, "memory", memory)?;
    Ok(())
}
