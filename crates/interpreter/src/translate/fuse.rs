//! Fusions of several instructions into one, for the sequences that Go's
//! compiler emits. Each looks at what was emitted last, with no label in
//! between, takes it back, and emits one instruction that does the same in the
//! same order.
//!
//! A fused instruction that traps has done what the sequence would have done
//! before its trap: a stack pointer that was updated stays updated.

use super::Translator;
use super::emit::{Fields, Last};
use super::stack::{Entry, Holds, State};
use crate::execute::control::{Backward, Forward};
use crate::execute::handlers::{PairMode, both, ops};
use crate::execute::operand::Kind;
use crate::execute::{fuel, go};

/// An instruction that was emitted since the last label.
#[derive(Clone, Copy)]
pub(super) struct Recent {
    pub word: usize,
    pub op: RecentOp,
    /// The slot it writes besides the accumulator.
    pub to: Option<u16>,
}

/// What fusions look for.
#[derive(Clone, Copy)]
pub(super) enum RecentOp {
    /// `from + add`
    Add {
        from: u16,
        add: i32,
    },
    Const {
        value: u64,
    },
    /// An own global, by its word from the context; `narrow`: an i32.
    GlobalGet {
        word: u16,
        narrow: bool,
    },
    /// `i32.load` from the accumulator plus `offset`.
    LoadAcc {
        offset: u32,
    },
    /// `to := from + add; global := to`
    AddGlobal {
        from: u16,
        add: i16,
        global: u16,
    },
    /// As `AddGlobal`, and a return address stored there.
    PushReturn {
        from: u16,
        add: i16,
        global: u16,
        address: u64,
    },
    /// A stack check.
    StackCheck,
}

/// A loop that begins with `local.get slot; br_table`: Go's way to jump.
pub(super) struct Dispatcher {
    /// Index of the loop among the open blocks.
    loop_index: usize,
    slot: u16,
    /// Blocks that the table leads to; the last is the default.
    targets: Vec<u32>,
    /// Where the blocks inside the loop ended, by index, and what was owed there;
    /// `usize::MAX` if open.
    ends: Vec<(usize, u32)>,
    /// Operators from the loop's beginning up to the table.
    operators: u32,
}

/// A function that begins with `global.get; local.set slot`, and a table on its
/// first parameter.
pub(super) struct Prologue {
    slot: u16,
    global: u16,
    /// The block that argument 0 leads to.
    target: usize,
    /// Where that block ended.
    at: Option<usize>,
    /// The stack check that stands there: its load's offset and its global.
    check: Option<(u16, u16)>,
    /// The table's place in the module.
    offset: u32,
    /// With fuel: the operators up to the block, all but those that are owed there.
    executed: u32,
    owed: u32,
}

impl Translator<'_> {
    /// Says what the instruction just emitted is, unless a label follows it.
    pub(super) fn note(&mut self, op: RecentOp, to: Option<u16>) {
        let Some(word) = self.recent_word(0) else {
            return;
        };
        match self.noted.last_mut() {
            Some(noted) if noted.word == word => (noted.op, noted.to) = (op, to),
            _ => self.noted.push(Recent { word, op, to }),
        }
    }

    /// The instruction at `word` now writes `slot` as well.
    pub(super) fn retargeted(&mut self, word: usize, slot: u16) {
        let noted = self.noted.iter_mut().rev();
        let mut from_there = noted.take_while(|noted| noted.word >= word);
        if let Some(recent) = from_there.find(|noted| noted.word == word) {
            recent.to = Some(slot);
            if let (
                1,
                RecentOp::GlobalGet {
                    word: global,
                    narrow: true,
                },
            ) = (word, recent.op)
            {
                self.first_reload = Some((slot, global));
            }
        }
    }

    fn is_i32_local(&self, slot: u16) -> bool {
        // Locals are in the order of their slots.
        let found = self.locals.binary_search_by_key(&slot, |local| local.slot);
        found.is_ok_and(|index| self.locals[index].ty == fossor_module::ValType::I32)
    }

    /// Whether the instruction at `word` only pays.
    fn is_fuel(&self, word: usize) -> bool {
        self.code[word] == both!(fuel::fuel)[self.dispatch] as usize as u64
    }

    /// What was noted of the instruction before the last `depth` ones.
    fn recent(&self, depth: usize) -> Option<Recent> {
        let word = self.recent_word(depth)?;
        let noted = self.noted.iter().rev();
        let mut from_there = noted.take_while(|noted| noted.word >= word);
        from_there.find(|noted| noted.word == word).copied()
    }

    /// Where the instruction before the last `depth` ones is.
    fn recent_word(&self, depth: usize) -> Option<usize> {
        let since_label = self.starts.get(self.label_start..)?;
        let index = since_label.len().checked_sub(depth + 1)?;
        Some(since_label[index] as usize)
    }

    /// `local := local + constant; global := local` in one: Go's stack pointer
    /// lives in both. A second update of the same pair adds up with the first:
    /// nothing in between can see the first.
    pub(super) fn fuse_global_set(&mut self, offset: u32) -> bool {
        let Ok(global) = u16::try_from(offset / 8) else {
            return false;
        };
        let Some(Recent {
            word,
            op: RecentOp::Add { from, add },
            to: Some(to),
        }) = self.recent(0)
        else {
            return false;
        };
        let Ok(mut add) = i16::try_from(add) else {
            return false;
        };
        let mut from = from;
        // An i64 local keeps its upper half.
        if self.holds[Kind::Int as usize] != Holds::Slot(to) || !self.is_i32_local(to) {
            return false;
        }
        self.take_back(word);
        if let Some(Recent {
            word,
            op:
                RecentOp::AddGlobal {
                    from: before,
                    add: first,
                    global: same,
                },
            to: earlier,
        }) = self.recent(0)
        {
            let sum = first.checked_add(add);
            if let (true, true, Some(sum)) =
                (earlier == Some(from) && to == from, same == global, sum)
            {
                self.take_back(word);
                (from, add) = (before, sum);
            }
        }
        self.emit(
            both!(go::add_global),
            "add_global",
            Fields::slots(to, from, add as u16, global),
        );
        self.note(RecentOp::AddGlobal { from, add, global }, Some(to));
        self.holds[Kind::Int as usize] = Holds::Slot(to);
        true
    }

    /// Before `i64.store` of a constant: the return address that Go pushes
    /// after updating its stack pointer.
    pub(super) fn fuse_push_return(&mut self, offset: u64) -> bool {
        let (State::Const(address), State::Local(slot)) = (
            self.stack[self.index(0)].state,
            self.stack[self.index(1)].state,
        ) else {
            return false;
        };
        let Some(Recent {
            word,
            op: RecentOp::AddGlobal { from, add, global },
            to,
        }) = self.recent(0)
        else {
            return false;
        };
        if !self.fuse || offset != 0 || to != Some(slot) {
            return false;
        }
        self.pop();
        self.pop();
        self.take_back(word);
        self.emit(
            both!(go::push_return),
            "push_return",
            Fields::slots(slot, from, add as u16, global),
        );
        self.word(address);
        self.note(
            RecentOp::PushReturn {
                from,
                add,
                global,
                address,
            },
            Some(slot),
        );
        true
    }

    /// Before a call with one constant argument, 0: Go's way to begin a
    /// function. The callee is entered behind its table, if it has one.
    pub(super) fn fuse_call(&mut self, entry: u64) -> Option<u16> {
        let argument: Entry = *self.stack.last()?;
        let Some(Recent {
            word,
            op:
                RecentOp::PushReturn {
                    from,
                    add,
                    global,
                    address,
                },
            to: Some(slot),
        }) = self.recent(0)
        else {
            return None;
        };
        if !self.fuse
            || argument.state != State::Const(0)
            || argument.kind != Kind::Int
            || from != slot
        {
            return None;
        }
        self.pop();
        self.spill_all();
        let args = argument.slot;
        if self.fuel {
            // The return address is pushed before the price is paid.
            let fields = Fields::imm(args, self.price_of_call(), 0);
            self.emit(both!(fuel::call_with_zero), "call", fields);
            self.word(entry);
            return Some(args);
        }
        self.take_back(word);
        let fields = Fields::slots(slot, args, add as u16, global);
        self.emit(
            both!(go::push_return_and_call),
            "push_return_and_call",
            fields,
        );
        self.word(address);
        self.word(entry);
        Some(args)
    }

    /// Before `return` of the constant 0: the stack pointer goes back first.
    /// The local dies with the frame, so only the global is written.
    pub(super) fn fuse_return(&mut self) -> bool {
        let Some(Recent {
            word,
            op: RecentOp::AddGlobal { from, add, global },
            to,
        }) = self.recent(0)
        else {
            return false;
        };
        let top = self.stack[self.index(0)];
        if top.state != State::Const(0) || top.kind != Kind::Int || to != Some(from) {
            return false;
        }
        self.pop();
        self.take_back(word);
        let fields = Fields::slots(from, self.link_slot as u16, add as u16, global);
        self.emit(both!(go::pop_and_return), "pop_and_return", fields);
        true
    }

    /// Before a forward branch on a call's result: the reload of the stack
    /// pointer. Emits the branch; returns its word.
    pub(super) fn fuse_reload(&mut self, condition: u16) -> Option<usize> {
        let Some(Recent {
            word,
            op:
                RecentOp::GlobalGet {
                    word: global,
                    narrow: true,
                },
            to: Some(to),
        }) = self.recent(0)
        else {
            return None;
        };
        if to == condition {
            return None;
        }
        self.take_back(word);
        let fields = Fields::imm(condition, to, 0);
        let word = self.emit(
            both!(go::reload_and_branch_if),
            "reload_and_branch_if",
            fields,
        );
        self.word(global.into());
        self.holds[Kind::Int as usize] = Holds::Slot(to);
        Some(word)
    }

    /// Before a forward branch that is taken unless `slot <= limit`, the limit
    /// loaded from a global plus an offset: Go's stack check. `last` is the
    /// comparison. Emits the branch; returns its word.
    pub(super) fn fuse_stack_check(&mut self, last: &Last) -> Option<usize> {
        if !std::ptr::eq(last.op, &ops::I32LeU) || last.mode != PairMode::SlotAcc {
            return None;
        }
        let (Some(load), Some(get)) = (self.recent(1), self.recent(2)) else {
            return None;
        };
        let (RecentOp::LoadAcc { offset }, None) = (load.op, load.to) else {
            return None;
        };
        let (RecentOp::GlobalGet { word: global, .. }, None) = (get.op, get.to) else {
            return None;
        };
        let offset = u16::try_from(offset).ok()?;
        self.pop();
        for recent in [last.word, load.word, get.word] {
            self.take_back(recent);
        }
        self.holds[Kind::Int as usize] = Holds::Nothing;
        let first_at_label = self.starts.len() == self.label_start;
        let slot = last.fields.b();
        let word = self.emit(
            both!(go::branch_stack_fits),
            "branch_stack_fits",
            Fields::imm(slot, offset, 0),
        );
        self.word(global.into());
        self.note(RecentOp::StackCheck, None);
        if let Some(prologue) = &mut self.prologue
            && first_at_label
            && prologue.at == Some(word)
            && prologue.slot == slot
        {
            prologue.check = Some((offset, global));
        }
        Some(word)
    }

    // Jumps.

    /// A table on `slot` was emitted at `word`; `targets` are indices of open
    /// blocks, the default last.
    pub(super) fn note_table(&mut self, slot: u16, word: usize, targets: &[u32]) {
        if !self.fuse || self.counts {
            return;
        }
        let innermost = self.innermost_loop();
        // What was paid since the reload of the stack pointer.
        let paid = match (word, self.starts.get(1)) {
            (3, _) => Some(0),
            (5, Some(3)) if self.is_fuel(3) => Some(Fields(self.code[4]).imm_value()),
            _ => None,
        };
        if let (0, true, Some(paid)) = (slot, self.prologue.is_none(), paid) {
            // Nothing but the reload of the stack pointer came before, and it
            // left the argument alone.
            if let Some((to, global)) = self.first_reload.filter(|&(to, _)| to != slot) {
                let target = targets[0] as usize;
                if !self.is_loop(target) {
                    self.prologue = Some(Prologue {
                        slot: to,
                        global,
                        target,
                        at: None,
                        check: None,
                        offset: self.offset,
                        executed: paid + self.operators,
                        owed: 0,
                    });
                }
            }
        }
        if let Some((loop_index, start)) = innermost
            && start == word
        {
            let ends = vec![(usize::MAX, 0); self.controls.len() - loop_index];
            self.dispatchers.push(Dispatcher {
                loop_index,
                slot,
                targets: targets.to_vec(),
                ends,
                operators: self.operators,
            });
        }
    }

    /// Block `index` ended here, and branches lead here.
    pub(super) fn note_end(&mut self, index: usize) {
        let here = self.code.len();
        if let Some(prologue) = &mut self.prologue
            && prologue.at.is_none()
            && prologue.target == index
        {
            (prologue.at, prologue.owed) = (Some(here), self.operators);
        }
        while let Some(dispatcher) = self.dispatchers.last_mut() {
            if index > dispatcher.loop_index {
                if let Some(end) = dispatcher.ends.get_mut(index - dispatcher.loop_index)
                    && end.0 == usize::MAX
                {
                    *end = (here, self.operators);
                }
                return;
            }
            if index < dispatcher.loop_index {
                return;
            }
            // The loop itself ended.
            self.dispatchers.pop();
        }
    }

    /// Before a branch to loop `target`: if the local that its table looks at
    /// was just set to a constant, goes where the table would lead. The local
    /// is still written.
    pub(super) fn fuse_jump(&mut self, target: usize) -> bool {
        let Some(dispatcher) = self.dispatchers.last() else {
            return false;
        };
        let Some(Recent {
            word,
            op: RecentOp::Const { value },
            to: Some(to),
        }) = self.recent(0)
        else {
            return false;
        };
        let Ok(constant) = u16::try_from(value) else {
            return false;
        };
        if dispatcher.loop_index != target || dispatcher.slot != to {
            return false;
        }
        let case = usize::from(constant).min(dispatcher.targets.len() - 1);
        let block = dispatcher.targets[case] as usize;
        let dispatcher_operators = dispatcher.operators;
        let end = match block.checked_sub(target) {
            // The loop's own head.
            Some(0) => return false,
            Some(inner) => dispatcher.ends[inner],
            None => (usize::MAX, 0),
        };
        let (end, owed) = end;
        // What the loop's beginning and its table would have cost.
        self.end_run();
        self.operators += dispatcher_operators;
        self.take_back(word);
        let fields = Fields::slots(to, constant, 0, 0);
        if self.fuel {
            self.set_pay_and_jump(fields, (end, owed), block);
        } else if end != usize::MAX {
            let word = self.emit(both!(go::set_and_jump<Backward>), "set_and_jump", fields);
            self.write_target(word * 8 + 12, word, end);
        } else {
            let back = self.is_loop(block);
            let handlers = match back {
                true => both!(go::set_and_jump<Backward>),
                false => both!(go::set_and_jump<Forward>),
            };
            let word = self.emit(handlers, "set_and_jump", fields);
            self.refer(word * 8 + 12, word, block);
        }
        true
    }

    /// At the function's end: emits the beginning for argument 0, and says
    /// where it is.
    pub(super) fn zero_entry(&mut self) -> u16 {
        let Some(Prologue {
            slot,
            global,
            at: Some(at),
            check,
            offset,
            executed,
            owed,
            ..
        }) = self.prologue.take()
        else {
            return 1;
        };
        let Ok(entry) = u16::try_from(self.code.len()) else {
            return 1;
        };
        // A guest that stops here has not come further.
        self.offset = offset;
        if self.fuel {
            self.operators = executed - owed;
            self.pay();
        }
        match check {
            Some((offset, g)) => {
                let fields = Fields::imm(slot, offset, 0);
                let word = self.emit(
                    both!(go::enter_at_zero_checked),
                    "enter_at_zero_checked",
                    fields,
                );
                self.word(u64::from(global) | u64::from(g) << 32);
                self.word(((at as i64 - word as i64) * 8) as u64);
                // Where the check goes when the stack suffices.
                let fits = (self.code[at + 1] >> 32) as u32 as i32;
                let fits = (at as i64 * 8 + i64::from(fits)) / 8;
                self.write_target(word * 8 + 12, word, fits as usize);
            }
            None => {
                let word = self.emit(
                    both!(go::enter_at_zero),
                    "enter_at_zero",
                    Fields::imm(slot, 0, 0),
                );
                self.word(global.into());
                self.write_target(word * 8 + 12, word, at);
            }
        }
        entry
    }
}
