//! The ways in which every script is run.

use fossor::{Collect, Config, Dispatch, Engine};

/// The variable that says when to collect: `always`, before each allocation and
/// everything, or `creeping`, in the smallest steps.
pub const GC_STRESS: &str = "SPEC_GC_STRESS";

/// The variable that asks for one payload of all NaNs that are computed.
pub const CANONICAL_NANS: &str = "SPEC_CANONICAL_NANS";

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

    /// Sets it. What `cargo xtask spec --gc-stress` and `--canonical-nans` ask for comes
    /// by the environment, since `libtest` knows no flag of ours.
    pub fn apply(self, config: &mut Config) {
        config.dispatch(self.dispatch).fuse(self.fuse);
        config.canonicalise_nans(std::env::var_os(CANONICAL_NANS).is_some());
        match std::env::var(GC_STRESS).as_deref() {
            Ok("always") => config.collect(Collect::Always),
            Ok("creeping") => config.collect(Collect::Creeping),
            _ => config,
        };
    }
}
