//! Engines that are libraries: each gets a small program, which gives a kernel the
//! few functions of WASI that it calls. Its sources are in `xtask/peers/`.

use super::peers::{Engine, directory};
use crate::error::Error;
use crate::{golang, process, workspace};
use std::path::PathBuf;
use std::process::Command;

/// A program around the crate of an engine.
pub struct Driver {
    /// The engine's name, and its source's.
    name: &'static str,
    krate: &'static str,
    version: &'static str,
    /// Whether it is C, whose headers bindgen reads.
    binds_c: bool,
}

/// PyPI's libclang, which bindgen loads.
const LIBCLANG: &str = "18.1.1";

impl Driver {
    /// The program of `xtask/peers/NAME.rs`, which uses this crate.
    pub fn new(
        name: &'static str,
        krate: &'static str,
        version: &'static str,
        binds_c: bool,
    ) -> Driver {
        Driver {
            name,
            krate,
            version,
            binds_c,
        }
    }

    /// Builds the program, unless that was done before.
    pub fn engine(&self) -> Result<Engine, Error> {
        Engine::new(self.name, self.build()?, &[], None, &[], self.version)
    }

    fn build(&self) -> Result<PathBuf, Error> {
        let root = directory().join(format!("{}-{}", self.name, self.version));
        let program = root.join("target").join("release").join(self.name);
        let source = root.join("src");
        workspace::create_dir(&source)?;
        let mut changed = !program.is_file();
        let sources = workspace::root().join("xtask").join("peers");
        for (from, to) in [
            ("preview1.rs", "preview1.rs".to_string()),
            (self.name, "main.rs".to_string()),
        ] {
            let from = sources.join(from).with_extension("rs");
            changed |= write_if_other(&source.join(to), &workspace::read(&from)?)?;
        }
        changed |= write_if_other(&root.join("Cargo.toml"), &self.manifest())?;
        if changed {
            println!("building {} of {} {}", self.name, self.krate, self.version);
            let mut cargo = Command::new("cargo");
            cargo.args(["build", "--quiet", "--release"]);
            cargo
                .current_dir(&root)
                .env("CARGO_TARGET_DIR", root.join("target"));
            if self.binds_c {
                let (library, headers) = libclang()?;
                cargo.env("LIBCLANG_PATH", library);
                cargo.env("BINDGEN_EXTRA_CLANG_ARGS", format!("-I{headers}"));
            }
            process::run(&mut cargo)?;
        }
        Ok(program)
    }

    fn manifest(&self) -> String {
        format!(
            "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{} = \"={}\"\n\n\
             [profile.release]\nlto = true\ncodegen-units = 1\n\n[workspace]\n",
            self.name, self.krate, self.version
        )
    }
}

/// Where libclang is, fetched if it is not there yet, and the C compiler's own
/// headers, which that package lacks.
fn libclang() -> Result<(PathBuf, String), Error> {
    let root = directory().join(format!("libclang-{LIBCLANG}"));
    let library = root.join("clang").join("native");
    if !library.is_dir() {
        println!("fetching libclang {LIBCLANG} from PyPI");
        golang::pip_install(&format!("libclang=={LIBCLANG}"), &root)?;
    }
    let headers = process::output(Command::new("cc").arg("-print-file-name=include"))?;
    Ok((library, headers.trim().to_owned()))
}

/// Writes a file unless it is so already; whether it was not.
fn write_if_other(path: &PathBuf, text: &str) -> Result<bool, Error> {
    if std::fs::read_to_string(path).is_ok_and(|known| known == text) {
        return Ok(false);
    }
    std::fs::write(path, text).map_err(Error::file("write", path))?;
    Ok(true)
}
