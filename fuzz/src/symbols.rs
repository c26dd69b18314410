//! What a module says of itself: names, DWARF, Go's tables, sections of any name; and
//! all who show it.
//!
//! The code of the modules stays as it is, so that what comes out is the readers' fault.
//! Time is not measured: what is shown is counted, and libFuzzer ends what takes seconds.

mod damage;
mod inspect;
#[path = "../../crates/runner/src/disassemble/listing.rs"]
#[allow(dead_code, reason = "the command finds functions by name too")]
mod listing;
mod look;
mod module;
mod well_formed;

use crate::file;
use damage::Bytes;
use fossor::{Compile, Config, Engine, Module};
use module::Sections;
use std::sync::LazyLock;

/// Modules with DWARF of C and of Rust, with names of everything, and Go's. All end in a
/// trap, but for the last.
static BASES: LazyLock<[Sections; 4]> = LazyLock::new(|| {
    [
        Sections::parse(&file("go-fixtures/c/lines/lines.wasm")),
        Sections::parse(&file("fuzz/modules/inlined.wasm")),
        Sections::parse(&module::named()),
        Sections::parse(&file("go-fixtures/prebuilt/hello.wasm")),
    ]
});

/// Which of them is Go's.
const GO: usize = 3;

/// Of 32 inputs so many are Go's: each takes a hundred times as long.
const GO_SHARE: u8 = 2;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let mut config = Config::new();
    Engine::new(config.consume_fuel(true).compile(Compile::Lazy))
});

/// An engine for debuggers.
static DEBUGGED: LazyLock<Engine> = LazyLock::new(|| Engine::new(Config::new().debug(true)));

/// The first byte chooses a module, the second what is looked at; then there are changes:
/// see [`damage`].
pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data);
    let choice = bytes.byte();
    let base = match choice % 32 < GO_SHARE {
        true => GO,
        false => usize::from(choice) % GO,
    };
    let looks = bytes.byte();
    let mut sections = BASES[base].clone();
    while !bytes.0.is_empty() {
        damage::change(&mut sections, &mut bytes);
    }
    let binary = sections.encode();
    let Ok(module) = Module::new(&ENGINE, &binary) else {
        // Sections that are not custom may have been changed too.
        return;
    };
    look::names(&module);
    look::source_map(&module, &sections, looks);
    look::shown(&module, base != GO);
    match base == GO {
        true => look::go(&module, looks),
        false => {
            look::run(&module);
            look::debugged(
                &Module::new(&DEBUGGED, &binary).expect("it was valid"),
                looks,
            );
        }
    }
}
