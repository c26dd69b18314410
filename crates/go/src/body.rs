//! From a byte offset in a function's code to a place (PC_B) and to where the
//! return address is then. Nothing in a module lists that, but the code says
//! it: the table at its start leads from places to blocks, and before every
//! call it stores the place where that returns to.
//!
//! Source: `cmd/internal/obj/wasm/wasmobj.go`, `preprocess`.

use crate::error::GoError;
use crate::pc::Pc;
use wasmparser::{BinaryReader, FunctionBody, Operator};

/// What the stack pointer points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StackState {
    /// The return address: the frame is not there yet, or not any more.
    Entry,
    /// The frame, of the size that the table has for the place.
    Body,
    /// The address where a call is about to return to, in this function; the
    /// frame follows.
    Calling,
    /// Behind the return address, which is still below.
    Popped,
    /// Before the table at the start: the frame is not there if the function
    /// was just called, and is there if it goes on or jumps.
    Entering,
    /// What another goroutine has left there. WebAssembly's frames return, this one
    /// too; the place where Go goes on is below the stack pointer.
    Switching,
}

/// A place in a function, as far as the code tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The first place that it can be.
    pub first: u32,
    /// The last one.
    pub last: u32,
    /// Instructions of the block before it, and all of the block's.
    pub position: (u32, u32),
    /// Where the return address is.
    pub stack: StackState,
}

impl Place {
    /// The likeliest place: how far the block has come, in places.
    pub fn likely(&self) -> u32 {
        let span = u64::from(self.last.saturating_sub(self.first)) + 1;
        let (done, all) = self.position;
        self.first + (span * u64::from(done) / u64::from(all.max(1))).min(span - 1) as u32
    }
}

/// A function's code, decoded once, for many questions.
#[derive(Clone, Debug)]
pub struct Body {
    /// By offset: where the stack changes and places are known.
    marks: Vec<Mark>,
    end: u32,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    /// From this byte offset on.
    offset: u32,
    first: u32,
    last: u32,
    /// Instructions from here to the next mark.
    instructions: u32,
    stack: StackState,
}

impl Body {
    /// Decodes the body of the function that begins at `entry`, which lies at
    /// `offset` of the module; the answers are in the same offsets. `places` is
    /// how many there are ([`Func::places`](crate::Func::places)), and
    /// `frame_bytes` the size of the frame once it is made.
    pub fn decode(
        bytes: &[u8],
        offset: u32,
        entry: Pc,
        places: u32,
        frame_bytes: u64,
    ) -> Result<Self, GoError> {
        Reader::new(entry, places, frame_bytes).read(bytes, offset)
    }

    /// The places of the operators from `start` up to, and without, `end`: the
    /// first and the last.
    pub fn places(&self, start: u32, end: u32) -> Option<(u32, u32)> {
        let first = self.place(start)?;
        let last = self.place(end.max(start + 1) - 1)?;
        Some((first.first, last.last.max(first.first)))
    }

    /// The place of the operator at `offset`.
    pub fn place(&self, offset: u32) -> Option<Place> {
        let after = self.marks.partition_point(|mark| mark.offset <= offset);
        let mark = self.marks.get(after.checked_sub(1)?)?;
        let end = self.marks.get(after).map_or(self.end, |next| next.offset);
        // By bytes, which are about as evenly spread as instructions.
        let position = match mark.instructions {
            0 => (0, 1),
            _ => (offset - mark.offset, (end - mark.offset).max(1)),
        };
        Some(Place {
            first: mark.first,
            last: mark.last.max(mark.first),
            position,
            stack: mark.stack,
        })
    }
}

/// What a function ends with, as far as it may be `end`, `i32.const 1`, `end`.
#[derive(Clone, Copy, Debug, Default)]
struct Tail {
    /// How many of these came.
    matched: u8,
    /// Where the first of them is.
    offset: u32,
}

impl Tail {
    fn push(&mut self, operator: &Operator<'_>, offset: u32) {
        self.matched = match (self.matched, operator) {
            (1, Operator::I32Const { value: 1 }) => 2,
            (2, Operator::End) => 3,
            (_, Operator::End) => {
                self.offset = offset;
                1
            }
            _ => 0,
        };
    }

    /// Where the exit begins that all share which return 1.
    fn exit(self) -> Option<u32> {
        (self.matched == 3).then_some(self.offset)
    }
}

struct Reader {
    entry: Pc,
    places: u32,
    /// For each place, its block.
    table: Vec<u32>,
    /// Blocks, loops and ifs open in the current block.
    depth: u32,
    /// The current block; none before the table.
    block: Option<u32>,
    marks: Vec<Mark>,
    stack: StackState,
    /// The first place that it can be, as calls tell.
    first: u32,
    /// The constant before.
    last_const: Option<i64>,
    /// What is about to be added to the stack pointer.
    change: i64,
    /// The return address that is about to be stored.
    returns_to: Option<u32>,
    frame_bytes: u64,
    /// Whether the frame was made.
    framed: bool,
    /// Whether the stack pointer was set at all: functions that only the runtime's
    /// assembler calls leave it alone.
    moves: bool,
    /// Whether nothing came after a call.
    after_call: bool,
}

impl Reader {
    fn new(entry: Pc, places: u32, frame_bytes: u64) -> Self {
        Self {
            entry,
            places,
            table: Vec::new(),
            depth: 0,
            block: None,
            marks: Vec::new(),
            stack: StackState::Entry,
            first: 0,
            last_const: None,
            change: 0,
            returns_to: None,
            frame_bytes,
            framed: false,
            moves: false,
            after_call: false,
        }
    }

    fn read(mut self, bytes: &[u8], offset: u32) -> Result<Body, GoError> {
        let error = |error: wasmparser::Error| GoError::Body(error.to_string());
        let body = FunctionBody::new(BinaryReader::new(bytes, offset.into()));
        let mut operators = body.get_operators_reader().map_err(error)?;
        self.mark(offset);
        let mut after_local_0 = false;
        let mut tail = Tail::default();
        while !operators.eof() {
            let at = operators.original_position() as u32;
            let operator = operators.read().map_err(error)?;
            let next = operators.original_position() as u32;
            tail.push(&operator, at);
            if let Some(mark) = self.marks.last_mut() {
                mark.instructions += 1;
            }
            match &operator {
                Operator::BrTable { targets } if self.block.is_none() && after_local_0 => {
                    for target in targets.targets().take(1 << 16) {
                        self.table.push(target.map_err(error)?);
                    }
                    self.table.push(targets.default());
                    // All before it is on the way to it, from a call or from
                    // a jump within the function.
                    for mark in &mut self.marks {
                        (mark.first, mark.last) = (0, 0);
                        mark.stack = StackState::Entering;
                    }
                    // The block around the table ends next.
                    self.block = Some(0);
                    self.depth = 1;
                }
                _ => self.operator(&operator, at, next),
            }
            after_local_0 = matches!(operator, Operator::LocalGet { local_index: 0 });
        }
        self.bound_by_calls();
        self.mark_exit(tail);
        Ok(Body {
            marks: self.marks,
            end: offset + bytes.len() as u32,
        })
    }

    /// Takes the operator at `at` in; the next one is at `next`. An `end` that a
    /// block begins with is the first of that block.
    fn operator(&mut self, operator: &Operator<'_>, at: u32, next: u32) {
        let constant = self.last_const.take();
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                self.depth += 1;
            }
            Operator::End if self.block.is_some() => match self.depth.checked_sub(1) {
                Some(depth) => {
                    self.depth = depth;
                    self.mark_if_table_end(at);
                }
                None => {
                    self.block = self.block.map(|block| block + 1);
                    self.first = self.range().0;
                    self.returns_to = None;
                    self.stack = self.rest();
                    self.mark(at);
                }
            },
            Operator::I32Const { value } => self.last_const = Some((*value).into()),
            Operator::I64Const { value } => {
                let pc = Pc(*value as u64);
                if pc.func() == self.entry.func() && pc.block() > 0 {
                    self.returns_to = Some(pc.block());
                }
            }
            Operator::I32Sub => self.change = -constant.unwrap_or(0),
            Operator::I32Add => self.change = constant.unwrap_or(0),
            Operator::LocalTee { local_index: 1 } => {}
            Operator::GlobalSet { global_index: 0 } => self.moved(next),
            Operator::Call { .. } | Operator::CallIndirect { .. }
                if self.stack == StackState::Calling =>
            {
                self.stack = self.rest();
                if let Some(place) = self.returns_to.take() {
                    self.first = place;
                }
                self.mark(next);
            }
            Operator::Return => {
                let rest = self.rest();
                self.stack = match constant {
                    // `gogo` has changed the stack, and this is its way to go on there.
                    Some(1) if self.moves => StackState::Switching,
                    Some(_) if self.moves => StackState::Popped,
                    // What it jumped to has returned in its place.
                    None if self.after_call => StackState::Switching,
                    _ => self.stack,
                };
                self.mark(at);
                self.stack = rest;
                self.mark(next);
            }
            _ => {}
        }
        if !matches!(
            operator,
            Operator::I32Sub | Operator::I32Add | Operator::LocalTee { local_index: 1 }
        ) {
            self.change = 0;
        }
        self.after_call = match operator {
            Operator::Call { .. } | Operator::CallIndirect { .. } => true,
            // The stack pointer is read anew after each.
            Operator::GlobalGet { global_index: 0 } | Operator::LocalSet { local_index: 1 } => {
                self.after_call
            }
            _ => false,
        };
    }

    /// The stack pointer was set.
    fn moved(&mut self, next: u32) {
        use StackState::{Body, Calling, Entry, Popped};
        self.moves = true;
        // The check of the stack's size, which comes first, makes its call
        // within an `if`.
        let makes_frame = !self.framed
            && self.frame_bytes > 0
            && self.change == -(self.frame_bytes as i64)
            && (self.change != -8 || self.depth == 0);
        self.stack = match (self.stack, self.change) {
            (Entry, _) if makes_frame => {
                self.framed = true;
                // The table has the frame from the next place on.
                self.first = self.first.max(1);
                Body
            }
            (Body | Entry, -8) => Calling,
            (Body, 8) if !self.framed => Popped,
            (Body, 1..) => Entry,
            (Entry, 8) => Popped,
            (other, _) => other,
        };
        self.mark(next);
    }

    /// The state between calls.
    fn rest(&self) -> StackState {
        match self.framed {
            true => StackState::Body,
            false => StackState::Entry,
        }
    }

    /// The block around the table has ended: block 0 begins.
    fn mark_if_table_end(&mut self, at: u32) {
        let last = self.marks.last();
        let entering = last.is_some_and(|mark| mark.stack == StackState::Entering);
        if self.depth == 0 && self.block == Some(0) && entering {
            self.mark(at);
        }
    }

    /// The places of the current block.
    fn range(&self) -> (u32, u32) {
        let Some(block) = self.block.filter(|_| !self.table.is_empty()) else {
            return (0, self.places.saturating_sub(1));
        };
        let first = self.table.iter().position(|&target| target == block);
        let last = self.table.iter().rposition(|&target| target == block);
        match (first, last) {
            (Some(first), Some(last)) if last + 1 == self.table.len() => (
                first as u32,
                self.places.saturating_sub(1).max(first as u32),
            ),
            (Some(first), Some(last)) => (first as u32, last as u32),
            _ => (0, self.places.saturating_sub(1)),
        }
    }

    /// Where all go whose call returned 1: the switch to another goroutine makes
    /// frames of WebAssembly return, down to the loop which goes on with that.
    fn mark_exit(&mut self, tail: Tail) {
        let Some(offset) = tail.exit() else { return };
        self.marks.retain(|mark| mark.offset < offset);
        self.stack = StackState::Switching;
        self.mark(offset);
    }

    fn mark(&mut self, offset: u32) {
        let (first, last) = self.range();
        self.marks.push(Mark {
            offset,
            first: self.first.max(first).min(last),
            last,
            instructions: 0,
            stack: self.stack,
        });
    }

    /// What lies before a call lies before the place that it returns to.
    fn bound_by_calls(&mut self) {
        let mut behind = (u32::MAX, u32::MAX);
        for mark in self.marks.iter_mut().rev() {
            let bound = match mark.first < behind.0 {
                true => behind.0 - 1,
                false => behind.1,
            };
            mark.last = mark.last.min(bound).max(mark.first);
            behind = (mark.first, mark.last);
        }
    }
}
