//! A decoded module.

use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use wasmparser::{
    BinaryReader, FuncToValidate, FuncValidatorAllocations, FunctionBody, ValidatorResources,
    WasmFeatures,
};

use crate::names::Names;
use crate::{
    Bytes, CustomSection, DataSegments, DecodeError, DecodeOptions, ElementSegment, Export,
    ExternKind, FuncType, Global, HeapType, Import, ImportType, MemoryType, SubType, Table,
    TypeIndex, ValType, decode,
};

/// A decoded module. Everything but the function bodies is valid.
pub struct Module {
    /// The whole binary.
    pub bytes: Bytes,
    /// The type section.
    pub types: Vec<SubType>,
    /// How many types each recursive group has, in order.
    pub type_groups: Vec<u32>,
    /// Imports in order. Go's linker repeats some of them.
    pub imports: Vec<Import>,
    /// The type index of every function, imported ones first.
    pub funcs: Vec<u32>,
    /// Tables, imported ones first.
    pub tables: Vec<Table>,
    /// Linear memories, imported ones first.
    pub memories: Vec<MemoryType>,
    /// Global variables, imported ones first.
    pub globals: Vec<Global>,
    /// The type index of every tag of exceptions, imported ones first.
    pub tags: Vec<u32>,
    /// How many of `funcs` are imported.
    pub imported_funcs: u32,
    /// How many of `tables` are imported.
    pub imported_tables: u32,
    /// How many of `memories` are imported.
    pub imported_memories: u32,
    /// How many of `globals` are imported.
    pub imported_globals: u32,
    /// How many of `tags` are imported.
    pub imported_tags: u32,
    /// Exports in order.
    pub exports: Vec<Export>,
    /// The function to call when the module is instantiated.
    pub start: Option<u32>,
    /// Element segments.
    pub elements: Vec<ElementSegment>,
    /// Data segments.
    pub data: DataSegments,
    /// Where the bodies of the defined functions are in `bytes`: declarations of
    /// locals, then instructions.
    pub bodies: Vec<Range<u32>>,
    /// Custom sections in order.
    pub customs: Vec<CustomSection>,

    pub(crate) features: WasmFeatures,
    /// What validation of a function body refers to: the validator's view of the
    /// fields above. `None` only if there is no body.
    pub(crate) resources: Option<ValidatorResources>,
    names: OnceLock<Names>,
}

impl Module {
    /// Decodes a module and validates everything but the function bodies.
    pub fn decode(bytes: impl Into<Bytes>, options: &DecodeOptions) -> Result<Module, DecodeError> {
        decode::decode(bytes.into(), options)
    }

    /// Validates all function bodies.
    pub fn validate_bodies(&self) -> Result<(), DecodeError> {
        let mut allocations = FuncValidatorAllocations::default();
        for defined_idx in 0..self.bodies.len() as u32 {
            let mut validator = self
                .func_to_validate(defined_idx)
                .into_validator(allocations);
            validator
                .validate(&self.body(defined_idx))
                .map_err(|error| self.body_error(defined_idx, error))?;
            allocations = validator.into_allocations();
        }
        Ok(())
    }

    /// The features of WebAssembly that it was decoded with.
    pub fn features(&self) -> WasmFeatures {
        self.features
    }

    /// The body of a defined function.
    ///
    /// # Panics
    ///
    /// If there is no such function.
    pub fn body(&self, defined_idx: u32) -> FunctionBody<'_> {
        let range = &self.bodies[defined_idx as usize];
        let bytes = &self.bytes[range.start as usize..range.end as usize];
        let offset = range.start.into();
        FunctionBody::new(BinaryReader::new_features(bytes, offset, self.features))
    }

    /// What `wasmparser` needs to validate the body of a defined function.
    ///
    /// # Panics
    ///
    /// If there is no such function.
    pub fn func_to_validate(&self, defined_idx: u32) -> FuncToValidate<ValidatorResources> {
        let index = self.imported_funcs + defined_idx;
        FuncToValidate {
            resources: self.resources.clone().expect("there is a body"),
            index,
            ty: self.funcs[index as usize],
            features: self.features,
        }
    }

    /// The error to report when the validator refuses the body of a defined
    /// function.
    #[cold]
    pub fn body_error(&self, defined_idx: u32, error: wasmparser::Error) -> DecodeError {
        let func_idx = self.imported_funcs + defined_idx;
        decode::body_error(&self.body(defined_idx), error)
            .in_function(func_idx, self.func_name(func_idx))
    }

    /// The type of a function.
    ///
    /// # Panics
    ///
    /// If there is no such function.
    #[inline]
    pub fn func_type(&self, func_idx: u32) -> &FuncType {
        self.signature(self.funcs[func_idx as usize])
    }

    /// A type of the type section, as a function's: blocks, calls and tags refer
    /// to it by index.
    ///
    /// # Panics
    ///
    /// If it is no function type, which validation excludes.
    #[inline]
    pub fn signature(&self, type_idx: u32) -> &FuncType {
        let ty = self.types[type_idx as usize].as_func();
        ty.expect("validated: a function type")
    }

    /// The type of a tag: its parameters are the values of an exception.
    ///
    /// # Panics
    ///
    /// If there is no such tag.
    pub fn tag_type(&self, tag_idx: u32) -> &FuncType {
        self.signature(self.tags[tag_idx as usize])
    }

    /// What a function body refers to by a heap type; `None` for what ours
    /// cannot express.
    pub fn heap_type(&self, ty: wasmparser::HeapType) -> Option<HeapType> {
        decode::heap_type(ty, 0, &self.types).ok()
    }

    /// Whether something in the module refers to a type that it declares.
    pub fn refers_to_declared(&self) -> bool {
        let refers = |ty: &SubType| match ty.as_func() {
            Some(func) => func.refers_to_declared() || ty.supertype.is_some(),
            None => true,
        };
        let tables = self
            .tables
            .iter()
            .map(|table| ValType::Ref(table.ty.element));
        let globals = self.globals.iter().map(|global| global.ty.value);
        let segments = self.elements.iter().map(|segment| ValType::Ref(segment.ty));
        self.types.iter().any(refers)
            || tables
                .chain(globals)
                .chain(segments)
                .any(|ty| ty.declared().is_some())
    }

    /// Changes the indices of declared types, wherever the structure refers to
    /// one. Function bodies stay as they are.
    pub fn map_type_indices(&mut self, mut map: impl FnMut(TypeIndex) -> TypeIndex) {
        for ty in &mut self.types {
            *ty = ty.map_index(&mut map);
        }
        for import in &mut self.imports {
            match &mut import.ty {
                ImportType::Table(ty) => ty.element = ty.element.map_index(&mut map),
                ImportType::Global(ty) => ty.value = ty.value.map_index(&mut map),
                ImportType::Func(_) | ImportType::Memory(_) | ImportType::Tag(_) => {}
            }
        }
        for table in &mut self.tables {
            table.ty.element = table.ty.element.map_index(&mut map);
        }
        for global in &mut self.globals {
            global.ty.value = global.ty.value.map_index(&mut map);
        }
        for segment in &mut self.elements {
            segment.ty = segment.ty.map_index(&mut map);
        }
    }

    /// The name of a function in the `name` section: its beginning if it is very long,
    /// none if it has characters that are not to be shown. The section is read at the
    /// first call of this.
    pub fn func_name(&self, func_idx: u32) -> Option<&str> {
        self.names().func(&self.bytes, func_idx)
    }

    /// The name of a tag: that of the `name` section, or of its export.
    pub fn tag_name(&self, tag_idx: u32) -> Option<&str> {
        let exported = || {
            let mut exports = self.exports.iter();
            let is_it =
                |export: &&Export| (export.kind, export.index) == (ExternKind::Tag, tag_idx);
            let name = &*exports.find(is_it)?.name;
            name.chars().all(fossor_text::is_fit).then_some(name)
        };
        self.names().tag(&self.bytes, tag_idx).or_else(exported)
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| {
            let section = self.customs.iter().find(|custom| &*custom.name == "name");
            section.map_or_else(Names::default, |section| {
                let (funcs, tags) = (self.funcs.len(), self.tags.len());
                Names::parse(&self.bytes, &section.bytes, funcs, tags)
            })
        })
    }

    /// The export of a name.
    pub fn export(&self, name: &str) -> Option<&Export> {
        self.exports.iter().find(|export| &*export.name == name)
    }

    /// A module with nothing in it yet.
    pub(crate) fn empty(bytes: Bytes, features: WasmFeatures) -> Self {
        Self {
            bytes,
            types: Vec::new(),
            type_groups: Vec::new(),
            imports: Vec::new(),
            funcs: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            globals: Vec::new(),
            tags: Vec::new(),
            imported_funcs: 0,
            imported_tables: 0,
            imported_memories: 0,
            imported_globals: 0,
            imported_tags: 0,
            exports: Vec::new(),
            start: None,
            elements: Vec::new(),
            data: DataSegments::listed(Vec::new()),
            bodies: Vec::new(),
            customs: Vec::new(),
            features,
            resources: None,
            names: OnceLock::new(),
        }
    }
}

impl fmt::Debug for Module {
    /// Counts only: a module may have 50 MB.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module")
            .field("bytes", &self.bytes.len())
            .field("imports", &self.imports.len())
            .field("funcs", &self.funcs.len())
            .field("exports", &self.exports.len())
            .field("data", &self.data.len())
            .finish_non_exhaustive()
    }
}
