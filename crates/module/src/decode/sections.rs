//! One method per section except the data section, which has its own file.

use std::ops::Range;

use wasmparser::{
    BinaryReader, CustomSectionReader, ElementKind, ElementSectionReader, ExportSectionReader,
    ExternalKind, FunctionBody, FunctionSectionReader, GlobalSectionReader, ImportSectionReader,
    MemorySectionReader, TableInit, TableSectionReader, TagSectionReader, TypeRef,
    TypeSectionReader, ValType, Validator,
};

use super::{Decoder, convert, count, range32, within};
use crate::{
    ConstExpr, CustomSection, DecodeError, ElementItems, ElementSegment, Export, ExternKind,
    Global, Import, ImportType, RefType, SegmentMode, SubType, Table,
};

impl Decoder<'_> {
    pub(super) fn types(&mut self, section: TypeSectionReader<'_>) -> Result<(), DecodeError> {
        let already = self.module.types.len();
        let count = count(&section, already, self.limits.types, 2, "types")?;
        if !self.module.features.gc() {
            self.no_type_groups(&section)?;
        }
        self.validate(&section, Validator::type_section)?;
        self.module.types.reserve_exact(count);
        for group in section.into_iter_with_offsets() {
            let (offset, group) = group.map_err(DecodeError::malformed)?;
            let types = &mut self.module.types;
            let first = types.len();
            // The types of a group may refer to each other, and a reference says
            // what kind of type it refers to.
            for ty in group.types() {
                types.push(convert::placeholder(ty));
            }
            self.module.type_groups.push((types.len() - first) as u32);
            for (i, ty) in group.types().enumerate() {
                types[first + i] = convert::sub_type(ty, offset, types)?;
            }
        }
        Ok(())
    }

    /// Refuses groups of types, which belong to the GC proposal. The validator
    /// would do so too, after `wasmparser` has allocated 96 MB for a group that
    /// claims to have a million types.
    fn no_type_groups(&self, section: &TypeSectionReader<'_>) -> Result<(), DecodeError> {
        const FUNC: u8 = 0x60;
        const GROUP: u8 = 0x4e;

        let start = section.original_position();
        let contents = &self.module.bytes[start as usize..section.range().end as usize];
        let mut reader = BinaryReader::new(contents, start);
        let skip_types = |reader: &mut BinaryReader<'_>| -> wasmparser::Result<()> {
            for _ in 0..reader.read_var_u32()? {
                reader.read::<ValType>()?;
            }
            Ok(())
        };
        for _ in 0..section.count() {
            let offset = reader.original_position();
            let func = match reader.read_u8() {
                Ok(FUNC) => skip_types(&mut reader).and_then(|()| skip_types(&mut reader)),
                Ok(GROUP) => {
                    let message = "groups of types are not enabled (feature gc)".to_owned();
                    return Err(DecodeError::Invalid { offset, message });
                }
                _ => return Ok(()),
            };
            if func.is_err() {
                // The validator will stop here and say why.
                return Ok(());
            }
        }
        Ok(())
    }

    pub(super) fn imports(&mut self, section: ImportSectionReader<'_>) -> Result<(), DecodeError> {
        let already = self.module.imports.len();
        let count = count(&section, already, self.limits.imports, 4, "imports")?;
        self.validate(&section, Validator::import_section)?;
        self.module.imports.reserve_exact(count);
        for import in section.into_imports_with_offsets() {
            let (offset, import) = import.map_err(DecodeError::malformed)?;
            let module = &mut self.module;
            let ty = match import.ty {
                TypeRef::Func(type_idx) => {
                    module.funcs.push(type_idx);
                    module.imported_funcs += 1;
                    ImportType::Func(type_idx)
                }
                TypeRef::Table(ty) => {
                    let ty = convert::table_type(ty, offset, &module.types)?;
                    module.tables.push(Table { ty, init: None });
                    module.imported_tables += 1;
                    ImportType::Table(ty)
                }
                TypeRef::Memory(ty) => {
                    let ty = convert::memory_type(ty, offset)?;
                    module.memories.push(ty);
                    module.imported_memories += 1;
                    ImportType::Memory(ty)
                }
                TypeRef::Global(ty) => {
                    let ty = convert::global_type(ty, offset, &module.types)?;
                    module.globals.push(Global { ty, init: None });
                    module.imported_globals += 1;
                    ImportType::Global(ty)
                }
                TypeRef::Tag(ty) => {
                    module.tags.push(ty.func_type_idx);
                    module.imported_tags += 1;
                    ImportType::Tag(ty.func_type_idx)
                }
                TypeRef::FuncExact(_) => {
                    let what = format!("the import {}.{}", import.module, import.name);
                    return Err(DecodeError::Unsupported { offset, what });
                }
            };
            module.imports.push(Import {
                module: import.module.into(),
                name: import.name.into(),
                ty,
            });
        }
        let module = &self.module;
        within(
            module.funcs.len() as u64,
            self.limits.functions,
            "functions",
        )?;
        within(module.tables.len() as u64, self.limits.tables, "tables")?;
        within(
            module.memories.len() as u64,
            self.limits.memories,
            "memories",
        )?;
        within(module.globals.len() as u64, self.limits.globals, "globals")
    }

    pub(super) fn functions(
        &mut self,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), DecodeError> {
        let already = self.module.funcs.len();
        let count = count(&section, already, self.limits.functions, 1, "functions")?;
        self.validate(&section, Validator::function_section)?;
        self.module.funcs.reserve_exact(count);
        for type_idx in section {
            let type_idx = type_idx.map_err(DecodeError::malformed)?;
            self.module.funcs.push(type_idx);
        }
        Ok(())
    }

    pub(super) fn tables(&mut self, section: TableSectionReader<'_>) -> Result<(), DecodeError> {
        let already = self.module.tables.len();
        count(&section, already, self.limits.tables, 3, "tables")?;
        self.validate(&section, Validator::table_section)?;
        for table in section.into_iter_with_offsets() {
            let (offset, table) = table.map_err(DecodeError::malformed)?;
            let ty = convert::table_type(table.ty, offset, &self.module.types)?;
            let init = match table.init {
                TableInit::RefNull => None,
                TableInit::Expr(expr) => Some(ConstExpr::decode(&expr)?),
            };
            self.module.tables.push(Table { ty, init });
        }
        Ok(())
    }

    pub(super) fn memories(&mut self, section: MemorySectionReader<'_>) -> Result<(), DecodeError> {
        let already = self.module.memories.len();
        count(&section, already, self.limits.memories, 2, "memories")?;
        self.validate(&section, Validator::memory_section)?;
        for memory in section.into_iter_with_offsets() {
            let (offset, memory) = memory.map_err(DecodeError::malformed)?;
            let ty = convert::memory_type(memory, offset)?;
            self.module.memories.push(ty);
        }
        Ok(())
    }

    pub(super) fn globals(&mut self, section: GlobalSectionReader<'_>) -> Result<(), DecodeError> {
        let already = self.module.globals.len();
        let count = count(&section, already, self.limits.globals, 3, "globals")?;
        self.validate(&section, Validator::global_section)?;
        self.module.globals.reserve_exact(count);
        for global in section.into_iter_with_offsets() {
            let (offset, global) = global.map_err(DecodeError::malformed)?;
            let ty = convert::global_type(global.ty, offset, &self.module.types)?;
            let init = Some(ConstExpr::decode(&global.init_expr)?);
            self.module.globals.push(Global { ty, init });
        }
        Ok(())
    }

    pub(super) fn tags(&mut self, section: TagSectionReader<'_>) -> Result<(), DecodeError> {
        let already = self.module.tags.len();
        count(&section, already, self.limits.tags, 2, "tags")?;
        self.validate(&section, Validator::tag_section)?;
        for tag in section {
            let tag = tag.map_err(DecodeError::malformed)?;
            self.module.tags.push(tag.func_type_idx);
        }
        Ok(())
    }

    pub(super) fn exports(&mut self, section: ExportSectionReader<'_>) -> Result<(), DecodeError> {
        let already = self.module.exports.len();
        let count = count(&section, already, self.limits.exports, 3, "exports")?;
        self.validate(&section, Validator::export_section)?;
        self.module.exports.reserve_exact(count);
        for export in section.into_iter_with_offsets() {
            let (offset, export) = export.map_err(DecodeError::malformed)?;
            let kind = match export.kind {
                ExternalKind::Func => ExternKind::Func,
                ExternalKind::Table => ExternKind::Table,
                ExternalKind::Memory => ExternKind::Memory,
                ExternalKind::Global => ExternKind::Global,
                ExternalKind::Tag => ExternKind::Tag,
                ExternalKind::FuncExact => {
                    let what = format!("the export {}", export.name);
                    return Err(DecodeError::Unsupported { offset, what });
                }
            };
            self.module.exports.push(Export {
                name: export.name.into(),
                kind,
                index: export.index,
            });
        }
        Ok(())
    }

    pub(super) fn start(&mut self, func: u32, range: Range<u64>) -> Result<(), DecodeError> {
        let result = self.validator.start_section(func, &range);
        result.map_err(DecodeError::invalid)?;
        self.module.start = Some(func);
        Ok(())
    }

    pub(super) fn elements(
        &mut self,
        section: ElementSectionReader<'_>,
    ) -> Result<(), DecodeError> {
        let already = self.module.elements.len();
        let limit = self.limits.element_segments;
        let count = count(&section, already, limit, 3, "element segments")?;
        self.validate(&section, Validator::element_section)?;
        self.module.elements.reserve_exact(count);
        for segment in section.into_iter_with_offsets() {
            let (offset, segment) = segment.map_err(DecodeError::malformed)?;
            let segment = element_segment(segment, offset, &self.module.types)?;
            let limit = self.limits.segment_elements;
            within(
                segment.items.len() as u64,
                limit,
                "items in one element segment",
            )?;
            self.module.elements.push(segment);
        }
        Ok(())
    }

    pub(super) fn code(
        &mut self,
        count: u32,
        range: Range<u64>,
        size: u32,
    ) -> Result<(), DecodeError> {
        let result = self.validator.code_section_start(&range);
        result.map_err(DecodeError::invalid)?;
        // A body takes a byte for its size at least. The section may claim more
        // bytes than there are.
        let room = size.min(self.module.bytes.len() as u32);
        self.module.bodies.reserve_exact(count.min(room) as usize);
        Ok(())
    }

    pub(super) fn function_body(&mut self, body: FunctionBody<'_>) -> Result<(), DecodeError> {
        let range = body.range();
        let limit = self.limits.function_bytes;
        within(range.end - range.start, limit, "bytes in one function body")?;
        let func = self.validator.code_section_entry(&body);
        let func = func.map_err(DecodeError::invalid)?;
        // The same for every function; a reference count.
        self.module.resources.get_or_insert(func.resources);
        self.module.bodies.push(range32(range));
        Ok(())
    }

    pub(super) fn custom(&mut self, section: CustomSectionReader<'_>) {
        self.module.customs.push(CustomSection {
            name: section.name().into(),
            bytes: range32(section.data_range()),
        });
    }
}

fn element_segment(
    segment: wasmparser::Element<'_>,
    offset: u64,
    types: &[SubType],
) -> Result<ElementSegment, DecodeError> {
    let mode = match segment.kind {
        ElementKind::Passive => SegmentMode::Passive,
        ElementKind::Declared => SegmentMode::Declared,
        ElementKind::Active {
            table_index,
            offset_expr,
        } => SegmentMode::Active {
            index: table_index.unwrap_or(0),
            offset: ConstExpr::decode(&offset_expr)?,
        },
    };
    let (ty, items) = match segment.items {
        wasmparser::ElementItems::Functions(funcs) => {
            let funcs = funcs.into_iter().collect::<Result<_, _>>();
            let funcs = funcs.map_err(DecodeError::malformed)?;
            (RefType::FUNCREF, ElementItems::Funcs(funcs))
        }
        wasmparser::ElementItems::Expressions(ty, exprs) => {
            let exprs = exprs
                .into_iter()
                .map(|expr| ConstExpr::decode(&expr.map_err(DecodeError::malformed)?))
                .collect::<Result<_, _>>()?;
            (
                convert::ref_type(ty, offset, types)?,
                ElementItems::Exprs(exprs),
            )
        }
    };
    Ok(ElementSegment { ty, items, mode })
}
