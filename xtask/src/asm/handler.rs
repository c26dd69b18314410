//! Handlers in a binary: found by their symbols' names.

use super::shape::Shape;
use object::{Object, ObjectSection, ObjectSymbol, SymbolKind};

/// Where handlers are.
const EXECUTE: &str = "fossor_interpreter::execute::";

/// A handler of the tail-call dispatcher.
pub struct Handler {
    /// The module it is in: `numeric`.
    pub family: String,
    /// Its function: `binary`.
    pub function: String,
    /// What it was made for, but the dispatcher: `I32Add, SlotImm, ToAcc`.
    pub arguments: String,
    /// What its code looks like.
    pub shape: Shape,
}

impl Handler {
    /// `numeric::binary`
    pub fn path(&self) -> String {
        format!("{}::{}", self.family, self.function)
    }

    /// `numeric::binary<I32Add, SlotImm, ToAcc>`
    pub fn title(&self) -> String {
        match self.arguments.is_empty() {
            true => self.path(),
            false => format!("{}<{}>", self.path(), self.arguments),
        }
    }
}

/// Looks at a function's code and its address, on some architecture.
pub type Look = fn(&[u8], u64) -> Shape;

/// Every handler of the tail-call dispatcher in the file, by name. Those that
/// the linker found identical have one symbol for all.
pub fn all(file: &object::File<'_>, look: Look) -> Vec<Handler> {
    let mut found = Vec::new();
    for symbol in file.symbols().filter(|s| s.kind() == SymbolKind::Text) {
        let Ok(mangled) = symbol.name() else { continue };
        let Some([family, function, arguments]) = parse(mangled) else {
            continue;
        };
        let section = symbol.section_index();
        let section = section.and_then(|index| file.section_by_index(index).ok());
        let code = section.and_then(|s| s.data_range(symbol.address(), symbol.size()).ok()?);
        let shape = look(code.unwrap_or_default(), symbol.address());
        found.push(Handler {
            family,
            function,
            arguments,
            shape,
        });
    }
    found.sort_by_key(Handler::title);
    found
}

/// Family, function and arguments if the symbol is that of a function in
/// `execute/` whose first type argument is the tail-call dispatcher.
fn parse(mangled: &str) -> Option<[String; 3]> {
    let name = format!("{:#}", rustc_demangle::try_demangle(mangled).ok()?);
    let (path, arguments) = name.strip_prefix(EXECUTE)?.split_once("::<")?;
    let (family, function) = path.split_once("::")?;
    let arguments = short(arguments.strip_suffix('>')?);
    let arguments = without_dispatcher(&arguments)?;
    Some([family.into(), function.into(), arguments])
}

/// What follows the dispatcher's name; for the first step of a sequence, with a
/// note that it is one. `None`: it is another dispatcher.
fn without_dispatcher(arguments: &str) -> Option<String> {
    if let Some(sequence) = arguments.strip_prefix("Then<Tail, ") {
        let mut depth = 1;
        let end = sequence.find(|c| {
            depth += i32::from(c == '<') - i32::from(c == '>');
            depth == 0
        })?;
        return Some(format!(
            "{} then …",
            sequence[end + 1..].trim_start_matches(", ")
        ));
    }
    match arguments.strip_prefix("Tail")? {
        "" => Some(String::new()),
        more => more.strip_prefix(", ").map(String::from),
    }
}

/// Type names without the modules they are in.
fn short(types: &str) -> String {
    let mut out = String::new();
    for part in types.split_inclusive(|c: char| !(c.is_alphanumeric() || "_:".contains(c))) {
        out += part.rsplit_once("::").map_or(part, |(_, last)| last);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_modules() {
        let types = "fossor_interpreter::execute::operation::Not<a::op::F64Lt>, b::SlotImm";
        assert_eq!(short(types), "Not<F64Lt>, SlotImm");
        assert_eq!(short("u64, a::B"), "u64, B");
    }

    #[test]
    fn the_dispatcher_is_the_first_argument() {
        let of = |arguments| without_dispatcher(arguments);
        assert_eq!(of("Tail").as_deref(), Some(""));
        assert_eq!(of("Tail, u64, Acc").as_deref(), Some("u64, Acc"));
        assert_eq!(of("Then<Tail, A<B>>, u64").as_deref(), Some("u64 then …"));
        assert_eq!(of("Loop, u64"), None);
        assert_eq!(of("Then<Loop, Rest>, u64"), None);
    }
}
