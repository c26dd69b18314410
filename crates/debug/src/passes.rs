//! Ways back: the guest is run again, and what it passes is noted, up to where it
//! was.

use crate::face::Back;
use crate::program::Program;
use crate::step::{GoPlace, LineKey};
use fossor::Stopped;

/// How many operators before the current one are looked at first, one by one.
const FIRST_WINDOW: u64 = 4096;

/// A run that only looks for a place to go back to.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    pub back: Back,
    /// The operator to go back from.
    pub before: u64,
    /// Operators from here on are looked at.
    pub from: u64,
    /// The last that was found.
    pub found: Option<u64>,
    origin: Origin,
    previous: Option<LineKey>,
}

/// What the guest was at when it was told to go back.
#[derive(Clone, Copy, Debug, Default)]
struct Origin {
    depth_slots: usize,
    /// Goroutine, and how deep its stack was.
    go: Option<(u64, u64)>,
    /// How many functions were inlined into each other there.
    level: usize,
}

impl Search {
    /// Begins to look for the way back from where the guest stands.
    pub fn begin(back: Back, program: &Program, stopped: &mut Stopped<'_, '_>) -> Self {
        let machine = program.is_go().then(|| stopped.go_machine()).flatten();
        let go = machine.map(|machine| (machine.g, machine.stack_high.wrapping_sub(machine.sp)));
        let before = stopped.steps();
        let origin = Origin {
            depth_slots: stopped.depth_slots(),
            go,
            level: GoPlace::of(program, stopped).map_or(1, |place| place.key.level()),
        };
        Self::new(back, before, origin)
    }

    /// Looks for the way back from the end of the run.
    pub fn from_end(back: Back, before: u64) -> Self {
        let anywhere = Origin {
            depth_slots: usize::MAX,
            go: None,
            level: 1,
        };
        Self::new(back, before, anywhere)
    }

    fn new(back: Back, before: u64, origin: Origin) -> Self {
        let from = match back {
            Back::Continue => 0,
            _ => before.saturating_sub(FIRST_WINDOW),
        };
        Self {
            back,
            before,
            from,
            found: None,
            origin,
            previous: None,
        }
    }

    /// Whether operators are looked at one by one, from `from` on.
    pub fn looks_at_all(&self) -> bool {
        self.back != Back::Continue
    }

    /// Looks further back; `false` if it began at the beginning.
    pub fn widen(&mut self) -> bool {
        if self.from == 0 {
            return false;
        }
        self.from = self.before.saturating_sub((self.before - self.from) * 16);
        self.previous = None;
        true
    }

    /// Takes the operator into account that the guest stands at.
    pub fn look(&mut self, program: &Program, stopped: &mut Stopped<'_, '_>) {
        let steps = stopped.steps();
        let is_line = matches!(self.back, Back::Into | Back::Over);
        let Some((g, depth_bytes)) = self.origin.go.filter(|_| self.back != Back::Operator) else {
            let depth = stopped.depth_slots();
            let is_found = match self.back {
                Back::Over => depth <= self.origin.depth_slots,
                Back::Out => depth < self.origin.depth_slots,
                _ => true,
            };
            if is_found {
                self.found = Some(steps);
            }
            return;
        };
        let Some(place) = GoPlace::of(program, stopped).filter(|place| place.g == g) else {
            return;
        };
        let is_considered = match self.back {
            Back::Over => place.depth_bytes <= depth_bytes,
            Back::Out => place.depth_bytes < depth_bytes,
            _ => true,
        };
        if !is_considered || !place.is_shown {
            return;
        }
        if !is_line {
            self.found = Some(steps);
            return;
        }
        let key = match self.back {
            Back::Over => place.key.cut(self.origin.level),
            _ => place.key,
        };
        if self
            .previous
            .as_ref()
            .is_some_and(|previous| *previous != key)
        {
            self.found = Some(steps);
        }
        self.previous = Some(key);
    }
}
