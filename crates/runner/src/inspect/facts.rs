//! What there is to say about a module.

use fossor::wasi::{self, WasiCtx};
use fossor::{ExternType, GoInfo, Linker, Module};
use std::collections::{BTreeMap, HashSet};

/// All that is said about a module.
pub struct Facts {
    pub name: String,
    /// Size of the file.
    pub bytes: usize,
    pub kind: Kind,
    /// Whether all function bodies were validated; `None` if nobody asked.
    pub validated: bool,
    pub go: Option<GoInfo>,
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    pub memories: Vec<String>,
    pub functions: u32,
    /// Name and bytes, the largest first.
    pub sections: Vec<(String, u64)>,
    /// Go packages by the bytes of their code, the largest first.
    pub packages: Vec<(String, u64)>,
    /// What Go's data is, by bytes, the largest first.
    pub data: Vec<(String, u64)>,
}

/// How a module is to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Command,
    Reactor,
    Library,
}

/// Something that a module needs.
pub struct Import {
    pub module: String,
    pub name: String,
    pub ty: String,
    /// Whether `fossor run` has it, of this type.
    pub provided: bool,
    /// What of Go's library it backs.
    pub go_use: Option<&'static str>,
    /// The flag of `fossor run` without which it is of no use.
    pub flag: Option<&'static str>,
    /// Who calls it.
    pub user: Option<String>,
}

/// Something that a module offers.
pub struct Export {
    pub name: String,
    pub ty: String,
}

impl Kind {
    pub fn text(self) -> &'static str {
        match self {
            Kind::Command => "command",
            Kind::Reactor => "reactor",
            Kind::Library => "library",
        }
    }

    fn of(module: &Module) -> Self {
        match (module.export("_start"), module.export("_initialize")) {
            (Some(_), _) => Kind::Command,
            (None, Some(_)) => Kind::Reactor,
            (None, None) => Kind::Library,
        }
    }
}

impl Facts {
    pub fn of(name: &str, module: &Module, validated: bool) -> Self {
        let go = module.go_info();
        let mut sections = module.sections();
        sections.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
        let exports = module.exports().map(|export| Export {
            name: export.name.to_owned(),
            ty: export.ty.to_string(),
        });
        let memories = module.memories().map(|ty| {
            let size = |pages: u64| match ty.page_bytes() {
                1 => format!("{pages} bytes"),
                bytes => format!(
                    "{:.1} MiB",
                    pages as f64 * bytes as f64 / f64::from(1 << 20)
                ),
            };
            let mut text = format!("{} at the start, ", size(ty.limits.min));
            text += &match ty.limits.max {
                None => "no maximum".to_owned(),
                Some(max) => format!("at most {}", size(max)),
            };
            if ty.index64 {
                text += ", 64-bit addresses";
            }
            text
        });
        Self {
            name: name.to_owned(),
            bytes: module.bytes().len(),
            kind: Kind::of(module),
            validated,
            imports: imports(module, go.as_ref()),
            exports: exports.collect(),
            memories: memories.collect(),
            functions: module.func_count(),
            sections,
            packages: packages(module, go.as_ref()),
            data: data(go.as_ref()),
            go,
        }
    }
}

/// Each import once, with what it is for.
fn imports(module: &Module, go: Option<&GoInfo>) -> Vec<Import> {
    let mut linker = Linker::<WasiCtx>::new(&module.engine());
    // A fresh linker takes all names.
    let _ = wasi::add_to_linker(&mut linker, |ctx| ctx);
    let report = linker.check(module).err();
    let problems = report.iter().flat_map(|report| report.problems());
    let problems = problems.map(|problem| (&*problem.module, &*problem.name));
    // There may be a million.
    let problems = HashSet::<(&str, &str)>::from_iter(problems);
    let mut known = HashSet::new();
    let callers = module.import_callers();
    let mut found = Vec::<Import>::new();
    let mut func_idx = 0;
    for import in module.imports() {
        let caller = match import.ty {
            ExternType::Func(_) => {
                func_idx += 1;
                callers.get(func_idx - 1).copied().flatten()
            }
            _ => None,
        };
        if !known.insert((import.module, import.name)) {
            continue;
        }
        let is_wasi = import.module.starts_with("wasi_");
        found.push(Import {
            provided: !problems.contains(&(import.module, import.name)),
            go_use: fossor::go_use(import.name).filter(|_| go.is_some() && is_wasi),
            flag: flag(import.name).filter(|_| is_wasi),
            user: caller.map(|func_idx| user(module, go, func_idx)),
            module: import.module.to_owned(),
            name: import.name.to_owned(),
            ty: import.ty.to_string(),
        });
    }
    let key = |import: &Import| (import.provided, import.module.clone(), import.name.clone());
    found.sort_by_cached_key(key);
    found
}

/// A function, with its place if it is a Go function.
fn user(module: &Module, go: Option<&GoInfo>, func_idx: u32) -> String {
    let function = go.and_then(|go| go.function(func_idx));
    match function {
        Some(function) => function.source.func.clone(),
        None => module.shown_func_name(func_idx),
    }
}

/// The flag that gives the guest what the function works on.
fn flag(name: &str) -> Option<&'static str> {
    match name {
        "sock_accept" | "sock_shutdown" | "sock_recv" | "sock_send" => Some("--listen"),
        "fd_readdir" | "fd_prestat_get" | "fd_prestat_dir_name" => Some("--dir"),
        "environ_get" | "environ_sizes_get" => Some("--env"),
        _ if name.starts_with("path_") => Some("--dir"),
        _ => None,
    }
}

/// Bytes of code by package.
fn packages(module: &Module, go: Option<&GoInfo>) -> Vec<(String, u64)> {
    let mut sums = BTreeMap::<String, u64>::new();
    for function in go.iter().flat_map(|go| &go.functions) {
        let bytes = module
            .func_body(function.func_idx)
            .map_or(0, |body| body.len());
        *sums.entry(package(&function.source.func)).or_default() += bytes as u64;
    }
    let mut sums = Vec::from_iter(sums);
    sums.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    sums
}

/// Bytes of the data section by what they are.
fn data(go: Option<&GoInfo>) -> Vec<(String, u64)> {
    let parts = go.iter().flat_map(|go| &go.data);
    parts
        .map(|(name, bytes)| ((*name).to_owned(), *bytes))
        .collect()
}

/// The package of a function: all before the first dot behind the last slash.
fn package(func: &str) -> String {
    let name = func.split('[').next().unwrap_or(func);
    if name.starts_with("type:") {
        return "(of types)".to_owned();
    }
    let slash = name.rfind('/').map_or(0, |at| at + 1);
    match name[slash..].find('.') {
        Some(dot) if slash + dot > 0 => name[..slash + dot].to_owned(),
        _ => "(assembly)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::package;

    #[test]
    fn packages_are_what_stands_before_the_name() {
        assert_eq!(package("fmt.Println"), "fmt");
        assert_eq!(package("encoding/json.(*T).f"), "encoding/json");
        assert_eq!(package("slices.Sort[go.shape.[]example.com/x.T]"), "slices");
        assert_eq!(package("type:.eq.runtime.x"), "(of types)");
        assert_eq!(package("memeqbody"), "(assembly)");
    }
}
