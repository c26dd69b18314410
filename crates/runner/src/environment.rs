//! The guest's environment variables.

use crate::arguments::GuestFlags;
use crate::mount::Mount;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// Variables by name, later ones replacing earlier ones of the same name.
///
/// `PWD` is the current directory of a guest that sees directories (Go keeps
/// its own and starts with it): `/`, or the host's where the guest sees the
/// host's files under their own names and asked for the host's variables.
/// `--env` outdoes both.
pub fn variables(flags: &GuestFlags, mounts: &[Mount]) -> Vec<(OsString, OsString)> {
    let mut variables = Vec::new();
    let mut pwd = OsString::from("/");
    if flags.inherit_env {
        // A name with `=` in it cannot be passed on.
        let proper = |name: &OsString| !name.as_bytes().contains(&b'=') && name != "PWD";
        variables.extend(std::env::vars_os().filter(|(name, _)| proper(name)));
        if mounts.iter().any(Mount::is_whole_root) {
            pwd = current_directory().into_os_string();
        }
    }
    if !mounts.is_empty() {
        variables.push(("PWD".into(), pwd));
    }
    for word in &flags.environment {
        match word.as_bytes().iter().position(|&byte| byte == b'=') {
            Some(at) => {
                let (name, value) = word.as_bytes().split_at(at);
                variables.push((
                    OsString::from_vec(name.to_vec()),
                    OsString::from_vec(value[1..].to_vec()),
                ));
            }
            None => variables.extend(std::env::var_os(word).map(|value| (word.clone(), value))),
        }
    }
    variables
}

/// The current directory as the shell names it, which may lead through links,
/// or as the system does.
fn current_directory() -> PathBuf {
    let canonical = |path: &Path| path.canonicalize().ok();
    if let Some(pwd) = std::env::var_os("PWD").map(PathBuf::from)
        && pwd.is_absolute()
        && canonical(&pwd).is_some_and(|pwd| Some(pwd) == canonical(Path::new(".")))
    {
        return pwd;
    }
    std::env::current_dir().unwrap_or_else(|_| "/".into())
}
