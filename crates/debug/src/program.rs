//! The program that is debugged, as far as it can be known without running it.

use crate::operator;
use crate::place::{Place, PlaceError, Site};
use fossor::{GoFunction, GoLines, GoSpot, Module, SourceFrame};
use fossor_wasi::Function;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use wasmparser::{BinaryReader, FunctionBody, Operator, OperatorsReader};

/// A module, and what was found out about its code.
pub struct Program {
    module: Module,
    lines: Option<GoLines>,
    functions: Vec<GoFunction>,
    /// What each import is of WASI.
    imports: Vec<Option<&'static Function>>,
    cache: Mutex<Cache>,
}

/// Bytes that places of functions take before they are forgotten: a module's tables may
/// say much of each.
const MAX_SPOTS_BYTES: usize = 256 << 20;

#[derive(Default)]
struct Cache {
    spots: HashMap<u32, Arc<Vec<GoSpot>>>,
    spots_bytes: usize,
    /// By file: for each line, functions that may have code of it.
    files: HashMap<String, Arc<Lines>>,
}

type Lines = BTreeMap<u32, Vec<u32>>;

/// One operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorLine {
    /// Its byte offset in the module.
    pub wasm_offset: u32,
    /// Its text; functions have names.
    pub text: String,
}

impl Program {
    /// Looks at a module.
    pub fn new(module: &Module) -> Self {
        let lines = module.go_lines();
        let functions = lines.as_ref().map(GoLines::functions);
        let imports = module.imports().filter_map(|import| {
            let is_func = matches!(import.ty, fossor::ExternType::Func(_));
            is_func.then(|| wasi_function(import.module, import.name))
        });
        Self {
            lines,
            functions: functions.unwrap_or_default(),
            imports: imports.collect(),
            module: module.clone(),
            cache: Mutex::default(),
        }
    }

    /// The module.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// Whether Go built it.
    pub fn is_go(&self) -> bool {
        self.lines.is_some()
    }

    /// The functions of a Go program.
    pub fn functions(&self) -> &[GoFunction] {
        &self.functions
    }

    /// What to call a function: as Go does, or as the name section does.
    pub fn func_name(&self, func_idx: u32) -> String {
        match self.go_function(func_idx) {
            Some(function) => function.source.func.clone(),
            None => match self.wasi_function(func_idx) {
                Some(function) => function.name.to_owned(),
                None => self.module.shown_func_name(func_idx),
            },
        }
    }

    /// A function of a Go program.
    pub fn go_function(&self, func_idx: u32) -> Option<&GoFunction> {
        let key = |function: &GoFunction| function.func_idx;
        let at = self.functions.binary_search_by_key(&func_idx, key);
        at.ok().map(|at| &self.functions[at])
    }

    /// The function of WASI that an import is.
    pub fn wasi_function(&self, func_idx: u32) -> Option<&'static Function> {
        self.imports.get(func_idx as usize).copied().flatten()
    }

    /// The code of a Go function by places; empty for others.
    pub fn spots(&self, func_idx: u32) -> Arc<Vec<GoSpot>> {
        let Some(lines) = &self.lines else {
            return Arc::default();
        };
        let mut cache = self.cache();
        if let Some(spots) = cache.spots.get(&func_idx) {
            return spots.clone();
        }
        let spots = Arc::new(lines.spots(func_idx));
        let size_bytes = spots.iter().map(GoSpot::size_bytes).sum::<usize>();
        if cache.spots_bytes + size_bytes > MAX_SPOTS_BYTES {
            cache.spots.clear();
            cache.spots_bytes = 0;
        }
        cache.spots_bytes += size_bytes;
        cache.spots.insert(func_idx, spots.clone());
        spots
    }

    /// The place of an operator.
    pub fn spot_at(&self, wasm_offset: u32) -> Option<GoSpot> {
        let spots = self.spots(self.module.func_at(wasm_offset)?);
        let after = spots.partition_point(|spot| spot.wasm_offset <= wasm_offset);
        spots.get(after.checked_sub(1)?).cloned()
    }

    /// Where an operator is in the source, the innermost of inlined functions first. The
    /// first operator of an inlined function still counts as the line that calls it: it
    /// may be the only one of that line.
    pub fn frames_at(&self, wasm_offset: u32) -> Option<Vec<SourceFrame>> {
        let spots = self.spots(self.module.func_at(wasm_offset)?);
        let after = spots.partition_point(|spot| spot.wasm_offset <= wasm_offset);
        let index = after.checked_sub(1)?;
        let mut frames = spots[index].source.clone();
        if spots[index].wasm_offset == wasm_offset {
            let before = index.checked_sub(1).map(|before| &spots[before].source[..]);
            let stays = stays(before.unwrap_or_default(), &frames);
            frames.drain(..frames.len() - stays);
        }
        Some(frames)
    }

    /// The innermost of [`frames_at`](Self::frames_at).
    pub fn source_at(&self, wasm_offset: u32) -> Option<SourceFrame> {
        self.frames_at(wasm_offset)?.into_iter().next()
    }

    /// The operators of a function; as far as they can be read.
    pub fn operators(&self, func_idx: u32) -> Vec<OperatorLine> {
        let mut lines = Vec::new();
        self.each_operator(func_idx, |wasm_offset, operator| {
            let text = operator::text(operator, &|func_idx| self.func_name(func_idx));
            lines.push(OperatorLine { wasm_offset, text });
        });
        lines
    }

    /// The offsets of a function's operators.
    pub fn offsets(&self, func_idx: u32) -> Vec<u32> {
        let mut offsets = Vec::new();
        self.each_operator(func_idx, |wasm_offset, _| offsets.push(wasm_offset));
        offsets
    }

    /// The function that the operator at an offset calls, if it calls one that is
    /// named in it.
    pub fn callee_at(&self, wasm_offset: u32) -> Option<u32> {
        let body = self.module.func_body(self.module.func_at(wasm_offset)?)?;
        let bytes = self.module.bytes().get(wasm_offset as usize..body.end)?;
        match OperatorsReader::new(BinaryReader::new(bytes, 0))
            .read()
            .ok()?
        {
            Operator::Call { function_index } | Operator::ReturnCall { function_index } => {
                Some(function_index)
            }
            _ => None,
        }
    }

    /// Where a place that a user named is in the code. `file` is where lines without a
    /// file are.
    pub fn find(&self, place: &Place, file: Option<&str>) -> Result<Vec<Site>, PlaceError> {
        match place {
            Place::Offset(offset) => self.at_offset(*offset),
            Place::FuncIndex(index) => self.at_func(*index).map(|site| vec![site]),
            Place::Func(name) => self.at_name(name),
            Place::Call(name) => self.at_calls(name.as_deref()),
            Place::Line { file: named, line } => {
                let file = named.as_deref().or(file).ok_or(PlaceError::NoFile)?;
                self.at_line(file, *line)
            }
        }
    }

    /// The files that are meant by a name: those whose path ends so.
    pub fn files(&self, name: &str) -> Vec<String> {
        let files = self.functions.iter().map(|function| &function.source.file);
        let mut files = Vec::from_iter(files.filter(|file| is_named(file, name)).cloned());
        files.sort();
        files.dedup();
        files
    }

    fn at_offset(&self, wasm_offset: u32) -> Result<Vec<Site>, PlaceError> {
        let none = || PlaceError::NoOperator(wasm_offset);
        let func_idx = self.module.func_at(wasm_offset).ok_or_else(none)?;
        let offsets = self.offsets(func_idx);
        match offsets.binary_search(&wasm_offset) {
            Ok(_) => Ok(vec![self.site(func_idx, wasm_offset)]),
            Err(_) => Err(none()),
        }
    }

    fn at_func(&self, func_idx: u32) -> Result<Site, PlaceError> {
        let spots = self.spots(func_idx);
        // A Go function is entered again whenever a goroutine that waited in it goes
        // on; its frame is made once.
        let begin = spots.iter().find(|spot| spot.is_rest);
        let offset = match begin {
            Some(spot) => Some(spot.wasm_offset),
            None => self.offsets(func_idx).first().copied(),
        };
        let offset = offset.ok_or_else(|| PlaceError::NoCode(self.func_name(func_idx)))?;
        Ok(self.site(func_idx, offset))
    }

    fn at_name(&self, name: &str) -> Result<Vec<Site>, PlaceError> {
        let all = self.module.imported_func_count()..self.module.func_count();
        let names = Vec::from_iter(all.map(|func_idx| (func_idx, self.func_name(func_idx))));
        let exact = names.iter().filter(|(_, known)| known == name);
        let mut found = Vec::from_iter(exact.map(|(func_idx, _)| *func_idx));
        if found.is_empty() {
            let tail = format!(".{name}");
            let short = names.iter().filter(|(_, known)| known.ends_with(&tail));
            found = short.map(|(func_idx, _)| *func_idx).collect();
        }
        if found.is_empty() {
            let inlined = self.at_inlined(name);
            if !inlined.is_empty() {
                return Ok(inlined);
            }
            let wanted = name.to_lowercase();
            let near = names.iter().map(|(_, known)| known);
            let near = near.filter(|known| known.to_lowercase().contains(&wanted));
            let mut near = Vec::from_iter(near.cloned());
            near.sort_by_key(String::len);
            near.truncate(5);
            let name = name.to_owned();
            return Err(PlaceError::NoFunc { name, near });
        }
        found.into_iter().map(|func| self.at_func(func)).collect()
    }

    /// Where a function begins that is only there inlined into others, as Go does with
    /// small ones.
    fn at_inlined(&self, name: &str) -> Vec<Site> {
        let tail = format!(".{name}");
        let is_named = |at: &SourceFrame| at.func == name || at.func.ends_with(&tail);
        let mut sites = Vec::new();
        for function in &self.functions {
            let spots = self.spots(function.func_idx);
            // Of a call the code may lie in several places: it begins at the first.
            let mut calls: Vec<&[SourceFrame]> = Vec::new();
            for spot in spots.iter().filter(|spot| spot.is_rest) {
                let level = spot.source.iter().position(|at| at.inlined && is_named(at));
                let Some(level) = level else { continue };
                let call = &spot.source[level + 1..];
                if !calls.contains(&call) {
                    calls.push(call);
                    sites.push(self.site(function.func_idx, self.inside(spot)));
                }
            }
        }
        sites
    }

    /// The first operator of a run that counts as its innermost function's; its first if
    /// there is no other.
    fn inside(&self, spot: &GoSpot) -> u32 {
        let begin = spot.wasm_offset;
        if self.source_at(begin).as_ref() == spot.source.first() {
            return begin;
        }
        let func_idx = self.module.func_at(begin);
        let offsets = func_idx.map(|func_idx| self.offsets(func_idx));
        let mut behind = offsets.into_iter().flatten().filter(|at| *at > begin);
        behind.next().filter(|at| *at < spot.end).unwrap_or(begin)
    }

    fn at_calls(&self, name: Option<&str>) -> Result<Vec<Site>, PlaceError> {
        let wanted = |func_idx: u32| {
            let function = self.wasi_function(func_idx);
            function.is_some_and(|function| name.is_none_or(|name| function.name == name))
        };
        let mut sites = Vec::new();
        for func_idx in self.module.imported_func_count()..self.module.func_count() {
            self.each_operator(func_idx, |offset, operator| {
                if let Operator::Call { function_index } = operator
                    && wanted(*function_index)
                {
                    sites.push((func_idx, offset));
                }
            });
        }
        match (sites.is_empty(), name) {
            (true, Some(name)) if is_wasi(name) => Err(PlaceError::NotCalled(name.to_owned())),
            (true, Some(name)) => Err(PlaceError::NotWasi(name.to_owned())),
            _ => Ok(sites
                .into_iter()
                .map(|(func_idx, offset)| self.site(func_idx, offset))
                .collect()),
        }
    }

    fn at_line(&self, file: &str, line: u32) -> Result<Vec<Site>, PlaceError> {
        if !self.is_go() {
            return Err(PlaceError::NoLines);
        }
        let files = self.files(file);
        if files.is_empty() {
            return Err(PlaceError::NoSuchFile(file.to_owned()));
        }
        let mut sites = Vec::new();
        for file in &files {
            sites.extend(self.in_file(file, line));
        }
        match sites.is_empty() {
            true => Err(PlaceError::NoLine {
                file: file.to_owned(),
                line,
            }),
            false => Ok(sites),
        }
    }

    /// The code of a line, or of the next one of the same function that has some.
    fn in_file(&self, file: &str, line: u32) -> Vec<Site> {
        let lines = self.lines_of(file);
        let in_file = |function: &&GoFunction| function.source.file == file;
        let starts = self.functions.iter().filter(in_file);
        let starts = starts.map(|function| function.source.start_line);
        let next_func = starts.filter(|start| *start > line).min();
        let end = next_func.unwrap_or(u32::MAX);
        let mut sites: BTreeMap<u32, Site> = BTreeMap::new();
        for (line, funcs) in lines.range(line..end) {
            for &func_idx in funcs {
                // Each copy of an inlined function may list other lines.
                if sites.contains_key(&func_idx) {
                    continue;
                }
                let spots = self.spots(func_idx);
                let is_here = |at: &SourceFrame| at.file == file && at.line == *line;
                let offset_of = |spot: &GoSpot| {
                    let begins = self.source_at(spot.wasm_offset);
                    let begins = begins.as_ref().is_some_and(is_here);
                    let is_of = begins || spot.source.first().is_some_and(is_here);
                    let found = is_of && spot.is_rest && !self.only_panics(spot);
                    found.then(|| match begins {
                        true => spot.wasm_offset,
                        false => self.inside(spot),
                    })
                };
                if let Some(offset) = spots.iter().find_map(offset_of) {
                    sites.insert(func_idx, self.site(func_idx, offset));
                }
            }
        }
        sites.into_values().collect()
    }

    /// Whether a run of operators only calls what panics: the table lists the checks of
    /// a line there, the line itself elsewhere or not at all.
    fn only_panics(&self, spot: &GoSpot) -> bool {
        let Some(func_idx) = self.module.func_at(spot.wasm_offset) else {
            return false;
        };
        let spots = self.spots(func_idx);
        let at = spots.partition_point(|other| other.wasm_offset <= spot.wasm_offset);
        let end = spots[at..]
            .iter()
            .find(|next| next.is_rest)
            .map_or(spot.end, |next| next.wasm_offset);
        let mut panics = false;
        let mut others = false;
        self.each_operator(func_idx, |offset, operator| {
            if offset < spot.wasm_offset || offset >= end {
                return;
            }
            match operator {
                Operator::Call { function_index } => {
                    let name = self.func_name(*function_index);
                    let is_panic = ["runtime.panic", "runtime.goPanic", "runtime.sigpanic"]
                        .iter()
                        .any(|begin| name.starts_with(begin));
                    panics |= is_panic;
                    others |= !is_panic;
                }
                Operator::CallIndirect { .. } => others = true,
                _ => {}
            }
        });
        panics && !others
    }

    /// For each line of a file, the functions that may have code of it.
    fn lines_of(&self, file: &str) -> Arc<Lines> {
        if let Some(lines) = self.cache().files.get(file) {
            return lines.clone();
        }
        let mut found = Lines::new();
        if let Some(lines) = &self.lines {
            for function in &self.functions {
                let mut own = lines.lines_in(function.func_idx, file);
                if function.source.file == file {
                    // Lines that do nothing but call what was inlined.
                    let spots = self.spots(function.func_idx);
                    let rests = spots.iter().filter(|spot| spot.is_rest);
                    let sources = rests.filter_map(|spot| self.source_at(spot.wasm_offset));
                    let here = sources.filter(|at| at.file == file && at.line > 0);
                    own.extend(here.map(|at| at.line));
                }
                own.sort_unstable();
                own.dedup();
                for line in own {
                    found.entry(line).or_default().push(function.func_idx);
                }
            }
        }
        let found = Arc::new(found);
        self.cache().files.insert(file.to_owned(), found.clone());
        found
    }

    /// A place in the code, with its line.
    pub fn site(&self, func_idx: u32, wasm_offset: u32) -> Site {
        Site {
            func_idx,
            func: self.func_name(func_idx),
            wasm_offset,
            source: self.source_at(wasm_offset).filter(|at| at.line > 0),
        }
    }

    fn each_operator(&self, func_idx: u32, mut each: impl FnMut(u32, &Operator<'_>)) {
        let Some(body) = self.module.func_body(func_idx) else {
            return;
        };
        let bytes = &self.module.bytes()[body.clone()];
        let body = FunctionBody::new(BinaryReader::new(bytes, body.start as u64));
        let Ok(mut operators) = body.get_operators_reader() else {
            return;
        };
        while !operators.eof() {
            let offset = operators.original_position() as u32;
            let Ok(operator) = operators.read() else {
                return;
            };
            each(offset, &operator);
        }
    }

    /// What a panic elsewhere left is whole entries.
    fn cache(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many frames, counted from the outermost, were there before already; at least that
/// one. Innermost first, both.
fn stays(before: &[SourceFrame], now: &[SourceFrame]) -> usize {
    let pairs = before.iter().rev().zip(now.iter().rev());
    let mut count = 0;
    for (before, now) in pairs {
        if before.func != now.func {
            break;
        }
        count += 1;
        if before.line != now.line {
            break;
        }
    }
    count.max(1).min(now.len())
}

/// Whether a path ends in what a user wrote, in whole parts.
pub(crate) fn is_named(file: &str, name: &str) -> bool {
    Path::new(file).ends_with(name.trim_start_matches("./"))
}

fn wasi_function(module: &str, name: &str) -> Option<&'static Function> {
    let functions = fossor_wasi::functions().iter();
    let mut all = functions.chain(fossor_wasi::snapshot0::functions());
    all.find(|function| function.module == module && function.name == name)
}

fn is_wasi(name: &str) -> bool {
    let mut functions = fossor_wasi::functions().iter();
    functions.any(|function| function.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Innermost first: `main.main:7 fmt.Println:314` is the second inlined into the first.
    fn frames(text: &str) -> Vec<SourceFrame> {
        let frames = text.split_whitespace().rev().map(|part| {
            let (func, line) = part.rsplit_once(':').unwrap();
            SourceFrame {
                func: func.to_owned(),
                file: String::new(),
                line: line.parse().unwrap(),
                start_line: 1,
                inlined: false,
            }
        });
        frames.collect()
    }

    #[test]
    fn where_an_inlined_function_begins_is_the_line_that_calls_it() {
        for (before, now, expected) in [
            ("", "m:7 p:3", 1),
            ("m:6", "m:7 p:3", 1),
            ("m:7", "m:7 p:3", 1),
            ("m:7 p:3", "m:7 p:4", 2),
            ("m:7 p:3", "m:8 p:3", 1),
            ("m:7 p:3 q:1", "m:7 p:4 r:1", 2),
            ("m:7 p:3 q:1", "m:7 p:3", 2),
            ("m:7 q:3", "m:7 p:3", 1),
        ] {
            let stays = stays(&frames(before), &frames(now));
            assert_eq!(stays, expected, "{before:?} {now:?}");
        }
    }
}
