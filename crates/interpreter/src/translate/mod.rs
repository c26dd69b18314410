//! From a function's operators to the interpreter's code, in one forward pass.
//!
//! Validation and translation share the decoding: [`visit`] hands each operator
//! to wasmparser's validator and, once accepted, to the [`Translator`]. What is
//! translated is therefore valid.
//!
//! The operand stack is *symbolic* (`stack.rs`): `local.get` and constants push
//! a note and emit nothing; an operator emits one instruction that names where
//! its operands are. Results stay in the accumulator until something else needs
//! it; then the instruction that made them is patched to write its slot too.
//! A value on the stack always has a home: the slot of its stack position. At
//! every label all values are at home, so paths merge without further moves.

mod call;
mod control;
mod drive;
mod emit;
mod exception;
mod fuel;
mod fuse;
mod gc;
mod label;
mod memory;
mod nan;
mod numeric;
mod rare;
mod sequence;
mod simd;
mod stack;
mod table;
mod variable;
mod visit;

use crate::error::TranslateError;
use crate::execute::context::CodeHeader;
use crate::execute::exception::CatchTable;
use crate::execute::operand::Kind;
use crate::module::ModuleInner;
use control::Control;
use emit::Last;
use fossor_host::Interrupt;
use fossor_module::ValType;
pub(crate) use fuel::OPEN;
use fuse::{Dispatcher, Prologue, Recent};
use label::Fixup;
use stack::{Entry, Holds, Producer};
pub(crate) use visit::val_type;

/// One line of a listing: an instruction and where it came from.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Word in the code, header included.
    pub word: usize,
    /// Byte offset in the module of the operator that caused it.
    pub wasm_offset: u32,
    /// Name, from the table.
    pub name: &'static str,
    /// Its own handler: the code may have that of the sequence that begins with it.
    pub handler: u64,
    /// With fuel: operators that were not paid for when it traps.
    pub owed: u32,
}

/// A function's code.
pub(crate) struct Translation {
    /// Header, then instructions.
    pub words: Vec<u64>,
    /// With `listing`: what each instruction is.
    pub lines: Vec<Line>,
    /// What catches exceptions.
    pub catches: CatchTable,
}

/// Validates and translates a function, unless `stop` says that there is no time.
pub(crate) fn translate(
    module: &ModuleInner,
    defined_idx: u32,
    listing: bool,
    stop: Option<&Interrupt>,
) -> Result<Translation, TranslateError> {
    let body = module.decoded.body(defined_idx);
    let mut validator = module
        .decoded
        .func_to_validate(defined_idx)
        .into_validator(module.scratch().allocations.take().unwrap_or_default());
    let func_idx = module.decoded.imported_funcs + defined_idx;
    let mut translator = Translator::new(module, func_idx, listing);
    let mut locals = body.get_locals_reader().map_err(TranslateError::Invalid)?;
    for _ in 0..locals.get_count() {
        let offset = locals.original_position();
        let (count, ty) = locals.read().map_err(TranslateError::Invalid)?;
        validator
            .define_locals(offset, count, ty)
            .map_err(TranslateError::Invalid)?;
        translator.declare_locals(count, visit::val_type(ty))?;
    }
    translator.begin()?;
    let mut visitor = visit::Visitor {
        validator,
        translator,
    };
    drive::drive(&mut visitor, &body, stop)?;
    module.scratch().allocations = Some(visitor.validator.into_allocations());
    visitor.translator.finish()
}

/// Where a local lives.
#[derive(Clone, Copy)]
struct Local {
    slot: u16,
    ty: ValType,
    /// What `ty` says.
    kind: Kind,
    wide: bool,
}

impl Local {
    fn new(slot: u16, ty: ValType) -> Self {
        Self {
            slot,
            ty,
            kind: stack::kind_of(ty),
            wide: ty == ValType::V128,
        }
    }
}

/// Buffers that one translation leaves for the next. All are empty, or to be
/// emptied.
#[derive(Default)]
pub(crate) struct Spare {
    starts: Vec<u32>,
    locals: Vec<Local>,
    stack: Vec<Entry>,
    noted: Vec<Recent>,
    controls: Vec<Control>,
    fixups: Vec<Fixup>,
}

impl Spare {
    fn clear(&mut self) {
        self.starts.clear();
        self.locals.clear();
        self.stack.clear();
        self.noted.clear();
        self.controls.clear();
        self.fixups.clear();
    }
}

pub(crate) struct Translator<'m> {
    module: &'m ModuleInner,
    func_idx: u32,
    /// 0: loop, 1: tail calls.
    dispatch: usize,
    /// Off: one instruction per operator, every operand in its home slot.
    fuse: bool,
    fuel: bool,
    /// Whether memory 0, if there is one, has 32-bit addresses.
    plain_memory: bool,
    /// Whether executions of blocks are counted.
    counts: bool,
    /// Whether a debugger may stop before each operator.
    debug: bool,
    /// Whether all NaNs that are computed get one payload.
    canonical_nans: bool,
    code: Vec<u64>,
    /// First words of the instructions.
    starts: Vec<u32>,
    lines: Option<Vec<Line>>,
    /// Byte offset of the current operator in the module.
    offset: u32,
    locals: Vec<Local>,
    link_slot: u32,
    zeroed_slots: u32,
    stack: Vec<Entry>,
    /// Entries below this index are all at home.
    pending_from: usize,
    /// First slot above the stack.
    top_slot: u32,
    max_slot: u32,
    holds: [Holds; 3],
    producers: [Producer; 3],
    last: Option<Last>,
    /// The comparison of floats that a comparison with zero, at this word, negates.
    negated: Option<(usize, Last)>,
    /// Word of the instruction emitted last, if no label follows it.
    last_word: usize,
    /// Word of the plain copy emitted last.
    last_copy: usize,
    /// Of the instructions since the last label those that `fuse` looks for.
    noted: Vec<Recent>,
    /// How many instructions are before the last label.
    label_start: usize,
    /// Indices of the open loops.
    loops: Vec<usize>,
    dispatchers: Vec<Dispatcher>,
    prologue: Option<Prologue>,
    /// Slot and global of a `global.get; local.set` that the function begins
    /// with.
    first_reload: Option<(u16, u16)>,
    /// Word of the instruction with a vector as its result emitted last.
    last_wide: usize,
    controls: Vec<Control>,
    fixups: Vec<Fixup>,
    /// With fuel, of each of `fixups`.
    debts: Vec<fuel::Debt>,
    catches: CatchTable,
    /// Indices of the open blocks that catch, in `catches.regions`.
    open_tries: Vec<usize>,
    reachable: bool,
    /// Blocks opened in unreachable code.
    dead_blocks: u32,
    /// Operators executed before this place, and not paid for.
    operators: u32,
    stubs: Vec<fuel::Stub>,
}

/// No instruction.
const NOWHERE: usize = usize::MAX;

impl<'m> Translator<'m> {
    fn new(module: &'m ModuleInner, func_idx: u32, listing: bool) -> Self {
        let ty = module.decoded.func_type(func_idx);
        let options = module.engine.config();
        let scratch = &mut *module.scratch();
        let mut code = std::mem::take(&mut scratch.code);
        let mut spare = std::mem::take(&mut scratch.spare);
        spare.clear();
        let mut locals = spare.locals;
        let mut slot = 0;
        for &ty in ty.params() {
            locals.push(Local::new(slot, ty));
            slot += ty.slots() as u16;
        }
        let link_slot = ty.param_slots().max(ty.result_slots());
        code.clear();
        code.push(0);
        Self {
            module,
            func_idx,
            dispatch: module.engine.dispatch_index(),
            fuse: options.fuse,
            fuel: options.fuel,
            plain_memory: !module
                .decoded
                .memories
                .first()
                .is_some_and(|memory| memory.index64),
            counts: options.count_blocks,
            debug: options.debug,
            canonical_nans: options.canonical_nans,
            code,
            starts: spare.starts,
            lines: listing.then(Vec::new),
            offset: 0,
            locals,
            link_slot,
            zeroed_slots: 0,
            stack: spare.stack,
            pending_from: 0,
            top_slot: link_slot + 2,
            max_slot: link_slot + 2,
            holds: [Holds::Nothing; 3],
            producers: [Producer::default(); 3],
            last: None,
            negated: None,
            last_word: NOWHERE,
            last_copy: NOWHERE,
            noted: spare.noted,
            label_start: 0,
            loops: Vec::new(),
            dispatchers: Vec::new(),
            prologue: None,
            first_reload: None,
            last_wide: NOWHERE,
            controls: spare.controls,
            fixups: spare.fixups,
            debts: Vec::new(),
            catches: CatchTable::default(),
            open_tries: Vec::new(),
            reachable: true,
            dead_blocks: 0,
            operators: 0,
            stubs: Vec::new(),
        }
    }

    fn declare_locals(&mut self, count: u32, ty: ValType) -> Result<(), TranslateError> {
        let slots = u64::from(count) * u64::from(ty.slots());
        self.check_slots(u64::from(self.top_slot) + slots)?;
        for _ in 0..count {
            self.locals.push(Local::new(self.top_slot as u16, ty));
            self.top_slot += ty.slots();
        }
        self.zeroed_slots += slots as u32;
        Ok(())
    }

    fn check_slots(&self, slots: u64) -> Result<(), TranslateError> {
        if slots > MAX_SLOTS {
            return Err(TranslateError::TooManySlots { limit: MAX_SLOTS });
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), TranslateError> {
        self.raise_max(0);
        let zeroed = crate::execute::call::ZEROED_SLOTS as u32;
        if let Some(more @ 1..) = self.zeroed_slots.checked_sub(zeroed) {
            let first = (self.link_slot + 2 + zeroed) as u16;
            let handlers = crate::execute::handlers::both!(crate::execute::call::zero);
            self.emit(handlers, "zero", emit::Fields::imm(first, 0, more));
        }
        let results = self.module.decoded.func_type(self.func_idx).results();
        let block = control::Types::function(results.len());
        self.controls.push(Control::function(block, self.top_slot));
        self.fuel_start();
        Ok(())
    }

    fn finish(mut self) -> Result<Translation, TranslateError> {
        self.end_run();
        self.emit_stubs();
        let frame_slots = (self.max_slot as usize)
            .max(self.link_slot as usize + 2 + crate::execute::call::ZEROED_SLOTS)
            as u32;
        self.check_slots(frame_slots.into())?;
        let header = CodeHeader {
            frame_slots,
            link_slot: self.link_slot as u16,
            zero_entry: self.zero_entry(),
        };
        self.join_sequences();
        self.code[0] = u64::from(header.frame_slots)
            | u64::from(header.link_slot) << 32
            | u64::from(header.zero_entry) << 48;
        if self.code.len() * 8 > MAX_CODE_BYTES {
            return Err(TranslateError::TooMuchCode {
                limit_bytes: MAX_CODE_BYTES,
            });
        }
        self.module.scratch().spare = Spare {
            starts: self.starts,
            locals: self.locals,
            stack: self.stack,
            noted: self.noted,
            controls: self.controls,
            fixups: self.fixups,
        };
        Ok(Translation {
            words: self.code,
            lines: self.lines.unwrap_or_default(),
            catches: self.catches,
        })
    }

    /// Takes note of a stack that reaches `extra` slots above its top.
    fn raise_max(&mut self, extra: u32) {
        self.max_slot = self.max_slot.max(self.top_slot + extra);
    }
}

/// Slots that a frame may have: operands name them in 16 bits.
const MAX_SLOTS: u64 = 60_000;
/// Branches are 32-bit byte offsets.
const MAX_CODE_BYTES: usize = 1 << 30;
