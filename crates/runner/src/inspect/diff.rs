//! Where two modules first differ: for builds that shall be reproducible.

use fossor::{GoInfo, Module};
use fossor_text::shown as fit;
use std::fmt::Write as _;

/// What a comparison found.
pub struct Difference {
    pub different: bool,
    pub text: String,
}

/// Compares two modules, each with its name.
pub fn compare(a: (&str, &Module), b: (&str, &Module)) -> Difference {
    if a.1.bytes() == b.1.bytes() {
        return Difference {
            different: false,
            text: format!("{} and {} are the same, byte for byte\n", a.0, b.0),
        };
    }
    let mut text = format!("{} and {} differ\n", a.0, b.0);
    let (go_a, go_b) = (a.1.go_info(), b.1.go_info());
    if let (Some(go_a), Some(go_b)) = (&go_a, &go_b) {
        builds(&mut text, go_a, go_b);
    }
    let found = [
        sections(a.1, b.1),
        functions(a.1, b.1, go_a.as_ref(), go_b.as_ref()),
        data(a.1, b.1),
    ];
    for line in found.into_iter().flatten() {
        // Names in it may have line ends, and look like others of these.
        let _ = writeln!(text, "  {}", fit(&line));
    }
    Difference {
        different: true,
        text,
    }
}

/// What the builds say of themselves: often the reason for all else.
fn builds(text: &mut String, a: &GoInfo, b: &GoInfo) {
    let mut line = |what: &str, a: Option<String>, b: Option<String>| {
        if a != b {
            let [a, b] = [a, b].map(|value| value.unwrap_or_else(|| "nothing".to_owned()));
            let _ = writeln!(text, "  {}", fit(&format!("{what}: {a} / {b}")));
        }
    };
    let version = |go: &GoInfo| go.version.as_ref().map(|version| version.to_string());
    line("version of Go", version(a), version(b));
    line(
        "sources of Go",
        a.std_directory.clone(),
        b.std_directory.clone(),
    );
    let (Some(build_a), Some(build_b)) = (&a.build, &b.build) else {
        return;
    };
    let main =
        |build: &fossor::BuildInfo| build.main.as_ref().map(|(path, v)| format!("{path} {v}"));
    line("module", main(build_a), main(build_b));
    let settings = build_a.settings.iter().chain(&build_b.settings);
    let mut keys = Vec::from_iter(settings.map(|(key, _)| key));
    keys.sort();
    keys.dedup();
    for key in keys {
        let of = |build: &fossor::BuildInfo| build.setting(key).map(str::to_owned);
        line(&format!("setting {key}"), of(build_a), of(build_b));
    }
}

fn sections(a: &Module, b: &Module) -> Option<String> {
    let (sections_a, sections_b) = (a.sections(), b.sections());
    let differ = sections_a.iter().zip(&sections_b).find(|(a, b)| a != b);
    match differ {
        Some(((name_a, bytes_a), (name_b, bytes_b))) if name_a == name_b => Some(format!(
            "first section of another size: {name_a}, {bytes_a} / {bytes_b} bytes"
        )),
        Some(((name_a, _), (name_b, _))) => Some(format!("sections: {name_a} / {name_b}")),
        None if sections_a.len() != sections_b.len() => Some(format!(
            "sections: {} / {}",
            sections_a.len(),
            sections_b.len()
        )),
        None => None,
    }
}

/// The first function of another name or code.
fn functions(
    a: &Module,
    b: &Module,
    go_a: Option<&GoInfo>,
    go_b: Option<&GoInfo>,
) -> Option<String> {
    let code = |module: &Module, func_idx| {
        let body = module.func_body(func_idx)?;
        Some(module.bytes()[body].to_vec())
    };
    let first = (0..a.func_count().max(b.func_count())).find(|&func_idx| {
        let name = |module: &Module, go: Option<&GoInfo>| {
            (func_idx < module.func_count()).then(|| shown(module, go, func_idx).0)
        };
        name(a, go_a) != name(b, go_b)
            || func_idx < a.func_count() && code(a, func_idx) != code(b, func_idx)
    })?;
    let of = |module: &Module, go| match first < module.func_count() {
        true => {
            let (name, place) = shown(module, go, first);
            format!("{name}{place}")
        }
        false => "no such function".to_owned(),
    };
    let (name_a, name_b) = (of(a, go_a), of(b, go_b));
    Some(match name_a == name_b {
        true => format!("first function of other code: {name_a}"),
        false => format!("first function of another name: {name_a} / {name_b}"),
    })
}

fn shown(module: &Module, go: Option<&GoInfo>, func_idx: u32) -> (String, String) {
    match go.and_then(|go| go.function(func_idx)) {
        Some(function) => {
            let source = &function.source;
            let place = format!(" ({}:{})", source.file, source.start_line);
            (source.func.clone(), place)
        }
        None => (module.shown_func_name(func_idx), String::new()),
    }
}

/// The first byte of the initial memory that differs.
fn data(a: &Module, b: &Module) -> Option<String> {
    let (image_a, image_b) = (a.initial_memory(), b.initial_memory());
    let same = image_a
        .iter()
        .zip(&image_b)
        .take_while(|(a, b)| a == b)
        .count();
    if same == image_a.len() && same == image_b.len() {
        return None;
    }
    let around = |image: &[u8]| {
        let start = same.saturating_sub(12);
        let bytes = &image[start.min(image.len())..(same + 36).min(image.len())];
        let text = bytes.iter().map(|&byte| match byte {
            b' '..=b'~' => char::from(byte),
            _ => '.',
        });
        String::from_iter(text)
    };
    Some(format!(
        "first difference in the data: address {same:#x}, {:?} / {:?}",
        around(&image_a),
        around(&image_b)
    ))
}
