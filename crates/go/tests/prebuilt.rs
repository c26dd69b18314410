//! Tables of a real program: `go-fixtures/prebuilt/hello.wasm`.

use fossor_go::{
    Body, Goroutines, Image, Machine, Pc, Place, Program, Scan, StackState, Stop, Version,
};
use fossor_module::{ConstExpr, DecodeOptions, Module, SegmentMode};
use wasmparser::Operator;

fn module() -> Module {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../go-fixtures/prebuilt/hello.wasm"
    );
    Module::decode(std::fs::read(path).unwrap(), &DecodeOptions::default()).unwrap()
}

fn image(module: &Module) -> Vec<u8> {
    let segments = module.data.iter().map(|segment| {
        let SegmentMode::Active {
            offset: ConstExpr::I32(offset),
            ..
        } = segment.mode
        else {
            panic!("Go's segments have plain offsets")
        };
        let bytes = &module.bytes[segment.bytes.start as usize..segment.bytes.end as usize];
        (offset as u32 as u64, bytes)
    });
    Image::flatten(segments, 1 << 30)
}

fn find(image: &[u8]) -> Program<'_> {
    Program::find(Image::new(image), image.len() as u64).unwrap()
}

#[test]
fn functions_are_found_by_their_index() {
    let module = module();
    let image = image(&module);
    let program = find(&image);
    assert_eq!(program.func_count(), module.bodies.len() as u64);
    for defined_idx in 0..module.bodies.len() as u32 {
        let func = program.func_of_defined(defined_idx).unwrap();
        assert_eq!(func.entry().defined_idx(), Some(defined_idx));
    }
    let start = module.export("_start").unwrap().index - module.imported_funcs;
    let start = program.func_of_defined(start).unwrap();
    assert_eq!(start.name(), "_rt0_wasm_wasip1");
    let beyond = Pc::of_defined(module.bodies.len() as u32);
    assert!(program.func_at(beyond).is_err());
    assert!(program.func_at(Pc(0)).is_err() && program.func_at(Pc(u64::MAX)).is_err());
}

#[test]
fn lines_and_inlined_calls_are_those_of_the_source() {
    let module = module();
    let image = image(&module);
    let program = find(&image);
    let mut funcs = program.funcs().map(Result::unwrap);
    let main = funcs.find(|func| func.name() == "main.main").unwrap();
    assert_eq!(main.start_line(), 6);
    assert!(main.frame_bytes(main.entry()).unwrap() == 0);
    // `fmt.Println` is inlined into it.
    let place = (0..main.places().unwrap())
        .map(|place| main.source(main.entry().at(place)))
        .find(|frames| frames.len() > 1)
        .unwrap();
    assert_eq!(place[0].func, "fmt.Println");
    assert!(place[0].inlined && place[0].file.ends_with("fmt/print.go"));
    assert_eq!(place[1].func, "main.main");
    assert!(!place[1].inlined && place[1].file.ends_with("hello/main.go"));
    assert_eq!(place[1].line, 7);
}

#[test]
fn the_version_is_in_the_producers_section() {
    let module = module();
    let producers = module
        .customs
        .iter()
        .find(|custom| &*custom.name == "producers");
    let range = &producers.unwrap().bytes;
    let version = Version::of_producers(&module.bytes[range.start as usize..range.end as usize]);
    assert_eq!(version.unwrap().minor, 27);
}

/// In all code: before a call, the place is that which the code stores as the
/// return address.
#[test]
fn places_agree_with_the_return_addresses_in_code() {
    let module = module();
    let image = image(&module);
    let program = find(&image);
    let mut calls = 0;
    for defined_idx in 0..module.bodies.len() as u32 {
        let func = program.func_of_defined(defined_idx).unwrap();
        let range = &module.bodies[defined_idx as usize];
        let bytes = &module.bytes[range.start as usize..range.end as usize];
        let (places, frame_bytes) = (func.places().unwrap(), func.largest_frame_bytes().unwrap());
        let body = Body::decode(bytes, range.start, func.entry(), places, frame_bytes).unwrap();
        let mut stored = None;
        let mut before = None;
        for operator in module
            .body(defined_idx)
            .get_operators_reader()
            .unwrap()
            .into_iter_with_offsets()
        {
            let (operator, offset) = operator.unwrap();
            let place: Place = body.place(offset as u32).unwrap();
            assert!(
                place.first <= place.last && place.last < places.max(1),
                "{place:?}"
            );
            match operator {
                Operator::I64Const { value } => before = Some(Pc(value as u64)),
                Operator::I64Store { .. } => stored = before.take(),
                Operator::Call { .. } | Operator::CallIndirect { .. } => {
                    if let Some(pc) = stored.take()
                        && pc.func() == func.entry().func()
                        && pc.block() > 0
                    {
                        calls += 1;
                        assert_eq!(place.stack, StackState::Calling, "{}", func.name());
                        assert!(place.last < pc.block(), "{}: {place:?} {pc:?}", func.name());
                    }
                }
                _ => before = None,
            }
        }
    }
    assert!(calls > 5000, "{calls}");
}

/// Numbers that are always the same ones.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

/// Asks everything of a program, for what it costs.
fn look_at_everything(image: &[u8], random: &mut Random) {
    let Ok(program) = Program::find(Image::new(image), image.len() as u64) else {
        return;
    };
    for func in program.funcs().take(300) {
        let Ok(func) = func else { continue };
        let places = func.places().unwrap_or(0);
        let _ = func.source(func.entry().at(random.next(places.max(1) as usize) as u32));
        let _ = (
            func.name(),
            func.frame_bytes(func.entry()),
            func.largest_frame_bytes(),
        );
    }
    let machine = Machine {
        memory: Image::new(image),
        sp: random.next(image.len()) as u64,
        g: random.next(image.len()) as u64 & !7,
        stop: Some(Stop {
            defined_idx: random.next(2000) as u32,
            place: None,
            caller_idx: None,
        }),
    };
    let _ = Goroutines::read(&program, &machine, None, Scan::All).to_string();
}

/// An image with a few wrong bytes: in the header, in the tables or anywhere.
fn damaged(image: &[u8], header: usize, round: usize, random: &mut Random) -> Vec<u8> {
    let mut image = image.to_vec();
    for _ in 0..1 + random.next(20) {
        let range = [72, 200_000, image.len() - header][round % 3];
        let at = header + 8 * usize::from(round.is_multiple_of(3)) + random.next(range - 8);
        image[at] = [0, 0xff, 0x7f, random.next(256) as u8][random.next(4)];
    }
    if round.is_multiple_of(10) {
        image.truncate(header + random.next(image.len() - header));
    }
    image
}

/// How long the next test goes on, in seconds, instead of its usual rounds.
const LONGER: &str = "FOSSOR_FUZZ_SECONDS";

#[test]
fn lying_tables_do_no_harm() {
    let module = module();
    let image = image(&module);
    let header = find(&image).address() as usize;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let seconds = std::env::var(LONGER)
        .ok()
        .and_then(|text| text.parse().ok());
    let start = std::time::Instant::now();
    let go_on = |round| match seconds {
        Some(seconds) => start.elapsed().as_secs() < seconds,
        None => round < 150,
    };
    let mut round = 0;
    let mut slowest = std::time::Duration::ZERO;
    while go_on(round) {
        let image = damaged(&image, header, round, &mut random);
        let before = start.elapsed();
        look_at_everything(&image, &mut random);
        slowest = slowest.max(start.elapsed() - before);
        round += 1;
    }
    println!("{round} damaged images, the slowest took {slowest:?}");
}

#[test]
fn runs_of_lines_are_those_of_the_places() {
    let module = module();
    let image = image(&module);
    let program = find(&image);
    let mut places = 0;
    for func in program.funcs().map(Result::unwrap).step_by(5) {
        let files = func.files();
        let mut begin = 0;
        for (file, line, end) in func.lines() {
            let file = files.iter().find(|(number, _)| *number == file);
            for place in [begin, (begin + end) / 2, end - 1] {
                let pc = func.entry().at(place);
                assert_eq!(func.line(pc), line);
                let found = file.map_or("?", |(_, name)| name);
                assert_eq!(func.file(pc), found, "{} {place}", func.name());
            }
            begin = end;
            places += 1;
        }
        // What has no lines has no table of them.
        assert!(begin == 0 || begin == func.places().unwrap());
    }
    assert!(places > 5000, "{places}");
}

/// Tables of places that count to the end of all numbers, or do not go on at all.
#[test]
fn tables_of_places_without_end_are_cut() {
    let module = module();
    let good = image(&module);
    let header = find(&good).address() as usize;
    let field = |at: usize| {
        let bytes = good[header + at..header + at + 8].try_into().unwrap();
        header + u64::from_le_bytes(bytes) as usize
    };
    for pattern in [&[2, 0xff, 0xff, 0xff, 0xff, 7][..], &[2, 0], &[2, 1]] {
        let mut image = good.clone();
        let table = field(56)..field(64);
        let bytes = pattern.iter().copied().cycle().take(table.len());
        image.splice(table, bytes);
        let program = find(&image);
        for func in program.funcs().flatten().step_by(500) {
            assert!(func.lines().len() <= 2 << 16);
            assert!(func.files().len() <= 1024);
            let _ = (func.line(func.entry()), func.file(func.entry()));
        }
    }
}

/// Tables that are read once for many questions tell the same as each question, and as
/// many places as a function has bytes are all of them.
#[test]
fn many_questions_are_answered_as_one() {
    let module = module();
    let image = image(&module);
    let program = find(&image);
    let mut inlined = 0;
    for defined_idx in (0..module.bodies.len() as u32).step_by(7) {
        let func = program.func_of_defined(defined_idx).unwrap();
        let code = &module.bodies[defined_idx as usize];
        let places = func.places().unwrap();
        assert!(places as usize <= code.len(), "{}", func.name());
        let sources = func.sources(code.len());
        let file = func.file(func.entry());
        let in_file = func.lines_in(&file, code.len());
        for place in 0..places + 2 {
            let pc = func.entry().at(place);
            let frames = func.source(pc);
            assert_eq!(sources.at(pc), frames, "{} {place}", func.name());
            inlined += usize::from(frames.len() > 1);
            let [first, ..] = &frames[..] else { continue };
            let known = first.file != file || first.line == 0 || in_file.contains(&first.line);
            assert!(known, "{first:?}");
        }
    }
    assert!(inlined > 1000, "{inlined}");
}

/// A name of 10 KB, which thousands of functions may have.
#[test]
fn long_names_are_cut() {
    let module = module();
    let mut image = image(&module);
    let header = find(&image).address() as usize;
    let names = u64::from_le_bytes(image[header + 32..header + 40].try_into().unwrap());
    let names = header + names as usize;
    image[names + 1..names + 10_000].fill(b'x');
    let program = find(&image);
    let longest = program.funcs().flatten().map(|func| func.name().len());
    assert_eq!(longest.max(), Some(1024));
    let func = program.func_of_defined(0).unwrap();
    let frames = func.sources(1 << 16).at(func.entry());
    assert!(frames.iter().all(|frame| frame.func.len() <= 1024));
}
