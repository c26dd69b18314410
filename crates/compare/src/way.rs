//! The ways of running a module.

use fossor_interpreter::{Collect, Compile, Config, Dispatch};
use std::fmt;
use std::str::FromStr;

/// One way of running a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Way {
    /// The loop, with folding and fusion.
    Loop,
    /// Tail calls where this build has them, with folding and fusion.
    Tail,
    /// The loop, one handler for each operator: the reference.
    Unfused,
    /// Tail calls, one handler for each operator.
    UnfusedTail,
    /// As [`Tail`](Way::Tail), but translated before it is run, with counters of
    /// blocks, with samples as a profiler takes them, and with a collection before every
    /// allocation.
    Stressed,
    /// The loop, with folding and fusion, without fuel.
    FreeLoop,
    /// Tail calls, with folding and fusion, without fuel: as programs are run that
    /// nothing bounds.
    Free,
    /// Tail calls, as a debugger has them: it stops before every few operators and reads
    /// frames, locals and operands.
    Watched,
    /// As [`Tail`](Way::Tail), but after each call all goes on in another store, with
    /// an instance made from a snapshot of the one before, where one can be taken.
    Restored,
    /// wasmi 2.0, if this build has it.
    Wasmi,
    /// wasmtime, if this build has it.
    Wasmtime,
}

impl Way {
    /// All of them.
    pub const ALL: [Way; 11] = [
        Way::Loop,
        Way::Tail,
        Way::Unfused,
        Way::UnfusedTail,
        Way::Stressed,
        Way::FreeLoop,
        Way::Free,
        Way::Watched,
        Way::Restored,
        Way::Wasmi,
        Way::Wasmtime,
    ];

    /// Those that are Fossor itself.
    pub const OWN: [Way; 9] = [
        Way::Loop,
        Way::Tail,
        Way::Unfused,
        Way::UnfusedTail,
        Way::Stressed,
        Way::FreeLoop,
        Way::Free,
        Way::Watched,
        Way::Restored,
    ];

    /// The name that [`FromStr`] takes.
    pub fn name(self) -> &'static str {
        match self {
            Way::Loop => "loop",
            Way::Tail => "tail",
            Way::Unfused => "unfused",
            Way::UnfusedTail => "unfused-tail",
            Way::Stressed => "stressed",
            Way::FreeLoop => "free-loop",
            Way::Free => "free",
            Way::Watched => "watched",
            Way::Restored => "restored",
            Way::Wasmi => "wasmi",
            Way::Wasmtime => "wasmtime",
        }
    }

    /// Fossor's settings for it; `None` if it is another engine.
    pub fn config(self) -> Option<Config> {
        let (dispatch, fuse) = match self {
            Way::Loop | Way::FreeLoop => (Dispatch::Loop, true),
            Way::Tail | Way::Stressed | Way::Free | Way::Watched | Way::Restored => {
                (Dispatch::Tail, true)
            }
            Way::Unfused => (Dispatch::Loop, false),
            Way::UnfusedTail => (Dispatch::Tail, false),
            Way::Wasmi | Way::Wasmtime => return None,
        };
        let mut config = Config::default();
        (config.dispatch, config.fuse) = (dispatch, fuse);
        config.fuel = !matches!(self, Way::FreeLoop | Way::Free);
        config.debug = self == Way::Watched;
        if self == Way::Stressed {
            config.compile = Compile::Eager;
            config.collect = Collect::Always;
            config.count_blocks = true;
        }
        Some(config)
    }

    /// Whether it stops after as many operators as it is told to, and says how many
    /// it executed.
    pub fn counts(self) -> bool {
        self.config().is_some_and(|config| config.fuel)
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Way {
    type Err = String;

    fn from_str(text: &str) -> Result<Way, String> {
        let found = Way::ALL.into_iter().find(|way| way.name() == text);
        found.ok_or_else(|| {
            let names: Vec<_> = Way::ALL.iter().map(|way| way.name()).collect();
            format!("there is no way `{text}`: {}", names.join(", "))
        })
    }
}
