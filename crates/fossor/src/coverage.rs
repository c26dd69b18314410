//! Coverage: which lines of a program were executed, and how often.

use crate::go_program::{body, image, looks_like_go};
use crate::module::Module;
use fossor_go::{Body, Func, Image, Program};
use std::collections::{BTreeMap, HashMap};

/// How often a block of operators was executed.
pub use fossor_interpreter::BlockCount;

impl Module {
    /// How often each block of operators was executed, in all stores, of the
    /// functions that were called at all; nothing unless the engine was told to
    /// count: [`Config::count_blocks`](crate::Config::count_blocks). A block may
    /// come several times.
    pub fn block_counts(&self) -> Vec<BlockCount> {
        self.0.block_counts()
    }

    /// How often lines of a Go program's source were executed, by file and
    /// line, also those that never were; `None` if it is no Go program.
    /// `wanted` chooses files.
    ///
    /// Counts are those of the code between two resume points, and a line has
    /// the largest of the counts of its code.
    pub fn line_counts(
        &self,
        mut wanted: impl FnMut(&str) -> bool,
    ) -> Option<BTreeMap<(String, u32), u64>> {
        let decoded = self.0.decoded();
        if !looks_like_go(decoded) {
            return None;
        }
        let image = image(decoded);
        let program = Program::find(Image::new(&image), image.len() as u64).ok()?;
        let mut blocks = HashMap::<u32, Vec<BlockCount>>::new();
        for block in self.block_counts() {
            blocks.entry(block.func_idx).or_default().push(block);
        }
        let mut lines = Lines::default();
        for func in program.funcs().flatten() {
            let Some(defined_idx) = func.entry().defined_idx() else {
                continue;
            };
            // Its own, and those of what was inlined into it.
            let mut files = func.files();
            files.retain(|(_, file)| wanted(file));
            if files.is_empty() {
                continue;
            }
            let counts = blocks.get(&(defined_idx + decoded.imported_funcs));
            let counts = counts
                .and_then(|counts| Some((body(decoded, &program, defined_idx).ok()?, counts)));
            if !lines.add(&func, &files, counts) {
                break;
            }
        }
        Some(lines.counts)
    }
}

/// Places that are looked at, of all functions, and bytes of the lines that are kept.
/// Tables that lie have more: those of many functions are one and the same.
const MAX_PLACES: usize = 1 << 28;
const MAX_LINE_BYTES: usize = 1 << 30;

#[derive(Default)]
struct Lines {
    counts: BTreeMap<(String, u32), u64>,
    places: usize,
    line_bytes: usize,
}

impl Lines {
    /// Adds those of a function that are of these files; `false` if there is no end.
    fn add(
        &mut self,
        func: &Func<'_>,
        files: &[(i32, String)],
        counts: Option<(Body, &Vec<BlockCount>)>,
    ) -> bool {
        let runs = func.lines();
        let places = runs.last().map_or(0, |(_, _, end)| *end);
        // With a list of so many numbers.
        let places = places.min(MAX_PLACE);
        self.places = self.places.saturating_add(runs.len() + places as usize);
        if self.places > MAX_PLACES {
            return false;
        }
        let by_place = by_place(places, counts, &mut self.places);
        let mut begin = 0;
        for (file, line, end) in runs {
            let (first, last) = (begin.min(places), end.min(places));
            begin = end;
            let of_file = files.binary_search_by_key(&file, |(number, _)| *number);
            let Some((_, file)) = of_file.ok().map(|at| &files[at]).filter(|_| line > 0) else {
                continue;
            };
            let count = by_place[first as usize..last as usize].iter().max();
            let count = count.copied().unwrap_or(0);
            let sum = self.counts.entry((file.clone(), line)).or_insert_with(|| {
                self.line_bytes = self.line_bytes.saturating_add(file.len());
                0
            });
            *sum = count.max(*sum);
            if self.line_bytes > MAX_LINE_BYTES {
                return false;
            }
        }
        true
    }
}

/// Places of a function that are counted: PC_B has 16 bits.
const MAX_PLACE: u32 = 1 << 16;

/// How often each place was reached.
fn by_place(
    places: u32,
    counts: Option<(Body, &Vec<BlockCount>)>,
    looked_at: &mut usize,
) -> Vec<u64> {
    let mut by_place = vec![0; places as usize];
    let Some((body, counts)) = counts.filter(|_| places > 0) else {
        return by_place;
    };
    // Each counter counts for what follows it, up to the next one.
    let mut starts = Vec::from_iter(counts.iter().map(|block| block.wasm_offset));
    starts.sort_unstable();
    for block in counts {
        let next = starts.partition_point(|&start| start <= block.wasm_offset);
        let end = starts.get(next).copied().unwrap_or(u32::MAX);
        let Some((first, last)) = body.places(block.wasm_offset, end) else {
            continue;
        };
        let last = last.min(places - 1);
        *looked_at = looked_at.saturating_add(last.saturating_sub(first) as usize);
        if *looked_at > MAX_PLACES {
            break;
        }
        for place in first..=last {
            let count = &mut by_place[place as usize];
            *count = block.count.max(*count);
        }
    }
    by_place
}
