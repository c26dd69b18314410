//! Examples: a small memory, a directory and a few calls. They are run without
//! an interpreter, and shown as a module in text that `fossor run` runs.

use super::memory;
use fossor_host::GuestMemory;
use fossor_wasi::{AbiType, Access, Deterministic, Function, Pipe, Span, Stdio, TraceCall};
use fossor_wasi::{TraceOptions, TraceSink, WasiCtx};
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of memory that an example uses.
const MEMORY_BYTES: usize = 256;

/// What is in memory before.
#[derive(Clone, Copy, Debug)]
pub enum Data {
    /// These bytes.
    Text(&'static str),
    /// These numbers, 4 bytes each.
    Words(&'static [u32]),
}

/// A function, and its arguments.
pub type Step = (&'static str, &'static [u64]);

/// A call with what it needs.
pub struct Example {
    /// Files of the guest's one directory, `/`.
    pub files: &'static [(&'static str, &'static str)],
    /// Where what is in memory.
    pub memory: &'static [(u32, Data)],
    /// Calls before it, which succeed.
    pub first: &'static [Step],
    /// The call itself.
    pub call: Step,
}

/// What an example did.
pub struct Shown {
    /// The lines of the calls before it.
    pub first: Vec<String>,
    /// The line of the call.
    pub line: String,
    /// The memory before and after, its fields marked.
    pub memory: String,
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
}

impl Data {
    fn bytes(self) -> Vec<u8> {
        match self {
            Data::Text(text) => text.as_bytes().to_vec(),
            Data::Words(words) => words.iter().flat_map(|word| word.to_le_bytes()).collect(),
        }
    }
}

impl Example {
    fn memory(&self) -> Vec<u8> {
        let mut bytes = vec![0; MEMORY_BYTES];
        for (addr, data) in self.memory {
            let data = data.bytes();
            bytes[*addr as usize..][..data.len()].copy_from_slice(&data);
        }
        bytes
    }

    /// Makes the files in a directory, and calls. Clocks and random numbers are
    /// made up, so that an example shows the same every time.
    pub fn run(&self, directory: &Path) -> Result<Shown, Box<dyn std::error::Error>> {
        for (name, text) in self.files {
            std::fs::write(directory.join(name), text)?;
        }
        let out = Pipe::new();
        let mut builder = WasiCtx::builder();
        // Somebody who has connected, and sent something.
        let mut _other_side = None;
        if self.call.0.starts_with("sock_") {
            let listener = TcpListener::bind("127.0.0.1:0")?;
            let mut stream = TcpStream::connect(listener.local_addr()?)?;
            stream.write_all(b"ping")?;
            _other_side = Some(stream);
            builder = builder.listener(listener);
        }
        let mut ctx = builder
            .args(["guest", "-v"])
            .env("PWD", "/")
            .stdout(Stdio::pipe(out.clone()))
            .preopen_dir(directory, "/", Access::ReadWrite)?
            .os(Box::new(Deterministic::new(1)))
            .build()?;
        let seen = Seen::default();
        let options = TraceOptions {
            values: true,
            ..TraceOptions::default()
        };
        ctx.set_tracer_with(options, seen.clone());
        let mut bytes = self.memory();
        for (name, cells) in self.first {
            call(&mut ctx, &mut bytes, name, cells);
        }
        let before = bytes.clone();
        call(&mut ctx, &mut bytes, self.call.0, self.call.1);
        let mut calls = std::mem::take(&mut *seen.lock());
        let (line, spans) = calls.pop().ok_or("the example made no call")?;
        Ok(Shown {
            first: calls.into_iter().map(|(line, _)| line).collect(),
            line,
            memory: memory::compared(&before, &bytes, &spans),
            stdout: out.take(),
        })
    }

    /// Flags of `fossor run` that the program needs.
    pub fn flags(&self) -> &'static str {
        match self.call.0 {
            name if name.starts_with("sock_") => "--dir . --listen 127.0.0.1:8080 ",
            name if name.starts_with("path_") || name.starts_with("fd_prestat") => "--dir . ",
            _ if self.first.is_empty() => "",
            _ => "--dir . ",
        }
    }

    /// The example as a program in text.
    pub fn wat(&self) -> String {
        let steps = Vec::from_iter(self.first.iter().chain([&self.call]));
        let mut text = "(module\n".to_owned();
        let mut imported = Vec::new();
        for (name, _) in &steps {
            let Some(function) = super::function(name).filter(|_| !imported.contains(name)) else {
                continue;
            };
            imported.push(*name);
            let result = if function.has_result {
                " (result i32)"
            } else {
                ""
            };
            let params: String = function
                .params
                .iter()
                .map(|ty| format!(" {}", wasm(*ty)))
                .collect();
            let params = match params.is_empty() {
                true => params,
                false => format!(" (param{params})"),
            };
            let _ = writeln!(
                text,
                "  (import \"{}\" \"{name}\"\n    (func ${name}{params}{result}))",
                function.module
            );
        }
        text += "  (memory (export \"memory\") 1)\n";
        for (addr, data) in self.memory {
            let _ = writeln!(
                text,
                "  (data (i32.const {addr:#x}) \"{}\")",
                escaped(*data)
            );
        }
        text += "  (func (export \"_start\")";
        for (name, cells) in steps {
            let Some(function) = super::function(name) else {
                continue;
            };
            let mut call = format!("(call ${name}");
            for (cell, ty) in cells.iter().zip(function.params) {
                let _ = match ty {
                    AbiType::I32 => write!(call, " (i32.const {})", number(*cell)),
                    AbiType::I64 => write!(call, " (i64.const {})", *cell as i64),
                };
            }
            call.push(')');
            let call = if function.has_result {
                format!("(drop {call})")
            } else {
                call
            };
            let _ = write!(text, "\n    {call}");
        }
        text += "))\n";
        text
    }
}

/// Addresses are easier to follow in hexadecimal.
fn number(cell: u64) -> String {
    match cell {
        0..16 => cell.to_string(),
        _ => format!("{cell:#x}"),
    }
}

fn wasm(ty: AbiType) -> &'static str {
    match ty {
        AbiType::I32 => "i32",
        AbiType::I64 => "i64",
    }
}

fn escaped(data: Data) -> String {
    let mut text = String::new();
    for byte in data.bytes() {
        match byte {
            b' '..=b'~' if byte != b'"' && byte != b'\\' && matches!(data, Data::Text(_)) => {
                text.push(byte.into());
            }
            _ => {
                let _ = write!(text, "\\{byte:02x}");
            }
        }
    }
    text
}

fn call(ctx: &mut WasiCtx, bytes: &mut [u8], name: &str, cells: &[u64]) {
    let function: Option<&Function> = super::function(name);
    if let Some(function) = function {
        // What it answers is in the trace.
        let _ = (function.call)(ctx, &mut GuestMemory::new(bytes), cells);
    }
}

/// Keeps calls.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<SeenCall>>>);

/// A line, and the parts of memory.
type SeenCall = (String, Vec<Span>);

impl Seen {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<SeenCall>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TraceSink for Seen {
    fn after(&mut self, call: &TraceCall<'_>) {
        self.lock().push((call.to_string(), call.spans.to_vec()));
    }
}
