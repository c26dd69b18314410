//! Decides, whenever the guest pauses, whether the user is told.

use crate::breakpoint::Breakpoints;
use crate::face::{Back, Face, Move, Running, Why};
use crate::halt::Halt;
use crate::output::GuestOutput;
use crate::passes::Search;
use crate::program::Program;
use crate::step::{Step, Way};
use fossor::Stopped;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Operators after which a guest that runs is looked at in any case.
const PORTION: u64 = 1 << 20;

/// The state of a session, which outlives the guest's runs.
pub(crate) struct Driver {
    pub program: Arc<Program>,
    pub breakpoints: Breakpoints,
    pub face: Box<dyn Face>,
    pub output: GuestOutput,
    pub can_go_back: bool,
    run: Run,
    /// What is to be done when the run has ended.
    pub after: Option<After>,
    /// What watched memory held before the last operator.
    watched: HashMap<u32, u64>,
}

/// What a run of the guest is for.
enum Run {
    /// The user watches: until the step ends, if there is one.
    Live(Option<Step>),
    /// To find a way back.
    Search(Search),
    /// To get to an operator, and nothing is shown before.
    To(u64, Why),
}

/// What follows a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// The next one.
    Again,
    /// The end of the session.
    Quit,
}

impl Driver {
    pub fn new(
        program: Arc<Program>,
        face: Box<dyn Face>,
        output: GuestOutput,
        can_go_back: bool,
    ) -> Self {
        let mut breakpoints = Breakpoints::new(program.clone());
        if program.is_go() {
            // As other debuggers for Go do: before the program prints and exits.
            for name in ["runtime.fatalpanic", "runtime.fatalthrow"] {
                let place = crate::Place::Func(name.to_owned());
                if breakpoints.set(&place, None).is_ok() {
                    breakpoints.own_last();
                }
            }
        }
        Self {
            program,
            breakpoints,
            face,
            output,
            can_go_back,
            run: Run::To(0, Why::Start),
            after: None,
            watched: HashMap::new(),
        }
    }

    /// The guest pauses.
    pub fn paused(&mut self, stopped: &mut Stopped<'_, '_>) -> ControlFlow<()> {
        self.deliver();
        let Some(why) = self.why(stopped) else {
            if self.after.is_some() {
                return ControlFlow::Break(());
            }
            self.go_on(stopped);
            return ControlFlow::Continue(());
        };
        self.breakpoints.give_back();
        loop {
            let mut halt = Halt {
                stopped: &mut *stopped,
                program: &self.program,
                breakpoints: &mut self.breakpoints,
                why: &why,
                can_go_back: self.can_go_back,
            };
            let next = self.face.stopped(&mut halt);
            let is_over = matches!(why, Why::Trap(_));
            match self.begin(next, stopped) {
                Begun::Refused => {}
                Begun::Again(after) => {
                    self.after = Some(after);
                    return ControlFlow::Break(());
                }
                // It cannot go on from a trap: the run ends now.
                Begun::GoesOn if is_over => return ControlFlow::Continue(()),
                Begun::GoesOn => {
                    self.remember_watched(stopped);
                    self.go_on(stopped);
                    return ControlFlow::Continue(());
                }
            }
        }
    }

    /// Tells the face what the guest wrote and called.
    pub fn deliver(&mut self) {
        let (written, calls) = self.output.take();
        for line in calls {
            self.face.called(&line);
        }
        for (stream, bytes) in written {
            self.face.output(stream, &bytes);
        }
    }

    /// The guest's run has ended after so many operators. `true`: it was only looked
    /// for a way back.
    pub fn run_ended(&mut self, steps: u64) -> bool {
        match &mut self.run {
            Run::Search(search) => {
                // It ends before the operator that the search goes back from.
                search.before = search.before.min(steps);
                self.end_search();
                true
            }
            _ => false,
        }
    }

    /// The face wants the ended guest to go back.
    pub fn back_from_end(&mut self, back: Back, steps: u64) {
        self.run = match back {
            Back::Operator => Run::To(steps.saturating_sub(1), Why::Step),
            back => Run::Search(Search::from_end(back, steps)),
        };
        self.after = Some(After::Again);
    }

    /// The face wants another run, to an operator.
    pub fn again_to(&mut self, steps: u64) {
        let why = if steps == 0 { Why::Start } else { Why::Step };
        self.run = Run::To(steps, why);
        self.after = Some(After::Again);
    }

    /// Why the user is to be told; `None` if the guest goes on, or ends.
    fn why(&mut self, stopped: &mut Stopped<'_, '_>) -> Option<Why> {
        let steps = stopped.steps();
        match &mut self.run {
            Run::To(to, why) if steps >= *to && stopped.trap().is_none() => {
                let why = why.clone();
                self.run = Run::Live(None);
                return Some(why);
            }
            Run::To(..) => {}
            Run::Search(search) => {
                let is_over = steps >= search.before || stopped.trap().is_some();
                if is_over {
                    self.end_search();
                    self.after = Some(After::Again);
                } else if search.looks_at_all() {
                    if steps >= search.from {
                        search.look(&self.program, stopped);
                    }
                } else if let Some(offset) = stopped.wasm_offset()
                    && self.breakpoints.is_at(offset)
                {
                    search.found = Some(steps);
                }
                return None;
            }
            Run::Live(_) => return self.why_live(stopped),
        }
        let trap = stopped.trap()?;
        Some(Why::Trap(trap.to_string()))
    }

    fn why_live(&mut self, stopped: &mut Stopped<'_, '_>) -> Option<Why> {
        if let Some(trap) = stopped.trap() {
            return Some(Why::Trap(trap.to_string()));
        }
        if let Some(changed) = self.changed(stopped) {
            return Some(changed);
        }
        let offset = stopped.wasm_offset()?;
        let hit = match self.breakpoints.is_at(offset) {
            true => self.breakpoints.hit(offset),
            false => Vec::new(),
        };
        if !hit.is_empty() {
            return Some(Why::Breakpoint(hit));
        }
        if let Run::Live(Some(step)) = &self.run {
            let is_call = matches!(step, Step::Call) && {
                let callee = self.program.callee_at(offset);
                callee.is_some_and(|callee| self.program.wasi_function(callee).is_some())
            };
            if is_call || step.ends(&self.program, stopped) {
                return Some(Why::Step);
            }
        }
        if stopped.steps().is_multiple_of(PORTION) {
            match self.face.running(&self.program, &mut self.breakpoints) {
                Running::On => {}
                Running::Pause => return Some(Why::Pause),
                Running::Quit => self.after = Some(After::Quit),
            }
        }
        None
    }

    /// A search has come to its end: the next run goes to what was found.
    fn end_search(&mut self) {
        let Run::Search(search) = &mut self.run else {
            return;
        };
        match search.found {
            Some(found) => {
                let why = match search.back {
                    Back::Continue => Why::Breakpoint(Vec::new()),
                    _ => Why::Step,
                };
                self.run = Run::To(found, why);
            }
            None => {
                if !search.widen() {
                    self.run = Run::To(0, Why::Beginning);
                }
            }
        }
    }

    /// Watched memory that another value is in.
    fn changed(&mut self, stopped: &Stopped<'_, '_>) -> Option<Why> {
        let memory = stopped.memory();
        for (number, addr, len_bytes) in self.breakpoints.watched() {
            let new = word(memory, addr, len_bytes);
            let old = self.watched.insert(number, new);
            if let Some(old) = old.filter(|old| *old != new) {
                return Some(Why::Watchpoint { number, old, new });
            }
        }
        None
    }

    fn remember_watched(&mut self, stopped: &Stopped<'_, '_>) {
        self.watched.clear();
        for (number, addr, len_bytes) in self.breakpoints.watched() {
            let value = word(stopped.memory(), addr, len_bytes);
            self.watched.insert(number, value);
        }
    }

    /// Says when the guest pauses next, but for breakpoints.
    fn go_on(&mut self, stopped: &mut Stopped<'_, '_>) {
        let steps = stopped.steps();
        let next = steps + 1;
        let portion = (steps / PORTION + 1) * PORTION;
        let at = match &self.run {
            Run::To(to, _) => *to,
            Run::Search(search) if !search.looks_at_all() => search.before,
            Run::Search(search) => search.from.max(next).min(search.before),
            Run::Live(_) if self.breakpoints.watched().next().is_some() => next,
            Run::Live(Some(step)) if step.looks_at_all() => next,
            Run::Live(Some(Step::To(to))) => portion.min(*to),
            Run::Live(_) => portion,
        };
        stopped.stop_at(at.max(next));
    }

    fn begin(&mut self, next: Move, stopped: &mut Stopped<'_, '_>) -> Begun {
        let steps = stopped.steps();
        let Self {
            program,
            breakpoints,
            ..
        } = self;
        let by_line = |breakpoints: &mut Breakpoints, stopped: &mut Stopped<'_, '_>, way| {
            Some(Step::by_line(program, breakpoints, stopped, way))
        };
        let step = match next {
            Move::Continue => None,
            Move::Operators(count) => Some(Step::To(steps + count.max(1))),
            Move::OverOperator => Some(Step::by_frame(breakpoints, stopped, Way::Over)),
            Move::Into => by_line(breakpoints, stopped, Way::Into),
            Move::Over => by_line(breakpoints, stopped, Way::Over),
            Move::Out => by_line(breakpoints, stopped, Way::Out),
            Move::ToCall => {
                let calls = program.find(&crate::Place::Call(None), None);
                let mut funcs = Vec::from_iter(calls.iter().flatten().map(|site| site.func_idx));
                funcs.dedup();
                breakpoints.lend(&funcs);
                Some(Step::Call)
            }
            Move::To(to) if to > steps => Some(Step::To(to)),
            Move::To(_) | Move::Back(_) if !self.can_go_back => return Begun::Refused,
            Move::To(to) => {
                self.again_to(to);
                return Begun::Again(After::Again);
            }
            Move::Back(Back::Operator) => {
                self.again_to(steps.saturating_sub(1));
                return Begun::Again(After::Again);
            }
            Move::Back(back) => {
                self.run = Run::Search(Search::begin(back, program, stopped));
                return Begun::Again(After::Again);
            }
            Move::Restart => {
                self.again_to(0);
                return Begun::Again(After::Again);
            }
            Move::Quit => return Begun::Again(After::Quit),
        };
        self.run = Run::Live(step);
        Begun::GoesOn
    }
}

enum Begun {
    GoesOn,
    /// There is no way there.
    Refused,
    Again(After),
}

/// A number in memory; 0 beyond its end.
fn word(memory: &[u8], addr: u64, len_bytes: u32) -> u64 {
    let begin = usize::try_from(addr).ok();
    let bytes = begin.and_then(|at| memory.get(at..at.checked_add(len_bytes as usize)?));
    let mut word = [0; 8];
    if let Some(bytes) = bytes.filter(|bytes| bytes.len() <= word.len()) {
        word[..bytes.len()].copy_from_slice(bytes);
    }
    u64::from_le_bytes(word)
}
