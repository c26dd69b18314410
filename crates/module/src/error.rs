//! Why a module cannot be decoded.

use thiserror::Error;
use wasmparser::WasmFeatures;

/// Why a module cannot be decoded. Offsets are bytes from the start of the file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The file is something else.
    #[error("this is not a WebAssembly module: {reason}")]
    NotWasm {
        /// How it begins, and what it may be.
        reason: String,
    },
    /// The file is a component, which wraps modules.
    #[error(
        "this is a component, Fossor runs core modules \
         (for Rust, build for wasm32-wasip1, not wasm32-wasip2)"
    )]
    Component,
    /// The file ends before a section does.
    #[error(
        "the module is incomplete: the file ends at byte {offset:#x}, inside {place} \
         (was it copied or downloaded completely?)"
    )]
    Truncated {
        /// Length of the file.
        offset: u64,
        /// Where it ends, "the code section" for instance.
        place: String,
    },
    /// The bytes do not follow the binary format.
    #[error("malformed module, at byte {offset:#x}: {message}")]
    Malformed {
        /// Where.
        offset: u64,
        /// What is wrong there.
        message: String,
    },
    /// The bytes follow the format, but not the rules for a module.
    #[error("invalid module, at byte {offset:#x}: {message}")]
    Invalid {
        /// Where.
        offset: u64,
        /// What is wrong there.
        message: String,
    },
    /// The options allow a feature that Fossor does not implement.
    #[error("the module uses {what}, at byte {offset:#x}, which Fossor does not support")]
    Unsupported {
        /// Where.
        offset: u64,
        /// The feature.
        what: String,
    },
    /// The module exceeds one of [`ModuleLimits`](crate::ModuleLimits).
    #[error("the module is too large: it has more than {limit} {what}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much there may be.
        limit: u64,
    },
}

impl DecodeError {
    /// Where in the file the problem is, if it is in one place.
    pub fn offset(&self) -> Option<u64> {
        match self {
            DecodeError::Truncated { offset, .. }
            | DecodeError::Malformed { offset, .. }
            | DecodeError::Invalid { offset, .. }
            | DecodeError::Unsupported { offset, .. } => Some(*offset),
            DecodeError::NotWasm { .. } | DecodeError::Component | DecodeError::TooLarge { .. } => {
                None
            }
        }
    }

    pub(crate) fn malformed(error: wasmparser::Error) -> Self {
        DecodeError::Malformed {
            offset: error.offset(),
            message: message(&error),
        }
    }

    pub(crate) fn invalid(error: wasmparser::Error) -> Self {
        DecodeError::Invalid {
            offset: error.offset(),
            message: message(&error),
        }
    }

    /// Says in which function the error is.
    pub(crate) fn in_function(mut self, func_idx: u32, name: Option<&str>) -> Self {
        if let DecodeError::Malformed { message, .. } | DecodeError::Invalid { message, .. } =
            &mut self
        {
            let place = match name {
                Some(name) => format!("in function {func_idx} ({name}): "),
                None => format!("in function {func_idx}: "),
            };
            message.insert_str(0, &place);
        }
        self
    }
}

/// The message of an error, with the feature that would prevent it.
fn message(error: &wasmparser::Error) -> String {
    let missing = error.missing_wasm_feature();
    if missing.is_some_and(|features| features.contains(WasmFeatures::LEGACY_EXCEPTIONS)) {
        return "this is the legacy exception handling proposal, which WebAssembly 3.0 has \
                replaced by try_table: `wasm-opt --translate-to-exnref` rewrites a module"
            .to_owned();
    }
    let features = error.missing_wasm_feature().map(|features| {
        let names = features.iter_names().map(|(name, _)| name);
        Vec::from_iter(names)
            .join(", ")
            .to_lowercase()
            .replace('_', "-")
    });
    match features {
        Some(features) if !features.is_empty() => {
            format!("{} (feature {features})", error.message())
        }
        _ => error.message().to_owned(),
    }
}
