//! Whether what is given for an import is what the module wants.

use crate::engine::Engine;
use crate::error::LinkError;
use crate::module::Module;
use crate::store::Store;
use crate::value::Extern;
use fossor_module::{ExternType, Limits};

/// Compares the types of all imports.
pub(super) fn check(store: &Store, module: &Module, imports: &[Extern]) -> Result<(), LinkError> {
    let declared = &module.decoded().imports;
    if declared.len() != imports.len() {
        return Err(LinkError::Count {
            expected: declared.len(),
            given: imports.len(),
        });
    }
    for (index, (import, given)) in declared.iter().zip(imports).enumerate() {
        let wanted = module.import_type(index);
        let given = store.extern_type(*given);
        if !matches(&store.engine, &given, &wanted) {
            return Err(LinkError::Type {
                module: import.module.to_string(),
                name: import.name.to_string(),
                wanted: Box::new(wanted),
                given: Box::new(given),
            });
        }
    }
    Ok(())
}

/// Whether something of type `given` may be given for an import of type
/// `wanted`. Specification, "Import Matching".
pub fn matches(engine: &Engine, given: &ExternType, wanted: &ExternType) -> bool {
    match (given, wanted) {
        (ExternType::Func(given), ExternType::Func(wanted)) => engine.func_subtype(given, wanted),
        // What is written and read must be the same type.
        (ExternType::Global(given), ExternType::Global(wanted)) if wanted.mutable => {
            given == wanted
        }
        (ExternType::Global(given), ExternType::Global(wanted)) => {
            !given.mutable && engine.val_subtype(given.value, wanted.value)
        }
        // What is thrown and what is caught must be the same type.
        (ExternType::Tag(given), ExternType::Tag(wanted)) => {
            engine.type_id(given) == engine.type_id(wanted)
        }
        (ExternType::Memory(given), ExternType::Memory(wanted)) => {
            given.index64 == wanted.index64
                && given.page_bytes_log2 == wanted.page_bytes_log2
                && within(given.limits, wanted.limits)
        }
        (ExternType::Table(given), ExternType::Table(wanted)) => {
            given.element == wanted.element
                && given.index64 == wanted.index64
                && within(given.limits, wanted.limits)
        }
        _ => false,
    }
}

fn within(given: Limits, wanted: Limits) -> bool {
    given.min >= wanted.min
        && match (given.max, wanted.max) {
            (_, None) => true,
            (Some(given), Some(wanted)) => given <= wanted,
            (None, Some(_)) => false,
        }
}
