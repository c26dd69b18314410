//! Compiling the kernels: seldom needed, since the modules are committed.

use crate::error::Error;
use crate::golang::pip_install;
use crate::tally::Tally;
use crate::{process, workspace};
use std::path::{Path, PathBuf};
use std::process::Command;

/// zig brings clang and the libc of WASI in one package.
const ZIGLANG: &str = "0.17.1";

/// Compiles everything in `kernels/` into `kernels/wasm/`, C and CoreMark's Rust.
pub fn build() -> Result<Tally, Error> {
    let zig = zig()?;
    let directory = workspace::root().join("kernels");
    let mut tally = Tally::default();
    for source in workspace::files_below(&directory, &["wasm"])? {
        if source.extension().is_none_or(|extension| extension != "c") {
            continue;
        }
        let name = source.file_stem().unwrap_or_default().to_string_lossy();
        let mut compile = Command::new(&zig);
        compile.args(["cc", "-target", "wasm32-wasi", "-O2", "-s", "-Wall"]);
        if source
            .parent()
            .is_some_and(|parent| parent.ends_with("simd"))
        {
            compile.arg("-msimd128");
        }
        let module = directory.join("wasm").join(format!("{name}.wasm"));
        process::run(compile.arg("-o").arg(&module).arg(&source))?;
        tally.passed += 1;
        println!("{}", module.display());
    }
    println!("{}", coremark(&directory)?.display());
    tally.passed += 1;
    Ok(tally)
}

/// CoreMark, which takes Rust's library for WASI.
fn coremark(kernels: &Path) -> Result<PathBuf, Error> {
    const TARGET: &str = "wasm32-wasip1";
    process::run(Command::new("rustup").args(["target", "add", TARGET]))?;
    let built = workspace::target().join("kernels");
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(kernels.join("coremark"))
        .env("CARGO_TARGET_DIR", &built)
        .args(["build", "--release", "--locked", "--target", TARGET]);
    process::run(&mut cargo)?;
    let program = built.join(TARGET).join("release/coremark-kernel.wasm");
    let module = kernels.join("wasm").join("coremark.wasm");
    std::fs::copy(&program, &module).map_err(Error::file("copy", &program))?;
    Ok(module)
}

fn zig() -> Result<PathBuf, Error> {
    let root = workspace::target()
        .join("peers")
        .join(format!("ziglang-{ZIGLANG}"));
    let program = root.join("ziglang").join("zig");
    if !program.is_file() {
        println!("fetching zig {ZIGLANG} from PyPI");
        pip_install(&format!("ziglang=={ZIGLANG}"), &root)?;
    }
    Ok(program)
}
