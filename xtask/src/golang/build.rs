//! Building Go programs, only those whose sources changed.

use super::Toolchain;
use crate::error::Error;
use crate::{process, workspace};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// What a program is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// `wasip1/wasm`.
    Wasm,
    /// `wasip1/wasm`, as a library (`-buildmode=c-shared`).
    Reactor,
    /// The machine that this runs on.
    Native,
}

impl Platform {
    fn name(self) -> &'static str {
        match self {
            Platform::Wasm | Platform::Reactor => "wasm",
            Platform::Native => "native",
        }
    }
}

/// Builds the packages `names` of the Go module in `module` into
/// `target/GROUP/PLATFORM/NAME[.wasm]` and gives that directory.
pub fn build(
    toolchain: &Toolchain,
    module: &Path,
    group: &str,
    platform: Platform,
    names: &[&str],
) -> Result<PathBuf, Error> {
    let directory = workspace::target().join(group).join(platform.name());
    workspace::create_dir(&directory)?;
    let mut stale = Vec::new();
    for name in names {
        let fingerprint = fingerprint(toolchain, module, name)?;
        let stamp = directory.join(format!("{name}.stamp"));
        let built = artifact(&directory, platform, name).is_file();
        if !built || fs::read_to_string(&stamp).ok().as_ref() != Some(&fingerprint) {
            stale.push((*name, stamp, fingerprint));
        }
    }
    if stale.is_empty() {
        return Ok(directory);
    }
    println!(
        "building {} Go programs for {} with {}",
        stale.len(),
        platform.name(),
        toolchain.version
    );
    let fresh = directory.join("fresh");
    workspace::fresh_dir(&fresh)?;
    // Libraries are built one at a time.
    let at_once = match platform {
        Platform::Reactor => 1,
        _ => stale.len(),
    };
    for stale in stale.chunks(at_once) {
        let mut go = match platform {
            Platform::Wasm | Platform::Reactor => toolchain.wasm_command(),
            Platform::Native => toolchain.command(),
        };
        go.current_dir(module)
            .args(["build", "-trimpath", "-buildvcs=false"]);
        if platform == Platform::Reactor {
            go.arg("-buildmode=c-shared");
        }
        go.arg("-o")
            .arg(fresh.join(""))
            .args(stale.iter().map(|(name, ..)| format!("./{name}")));
        process::run(&mut go)?;
    }
    for (name, stamp, fingerprint) in stale {
        let built = fresh.join(name);
        let artifact = artifact(&directory, platform, name);
        fs::rename(&built, artifact).map_err(Error::file("move", &built))?;
        workspace::write(&stamp, fingerprint)?;
    }
    Ok(directory)
}

fn artifact(directory: &Path, platform: Platform, name: &str) -> PathBuf {
    match platform {
        Platform::Wasm | Platform::Reactor => directory.join(format!("{name}.wasm")),
        Platform::Native => directory.join(name),
    }
}

/// Changes whenever anything changes that goes into the program.
fn fingerprint(toolchain: &Toolchain, module: &Path, name: &str) -> Result<String, Error> {
    let mut hasher = DefaultHasher::new();
    toolchain.version.hash(&mut hasher);
    let mut sources = workspace::files_below(&module.join(name), &["files"])?;
    sources.push(module.join("go.mod"));
    // What the programs of a module share.
    let shared = module.join("check");
    if shared.is_dir() {
        sources.extend(workspace::files_below(&shared, &[])?);
    }
    for source in sources {
        source.hash(&mut hasher);
        fs::read(&source)
            .map_err(Error::file("read", &source))?
            .hash(&mut hasher);
    }
    Ok(format!("{:016x}\n", hasher.finish()))
}
