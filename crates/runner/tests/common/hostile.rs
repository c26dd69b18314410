//! Modules whose names, sections and tables are made up by somebody who means harm.

/// What a module may be full of: nothing of it may reach a terminal as it is.
pub fn names() -> Vec<Vec<u8>> {
    let texts = [
        "a\x1b[2J\x1b]0;owned\x07b",
        "a\u{9b}31m\u{9d}0;owned\u{9c}b",
        "a\r\nerror[F0000]: all is well\n",
        "a\u{202e}txt.exe\u{2066}b\u{2069}",
        "a\u{2028}b\u{2029}\u{85}\u{7f}\u{8}",
        "</script><!--<script>alert(1)</script>\"'&",
        "\u{ffff}\u{fffe}",
    ];
    let mut names = Vec::from(texts.map(|text| text.as_bytes().to_vec()));
    names.push(b"a\xff\xfe\x80\xc3b".to_vec());
    names.push([b'x'; 50_000].to_vec());
    names.push("\u{202e}\x1b".repeat(10_000).into_bytes());
    names
}

/// A name where WebAssembly wants UTF-8.
pub fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

fn number(mut number: usize, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn bytes(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    number(bytes.len(), &mut out);
    out.extend(bytes);
    out
}

fn section(id: u8, contents: &[u8], module: &mut Vec<u8>) {
    module.push(id);
    module.extend(bytes(contents));
}

fn custom(name: &[u8], contents: &[u8], module: &mut Vec<u8>) {
    section(0, &[bytes(name), contents.to_vec()].concat(), module);
}

/// How often Go's table lists the function that there is.
pub const ONCE: usize = 1;

/// A module with Go's globals and tables, all of whose names are this one: of the
/// function, its file, sections, imports, exports and what the build says of itself.
/// `_start` writes nothing by `fd_write`, and traps.
pub fn module(name: &[u8], listed: usize) -> Vec<u8> {
    module_of(name, listed, 1, &[])
}

/// The same with a function whose code begins with `code`, and tables that are of so many
/// runs of places.
pub fn module_of(name: &[u8], listed: usize, runs: usize, code: &[u8]) -> Vec<u8> {
    let utf8 = text(name);
    let utf8 = utf8.as_bytes();
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    custom(b"go:buildid", &[b"\"", name, b"\""].concat(), &mut module);
    // A function without anything, and `fd_write`.
    let types = [2, 0x60, 0, 0, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f];
    section(1, &types, &mut module);
    let wasi = [bytes(b"wasi_snapshot_preview1"), bytes(b"fd_write")].concat();
    section(2, &[&[1], &wasi[..], &[0, 1]].concat(), &mut module);
    section(3, &[1, 0], &mut module);
    section(5, &[1, 0, 64], &mut module);
    // Go's own eight.
    let (small, large) = ([0x7f, 1, 0x41, 0, 0x0b], [0x7e, 1, 0x42, 0, 0x0b]);
    let globals = [&[8][..], &small, &large.repeat(6), &small].concat();
    section(6, &globals, &mut module);
    let exports = [bytes(b"_start"), vec![0, 1], bytes(utf8), vec![0, 1]].concat();
    section(7, &[&[2][..], &exports].concat(), &mut module);
    // fd_write(1, 0, 0, 8), unreachable
    let call = [0x41, 1, 0x41, 0, 0x41, 0, 0x41, 8, 0x10, 0, 0x1a, 0, 0x0b];
    let body = bytes(&[&[0][..], code, &call].concat());
    section(10, &[&[1][..], &body].concat(), &mut module);
    let data = data(name, listed, runs);
    let segment = [&[0, 0x41, 0x80, 0x20, 0x0b][..], &bytes(&data)].concat();
    section(11, &[&[1][..], &segment].concat(), &mut module);
    let functions = bytes(&[vec![1, 1], bytes(utf8)].concat());
    custom(b"name", &[&[1][..], &functions].concat(), &mut module);
    let version = [b"go1.27-", utf8].concat();
    let value = [bytes(b"Go cmd/compile"), bytes(&version)].concat();
    let producers = [vec![1], bytes(b"processed-by"), vec![1], value].concat();
    custom(b"producers", &producers, &mut module);
    custom(utf8, b"", &mut module);
    module
}

/// Go's table of functions at 0x1000, and what the go command wrote down.
fn data(name: &[u8], listed: usize, runs: usize) -> Vec<u8> {
    // Files 0 and 1, which are the same, and lines 7 and 8, a hundred places each or one.
    let places = if runs == 1 { 100 } else { 1 };
    let steps = |first: u8| {
        let others = (1..runs).flat_map(|run| [1 + (run % 2) as u8, places]);
        Vec::from_iter([first, places].into_iter().chain(others).chain([0]))
    };
    let (files, lines) = (steps(2), steps(16));
    let lines_at = 1 + files.len() as u32;
    let name = Vec::from_iter(name.iter().copied().filter(|byte| *byte != 0));
    let ended = [&name[..], &[0]].concat();
    let names = 72;
    let units = (names + ended.len() as u64).next_multiple_of(8);
    let pctab = units + 8;
    let functab = pctab + (1 + files.len() as u64 + lines.len() as u64).next_multiple_of(8);
    let record = 8 * listed as u32;
    let mut data = vec![0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8];
    for field in [listed as u64, 1, 0, names, units, names, pctab, functab] {
        data.extend(field.to_le_bytes());
    }
    data.extend(&ended);
    data.resize(pctab as usize, 0);
    data.extend([&[0][..], &files, &lines].concat());
    data.resize(functab as usize, 0);
    for _ in 0..listed {
        data.extend(0x1000u32.to_le_bytes());
        data.extend(record.to_le_bytes());
    }
    for field in [0, 0, 0, 0, 0, 1, lines_at, 0, 0, 5, 0u32] {
        data.extend(field.to_le_bytes());
    }
    data.extend([0; 64]);
    data.extend(b"0w\xaf\x0c\x92t\x08\x02A\xe1\xc1\x07\xe6\xd6\x18\xe6");
    for kind in ["path", "mod", "dep", "build"] {
        data.extend([kind.as_bytes(), b"\t", &name, b"\t", &name, b"\n"].concat());
    }
    data.extend(b"\xf92C1\x86\x18 r\x00\x82B\x10A\x16\xd8\xf2");
    data
}

/// Fails unless a text does nothing to a terminal, and is of a length.
#[track_caller]
pub fn is_harmless(what: &str, bytes: &[u8], max_bytes: usize) {
    assert!(bytes.len() <= max_bytes, "{what}: {} bytes", bytes.len());
    let text = std::str::from_utf8(bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
    let odd = text.chars().find(|c| match c {
        '\n' | '\t' => false,
        '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        _ => c.is_control(),
    });
    if let Some(odd) = odd {
        let line = text
            .lines()
            .find(|line| line.contains(odd))
            .unwrap_or_default();
        panic!("{what}: {odd:?} in {line:?}");
    }
    // Line ends of a name would begin messages of their own.
    let fake = text.lines().any(|line| line.starts_with("error[F0000]"));
    assert!(!fake, "{what}: {text}");
}
