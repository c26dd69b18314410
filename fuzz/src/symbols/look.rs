//! Everything that reads what a module says of itself, as the library and the runner call
//! it.

use super::inspect::{facts::Facts, json, text, treemap};
use super::module::Sections;
use super::{listing, well_formed};
use fossor::wasi::{self, WasiCtx};
use fossor::{Error, Linker, Module, Profiler, SampleBy, Store};
use fossor_debug::repl::Repl;
use fossor_debug::source::Sources;
use fossor_debug::{Guest, Place, Program, Session};
use fossor_dwarf::SourceMap;
use fossor_profile::{Format, Frame, Profile, Stack, Unit, write_cover};
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// Bytes that are shown for each of the module's, and besides.
const SHOWN: (usize, usize) = (16, 1 << 18);

/// Bytes that one place in the source may take, with all that was inlined there.
const MAX_PLACE_BYTES: usize = 1 << 20;

/// Functions that are looked at one by one.
const FUNCS: usize = 24;

/// Operators that are executed, and between samples.
const FUEL: (u64, u64) = (20_000, 61);

/// The name section.
pub fn names(module: &Module) {
    let mut all = 0;
    for func_idx in 0..module.func_count() {
        let name = module.func_name(func_idx).unwrap_or_default();
        well_formed::line(name);
        all += name.len();
        assert_eq!(module.func_name(func_idx).is_some(), !name.is_empty());
        well_formed::line(&module.shown_func_name(func_idx));
    }
    assert!(all <= module.bytes().len(), "names of {all} bytes");
    assert_eq!(module.func_name(u32::MAX), None);
}

/// DWARF, at places of each function, as a trap and a profile ask for them.
pub fn source_map(module: &Module, sections: &Sections, looks: u8) {
    let section = |name: &str| sections.custom(name);
    let mut map = SourceMap::new(section);
    assert_eq!(map.is_some(), section(".debug_info").is_some());
    let Some(map) = &mut map else { return };
    let bodies = (0..module.func_count()).filter_map(|func_idx| module.func_body(func_idx));
    let bodies = Vec::from_iter(bodies.take(FUNCS));
    let code = bodies.first().map_or(0, |body| body.start);
    // What stands before the first body is short: size and count.
    let starts = [code.saturating_sub(2), code.saturating_sub(3)];
    let start = starts[usize::from(looks) % 2];
    let step = 1 + usize::from(looks / 16);
    let places = bodies.iter().cloned().flatten().step_by(step);
    let places = places.map(|at| (at - start) as u32).take(200);
    let mut left = map.steps_left();
    for place in places.chain([0, 1, u32::MAX]) {
        let lines = map.lines(place);
        // All that is done is paid for.
        assert!(map.steps_left() <= left);
        left = map.steps_left();
        let mut bytes = 0;
        for line in lines.iter().flatten() {
            for text in [&line.func, &line.file].into_iter().flatten() {
                well_formed::line(text);
                bytes += text.len();
            }
        }
        assert!(bytes < MAX_PLACE_BYTES, "a place of {bytes} bytes");
        if let Err(error) = lines {
            well_formed::line(&error.to_string());
        }
    }
}

/// `fossor inspect` and `fossor disassemble`.
pub fn shown(module: &Module, operators: bool) {
    let max = SHOWN.0 * module.bytes().len() + SHOWN.1;
    let facts = Facts::of("a.wasm", module, false);
    let text = text::render(&facts, false);
    well_formed::text(&text);
    let json = json::render(&facts);
    well_formed::json(json.as_bytes());
    let svg = treemap::draw(&facts);
    well_formed::xml(svg.as_bytes());
    for shown in [&text, &json, &svg] {
        assert!(shown.len() <= max, "{} bytes of {max}", shown.len());
    }
    let names = listing::Names::of_module(module);
    let all = Vec::from_iter(0..module.func_count());
    let mut out = Vec::new();
    listing::list(&mut out, &names, &all).expect("in memory");
    if operators {
        let invalid = listing::print(&mut out, &names, &all);
        assert!(invalid.is_none(), "{invalid:?}");
    }
    let shown = String::from_utf8(out).expect("UTF-8");
    well_formed::text(&shown);
    // Each operator takes a line, or several.
    assert!(shown.len() <= 16 * max, "{} bytes of {max}", shown.len());
    if operators {
        let heads = shown.lines().filter(|line| line.starts_with("function "));
        let bodies = all.iter().filter(|func| module.func_body(**func).is_some());
        assert_eq!(heads.count(), bodies.count(), "some are missing");
    }
}

/// A run with a profile; the modules end in a trap.
pub fn run(module: &Module) {
    let linker = Linker::<()>::new(&module.engine());
    let mut store = Store::new(&module.engine(), ());
    store.set_fuel(FUEL.0);
    let profiler = Profiler::attach(&mut store, SampleBy::Instructions(FUEL.1));
    let pre = linker.instantiate_pre(module);
    let end = pre.and_then(|pre| pre.command(store)?.run());
    let Err(error) = end else { return };
    well_formed::text(&error.to_string());
    match &error {
        Error::Trap(info) => {
            let trace = info.trace();
            trace.iter().for_each(|line| well_formed::line(line));
            assert!(trace.iter().map(String::len).sum::<usize>() < 64 * MAX_PLACE_BYTES);
        }
        Error::Link(report) => {
            for problem in report.problems() {
                well_formed::line(&problem.to_string());
            }
        }
        _ => {}
    }
    let stacks = profiler.stacks().into_iter().map(|stack| Stack {
        samples: stack.samples,
        value: stack.value,
        frames: stack.frames.into_iter().map(frame).collect(),
    });
    let profile = Profile {
        name: "a.wasm".to_owned(),
        unit: Unit::Instructions,
        period: FUEL.1,
        start: SystemTime::UNIX_EPOCH,
        duration: Duration::ZERO,
        stacks: stacks.collect(),
    };
    if profile.stacks.is_empty() {
        return;
    }
    let encoded = |format| profile.encode(format).expect("there are samples");
    well_formed::pprof(&encoded(Format::Pprof));
    well_formed::folded(&encoded(Format::Folded));
    well_formed::json(&encoded(Format::Speedscope));
    well_formed::xml(&encoded(Format::Svg));
}

fn frame(frame: fossor::SourceFrame) -> Frame {
    Frame {
        func: frame.func,
        file: frame.file,
        line: frame.line,
        start_line: frame.start_line,
        inlined: frame.inlined,
    }
}

/// Answers of a debugger.
#[derive(Clone, Default)]
struct Answers(Arc<Mutex<Vec<u8>>>);

impl Write for Answers {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A debugger: breakpoints by the names that there are, and what it shows at them.
pub fn debugged(module: &Module, looks: u8) {
    places(&Program::new(module), looks);
    let mut commands = String::new();
    for func_idx in 0..module.func_count().min(4) {
        let name = module.shown_func_name(func_idx);
        commands += &format!("break {name}\nbreak #{func_idx}\n");
    }
    commands += "info breakpoints\ninfo functions\nc\nbt\nlist\ninfo locals\nsi\nn\nfin\nc\nbt\n";
    let linker = Linker::<WasiCtx>::new(&module.engine());
    let Ok(pre) = linker.instantiate_pre(module) else {
        return;
    };
    let guest = Guest {
        pre,
        context: Box::new(|_, watch| {
            let mut context = WasiCtx::builder().build()?;
            watch(&mut context);
            Ok(context)
        }),
        is_replayed: false,
        limits: fossor::Limits::new(),
    };
    let answers = Answers::default();
    let repl = Repl::new(
        Cursor::new(commands),
        answers.clone(),
        false,
        Sources::default(),
    );
    // A guest that cannot be begun is told of, and that is all.
    let _ = Session::new(guest, repl).run();
    let answers = answers.0.lock().expect("no panic").clone();
    let answers = String::from_utf8(answers).expect("UTF-8");
    well_formed::text(&answers);
    assert!(answers.len() <= SHOWN.0 * module.bytes().len() + SHOWN.1);
}

/// Places by all that names them.
fn places(program: &Program, looks: u8) {
    let module = program.module();
    // What is in no function's name is looked for in all that was inlined: seconds.
    let (mut wanted, funcs) = match program.is_go() {
        true => (Vec::new(), 2),
        false => (["a.c:3", "wasi", "zzz"].map(str::to_owned).to_vec(), FUNCS),
    };
    let all = module.imported_func_count()..module.func_count();
    for func_idx in all.step_by(1 + usize::from(looks)).take(funcs) {
        wanted.push(program.func_name(func_idx));
        wanted.push(format!("#{func_idx}"));
        if let Some(function) = program.go_function(func_idx) {
            let at = &function.source;
            wanted.push(format!("{}:{}", at.file, at.start_line));
        }
    }
    for text in wanted {
        let found = Place::parse(&text).and_then(|place| program.find(&place, None));
        match found {
            Ok(sites) => {
                for site in sites {
                    well_formed::line(&site.to_string());
                    assert!(program.offsets(site.func_idx).contains(&site.wasm_offset));
                }
            }
            Err(error) => well_formed::line(&error.to_string()),
        }
    }
}

/// What is known of a Go program without running it.
pub fn go(module: &Module, looks: u8) {
    let Some(info) = module.go_info() else { return };
    let mut bytes = 0;
    for function in &info.functions {
        let source = &function.source;
        well_formed::line(&source.func);
        well_formed::line(&source.file);
        bytes += source.func.len() + source.file.len();
    }
    assert!(
        bytes <= SHOWN.0 * module.bytes().len(),
        "{bytes} bytes of names"
    );
    for name in info.build_id.iter().chain(&info.std_directory) {
        well_formed::line(name);
    }
    for (key, value) in info.build.iter().flat_map(|build| &build.settings) {
        well_formed::line(key);
        well_formed::line(value);
    }
    let first = u32::from(looks) * 8 + module.imported_func_count();
    if let Some(lines) = module.go_lines() {
        for func_idx in first..first + 4 {
            for spot in lines.spots(func_idx) {
                assert!(spot.source.len() <= 65);
                spot.source
                    .iter()
                    .for_each(|at| well_formed::line(&at.func));
            }
        }
    }
    match looks % 4 {
        0 => places(&Program::new(module), looks.max(100)),
        1 => {
            let lines = module.line_counts(|file| info.is_users_file(file));
            let lines: BTreeMap<_, _> = lines.unwrap_or_default();
            let lines = lines.iter();
            let cover = write_cover(lines.map(|((file, line), count)| (&**file, *line, *count)));
            well_formed::cover(&cover);
        }
        2 => {
            let mut linker = Linker::<WasiCtx>::new(&module.engine());
            wasi::add_to_linker(&mut linker, |ctx| ctx).expect("nothing else is there");
            if let Err(report) = linker.check(module) {
                well_formed::text(&report.to_string());
            }
        }
        _ => {}
    }
}
