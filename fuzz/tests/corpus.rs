//! The targets as plain tests: over the corpus, and over inputs made of numbers
//! that are always the same. `FOSSOR_FUZZ_SECONDS=60` goes on for longer, from the
//! number `FOSSOR_FUZZ_FIRST` on.

use fossor_compare::Random;
use fossor_fuzz::TARGETS;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Made-up inputs of each target, unless it says otherwise.
const INPUTS: u64 = 40;

fn over_the_corpus(name: &str) {
    let (_, run) = target(name);
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let mut files: Vec<_> = fs::read_dir(&dir)
        .unwrap_or_else(|error| panic!("{}: {error}", dir.display()))
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "the corpus of {name} is empty");
    for file in files {
        println!("{}", file.display());
        run(&fs::read(&file).expect("a file"));
    }
}

fn over_numbers(name: &str, inputs: u64) {
    let (_, run) = target(name);
    let number = |name: &str| -> Option<u64> {
        let text = std::env::var(name).ok()?;
        Some(
            text.parse()
                .unwrap_or_else(|error| panic!("{name}: {error}")),
        )
    };
    let seconds = number("FOSSOR_FUZZ_SECONDS");
    let first = number("FOSSOR_FUZZ_FIRST").unwrap_or_default();
    let start = Instant::now();
    let mut input = first;
    while match seconds {
        Some(seconds) => start.elapsed() < Duration::from_secs(seconds),
        None => input - first < inputs,
    } {
        let mut random = Random(input);
        let len = 20 + random.below(2000);
        let data: Vec<u8> = (0..len).map(|_| random.bits() as u8).collect();
        println!("{name} of {input}");
        run(&data);
        input += 1;
    }
    println!("{name}: {} inputs in {:?}", input - first, start.elapsed());
}

fn target(name: &str) -> fossor_fuzz::Target {
    let found = TARGETS.into_iter().find(|target| target.0 == name);
    found.expect("a target")
}

macro_rules! targets {
    ($($name:ident: $inputs:expr;)*) => {$(
        #[test]
        fn $name() {
            over_the_corpus(stringify!($name));
            over_numbers(stringify!($name), $inputs);
        }
    )*};
}

targets! {
    decode: INPUTS;
    execute: 4 * INPUTS;
    go_like: 4 * INPUTS;
    linked: 4 * INPUTS;
    mutate: INPUTS / 2;
    suite: 4 * INPUTS;
    wasi: 10 * INPUTS;
    pclntab: 2 * INPUTS;
    symbols: 10 * INPUTS;
    recording: 10 * INPUTS;
    wast: INPUTS;
}
