//! What a module says of the Go program that it is.

use crate::go_program::{image, looks_like_go, segments, version};
use crate::module::Module;
use fossor_go::{BuildInfo, Image, Part, Program, SourceFrame, Version};

/// Bytes of names of functions and files that are kept; a program of 100 MB has 30 MB.
const MAX_TEXT_BYTES: usize = 256 << 20;

/// What is known of a Go program without running it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GoInfo {
    /// The version of Go, if the module says it.
    pub version: Option<Version>,
    /// Go's build id.
    pub build_id: Option<String>,
    /// What the go command wrote down.
    pub build: Option<BuildInfo>,
    /// The directory that Go's own sources were in, `/usr/local/go/src`; `None`
    /// after `-trimpath`.
    pub std_directory: Option<String>,
    /// The functions, in the order of their indices.
    pub functions: Vec<GoFunction>,
    /// What its data is, in bytes of the data section: names of functions, types,
    /// variables, …; and what it takes to write these down as segments.
    pub data: Vec<(&'static str, u64)>,
}

/// A function of a Go program.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GoFunction {
    /// Index of the function in the module.
    pub func_idx: u32,
    /// Its name, and where it begins.
    pub source: SourceFrame,
}

impl Module {
    /// The sections with their bytes, in order. A custom section has its own
    /// name.
    pub fn sections(&self) -> Vec<(String, u64)> {
        let sections = self.0.decoded().sections().into_iter();
        sections
            .map(|(name, range)| (name, range.len() as u64))
            .collect()
    }

    /// For each imported function, the first function that calls it.
    pub fn import_callers(&self) -> Vec<Option<u32>> {
        self.0.decoded().import_callers()
    }

    /// The types of its memories, imported ones first.
    pub fn memories(&self) -> impl Iterator<Item = fossor_module::MemoryType> {
        self.0.decoded().memories.iter().copied()
    }

    /// Memory 0 as the data segments fill it.
    pub fn initial_memory(&self) -> Vec<u8> {
        image(self.0.decoded())
    }

    /// What to call a function: its name in the name section, or its index.
    pub fn shown_func_name(&self, func_idx: u32) -> String {
        let name = self.0.decoded().func_name(func_idx);
        name.map_or_else(|| format!("function {func_idx}"), str::to_owned)
    }

    /// What is known of the Go program that this module is; `None` if it is
    /// none.
    pub fn go_info(&self) -> Option<GoInfo> {
        let decoded = self.0.decoded();
        if !looks_like_go(decoded) {
            return None;
        }
        let image = image(decoded);
        let image = Image::new(&image);
        let program = Program::find(image, image.len_bytes()).ok()?;
        let functions = functions(decoded, &program);
        let std_directory = functions.iter().find_map(|function| {
            let main = function.source.func == "runtime.main";
            let directory = function.source.file.strip_suffix("/runtime/proc.go");
            directory.filter(|_| main).map(str::to_owned)
        });
        let mut data_bytes = decoded.sections().into_iter();
        let data_bytes = data_bytes.find(|(name, _)| name == "data");
        let data_bytes = data_bytes.map_or(0, |(_, range)| range.len() as u64);
        let build_id = self.custom_sections("go:buildid").next();
        Some(GoInfo {
            version: version(decoded),
            build_id: build_id.and_then(quoted),
            build: BuildInfo::find(image),
            std_directory,
            functions,
            data: data(&program.parts(), segments(decoded), data_bytes),
        })
    }
}

/// The functions of a program that the module has, in the order of their indices. The
/// table may have more: the same one a million times, each with the longest name.
pub(crate) fn functions(module: &fossor_module::Module, program: &Program<'_>) -> Vec<GoFunction> {
    let mut functions = Vec::new();
    let mut next = module.imported_funcs;
    let mut left = MAX_TEXT_BYTES;
    for func in program.funcs().flatten() {
        let entry = func.entry();
        let func_idx = entry
            .defined_idx()
            .and_then(|index| index.checked_add(module.imported_funcs));
        let Some(func_idx) = func_idx.filter(|index| *index >= next) else {
            continue;
        };
        if func_idx as usize >= module.funcs.len() {
            break;
        }
        next = func_idx + 1;
        let source = SourceFrame {
            func: func.name(),
            file: func.file(entry),
            line: func.line(entry),
            start_line: func.start_line(),
            inlined: false,
        };
        let Some(rest) = left.checked_sub(source.func.len() + source.file.len()) else {
            break;
        };
        left = rest;
        functions.push(GoFunction { func_idx, source });
    }
    functions
}

/// Bytes of the segments by part, and of what is around them.
fn data<'a>(
    parts: &[Part],
    segments: impl Iterator<Item = (u64, &'a [u8])>,
    section_bytes: u64,
) -> Vec<(&'static str, u64)> {
    if parts.is_empty() {
        return Vec::new();
    }
    let mut sums = Vec::from_iter(parts.iter().map(|part| (part.name, 0)));
    let mut all = 0;
    for (start, bytes) in segments {
        let end = start + bytes.len() as u64;
        all += bytes.len() as u64;
        let first = parts.partition_point(|part| part.end <= start);
        for (part, sum) in parts.iter().zip(&mut sums).skip(first) {
            if part.start >= end {
                break;
            }
            sum.1 += part.end.min(end) - part.start.max(start);
        }
    }
    let known: u64 = sums.iter().map(|(_, bytes)| bytes).sum();
    sums.push((Part::REST, all - known));
    sums.push(("heads of segments", section_bytes.saturating_sub(all)));
    sums.retain(|(_, bytes)| *bytes > 0);
    sums.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    sums
}

/// Longer ids are cut.
const MAX_ID_BYTES: usize = 1024;

/// What stands between quotation marks.
fn quoted(section: &[u8]) -> Option<String> {
    let mut parts = section.split(|&byte| byte == b'"');
    let text = parts.nth(1)?;
    Some(fossor_text::lossy(text, MAX_ID_BYTES))
}

impl GoInfo {
    /// The function of an index of the module.
    pub fn function(&self, func_idx: u32) -> Option<&GoFunction> {
        let key = |function: &GoFunction| function.func_idx;
        let at = self.functions.binary_search_by_key(&func_idx, key);
        at.ok().map(|at| &self.functions[at])
    }

    /// Whether a source file is the user's or a dependency's: not of Go itself,
    /// and not generated.
    pub fn is_users_file(&self, file: &str) -> bool {
        if !file.ends_with(".go") || file.ends_with("_testmain.go") {
            return false;
        }
        if let Some(directory) = &self.std_directory {
            return !file.starts_with(directory.as_str());
        }
        // Files of Go itself then begin with the package, those of modules with
        // the module's path.
        let Some(build) = &self.build else {
            return true;
        };
        let modules = build.main.iter().chain(&build.dependencies);
        let mut modules = modules.map(|(path, _)| path).chain([&build.path]);
        modules.any(|path| file.starts_with(path.as_str()))
    }
}
