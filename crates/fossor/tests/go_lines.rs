//! Lines of Go programs whose tables lie.

#[path = "../../runner/tests/common/hostile.rs"]
#[allow(dead_code, reason = "others use the rest")]
mod hostile;

use fossor::{Engine, Module};
use std::time::{Duration, Instant};

/// Each of the places was looked for from the beginning of its table.
#[test]
fn places_are_found_in_the_time_of_the_code() {
    const RUNS: usize = 60_000;
    // Calls of `fd_write` would be places of Go's own; `nop` is none.
    let bytes = hostile::module_of(b"main.f", hostile::ONCE, RUNS, &[1; 200_000]);
    let module = Module::new(&Engine::default(), &bytes).unwrap();
    let lines = module.go_lines().unwrap();
    let start = Instant::now();
    let spots = lines.spots(1);
    let took = start.elapsed();
    println!("{} spots in {took:?}", spots.len());
    assert!(spots.len() > RUNS / 2, "{} spots", spots.len());
    assert!(took < Duration::from_secs(15), "{took:?}");
    let size_bytes = spots.iter().map(fossor::GoSpot::size_bytes).sum::<usize>();
    assert!(size_bytes <= 64 << 20);
    let files = lines.lines_in(1, "main.f");
    assert!(files.contains(&7) && files.contains(&8));
}

/// A small function has few places, whatever its table says, and names are cut.
#[test]
fn names_of_places_are_paid_for() {
    let bytes = hostile::module_of(&[b'x'; 60_000], hostile::ONCE, 60_000, &[1; 300]);
    let module = Module::new(&Engine::default(), &bytes).unwrap();
    let lines = module.go_lines().unwrap();
    let spots = lines.spots(1);
    let size_bytes = spots.iter().map(fossor::GoSpot::size_bytes).sum::<usize>();
    assert!(size_bytes <= 400 << 10, "{size_bytes}");
}
