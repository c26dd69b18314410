//! Fossor in the tests of another project: runs a program's wasip1 build with
//! given arguments and input, and looks at what it did. No binary has to be
//! installed, and nothing of the system is seen by the guest.
//!
//! `cargo test --example wasm_in_tests` runs the tests below on the prebuilt
//! program of this repository; a project of yours would build its own with
//! `GOOS=wasip1 GOARCH=wasm go build` first.

use fossor::wasi::{self, Pipe, Stdio, WasiCtx};
use fossor::{Engine, Linker, Module, Store};
use std::path::Path;
use std::time::Duration;

/// What a program did.
#[derive(Debug)]
pub struct Ran {
    /// Its exit status.
    pub status: u32,
    /// What it wrote.
    pub stdout: String,
    /// What it reported.
    pub stderr: String,
}

/// Runs a program to its end; a trap or a timeout is an error.
pub fn run(
    module: &Path,
    args: &[&str],
    stdin: &str,
) -> Result<Ran, Box<dyn std::error::Error + Send + Sync>> {
    let engine = Engine::default();
    let module = Module::from_file(&engine, module)?;
    let mut linker = Linker::<WasiCtx>::new(&engine);
    wasi::add_to_linker(&mut linker, |ctx| ctx)?;
    let (stdout, stderr) = (Pipe::new(), Pipe::new());
    let ctx = WasiCtx::builder()
        .arg("program")
        .args(args.iter().copied())
        .stdin(Stdio::bytes(stdin))
        .stdout(Stdio::pipe(stdout.clone()))
        .stderr(Stdio::pipe(stderr.clone()))
        .build()?;
    let mut store = Store::new(&engine, ctx);
    store.set_deadline(Duration::from_secs(60));
    let outcome = linker.instantiate_pre(&module)?.command(store)?.run()?;
    let text = |pipe: Pipe| String::from_utf8_lossy(&pipe.take()).into_owned();
    Ok(Ran {
        status: outcome.status(),
        stdout: text(stdout),
        stderr: text(stderr),
    })
}

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let module = std::env::args().nth(1).ok_or("which module?")?;
    println!("{:#?}", run(Path::new(&module), &[], "")?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::run;
    use std::path::Path;

    #[test]
    fn the_program_greets() {
        let module =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../go-fixtures/prebuilt/hello.wasm");
        let ran = run(&module, &["-x"], "not read").unwrap();
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert_eq!(ran.stdout, "Hello from Go, running in Fossor!\n");
        assert_eq!(ran.stderr, "");
    }
}
