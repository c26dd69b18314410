//! Compiled modules.

use crate::engine::Engine;
use crate::error::Error;
use fossor_interpreter as core;
use fossor_interpreter::CodeLine;
use fossor_module::{Bytes, ExternKind, ExternType};
use std::ops::Range;
use std::path::Path;

/// A compiled module: `Send + Sync`, and cheap to clone. Compile it once,
/// instantiate it as often as you like.
///
/// ```
/// # #[cfg(feature = "wat")] {
/// use fossor::{Engine, Module};
///
/// let engine = Engine::default();
/// let module = Module::new(&engine, r#"(module (func (export "f") (param i32)))"#)?;
/// let export = module.exports().next().unwrap();
/// assert_eq!((export.name, export.ty.to_string().as_str()), ("f", "func (i32) -> ()"));
/// # }
/// # Ok::<(), fossor::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Module(pub(crate) core::Module);

/// Something a module needs from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportType<'a> {
    /// First half of the name.
    pub module: &'a str,
    /// Second half of the name.
    pub name: &'a str,
    /// What it has to be.
    pub ty: ExternType,
}

/// Something a module offers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportType<'a> {
    /// The name.
    pub name: &'a str,
    /// What it is.
    pub ty: ExternType,
}

impl Module {
    /// Compiles a binary module or, with feature `wat`, a module in text.
    pub fn new(engine: &Engine, bytes: impl AsRef<[u8]>) -> Result<Self, Error> {
        let bytes = bytes.as_ref();
        match text_to_binary(bytes)? {
            Some(binary) => Self::from_shared(engine, binary),
            None => Self::from_shared(engine, bytes),
        }
    }

    /// Compiles a binary module without a copy of its bytes.
    pub fn from_shared(engine: &Engine, bytes: impl Into<Bytes>) -> Result<Self, Error> {
        core::Module::new(&engine.0, bytes)
            .map(Self)
            .map_err(Error::without_store)
    }

    /// Compiles the module in a file, binary or text.
    pub fn from_file(engine: &Engine, path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let bytes = core::read_file(path).map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })?;
        match text_to_binary(&bytes)? {
            Some(binary) => Self::from_shared(engine, binary),
            None => Self::from_shared(engine, bytes),
        }
    }

    /// Whether these bytes are a module that this engine accepts, bodies
    /// included.
    pub fn validate(engine: &Engine, bytes: impl AsRef<[u8]>) -> Result<(), Error> {
        let module = Self::new(engine, bytes)?;
        Ok(module.0.decoded().validate_bodies()?)
    }

    /// Translates all functions that were not yet.
    pub fn compile_all(&self) -> Result<(), Error> {
        self.0.compile_all().map_err(Error::without_store)
    }

    /// The engine's code of function `func_idx`, for people to read: translated
    /// anew, and with it validated. `None` for an imported function, and if
    /// there is no such function.
    pub fn disassemble(&self, func_idx: u32) -> Result<Option<Vec<CodeLine>>, Error> {
        if func_idx >= self.func_count() {
            return Ok(None);
        }
        let code = self.0.disassemble(func_idx);
        code.map_err(Error::without_store)
    }

    /// How many functions it has, imported ones included; they come first.
    pub fn func_count(&self) -> u32 {
        self.0.decoded().funcs.len() as u32
    }

    /// The name of a function, if the module's `name` section has one.
    pub fn func_name(&self, func_idx: u32) -> Option<&str> {
        self.0.decoded().func_name(func_idx)
    }

    /// Where the body of a function is in the binary, in bytes; `None` if it is
    /// imported or there is no such function.
    pub fn func_body(&self, func_idx: u32) -> Option<Range<usize>> {
        let decoded = self.0.decoded();
        let defined_idx = func_idx.checked_sub(decoded.imported_funcs)?;
        let body = decoded.bodies.get(defined_idx as usize)?;
        Some(body.start as usize..body.end as usize)
    }

    /// Its imports in order. A name may come several times; Go's linker does
    /// that.
    pub fn imports(&self) -> impl ExactSizeIterator<Item = ImportType<'_>> {
        let imports = self.0.decoded().imports.iter().enumerate();
        imports.map(|(index, import)| ImportType {
            module: &import.module,
            name: &import.name,
            ty: self.0.import_type(index),
        })
    }

    /// Its exports in order.
    pub fn exports(&self) -> impl ExactSizeIterator<Item = ExportType<'_>> {
        let exports = self.0.decoded().exports.iter();
        exports.map(|export| ExportType {
            name: &export.name,
            ty: self.item_type(export.kind, export.index),
        })
    }

    /// The type of the export of a name.
    pub fn export(&self, name: &str) -> Option<ExternType> {
        let export = self.0.decoded().export(name)?;
        Some(self.item_type(export.kind, export.index))
    }

    /// The contents of the custom sections of a name.
    pub fn custom_sections<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let decoded = self.0.decoded();
        let sections = decoded.customs.iter().filter(move |s| &*s.name == name);
        sections.map(|s| &decoded.bytes[s.bytes.start as usize..s.bytes.end as usize])
    }

    /// The binary module.
    pub fn bytes(&self) -> &[u8] {
        &self.0.decoded().bytes
    }

    /// The engine it was compiled for.
    pub fn engine(&self) -> Engine {
        Engine(self.0.engine().clone())
    }

    fn item_type(&self, kind: ExternKind, index: u32) -> ExternType {
        let decoded = self.0.decoded();
        let at = index as usize;
        match kind {
            ExternKind::Func => ExternType::Func(self.0.func_type(index)),
            ExternKind::Tag => ExternType::Tag(self.0.tag_type(index)),
            ExternKind::Table => ExternType::Table(decoded.tables[at].ty),
            ExternKind::Memory => ExternType::Memory(decoded.memories[at]),
            ExternKind::Global => ExternType::Global(decoded.globals[at].ty),
        }
    }
}

/// The binary of a module in text; `None` for everything that does not begin
/// like one.
fn text_to_binary(bytes: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let begin = text.trim_ascii_start();
    if !(begin.starts_with(b"(") || begin.starts_with(b";;")) {
        return Ok(None);
    }
    #[cfg(feature = "wat")]
    {
        let text = std::str::from_utf8(text).map_err(|error| Error::Text(error.to_string()))?;
        let binary = wat::parse_str(text).map_err(|error| Error::Text(error.to_string()))?;
        Ok(Some(binary))
    }
    #[cfg(not(feature = "wat"))]
    Err(Error::Text(
        "this build reads binary modules only (it lacks the feature `wat`)".to_owned(),
    ))
}
