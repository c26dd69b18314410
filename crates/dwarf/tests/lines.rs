//! Lines of `go-fixtures/c/lines`, and of modules that lie.

use fossor_dwarf::{DwarfError, SourceMap};
use fossor_module::{DecodeOptions, Module};
use std::collections::HashMap;

type Sections = HashMap<String, Vec<u8>>;

/// The custom sections of the fixture, and the offsets of the operators in the
/// code section's contents.
fn fixture() -> (Sections, Vec<u32>) {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../go-fixtures/c/lines/lines.wasm"
    );
    let bytes = std::fs::read(path).unwrap();
    let module = Module::decode(bytes, &DecodeOptions::default()).unwrap();
    let sections = module.customs.iter().map(|custom| {
        let range = custom.bytes.start as usize..custom.bytes.end as usize;
        (custom.name.to_string(), module.bytes[range].to_vec())
    });
    let ranges = module.sections();
    let code = ranges.iter().find(|(name, _)| name == "code").unwrap();
    let mut pcs = Vec::new();
    for defined_idx in 0..module.bodies.len() as u32 {
        let operators = module.body(defined_idx).get_operators_reader().unwrap();
        let offsets = operators.into_iter_with_offsets();
        pcs.extend(offsets.map(|operator| operator.unwrap().1 as u32 - code.1.start));
    }
    (sections.collect(), pcs)
}

fn map(sections: &Sections) -> Option<SourceMap<'_>> {
    SourceMap::new(|name| sections.get(name).map(Vec::as_slice))
}

#[test]
fn operators_have_lines_and_inlined_calls() {
    let (sections, pcs) = fixture();
    let mut map = map(&sections).unwrap();
    let mut inlined = 0;
    for pc in pcs {
        let lines = map.lines(pc).unwrap();
        let names = Vec::from_iter(lines.iter().map(|line| line.func.as_deref().unwrap()));
        let file = "/c/lines/lines.c";
        assert!(lines.iter().all(|line| line.file.as_deref() == Some(file)));
        match names[..] {
            ["share", "shares"] => {
                inlined += 1;
                assert!(lines[0].inlined && !lines[1].inlined);
                assert!(matches!(lines[0].line, 0 | 5), "{lines:?}");
                assert_eq!(lines[1].line, 11);
            }
            ["shares"] => assert!(matches!(lines[0].line, 0 | 8..=13), "{lines:?}"),
            ["all_shares"] => assert!(matches!(lines[0].line, 0 | 15..=19), "{lines:?}"),
            ["_start"] => assert!(matches!(lines[0].line, 0 | 21..=25), "{lines:?}"),
            _ => panic!("{names:?}"),
        }
    }
    assert!(inlined > 0);
    assert_eq!(map.lines(0), Ok(Vec::new()));
    assert_eq!(map.lines(u32::MAX), Ok(Vec::new()));
}

#[test]
fn without_sections_there_is_no_map() {
    assert!(map(&Sections::new()).is_none());
}

/// Numbers that are always the same ones.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

#[test]
fn lying_sections_do_no_harm() {
    let (sections, pcs) = fixture();
    let mut names = Vec::from_iter(sections.keys().filter(|name| name.starts_with(".debug")));
    names.sort();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut answered = 0;
    for round in 0..1000 {
        let mut sections = sections.clone();
        for _ in 0..1 + random.next(6) {
            let section = sections.get_mut(names[random.next(names.len())]).unwrap();
            if section.is_empty() {
                continue;
            }
            let at = random.next(section.len());
            section[at] = [0, 0xff, 0x7f, random.next(256) as u8][random.next(4)];
            if round % 10 == 0 {
                section.truncate(at);
            }
        }
        let Some(mut map) = map(&sections) else {
            continue;
        };
        for &pc in pcs.iter().step_by(5) {
            answered += usize::from(map.lines(pc).is_ok_and(|lines| !lines.is_empty()));
        }
    }
    // Most of the damage is elsewhere.
    assert!(answered > 1000, "{answered}");
}

/// Many units that all name one long list of ranges.
#[test]
fn shared_lists_end_in_an_error() {
    let abbreviations = [
        1, 0x11, 0, // a unit without children
        0x11, 0x01, // low_pc: addr
        0x55, 0x17, // ranges: sec_offset
        0, 0, 0,
    ];
    let unit = [
        16, 0, 0, 0, 4, 0, // length, version
        0, 0, 0, 0, 4, // abbreviations, bytes of an address
        1, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    let mut ranges = Vec::new();
    for _ in 0..20_000u32 {
        ranges.extend(5u32.to_le_bytes());
        ranges.extend(9u32.to_le_bytes());
    }
    ranges.extend([0; 8]);
    let sections = [
        (".debug_abbrev", abbreviations.to_vec()),
        (".debug_info", unit.repeat(2000)),
        (".debug_ranges", ranges),
    ];
    let sections = sections.map(|(name, bytes)| (name.to_owned(), bytes));
    let sections = Sections::from(sections);
    let mut map = map(&sections).unwrap();
    assert_eq!(map.lines(50), Err(DwarfError::TooMuch));
    // Which does not make it start again.
    assert_eq!(map.lines(51), Err(DwarfError::TooMuch));
}

/// A unit's abbreviations: its name is a text of `.debug_str`, and it has code.
const NAMED: [u8; 13] = [
    1, 0x11, 0, // a unit without children
    0x03, 0x0e, // name: strp
    0x11, 0x01, // low_pc: addr
    0x12, 0x06, // high_pc: data4
    0, 0, 0, 0,
];

/// A unit with code from 5 to 9, whose name begins with the section.
const NAMED_UNIT: [u8; 24] = [
    20, 0, 0, 0, 4, 0, // length, version
    0, 0, 0, 0, 4, // abbreviations, bytes of an address
    1, 0, 0, 0, 0, // its name
    5, 0, 0, 0, 4, 0, 0, 0,
];

/// Many units that all have one long text for a name, or one without an end.
#[test]
fn shared_texts_end_in_an_error() {
    for last in [0, b'x'] {
        let mut text = vec![b'x'; 1 << 18];
        text.push(last);
        let sections = [
            (".debug_abbrev", NAMED.to_vec()),
            (".debug_info", NAMED_UNIT.repeat(2000)),
            (".debug_str", text),
        ];
        let sections = sections.map(|(name, bytes)| (name.to_owned(), bytes));
        let sections = Sections::from(sections);
        let mut map = map(&sections).unwrap();
        assert_eq!(map.lines(50), Err(DwarfError::TooMuch));
        assert_eq!(map.steps_left(), 0);
    }
}

/// Each question looks at what lies around its address alone, and pays for it.
#[test]
fn questions_to_many_units_are_paid_for() {
    let sections = [
        (".debug_abbrev", NAMED.to_vec()),
        (".debug_info", NAMED_UNIT.repeat(100_000)),
        (".debug_str", b"a.c\0".to_vec()),
    ];
    let sections = sections.map(|(name, bytes)| (name.to_owned(), bytes));
    let sections = Sections::from(sections);
    let mut map = map(&sections).unwrap();
    assert_eq!(map.lines(50), Ok(Vec::new()));
    let left = map.steps_left();
    assert_eq!(map.lines(50), Ok(Vec::new()));
    assert!(left - map.steps_left() < 10);
    assert_eq!(map.lines(6), Ok(Vec::new()));
    assert!(left - map.steps_left() > 100_000);
}

/// 33 million steps were allowed to all, which take 1.3 GB.
#[test]
fn a_small_map_may_take_few_steps() {
    let bytes_steps = |bytes: usize| {
        let sections = [(".debug_info", vec![0; bytes])];
        let sections = sections.map(|(name, bytes)| (name.to_owned(), bytes));
        let sections = Sections::from(sections);
        map(&sections).unwrap().steps_left()
    };
    assert_eq!(bytes_steps(100), (1 << 22) + 1600);
    assert_eq!(bytes_steps(1 << 20), (1 << 22) + (1 << 24));
    assert_eq!(bytes_steps(100 << 20), 1 << 25);
}
