//! Goroutines with their stacks, in the look of Go's own tracebacks.
//! Source: `runtime/traceback.go`.

use crate::func::SourceFrame;
use std::fmt;

/// One goroutine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Goroutine {
    /// Its number; 0 is the scheduler. `None` where the layout of this version
    /// of Go is not known.
    pub id: Option<u64>,
    /// `running`, `chan receive`, `sleep`, …
    pub status: String,
    /// The innermost first. All of them, the runtime's too.
    pub frames: Vec<Frame>,
    /// Frames that were left out, behind this many.
    pub omitted: u64,
    /// See [`omitted`](Self::omitted).
    pub omitted_after: usize,
    /// Who started it, and where.
    pub created_by: Option<CreatedBy>,
}

/// A function on a goroutine's stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Where it is in the source.
    pub source: SourceFrame,
    /// The place (PC_B) in the function, counted from its start.
    pub offset: u32,
    /// Index of the function among those that the module defines; of the one
    /// that it was inlined into.
    pub defined_idx: u32,
    /// The arguments as Go prints them, words in hexadecimal: `0x1, {0x2ff0,
    /// 0x5}`. They may have changed since the call. `None` if they are not known,
    /// as those of inlined functions.
    pub arguments: Option<String>,
}

/// The `go` statement behind a goroutine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedBy {
    /// Where it is.
    pub frame: Frame,
    /// The goroutine that executed it.
    pub parent: u64,
}

impl Goroutine {
    /// Whether it belongs to the runtime: Go does not show these either.
    pub fn is_system(&self) -> bool {
        let Some(first) = self.frames.last() else {
            return false;
        };
        // Below `goexit` is the function that the goroutine was started with.
        let start = match first.source.func.as_str() {
            "runtime.goexit" => self.frames.iter().rev().nth(1),
            _ => Some(first),
        };
        start.is_some_and(|frame| {
            let name = &frame.source.func;
            self.id == Some(0)
                || name.starts_with("runtime.")
                    && !matches!(name.as_str(), "runtime.main" | "runtime.handleAsyncEvent")
        })
    }

    /// The frames that a user wants to see: the runtime's own are left out
    /// where there are others.
    pub fn shown(&self) -> impl Iterator<Item = (usize, &Frame)> {
        // What the runtime is made of says as little of the program as itself.
        let is_users = |func: &str| is_shown(func) && !func.starts_with("internal/runtime/");
        let all = !self.frames.iter().any(|frame| is_users(&frame.source.func));
        let frames = self.frames.iter().enumerate();
        frames.filter(move |(_, frame)| all || is_shown(&frame.source.func))
    }
}

/// Whether Go shows a function in a traceback: not the runtime's, unless
/// exported, and not what the compiler wraps around a `go` statement's call.
fn is_shown(func: &str) -> bool {
    let last = func.rsplit('.').next().unwrap_or(func);
    let wrapper = last.strip_prefix("gowrap");
    if wrapper.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit())) {
        return false;
    }
    let Some(rest) = func.strip_prefix("runtime.") else {
        return func.contains('.');
    };
    rest == "gopanic" || rest.starts_with(|c: char| c.is_ascii_uppercase())
}

/// A function's name as Go prints it: without type arguments.
fn printed(func: &str) -> String {
    if func == "runtime.gopanic" {
        return "panic".to_owned();
    }
    match (func.find('['), func.rfind(']')) {
        (Some(start), Some(end)) if start < end => {
            format!("{}[...]{}", &func[..start], &func[end + 1..])
        }
        _ => func.to_owned(),
    }
}

impl fmt::Display for Frame {
    /// Two lines, the second indented by a tab.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = &self.source;
        let arguments = self.arguments.as_deref().unwrap_or("...");
        writeln!(f, "{}({arguments})", printed(&source.func))?;
        write!(f, "\t{}:{}", source.file, source.line)?;
        match source.inlined {
            true => Ok(()),
            false => write!(f, " +{:#x}", self.offset),
        }
    }
}

impl fmt::Display for Goroutine {
    /// Several lines, the last without its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.id {
            Some(id) => write!(f, "goroutine {id} [{}]:", self.status)?,
            None => write!(f, "goroutine [{}]:", self.status)?,
        }
        let mut omitted = self.omitted;
        for (index, frame) in self.shown() {
            if omitted > 0 && index >= self.omitted_after {
                write!(f, "\n...{omitted} frames elided...")?;
                omitted = 0;
            }
            write!(f, "\n{frame}")?;
        }
        let Some(created) = &self.created_by else {
            return Ok(());
        };
        let source = &created.frame.source;
        write!(
            f,
            "\ncreated by {} in goroutine {}",
            printed(&source.func),
            created.parent
        )?;
        write!(
            f,
            "\n\t{}:{} +{:#x}",
            source.file, source.line, created.frame.offset
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(func: &str, line: u32, inlined: bool) -> Frame {
        let source = SourceFrame {
            func: func.to_owned(),
            file: "/x/a.go".to_owned(),
            line,
            start_line: 1,
            inlined,
        };
        Frame {
            source,
            offset: 29,
            defined_idx: 0,
            arguments: (!inlined).then(|| "0x1".to_owned()),
        }
    }

    #[test]
    fn looks_like_gos_own() {
        let goroutine = Goroutine {
            id: Some(7),
            status: "chan receive".to_owned(),
            frames: vec![
                frame("runtime.gopark", 1, false),
                frame("main.(*T[int]).f", 5, true),
                frame("main.main", 12, false),
                frame("main.main.gowrap1", 12, false),
                frame("runtime.goexit", 1, false),
            ],
            omitted: 0,
            omitted_after: 0,
            created_by: Some(CreatedBy {
                frame: frame("main.main", 20, false),
                parent: 1,
            }),
        };
        assert_eq!(
            goroutine.to_string(),
            "goroutine 7 [chan receive]:\n\
             main.(*T[...]).f(...)\n\t/x/a.go:5\n\
             main.main(0x1)\n\t/x/a.go:12 +0x1d\n\
             created by main.main in goroutine 1\n\t/x/a.go:20 +0x1d"
        );
        assert!(!goroutine.is_system());
    }
}
