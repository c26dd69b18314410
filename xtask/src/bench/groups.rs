//! What is measured: groups of programs.

use super::generated;
use crate::error::Error;
use crate::golang::{self, Platform, Toolchain};
use crate::{process, workspace};
use std::path::PathBuf;

/// A group of programs that are compared in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// Go programs of go-fixtures/bench.
    Go,
    /// C kernels of kernels/, and CoreMark.
    Kernels,
    /// The kernels with vectors.
    Simd,
    /// The same kernels without tail calls: dispatch in a loop.
    Portable,
    /// Starting a program: one of 2.5 MB, one of 50 MB.
    Startup,
    /// `go test` of a small package, the whole command.
    Gotest,
    /// Calls of the host, by the thousand.
    Hostcalls,
    /// memory.grow up to 2 GiB.
    Grow,
    /// Translating large functions.
    Translate,
}

impl Group {
    /// The title of its table and plot.
    pub fn title(self) -> &'static str {
        match self {
            Group::Go => "Go programs",
            Group::Kernels => "C kernels and CoreMark",
            Group::Simd => "C kernels with vectors",
            Group::Portable => "C kernels and CoreMark, dispatch in a loop",
            Group::Startup => "Start to end of a program that does little",
            Group::Gotest => "go test of a small package, the whole command",
            Group::Hostcalls => "A million calls of the host",
            Group::Grow => "memory.grow in steps of 512 KiB",
            Group::Translate => "Translation of one large function",
        }
    }
}

/// What is run.
#[derive(Debug, Clone)]
pub enum Task {
    /// A module with its arguments.
    Module(PathBuf, Vec<String>),
    /// `go test` of a package, with each engine as exec wrapper.
    GoTest(&'static str),
}

/// One thing to measure.
#[derive(Debug, Clone)]
pub struct Work {
    /// As the tables call it.
    pub name: String,
    pub task: Task,
    /// So large that compiling it takes minutes: engines that compile everything
    /// first are not asked to.
    pub huge: bool,
    /// Where time is measured against size: the size.
    pub size: Option<f64>,
}

/// The programs of go-fixtures/bench, with the argument for a quick run; a
/// full run uses the program's own default.
const GO: &[(&str, &str)] = &[
    ("bintrees", "12"),
    ("ciphers", "150"),
    ("fib", "30"),
    ("formats", "200"),
    ("gzips", "80"),
    ("jsonrt", "300"),
    ("maps", "60000"),
    ("matrices", "50"),
    ("nbody", "200000"),
    ("pingpong", "400"),
    ("regexps", "150"),
    ("sha256", "2048"),
    ("smallwrites", "30000"),
    ("sorts", "1500"),
    ("templates", "12"),
    ("texts", "30"),
];

/// The kernels, with the size for a quick run.
const KERNELS: &[(&str, &str)] = &[
    ("fib", "25"),
    ("fib-loop", "3000000"),
    ("sieve", "500000"),
    ("matmul", "60"),
    ("sha256", "300"),
    ("keccak", "1500"),
    ("scan", "500000"),
    ("nbody", "20000"),
    ("mandelbrot", "100"),
    ("spectral", "120"),
    ("hashmap", "100000"),
    ("sort", "15000"),
    ("json", "2"),
    ("marks", "40"),
    ("coremark", "30"),
];

const SIMD: &[(&str, &str)] = &[
    ("matmul-f32x4", "80"),
    ("sha256-x4", "1500"),
    ("scan-i8x16", "20"),
];

/// The package of Go's library whose tests are run.
const PACKAGE: &str = "container/list";

/// Everything in a group, built and ready to run.
pub fn prepare(group: Group, quick: bool, toolchain: &Toolchain) -> Result<Vec<Work>, Error> {
    let kernels = |list: &[(&str, &str)]| {
        let directory = workspace::root().join("kernels").join("wasm");
        let works = list.iter().map(|(name, small)| {
            let arguments = if quick {
                vec![small.to_string()]
            } else {
                Vec::new()
            };
            let module = directory.join(format!("{name}.wasm"));
            work(name, Task::Module(module, arguments))
        });
        Ok(works.collect())
    };
    match group {
        Group::Kernels | Group::Portable => kernels(KERNELS),
        Group::Simd => kernels(SIMD),
        Group::Go => {
            let names: Vec<&str> = GO.iter().map(|program| program.0).collect();
            let source = workspace::fixtures().join("bench");
            let built = golang::build(toolchain, &source, "go-bench", Platform::Wasm, &names)?;
            let works = GO.iter().map(|(name, small)| {
                let arguments = if quick {
                    vec![small.to_string()]
                } else {
                    Vec::new()
                };
                let module = built.join(format!("{name}.wasm"));
                work(name, Task::Module(module, arguments))
            });
            Ok(works.collect())
        }
        Group::Startup => {
            let hello = workspace::fixtures().join("prebuilt").join("hello.wasm");
            let mut works = vec![work("hello, 2.5 MB", Task::Module(hello, Vec::new()))];
            if !quick {
                let task = Task::Module(compiler(toolchain)?, vec!["-V".into()]);
                let mut work = work("cmd/compile, 50 MB", task);
                work.huge = true;
                works.push(work);
            }
            Ok(works)
        }
        Group::Gotest => Ok(vec![work(PACKAGE, Task::GoTest(PACKAGE))]),
        Group::Hostcalls => generated::host_calls(quick),
        Group::Grow => generated::grow(quick),
        Group::Translate => generated::translate(quick),
    }
}

/// A work of no particular size.
pub fn work(name: &str, task: Task) -> Work {
    Work {
        name: name.to_owned(),
        task,
        huge: false,
        size: None,
    }
}

/// Go's compiler as a module of 50 MB.
fn compiler(toolchain: &Toolchain) -> Result<PathBuf, Error> {
    let module = workspace::target()
        .join("go-bench")
        .join(format!("compile-{}.wasm", toolchain.version));
    if !module.is_file() {
        println!("building cmd/compile for wasip1");
        let mut go = toolchain.wasm_command();
        go.current_dir(workspace::fixtures().join("bench"));
        process::run(go.args(["build", "-o"]).arg(&module).arg("cmd/compile"))?;
    }
    Ok(module)
}
