//! What the check prints.

use super::exceptions::{EXCEPTIONS, Exception};
use super::handler::Handler;
use super::shape::Fault;
use crate::tally::Tally;
use object::Architecture;

/// Handlers at fault that are printed; of the rest only the number.
const SHOWN: usize = 60;

/// Prints one handler.
pub fn line(handler: &Handler) {
    let faults = faults(handler);
    let count = handler.shape.instructions;
    println!("{count:>5}  {}  {faults}", handler.title());
}

/// Prints the families, the exceptions that were made, and what failed.
pub fn print(families: &[(String, Vec<Handler>)], architecture: Architecture) -> Tally {
    println!(
        "{:<10} {:>8}  instructions: median, most",
        "family", "handlers"
    );
    let mut tally = Tally::default();
    let mut bad = Vec::new();
    for (family, handlers) in families {
        let before = bad.len();
        bad.extend(handlers.iter().filter(|handler| !passes(handler)));
        match bad.len() == before {
            true => tally.passed += 1,
            false => tally.failed += 1,
        }
        let mut counts: Vec<_> = handlers.iter().map(|h| h.shape.instructions).collect();
        counts.sort_unstable();
        let (median, most) = (counts[counts.len() / 2], counts[counts.len() - 1]);
        let largest = handlers.iter().find(|h| h.shape.instructions == most);
        let largest = largest.map(Handler::title).unwrap_or_default();
        let count = handlers.len();
        println!("{family:<10} {count:>8}  {median:>20}, {most:>4}  {largest}");
    }
    let handlers = || families.iter().flat_map(|(_, handlers)| handlers);
    tally.failed += exceptions(handlers, architecture);
    for handler in bad.iter().take(SHOWN) {
        println!("FAIL  {}: {}", handler.title(), faults(handler));
    }
    if bad.len() > SHOWN {
        println!("FAIL  and {} more", bad.len() - SHOWN);
    }
    println!(
        "asm: {} handlers, {} at fault; families: {tally}",
        handlers().count(),
        bad.len()
    );
    tally
}

/// Prints the exceptions; the number of those that nothing needs.
fn exceptions<'a, I: Iterator<Item = &'a Handler>>(
    handlers: impl Fn() -> I,
    architecture: Architecture,
) -> u64 {
    println!("Allowed to call or to have a frame");
    let mut unused = 0;
    for exception in EXCEPTIONS {
        let count = handlers().filter(|h| needs(h, exception)).count();
        let (path, reason) = (exception.path, exception.reason);
        let arguments = match exception.arguments {
            "" => String::new(),
            some => format!("<{some}…>"),
        };
        if exception.only.is_some_and(|only| only != architecture) {
            continue;
        }
        println!("{count:>5}  {path}{arguments}: {reason}");
        if count == 0 {
            println!("FAIL  no handler needs this exception");
            unused += 1;
        }
    }
    unused
}

fn needs(handler: &Handler, exception: &Exception) -> bool {
    !handler.shape.faults.is_empty() && exception.covers(handler)
}

/// No exception is made for a handler that returns or may call the next one.
fn passes(handler: &Handler) -> bool {
    let faults = &handler.shape.faults;
    let grave = [
        Fault::IndirectCall,
        Fault::Return,
        Fault::Undecodable,
        Fault::NoJump,
    ];
    faults.is_empty()
        || !grave.iter().any(|fault| faults.contains(fault))
            && EXCEPTIONS.iter().any(|exception| exception.covers(handler))
}

fn faults(handler: &Handler) -> String {
    let verbs: Vec<_> = handler
        .shape
        .faults
        .iter()
        .map(|fault| fault.verb())
        .collect();
    verbs.join(", ")
}
