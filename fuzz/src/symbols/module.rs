//! Modules as lists of sections.

use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, GlobalSection,
    GlobalType, ImportSection, IndirectNameMap, MemorySection, MemoryType, NameMap, NameSection,
    TagKind, TagSection, TagType, TypeSection, ValType,
};
use wasmparser::Parser;

/// A module's sections. Only custom ones have names.
#[derive(Clone)]
pub struct Sections(pub Vec<Section>);

/// One of them.
#[derive(Clone)]
pub struct Section {
    id: u8,
    /// Bytes that should be UTF-8.
    pub name: Vec<u8>,
    /// What follows the name.
    pub contents: Vec<u8>,
}

/// The id of sections with names.
const CUSTOM: u8 = 0;

/// The id of the data section.
const DATA: u8 = 11;

impl Sections {
    pub fn parse(module: &[u8]) -> Self {
        let payloads = Parser::new(0).parse_all(module);
        let sections = payloads.filter_map(|payload| {
            let payload = payload.expect("a valid module");
            let (id, range) = payload.as_section()?;
            let contents = &module[range.start as usize..range.end as usize];
            Some(match payload {
                wasmparser::Payload::CustomSection(custom) => {
                    Section::custom(custom.name().as_bytes(), custom.data())
                }
                _ => Section {
                    id,
                    name: Vec::new(),
                    contents: contents.to_vec(),
                },
            })
        });
        Self(sections.collect())
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        for section in &self.0 {
            module.push(section.id);
            let mut head = Vec::new();
            if section.id == CUSTOM {
                head = crate::pclntab::leb(section.name.len());
                head.extend_from_slice(&section.name);
            }
            module.extend(crate::pclntab::leb(head.len() + section.contents.len()));
            module.extend(head);
            module.extend_from_slice(&section.contents);
        }
        module
    }

    /// Those that may be changed: custom ones and data.
    pub fn changeable(&mut self) -> Vec<&mut Section> {
        let sections = self.0.iter_mut();
        sections
            .filter(|section| matches!(section.id, CUSTOM | DATA))
            .collect()
    }

    /// The first custom section of a name.
    pub fn custom(&self, name: &str) -> Option<&[u8]> {
        let mut sections = self.0.iter();
        let is_it = |section: &&Section| section.id == CUSTOM && section.name == name.as_bytes();
        sections.find(is_it).map(|section| &section.contents[..])
    }

    pub fn len_bytes(&self) -> usize {
        let sections = self.0.iter();
        sections
            .map(|section| section.name.len() + section.contents.len())
            .sum()
    }

    /// Gives names to what is imported and exported: the module is made anew.
    pub fn rename(&mut self, names: &[&str]) {
        let made = Self::parse(&with_names(names));
        let custom = self.0.drain(..).filter(|section| section.id == CUSTOM);
        let custom = Vec::from_iter(custom);
        self.0 = made.0;
        self.0.retain(|section| section.id != CUSTOM);
        self.0.extend(custom);
    }
}

impl Section {
    pub fn custom(name: &[u8], contents: &[u8]) -> Self {
        Self {
            id: CUSTOM,
            name: name.to_vec(),
            contents: contents.to_vec(),
        }
    }
}

/// A module in which everything has a name.
pub fn named() -> Vec<u8> {
    with_names(&["one", "two.three", "four<five>"])
}

/// A module that imports and exports things by these names, traps in two functions deep,
/// and loops before.
fn with_names(names: &[&str]) -> Vec<u8> {
    let name = |index: usize| names.get(index % names.len().max(1)).copied().unwrap_or("");
    let mut types = TypeSection::new();
    types.ty().function([], []);
    types.ty().function([ValType::I32], []);
    let mut imports = ImportSection::new();
    // A global, so that it needs no host function to be there; it is never linked.
    let global = GlobalType {
        val_type: ValType::I32,
        mutable: false,
        shared: false,
    };
    if names.len() > 3 {
        imports.import(name(0), name(1), EntityType::Function(0));
        imports.import(name(2), name(3), EntityType::Global(global));
    }
    let imported = u32::from(names.len() > 3);
    let mut functions = FunctionSection::new();
    functions.function(0).function(0).function(1);
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut tags = TagSection::new();
    tags.tag(TagType {
        kind: TagKind::Exception,
        func_type_idx: 0,
    });
    let mut globals = GlobalSection::new();
    let zero = wasm_encoder::ConstExpr::i32_const(0);
    globals.global(global, &zero);
    let mut exports = ExportSection::new();
    exports.export("_start", ExportKind::Func, imported);
    let mut seen = vec!["_start"];
    for (index, name) in names.iter().enumerate() {
        if !seen.contains(name) {
            seen.push(name);
            match index % 3 {
                0 => exports.export(name, ExportKind::Tag, 0),
                1 => exports.export(name, ExportKind::Memory, 0),
                _ => exports.export(name, ExportKind::Func, imported + 1),
            };
        }
    }
    let mut code = CodeSection::new();
    let mut start = Function::new([]);
    start
        .instructions()
        .i32_const(50)
        .call(imported + 2)
        .call(imported + 1)
        .end();
    let mut trap = Function::new([]);
    trap.instructions().unreachable().end();
    let mut count = Function::new([]);
    count
        .instructions()
        .loop_(wasm_encoder::BlockType::Empty)
        .local_get(0)
        .i32_const(1)
        .i32_sub()
        .local_tee(0)
        .br_if(0)
        .end()
        .end();
    code.function(&start).function(&trap).function(&count);
    let mut all = wasm_encoder::Module::new();
    all.section(&types);
    if names.len() > 3 {
        all.section(&imports);
    }
    all.section(&functions).section(&memories);
    all.section(&tags).section(&globals).section(&exports);
    all.section(&code).section(&name_section(names));
    all.finish()
}

/// A name section that gives these names to functions, and to all else.
pub fn name_section(names: &[&str]) -> NameSection {
    let mut map = NameMap::new();
    for (index, name) in names.iter().enumerate() {
        map.append(index as u32, name);
    }
    let mut indirect = IndirectNameMap::new();
    indirect.append(0, &map);
    let mut section = NameSection::new();
    if let Some(first) = names.first() {
        section.module(first);
    }
    section.functions(&map);
    section.locals(&indirect);
    section.labels(&indirect);
    section.types(&map);
    section.globals(&map);
    section.tags(&map);
    section
}
