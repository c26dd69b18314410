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
        let mut lines = BTreeMap::new();
        for func in program.funcs().flatten() {
            let Some(defined_idx) = func.entry().defined_idx() else {
                continue;
            };
            if !wanted(&func.file(func.entry())) && !has_inlined(&func, &mut wanted) {
                continue;
            }
            let counts = blocks.get(&(defined_idx + decoded.imported_funcs));
            let counts = counts
                .and_then(|counts| Some((body(decoded, &program, defined_idx).ok()?, counts)));
            add_lines(&func, counts, &mut wanted, &mut lines);
        }
        Some(lines)
    }
}

/// Whether something of a wanted file was inlined into the function.
fn has_inlined(func: &Func<'_>, wanted: &mut impl FnMut(&str) -> bool) -> bool {
    let places = 0..func.places().unwrap_or(0);
    let mut files = places.map(|place| func.file(func.entry().at(place)));
    files.any(|file| wanted(&file))
}

fn add_lines(
    func: &Func<'_>,
    counts: Option<(Body, &Vec<BlockCount>)>,
    wanted: &mut impl FnMut(&str) -> bool,
    lines: &mut BTreeMap<(String, u32), u64>,
) {
    let places = func.places().unwrap_or(0);
    let mut by_place = vec![0; places as usize];
    if let Some((body, counts)) = counts {
        // Each counter counts for what follows it, up to the next one.
        let mut starts = Vec::from_iter(counts.iter().map(|block| block.wasm_offset));
        starts.sort_unstable();
        for block in counts {
            let next = starts.partition_point(|&start| start <= block.wasm_offset);
            let end = starts.get(next).copied().unwrap_or(u32::MAX);
            let Some((first, last)) = body.places(block.wasm_offset, end) else {
                continue;
            };
            let last = last.min(places.saturating_sub(1));
            for place in first..=last {
                let count = &mut by_place[place as usize];
                *count = block.count.max(*count);
            }
        }
    }
    for (place, count) in by_place.into_iter().enumerate() {
        let pc = func.entry().at(place as u32);
        let (file, line) = (func.file(pc), func.line(pc));
        if line > 0 && wanted(&file) {
            let sum = lines.entry((file, line)).or_insert(0);
            *sum = count.max(*sum);
        }
    }
}
