//! What modules and stores share.

use crate::config::{Config, Dispatch};
use fossor_interpreter as core;

/// Settings, and what modules compiled with them share. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Engine(pub(crate) core::Engine);

impl Engine {
    /// An engine with these settings.
    pub fn new(config: &Config) -> Self {
        Self(core::Engine::new(config.0.clone()))
    }

    /// The settings.
    pub fn config(&self) -> Config {
        Config(self.0.config().clone())
    }

    /// The dispatcher that is used: not every build has the tail-call one.
    pub fn dispatch(&self) -> Dispatch {
        match self.0.has_tail_calls() {
            true => Dispatch::Tail,
            false => Dispatch::Loop,
        }
    }

    /// Whether two engines are the same: a module runs only in stores of its
    /// own engine.
    pub fn same(a: &Engine, b: &Engine) -> bool {
        a.0.same(&b.0)
    }
}
