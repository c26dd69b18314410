//! `fossor install-exec DIR`: the link that makes Fossor Go's exec wrapper.

use crate::arguments::InstallArguments;
use crate::codes::Code;
use crate::exec_wrapper::NAME;
use crate::failure::Failure;
use crate::output;
use std::io;
use std::path::{Path, PathBuf};

/// Makes the link, and says what to type next.
pub fn install(arguments: &InstallArguments) -> Result<(), Failure> {
    let failed = |what: &str, error: io::Error| {
        let place = arguments.directory.display();
        Failure::new(Code::Install, format!("{place}: {what}: {error}"))
    };
    let program = std::env::current_exe()
        .and_then(|path| path.canonicalize())
        .map_err(|error| failed("cannot tell where this program is", error))?;
    std::fs::create_dir_all(&arguments.directory)
        .map_err(|error| failed("cannot make the directory", error))?;
    let directory = arguments
        .directory
        .canonicalize()
        .map_err(|error| failed("cannot open the directory", error))?;
    let link = directory.join(link_name());
    match link.symlink_metadata() {
        Ok(there) if !there.is_symlink() && !arguments.force => {
            return Err(Failure::new(
                Code::Install,
                format!("{} exists and is no link", link.display()),
            )
            .help("--force replaces it"));
        }
        _ => {}
    }
    let linked = place(&program, &link).map_err(|error| failed("cannot make the link", error))?;
    let how = if linked {
        "is now a link to"
    } else {
        "is now a copy of"
    };
    output::print(&format!(
        "{} {how} {}\nNext, in a directory with Go code:\n  {}GOOS=wasip1 GOARCH=wasm go test ./...\n",
        link.display(),
        program.display(),
        path_prefix(&directory)
    ));
    Ok(())
}

fn link_name() -> String {
    format!("{NAME}{}", std::env::consts::EXE_SUFFIX)
}

/// Puts a link, or else a copy, in place at once; `true` for a link.
fn place(program: &Path, link: &Path) -> io::Result<bool> {
    let fresh = link.with_file_name(format!(".{NAME}.{}", std::process::id()));
    let linked = std::os::unix::fs::symlink(program, &fresh).is_ok();
    let outcome = match linked {
        true => Ok(0),
        false => std::fs::copy(program, &fresh),
    };
    outcome
        .and_then(|_| std::fs::rename(&fresh, link))
        .inspect_err(|_| {
            let _ = std::fs::remove_file(&fresh);
        })?;
    Ok(linked)
}

/// What must stand before the go command so that it finds the link: nothing,
/// if PATH leads to it.
fn path_prefix(directory: &Path) -> String {
    let found = std::env::var_os("PATH").and_then(|path| {
        std::env::split_paths(&path)
            .find(|directory| directory.join(link_name()).is_file())
            .map(|directory| directory.canonicalize().unwrap_or(directory))
    });
    if found.as_deref() == Some(directory) {
        String::new()
    } else {
        format!("PATH={}:$PATH ", quoted(directory.to_path_buf()))
    }
}

/// For a shell.
fn quoted(path: PathBuf) -> String {
    let path = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@,:".contains(c);
    if path.chars().all(plain) {
        path
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}
