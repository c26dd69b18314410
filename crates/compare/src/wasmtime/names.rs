//! What functions and tags are called in all engines.

use super::{Part, exports};
use crate::plan::{Plan, label};
use crate::world::World;
use fossor_module::{DecodeOptions, ExternKind, ImportType, Module};
use std::collections::HashMap;
use wasmtime::{AsContextMut, Extern, Func, Store, Tag};

/// What functions and tags are exported as.
#[derive(Default)]
pub(super) struct Names {
    /// By the address that wasmtime has for each.
    funcs: HashMap<usize, String>,
    tags: Vec<(Tag, String)>,
    /// Functions by all of their names.
    pub labelled: HashMap<String, Func>,
}

impl Names {
    /// `origins`: see [`origins`].
    pub fn of(
        store: &mut Store<World>,
        parts: &[Part],
        origins: &HashMap<String, String>,
    ) -> Names {
        let mut names = Names::default();
        let mut exports: Vec<_> = exports(parts)
            .map(|(part, name)| (label(part.linked.as_deref(), name), part, name))
            .collect();
        exports.sort_by(|one, other| one.0.cmp(&other.0));
        let mut addresses = Vec::new();
        for (label, part, name) in exports {
            match part.instance.get_export(&mut *store, name) {
                Some(Extern::Func(func)) => {
                    addresses.push((label.clone(), func.to_raw(&mut *store) as usize));
                    names.labelled.insert(label, func);
                }
                Some(Extern::Tag(tag)) => names.tags.push((tag, label)),
                _ => {}
            }
        }
        // An instance that imports a function has its own address for it. All of them
        // have the first name of any.
        let by_label: HashMap<_, _> = addresses.iter().cloned().collect();
        let mut firsts = HashMap::new();
        for (label, address) in addresses {
            let origin = origins.get(&label).and_then(|origin| by_label.get(origin));
            let first = firsts.entry(*origin.unwrap_or(&address)).or_insert(label);
            names.funcs.insert(address, first.clone());
        }
        names
    }

    pub fn func(&self, address: usize) -> Option<String> {
        self.funcs.get(&address).cloned()
    }

    pub fn tag(&self, store: impl AsContextMut, tag: Tag) -> Option<String> {
        let mut tags = self.tags.iter();
        let found = tags.find(|(own, _)| Tag::eq(own, &tag, &store))?;
        Some(found.1.clone())
    }
}

/// Functions of linked modules that a module exports again: their labels, and what the
/// linked modules call them.
pub(super) fn origins(bytes: &[u8], plan: &Plan) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for (linked, bytes) in plan.modules(bytes) {
        let Ok(module) = Module::decode(bytes, &DecodeOptions::default()) else {
            continue;
        };
        let imports = module.imports.iter();
        let funcs: Vec<_> = imports
            .filter(|import| matches!(import.ty, ImportType::Func(_)))
            .collect();
        for export in &module.exports {
            let import = match export.kind {
                ExternKind::Func => funcs.get(export.index as usize),
                _ => None,
            };
            let is_linked = |name: &str| plan.linked.iter().any(|linked| linked.name == name);
            if let Some(import) = import.filter(|import| is_linked(&import.module)) {
                let origin = label(Some(&import.module), &import.name);
                found.insert(label(linked, &export.name), origin);
            }
        }
    }
    found
}
