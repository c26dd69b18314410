//! Why a path was refused, for whoever runs the guest: the guest itself often
//! says no more than "bad file descriptor".

use std::fmt;

use fossor_host::GuestMemory;

use crate::WasiCtx;
use crate::abi::{Cells, Errno, Fd, GuestPath, Kind, Param, Rights};
use crate::functions::Function;
use crate::path::resolve::leaves_by_itself;

/// Hints kept of one guest; the first ones tell the most.
const MAX_HINTS: usize = 16;

/// A path that a guest asked for in vain, and what would have helped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The function that it asked.
    pub function: &'static str,
    /// The path, absolute in the guest where that is known.
    pub path: String,
    /// Why it was refused.
    pub reason: HintReason,
    /// The guest's names of its directories.
    pub mapped: Vec<String>,
}

/// Why a path was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HintReason {
    /// No directory of the guest's contains it.
    NotCovered,
    /// By `..` or a link it leads out of its directory.
    LeadsOut,
    /// Its directory is read-only.
    ReadOnly,
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The guest's choice, which shall not look like another message.
        let path = &printable(&self.path);
        match self.reason {
            HintReason::NotCovered => {
                let dir = match path.rsplit_once('/') {
                    Some(("", _)) | None => "/",
                    Some((dir, _)) => dir,
                };
                write!(f, "{path} is in no directory of the guest's (")?;
                if self.mapped.is_empty() {
                    f.write_str("it has none")?;
                } else {
                    write!(f, "it has {}", self.mapped.join(", "))?;
                }
                write!(f, "); --dir HOST::{dir} would cover it")
            }
            HintReason::LeadsOut => write!(
                f,
                "{path} leads out of its directory, by `..` or a link; \
                 a --dir further up would cover both ends"
            ),
            HintReason::ReadOnly => write!(
                f,
                "{path} is in a read-only directory; its --dir without `:ro` would let it change"
            ),
        }
    }
}

fn printable(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for c in path.chars() {
        match fossor_text::is_fit(c) {
            true => text.push(c),
            false => text.extend(c.escape_default()),
        }
    }
    text
}

impl WasiCtx {
    /// The first paths that were refused, each once.
    pub fn hints(&self) -> &[Hint] {
        &self.hints
    }
}

/// Takes note of a refused path.
#[cold]
pub(crate) fn note(
    ctx: &mut WasiCtx,
    function: &Function,
    memory: &GuestMemory<'_>,
    args: &[u64],
    errno: Errno,
) {
    if ctx.hints.len() >= MAX_HINTS {
        return;
    }
    let mut cells = Cells::new(args);
    let mut fd = None;
    for info in function.param_infos {
        match info.kind {
            Kind::Fd => fd = Some(Fd(cells.i32())),
            Kind::Path => {
                // Of two paths the one that is to blame, if that can be seen.
                let path = GuestPath::lift(&mut cells, memory);
                if let (Some(fd), Ok(path)) = (fd, path)
                    && let Some(hint) = examine(ctx, function, fd, path.as_str(), errno)
                {
                    if !ctx.hints.contains(&hint) {
                        log::debug!("{}: {hint}", hint.function);
                        ctx.hints.push(hint);
                    }
                    return;
                }
            }
            kind => kind.cells().iter().for_each(|_| {
                cells.i64();
            }),
        }
    }
}

/// Whether `perm` is likely ours: the host says it too, of changes.
fn leads_out(function: &Function, path: &str) -> bool {
    let looks_only = matches!(
        function.name,
        "path_open" | "path_filestat_get" | "path_readlink"
    );
    looks_only || path.starts_with('/') || leaves_by_itself(path)
}

fn examine(ctx: &WasiCtx, function: &Function, fd: Fd, path: &str, errno: Errno) -> Option<Hint> {
    let descriptor = ctx.descriptors.get(fd, Rights::empty());
    let reason = match (errno, &descriptor) {
        // Go asks descriptor -1 for a path that no preopened name begins, and
        // leaves out the slash at its beginning.
        (Errno::Badf, Err(_)) if fd == Fd::NONE || path.starts_with('/') => HintReason::NotCovered,
        (Errno::Perm, Ok(_)) if leads_out(function, path) => HintReason::LeadsOut,
        (Errno::Rofs, Ok(descriptor)) if descriptor.directory().is_ok_and(|dir| dir.read_only) => {
            HintReason::ReadOnly
        }
        _ => return None,
    };
    let dir = descriptor
        .ok()
        .and_then(|descriptor| descriptor.directory().ok())
        .and_then(|dir| dir.preopen.as_deref())
        .unwrap_or_default();
    let path = match path.starts_with('/') {
        true => path.to_owned(),
        false => format!("{}/{path}", dir.trim_end_matches('/')),
    };
    let mapped = ctx.preopened();
    Some(Hint {
        function: function.name,
        path,
        reason,
        mapped: mapped
            .into_iter()
            .filter(|preopened| !preopened.listener)
            .map(|preopened| preopened.name)
            .collect(),
    })
}
