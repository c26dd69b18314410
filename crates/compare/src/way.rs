//! The ways of running a module.

use fossor_interpreter::{Config, Dispatch};
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
    /// wasmi 2.0, if this build has it.
    Wasmi,
    /// wasmtime, if this build has it.
    Wasmtime,
}

impl Way {
    /// All of them.
    pub const ALL: [Way; 6] = [
        Way::Loop,
        Way::Tail,
        Way::Unfused,
        Way::UnfusedTail,
        Way::Wasmi,
        Way::Wasmtime,
    ];

    /// Those that are Fossor itself.
    pub const OWN: [Way; 4] = [Way::Loop, Way::Tail, Way::Unfused, Way::UnfusedTail];

    /// The name that [`FromStr`] takes.
    pub fn name(self) -> &'static str {
        match self {
            Way::Loop => "loop",
            Way::Tail => "tail",
            Way::Unfused => "unfused",
            Way::UnfusedTail => "unfused-tail",
            Way::Wasmi => "wasmi",
            Way::Wasmtime => "wasmtime",
        }
    }

    /// Fossor's settings for it; `None` if it is another engine.
    pub fn config(self) -> Option<Config> {
        let (dispatch, fuse) = match self {
            Way::Loop => (Dispatch::Loop, true),
            Way::Tail => (Dispatch::Tail, true),
            Way::Unfused => (Dispatch::Loop, false),
            Way::UnfusedTail => (Dispatch::Tail, false),
            Way::Wasmi | Way::Wasmtime => return None,
        };
        let mut config = Config::default();
        (config.dispatch, config.fuse) = (dispatch, fuse);
        Some(config)
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
