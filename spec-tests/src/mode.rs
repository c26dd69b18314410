//! The ways in which every script is run.

use fossor::{Config, Dispatch, Engine};

/// A way of running code. All of them must do the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    /// How handlers follow each other.
    pub dispatch: Dispatch,
    /// Whether instructions are folded and fused.
    pub fuse: bool,
}

impl Mode {
    /// All that this build has: the tail-call dispatcher is in optimised builds
    /// only.
    pub fn all() -> Vec<Mode> {
        let mut dispatchers = vec![Dispatch::Loop];
        if Engine::default().dispatch() == Dispatch::Tail {
            dispatchers.push(Dispatch::Tail);
        }
        let modes = dispatchers
            .into_iter()
            .flat_map(|dispatch| [true, false].map(|fuse| Mode { dispatch, fuse }));
        modes.collect()
    }

    /// For names of tests.
    pub fn name(self) -> &'static str {
        match (self.dispatch, self.fuse) {
            (Dispatch::Tail, true) => "tail",
            (Dispatch::Tail, false) => "tail-unfused",
            (_, true) => "loop",
            (_, false) => "loop-unfused",
        }
    }

    /// Sets it.
    pub fn apply(self, config: &mut Config) {
        config.dispatch(self.dispatch).fuse(self.fuse);
    }
}
