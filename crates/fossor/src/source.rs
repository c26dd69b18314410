//! Places in the source of guests that are no Go programs: the connection
//! between modules and crate `fossor-dwarf`, which knows bytes alone.

use fossor_dwarf::{DwarfError, SourceLine, SourceMap};
use fossor_interpreter as core;
use fossor_module::Module;
use std::collections::HashMap;
use std::fmt;

/// The source of one module.
pub(crate) struct ModuleSource<'a> {
    module: &'a Module,
    map: SourceMap<'a>,
    /// Where the contents of the code section begin.
    code_start: u32,
}

impl<'a> ModuleSource<'a> {
    /// `None` if the module has no DWARF.
    pub fn new(module: &'a core::Module) -> Option<Self> {
        let module = module.decoded();
        let map = SourceMap::new(|name| section(module, name))?;
        let sections = module.sections();
        let code = sections.iter().find(|(name, _)| name == "code");
        Some(Self {
            module,
            map,
            code_start: code?.1.start,
        })
    }

    /// Where an operator comes from, by its function and its byte offset in the
    /// module. Before the first operator it is the function's beginning.
    pub fn lines(
        &mut self,
        func_idx: u32,
        wasm_offset: Option<u32>,
    ) -> Result<Vec<SourceLine>, DwarfError> {
        let defined_idx = func_idx.checked_sub(self.module.imported_funcs);
        let body = defined_idx.and_then(|idx| self.module.bodies.get(idx as usize));
        let Some(body) = body else {
            return Ok(Vec::new());
        };
        let offset = wasm_offset.unwrap_or(0).max(body.start);
        self.map.lines(offset.saturating_sub(self.code_start))
    }
}

fn section<'a>(module: &'a Module, name: &str) -> Option<&'a [u8]> {
    let mut customs = module.customs.iter();
    let range = &customs.find(|custom| &*custom.name == name)?.bytes;
    module.bytes.get(range.start as usize..range.end as usize)
}

/// The modules of instances, those alone that have DWARF.
#[derive(Clone, Default)]
pub(crate) struct Modules(HashMap<core::InstanceId, core::Module>);

impl Modules {
    pub fn of(store: &core::Store, instances: impl Iterator<Item = core::InstanceId>) -> Self {
        let mut modules = Self::default();
        for instance in instances {
            modules.add(store, instance);
        }
        modules
    }

    /// Keeps the module of one more instance.
    pub fn add(&mut self, store: &core::Store, instance: core::InstanceId) {
        if self.0.contains_key(&instance) {
            return;
        }
        let module = store.module_of(instance);
        if section(module.decoded(), ".debug_info").is_some() {
            self.0.insert(instance, module.clone());
        }
    }

    pub fn get(&self, instance: core::InstanceId) -> Option<&core::Module> {
        self.0.get(&instance)
    }
}

impl fmt::Debug for Modules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The same instances have the same modules.
impl PartialEq for Modules {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.keys().all(|key| other.0.contains_key(key))
    }
}

impl Eq for Modules {}
