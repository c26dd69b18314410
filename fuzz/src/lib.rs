//! Fuzz targets. Each module has a function `run` that takes bytes and panics if
//! they show a fault; `fuzz_targets/` hands them to libFuzzer, `tests/` runs them
//! over the corpus and over made-up inputs on stable Rust.
//!
//! | target | bytes are | must hold |
//! | --- | --- | --- |
//! | `decode` | a module | Fossor and wasmparser agree on it; what is valid translates in every mode |
//! | `execute` | wasm-smith's choices | every way of running the module is alike, wasmi's too |
//! | `go_like` | a seed | the same, for code that looks like Go's |
//! | `linked` | wasm-smith's choices for two modules | the same, where one imports from the other |
//! | `mutate` | a program of ours, or wasm-smith's choices, and wasm-mutate's seed | the same |
//! | `suite` | a module of the specification's tests, and changes of its bytes | the same |
//! | `wasi` | calls, memory and the host's answers | nothing leaves the sandbox, nothing is written that was not announced |
//! | `pclntab` | damage to a Go program's tables | no panic, no endless work |
//! | `symbols` | damage to what modules say of themselves | all who show it do so briefly, and it can be read |
//! | `recording` | damage to a recording | the same, and a replay stays in its memory |
//! | `wast` | a test script | the same |

#![forbid(unsafe_code)]

pub mod decode;
pub mod execute;
pub mod features;
pub mod go_like;
pub mod linked;
pub mod mutate;
pub mod pclntab;
pub mod recording;
pub mod suite;
pub mod symbols;
pub mod wasi;
pub mod wast;

/// A target: its name, and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 11] = [
    ("decode", decode::run),
    ("execute", execute::run),
    ("go_like", go_like::run),
    ("linked", linked::run),
    ("mutate", mutate::run),
    ("suite", suite::run),
    ("wasi", wasi::run),
    ("pclntab", pclntab::run),
    ("symbols", symbols::run),
    ("recording", recording::run),
    ("wast", wast::run),
];

/// A file of the repository.
pub(crate) fn file(path: &str) -> Vec<u8> {
    let path = format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("cannot read {path}: {error}"))
}

/// The first eight bytes as a number, and what follows.
pub(crate) fn seed(data: &[u8]) -> (u64, &[u8]) {
    let (head, rest) = data.split_at(data.len().min(8));
    let mut bytes = [0; 8];
    bytes[..head.len()].copy_from_slice(head);
    (u64::from_le_bytes(bytes), rest)
}
