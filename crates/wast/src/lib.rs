//! Runs `.wast` scripts: modules in text, and assertions on what they do. The
//! specification's tests are such scripts.
//! Source: <https://github.com/WebAssembly/spec/tree/main/interpreter#scripts>
//!
//! ```
//! let report = fossor_wast::run(&fossor::Engine::default(), r#"
//!     (module (func (export "add") (param i32 i32) (result i32)
//!         (i32.add (local.get 0) (local.get 1))))
//!     (assert_return (invoke "add" (i32.const 1) (i32.const 2)) (i32.const 3))
//!     (assert_return (invoke "add" (i32.const 1) (i32.const 2)) (i32.const 4))
//! "#);
//! assert_eq!((report.passed(), report.failed()), (2, 1));
//! assert_eq!(
//!     report.failures[0].to_string(),
//!     "line 5: assert_return: expected (i32.const 4), got (i32.const 3)",
//! );
//! ```

#![forbid(unsafe_code)]

mod directive;
mod matching;
mod modules;
mod report;
mod script;
mod spectest;

pub use report::{Counts, Failure, Kind, Report, Skip};
pub use script::{Options, run, run_with};
