//! Which operators are of which line of a Go program.

use crate::go_info::{GoFunction, functions};
use crate::go_program::{body, image, looks_like_go};
use crate::module::Module;
use fossor_go::{Image, Program, SourceFrame, StackState, Tables};
use fossor_interpreter as core;

/// Bytes that the places of a function take, with their names: tables that lie give each
/// of them 64 functions inlined there, with the longest names.
const MAX_SPOTS_BYTES: usize = 64 << 20;

/// The same for a small function, and more for each byte of its code: Go's own have a
/// tenth of this.
const FEW_SPOTS_BYTES: usize = 64 << 10;
const SPOTS_BYTES_PER_BYTE: usize = 1 << 10;

/// The operator `end`.
const END: u8 = 0x0b;

/// The lines of a Go program's code, from the tables in its data.
#[derive(Clone, Debug)]
pub struct GoLines {
    module: core::Module,
    image: Vec<u8>,
    tables: Tables,
}

/// A run of operators that Go's tables give the same place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GoSpot {
    /// Byte offset in the module of the first operator.
    pub wasm_offset: u32,
    /// Byte offset behind the last one.
    pub end: u32,
    /// Whether the function's frame is there, and no call is about to be made: where
    /// a debugger may stop and find a whole stack.
    pub is_rest: bool,
    /// Whether it is before the jump to where the function goes on, at which it
    /// begins each time it is entered.
    pub is_entry: bool,
    /// Where it is in the source: the innermost of the functions inlined there first.
    pub source: Vec<SourceFrame>,
}

impl GoSpot {
    /// What it takes of memory, about.
    pub fn size_bytes(&self) -> usize {
        let text = self.source.iter().map(|at| at.func.len() + at.file.len());
        size_of::<Self>() + self.source.len() * size_of::<SourceFrame>() + text.sum::<usize>()
    }
}

impl Module {
    /// The lines of the Go program that this module is; `None` if it is none.
    pub fn go_lines(&self) -> Option<GoLines> {
        let decoded = self.0.decoded();
        if !looks_like_go(decoded) {
            return None;
        }
        let image = image(decoded);
        let bytes = Image::new(&image);
        let tables = Program::find(bytes, bytes.len_bytes()).ok()?.tables();
        Some(GoLines {
            module: self.0.clone(),
            image,
            tables,
        })
    }

    /// The function whose body has this byte of the module.
    pub fn func_at(&self, wasm_offset: u32) -> Option<u32> {
        let decoded = self.0.decoded();
        let after = decoded
            .bodies
            .partition_point(|body| body.start <= wasm_offset);
        let index = after.checked_sub(1)?;
        let inside = wasm_offset < decoded.bodies[index].end;
        inside.then_some(index as u32 + decoded.imported_funcs)
    }

    /// Whether a debugger's observer is told before the operator at this byte offset:
    /// see [`Stopped`](crate::Stopped).
    pub fn set_break(&self, wasm_offset: u32, on: bool) {
        self.0.set_break(wasm_offset, on);
    }

    /// How many functions it imports.
    pub fn imported_func_count(&self) -> u32 {
        self.0.decoded().imported_funcs
    }
}

impl GoLines {
    /// The functions, in the order of their indices.
    pub fn functions(&self) -> Vec<GoFunction> {
        functions(self.module.decoded(), &self.program())
    }

    /// The lines of a file that a function may have code of, inlined or its own. Tells
    /// less than [`spots`](Self::spots), and faster.
    pub fn lines_in(&self, func_idx: u32, file: &str) -> Vec<u32> {
        let program = self.program();
        let func = self.func(&program, func_idx);
        let code_bytes = self.code_bytes(func_idx);
        func.map_or_else(Vec::new, |func| func.lines_in(file, code_bytes))
    }

    /// The code of a function, in the order of its bytes; empty if it is none of
    /// Go's.
    pub fn spots(&self, func_idx: u32) -> Vec<GoSpot> {
        let decoded = self.module.decoded();
        let program = self.program();
        let found = func_idx
            .checked_sub(decoded.imported_funcs)
            .and_then(|index| {
                let body = body(decoded, &program, index).ok()?;
                Some((index, body, self.func(&program, func_idx)?))
            });
        let Some((index, body, func)) = found else {
            return Vec::new();
        };
        let Ok(mut operators) = decoded.body(index).get_operators_reader() else {
            return Vec::new();
        };
        let mut spots: Vec<GoSpot> = Vec::new();
        let mut last = None;
        let code_bytes = self.code_bytes(func_idx);
        let most = code_bytes.saturating_mul(SPOTS_BYTES_PER_BYTE);
        let mut left = most.saturating_add(FEW_SPOTS_BYTES).min(MAX_SPOTS_BYTES);
        let sources = func.sources(code_bytes);
        let frameless = func.largest_frame_bytes().unwrap_or(0) == 0;
        while !operators.eof() {
            let offset = operators.original_position() as u32;
            if operators.read().is_err() {
                break;
            }
            let end = operators.original_position() as u32;
            if decoded.bytes.get(offset as usize) == Some(&END) {
                // Jumps lead behind it, so a stop here would miss them.
                continue;
            }
            let Some(place) = body.place(offset) else {
                continue;
            };
            let key = (place.likely(), place.stack);
            if last.replace(key) == Some(key) {
                if let Some(spot) = spots.last_mut() {
                    spot.end = end;
                }
                continue;
            }
            let source = sources.at(func.entry().at(place.likely()));
            let spot = GoSpot {
                wasm_offset: offset,
                end,
                is_rest: match place.stack {
                    StackState::Body => true,
                    StackState::Entry => frameless,
                    _ => false,
                },
                is_entry: place.stack == StackState::Entering,
                source,
            };
            let Some(rest) = left.checked_sub(spot.size_bytes()) else {
                break;
            };
            left = rest;
            spots.push(spot);
        }
        spots
    }

    /// Bytes of a function's code; more than it has places.
    fn code_bytes(&self, func_idx: u32) -> usize {
        let decoded = self.module.decoded();
        let defined_idx = func_idx.checked_sub(decoded.imported_funcs);
        let body = defined_idx.and_then(|index| decoded.bodies.get(index as usize));
        body.map_or(0, |body| body.len())
    }

    fn func<'a>(&self, program: &Program<'a>, func_idx: u32) -> Option<fossor_go::Func<'a>> {
        let imported = self.module.decoded().imported_funcs;
        program
            .func_of_defined(func_idx.checked_sub(imported)?)
            .ok()
    }

    fn program(&self) -> Program<'_> {
        Program::with_tables(Image::new(&self.image), self.tables)
    }
}
