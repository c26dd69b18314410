//! Where objects lie: blocks of cells of one size, and runs of blocks for large
//! objects. Cells never move.
//!
//! Two bitmaps, a bit for each word, say where objects start and which of them
//! are marked. Sweeping a block is `starts &= marks`; a cell is free if no object
//! starts there. So an address is an object's if its bit is set, whatever bits a
//! guest may have left in a slot.

use crate::reserve::Words;

/// Words of a block.
pub(crate) const BLOCK_WORDS: usize = 1024;
/// Bytes of a block.
pub(crate) const BLOCK_BYTES: u64 = BLOCK_WORDS as u64 * 8;
/// Words of a bitmap for one block.
const BITS: usize = BLOCK_WORDS / 64;

/// Words of a cell, by class.
const CLASSES: [u16; 27] = [
    2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 128, 160, 204,
    256, 341, 512,
];
/// Larger objects have blocks of their own.
const LARGEST_CELL: usize = 512;

/// What is in a block, in a byte: a class, or one of these.
const FREE: u8 = 0xff;
/// A large object begins here.
const LARGE: u8 = 0xfe;
/// A large object goes on here.
const LARGE_REST: u8 = 0xfd;
/// Block 0: no object is at word 0, which would be null.
const RESERVED: u8 = 0xfc;

/// The header of an object that is gone, where that is wanted.
const POISON: u64 = u64::MAX;

/// No block is to be swept.
const SWEPT: usize = usize::MAX;
/// Blocks that are swept at once to find a free cell.
const SEARCHED_BLOCKS: usize = 64;

/// The class of the smallest cell for so many words.
fn class_of(words: usize) -> usize {
    CLASSES.partition_point(|&cell| usize::from(cell) < words)
}

/// The heap's blocks.
pub(crate) struct Blocks {
    /// All objects, in blocks.
    pub words: Words,
    starts: Words,
    marks: Words,
    /// What is in each block that was ever used.
    kinds: Vec<u8>,
    /// Blocks among them that are free.
    free: usize,
    /// No free block is below.
    lowest_free: usize,
    /// By class: the block that cells are taken from (0: none) and its next
    /// cell.
    current: [(u32, u16); CLASSES.len()],
    /// By class: swept blocks with a free cell.
    available: [Vec<u32>; CLASSES.len()],
    /// Blocks from here on are not swept yet.
    unswept: usize,
    limit: usize,
    /// Whether the headers of what is swept are overwritten, so that whoever
    /// still uses such an object is found out.
    poison: bool,
}

impl Blocks {
    /// Address space for `limit_bytes`, or less where the system has less.
    pub fn new(limit_bytes: u64, poison: bool) -> Self {
        // A slot's object is an offset of 35 bits at most, and its word one of 2^32, with
        // block 0 among them.
        let mut limit = (limit_bytes.min((1 << 35) - BLOCK_BYTES) / BLOCK_BYTES) as usize;
        let (words, starts, marks) = loop {
            let blocks = limit + 1;
            let space = (
                Words::new(blocks * BLOCK_WORDS),
                Words::new(blocks * BITS),
                Words::new(blocks * BITS),
            );
            if let (Some(words), Some(starts), Some(marks)) = space {
                break (words, starts, marks);
            }
            if limit == 0 {
                break (Words::none(), Words::none(), Words::none());
            }
            log::warn!("no address space for a heap of {limit} blocks; trying half of it");
            limit /= 2;
        };
        Self {
            words,
            starts,
            marks,
            kinds: vec![RESERVED],
            free: 0,
            lowest_free: 1,
            current: [(0, 0); CLASSES.len()],
            available: [const { Vec::new() }; CLASSES.len()],
            unswept: SWEPT,
            limit,
            poison,
        }
    }

    /// Blocks that may be used.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Blocks that are used.
    pub fn used(&self) -> usize {
        self.kinds.len() - 1 - self.free
    }

    /// Words that an object of `words` words takes.
    pub fn rounded(words: u64) -> u64 {
        match words <= LARGEST_CELL as u64 {
            true => CLASSES[class_of(words as usize)].into(),
            false => words.next_multiple_of(BLOCK_WORDS as u64),
        }
    }

    /// A zeroed cell, or run of blocks, for `words` words; `None` if there is no
    /// free one. It may be in a block that is yet to be swept.
    pub fn take(&mut self, words: u64) -> Option<usize> {
        if words > LARGEST_CELL as u64 {
            let blocks = usize::try_from(words.div_ceil(BLOCK_WORDS as u64)).ok()?;
            let at = self.take_run(blocks, LARGE)? * BLOCK_WORDS;
            self.words[at..at + words as usize].fill(0);
            set(&mut self.starts, at);
            return Some(at);
        }
        let class = class_of(words as usize);
        let cell_words = usize::from(CLASSES[class]);
        loop {
            let (block, cell) = self.current[class];
            if block != 0 {
                let base = block as usize * BLOCK_WORDS;
                let mut cells = usize::from(cell)..BLOCK_WORDS / cell_words;
                if let Some(cell) = cells.find(|cell| !get(&self.starts, base + cell * cell_words))
                {
                    self.current[class].1 = cell as u16 + 1;
                    let at = base + cell * cell_words;
                    self.words[at..at + cell_words].fill(0);
                    set(&mut self.starts, at);
                    return Some(at);
                }
            }
            self.current[class] = (self.block_for(class)?, 0);
        }
    }

    /// Whether an object starts at word `at`.
    #[inline]
    pub fn is_object(&self, at: usize) -> bool {
        // None is in block 0, which is not there either where nothing could be reserved.
        (1..self.kinds.len()).contains(&(at / BLOCK_WORDS)) && get(&self.starts, at)
    }

    /// Marks the object at word `at`; whether it was not marked before.
    #[inline]
    pub fn mark(&mut self, at: usize) -> bool {
        let was = get(&self.marks, at);
        set(&mut self.marks, at);
        !was
    }

    /// Whether the block with word `at` is yet to be swept.
    pub fn is_unswept(&self, at: usize) -> bool {
        at / BLOCK_WORDS >= self.unswept
    }

    /// All marks are made: from now on blocks are to be swept.
    pub fn begin_sweep(&mut self) {
        self.current = [(0, 0); CLASSES.len()];
        self.available.iter_mut().for_each(Vec::clear);
        self.unswept = 1;
    }

    /// Sweeps up to `count` blocks.
    pub fn sweep(&mut self, count: usize) {
        for _ in 0..count {
            if self.unswept >= self.kinds.len() {
                self.unswept = SWEPT;
                return;
            }
            self.unswept += self.sweep_block(self.unswept);
        }
    }

    /// Whether blocks are yet to be swept.
    pub fn is_sweeping(&self) -> bool {
        self.unswept != SWEPT
    }

    /// Sweeps a block, or the run that it begins; how many blocks it was.
    fn sweep_block(&mut self, block: usize) -> usize {
        let kind = self.kinds[block];
        // In the midst of an object: it begins in a block that was swept, and took this
        // one, which was free, afterwards.
        if kind == FREE || kind == LARGE_REST {
            return 1;
        }
        let mut live = 0;
        for word in block * BITS..(block + 1) * BITS {
            let (start, mark) = (&mut self.starts[word], &mut self.marks[word]);
            let mut dead = *start & !*mark;
            while self.poison && dead != 0 {
                self.words[word * 64 + dead.trailing_zeros() as usize] = POISON;
                dead &= dead - 1;
            }
            *start &= *mark;
            *mark = 0;
            live += start.count_ones() as usize;
        }
        let length = match kind {
            LARGE => self.run_length(block),
            _ => 1,
        };
        if live == 0 {
            self.kinds[block..block + length].fill(FREE);
            self.free += length;
            self.lowest_free = self.lowest_free.min(block);
            for current in &mut self.current {
                if current.0 as usize == block {
                    *current = (0, 0);
                }
            }
        } else if let Some(&cell_words) = CLASSES.get(usize::from(kind))
            && live < BLOCK_WORDS / usize::from(cell_words)
        {
            self.available[usize::from(kind)].push(block as u32);
        }
        length
    }

    fn run_length(&self, block: usize) -> usize {
        let rest = self.kinds[block + 1..].iter();
        1 + rest.take_while(|&&kind| kind == LARGE_REST).count()
    }

    /// A block with free cells of a class.
    fn block_for(&mut self, class: usize) -> Option<u32> {
        for _ in 0..SEARCHED_BLOCKS {
            if let Some(block) = self.available[class].pop() {
                return Some(block);
            }
            if !self.is_sweeping() {
                break;
            }
            self.sweep(1);
        }
        self.take_run(1, class as u8).map(|block| block as u32)
    }

    /// Blocks in a row that are free, or were never used: the lowest.
    fn take_run(&mut self, count: usize, kind: u8) -> Option<usize> {
        if self.used() + count > self.limit {
            return None;
        }
        let first = self.find_run(count)?;
        for (i, block) in (first..first + count).enumerate() {
            let kind = if i == 0 { kind } else { LARGE_REST };
            match self.kinds.get_mut(block) {
                Some(place) => {
                    *place = kind;
                    self.free -= 1;
                }
                None => self.kinds.push(kind),
            }
        }
        if first == self.lowest_free {
            self.lowest_free = first + count;
        }
        Some(first)
    }

    fn find_run(&mut self, count: usize) -> Option<usize> {
        let mut run = 0;
        if self.free > 0 {
            for block in self.lowest_free..self.kinds.len() {
                match self.kinds[block] {
                    FREE if run == 0 && count > 1 => run = 1,
                    FREE => run += 1,
                    _ => run = 0,
                }
                if run == count {
                    if count == 1 {
                        self.lowest_free = block;
                    }
                    return Some(block + 1 - count);
                }
            }
        }
        // What is free at the end is the beginning of a run that goes beyond.
        let first = self.kinds.len() - run;
        (first + count <= self.limit + 1).then_some(first)
    }
}

#[inline]
fn get(bits: &[u64], at: usize) -> bool {
    bits[at / 64] & 1 << (at % 64) != 0
}

#[inline]
fn set(bits: &mut [u64], at: usize) {
    bits[at / 64] |= 1 << (at % 64);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_32_bits() {
        let blocks = Blocks::new(u64::MAX, false);
        assert!((blocks.limit + 1) * BLOCK_WORDS <= 1 << 32);
    }

    #[test]
    fn where_nothing_could_be_reserved_nothing_is_an_object() {
        let mut blocks = Blocks::new(0, false);
        blocks.words = Words::none();
        blocks.starts = Words::none();
        blocks.marks = Words::none();
        assert!(blocks.take(2).is_none());
        for at in [0, 1, BLOCK_WORDS - 1, BLOCK_WORDS, usize::MAX / 8] {
            assert!(!blocks.is_object(at));
        }
    }
}
