//! Places in the code, as users name them and as they are.

use fossor::SourceFrame;
use std::fmt;

/// A place as a user names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// `main.go:12`, or `12` in the file that is shown.
    Line {
        /// The end of its path.
        file: Option<String>,
        /// The line, counted from 1.
        line: u32,
    },
    /// `main.load`, or `load` if no other function has that name.
    Func(String),
    /// `#12`: a function's index.
    FuncIndex(u32),
    /// `*0x2f31`: a byte offset in the module.
    Offset(u32),
    /// `wasi:fd_read`: calls of a function of WASI; `wasi`: of all.
    Call(Option<String>),
}

/// A place in the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Index of the function.
    pub func_idx: u32,
    /// Its name.
    pub func: String,
    /// Byte offset in the module.
    pub wasm_offset: u32,
    /// Where it is in the source of a Go program.
    pub source: Option<SourceFrame>,
}

/// Why a place is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// Nothing was named.
    #[error("name a place: FILE:LINE, a function, #INDEX, *OFFSET, wasi or wasi:NAME")]
    Empty,
    /// A number that is none.
    #[error("{0} is no number")]
    NoNumber(String),
    /// A line, and no file that it is in.
    #[error("no file is shown that the line could be in; write FILE:LINE")]
    NoFile,
    /// The program has no lines.
    #[error("this module is no Go program, so lines are not known; name a function or an offset")]
    NoLines,
    /// No file's path ends so.
    #[error("no file of the program is called {0}")]
    NoSuchFile(String),
    /// There is no code behind the line.
    #[error("{file} has no code at line {line}, nor behind it in that function")]
    NoLine {
        /// The file.
        file: String,
        /// The line.
        line: u32,
    },
    /// No function is called so.
    #[error("no function is called {name}{}", perhaps(near))]
    NoFunc {
        /// What was looked for.
        name: String,
        /// Names like it.
        near: Vec<String>,
    },
    /// A function that is the host's.
    #[error("{0} has no code in this module")]
    NoCode(String),
    /// Not the beginning of an operator.
    #[error("no operator begins at offset {0:#x}")]
    NoOperator(u32),
    /// A function of WASI that the module does not call by its name.
    #[error("the module does not call {0}")]
    NotCalled(String),
    /// No function of WASI.
    #[error("{0} is no function of WASI; `fossor explain` lists them")]
    NotWasi(String),
}

fn perhaps(near: &[String]) -> String {
    match near.is_empty() {
        true => String::new(),
        false => format!("; perhaps {}", near.join(", ")),
    }
}

impl Place {
    /// Takes apart what a user wrote.
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        let text = text.trim();
        let number = |text: &str| {
            let value = match text.strip_prefix("0x") {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => text.parse(),
            };
            value.map_err(|_| PlaceError::NoNumber(text.to_owned()))
        };
        if text.is_empty() {
            return Err(PlaceError::Empty);
        }
        if let Some(offset) = text.strip_prefix('*') {
            return Ok(Place::Offset(number(offset.trim())?));
        }
        if let Some(index) = text.strip_prefix('#') {
            return Ok(Place::FuncIndex(number(index)?));
        }
        if text == "wasi" {
            return Ok(Place::Call(None));
        }
        if let Some(name) = text.strip_prefix("wasi:") {
            return Ok(Place::Call(Some(name.to_owned())));
        }
        if let Ok(line) = text.parse() {
            return Ok(Place::Line { file: None, line });
        }
        match text.rsplit_once(':') {
            Some((file, line)) if !file.is_empty() && line.parse::<u32>().is_ok() => {
                Ok(Place::Line {
                    file: Some(file.to_owned()),
                    line: number(line)?,
                })
            }
            _ => Ok(Place::Func(text.to_owned())),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line {
                file: Some(file),
                line,
            } => write!(f, "{file}:{line}"),
            Place::Line { file: None, line } => write!(f, "{line}"),
            Place::Func(name) => f.write_str(name),
            Place::FuncIndex(index) => write!(f, "#{index}"),
            Place::Offset(offset) => write!(f, "*{offset:#x}"),
            Place::Call(None) => f.write_str("wasi"),
            Place::Call(Some(name)) => write!(f, "wasi:{name}"),
        }
    }
}

impl fmt::Display for Site {
    /// `main.load at /src/main.go:12 (0x2f31)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Some(at) => {
                let file = crate::source::shown(&at.file);
                write!(f, "{} at {file}:{}", at.func, at.line)?;
            }
            None => write!(f, "{}", self.func)?,
        }
        write!(f, " ({:#x})", self.wasm_offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_apart() {
        for text in [
            "main.go:12",
            "12",
            "main.load",
            "main.(*T).Run",
            "#7",
            "*0x2f31",
            "wasi",
            "wasi:fd_read",
        ] {
            assert_eq!(Place::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Place::parse("*33").unwrap(), Place::Offset(33));
        assert_eq!(Place::parse(" "), Err(PlaceError::Empty));
        assert!(matches!(Place::parse("*x"), Err(PlaceError::NoNumber(_))));
    }
}
