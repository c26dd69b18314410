//! What `fossor inspect` prints. The runner is no library, so its files are compiled here
//! once more.

#[path = "../../../crates/runner/src/inspect/facts.rs"]
pub mod facts;
#[path = "../../../crates/runner/src/inspect/json.rs"]
pub mod json;
#[path = "../../../crates/runner/src/inspect/text.rs"]
pub mod text;
#[path = "../../../crates/runner/src/inspect/treemap.rs"]
pub mod treemap;
