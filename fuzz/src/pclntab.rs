//! The reader of Go's tables and stacks, on tables and memories that lie.

use crate::file;
use fossor::wasi::{self, WasiCtx};
use fossor::{Config, Engine, Linker, Module, Store, Val};
use fossor_go::{Body, Goroutines, Image, Machine, Pc, Place, Program, Scan, StackState, Stop};
use std::cell::RefCell;
use std::sync::LazyLock;

/// Go's hello world, standing still in the middle of its work.
struct Guest {
    memory: Vec<u8>,
    /// Where its data ends.
    static_bytes: usize,
    /// Where its table is.
    header: usize,
    /// Globals 0 and 2.
    sp: u64,
    g: u64,
    /// Some of its functions: index among those it defines, and code.
    bodies: Vec<(u32, Vec<u8>)>,
}

static GUEST: LazyLock<Guest> = LazyLock::new(Guest::stopped);

thread_local! {
    /// The memory, as it is again after each input.
    static MEMORY: RefCell<Vec<u8>> = RefCell::new(GUEST.memory.clone());
}

/// Operators that it executes: goroutines are there by then.
const FUEL: u64 = 934_398;

/// Functions that are looked at.
const FUNCS: usize = 60;

/// Bytes of a change: four of a place and its kind, one that is written.
const CHANGE_BYTES: usize = 5;

/// Bytes in front: what runs, and where.
const HEAD_BYTES: usize = 8;

/// Eight bytes say where the guest stands; each five after them where a byte of its
/// memory changes, and to what. What is left over cuts the memory.
pub fn run(data: &[u8]) {
    let mut head = [0; HEAD_BYTES];
    let (front, changes) = data.split_at(data.len().min(HEAD_BYTES));
    head[..front.len()].copy_from_slice(front);
    MEMORY.with_borrow_mut(|memory| {
        let changes = changes.chunks_exact(CHANGE_BYTES);
        let mut len = memory.len();
        if let [a, b] = *changes.remainder() {
            len = (GUEST.header + (usize::from(a) | usize::from(b) << 8) * 16).min(len);
        }
        let mut undo = Vec::new();
        for change in changes {
            let at = place(change, memory.len());
            undo.push((at, memory[at]));
            memory[at] = change[4];
        }
        look_at_everything(&memory[..len], head);
        for (at, byte) in undo.into_iter().rev() {
            memory[at] = byte;
        }
    });
}

/// Most of what matters is in a few places.
fn place(change: &[u8], len: usize) -> usize {
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |n, b| n << 8 | usize::from(*b));
    let (kind, offset) = (change[3], number(&change[..3]));
    let (sp, g) = (GUEST.sp as usize, GUEST.g as usize);
    let at = match kind % 8 {
        0 => GUEST.header + offset % 128,
        1 => GUEST.header + offset % 200_000,
        2 => GUEST.header + offset % (GUEST.static_bytes - GUEST.header),
        3 => sp + offset % 4096,
        4 => g + offset % 512,
        5 => number(&GUEST.memory[g + 48..g + 56]) + offset % 1024,
        6 => GUEST.static_bytes + offset,
        _ => offset * 16 + usize::from(kind / 8),
    };
    at.min(len - 1)
}

fn look_at_everything(memory: &[u8], head: [u8; HEAD_BYTES]) {
    let image = Image::new(memory);
    let Ok(program) = Program::find(image, GUEST.static_bytes as u64) else {
        return;
    };
    let [kind, place, first, second, third, sp, g, pick] = head.map(usize::from);
    for func in program.funcs().skip(pick * 8).take(FUNCS) {
        let Ok(func) = func else { continue };
        let places = func.places().unwrap_or(0);
        for place in [0, places / 2, places.saturating_sub(1), u32::MAX] {
            let _ = func.source(func.entry().at(place));
        }
        let _ = (func.name(), func.frame_bytes(func.entry()));
        let _ = func.arguments(GUEST.sp + sp as u64);
    }
    let (defined_idx, code) = &GUEST.bodies[first % GUEST.bodies.len()];
    let states = [
        StackState::Entry,
        StackState::Body,
        StackState::Calling,
        StackState::Popped,
        StackState::Entering,
    ];
    let made_up = Place {
        first: second as u32,
        last: third as u32,
        position: (place as u32, 255),
        stack: states[kind % states.len()],
    };
    let decoded = program.func_of_defined(*defined_idx).and_then(|func| {
        let (places, frame_bytes) = (func.places()?, func.largest_frame_bytes()?);
        Body::decode(code, 0, Pc::of_defined(*defined_idx), places, frame_bytes)
    });
    let real = decoded.ok().and_then(|body| {
        let _ = body.places(second as u32, third as u32);
        body.place((code.len() * place / 256) as u32)
    });
    let machine = Machine {
        memory: image,
        // As it is, mostly.
        sp: GUEST.sp.wrapping_add_signed((sp as i8).into()),
        g: match g {
            0..=200 => GUEST.g,
            _ => (g as u64) << 14,
        },
        stop: (kind < 200).then_some(Stop {
            defined_idx: *defined_idx,
            place: if kind % 2 == 0 { real } else { Some(made_up) },
            caller_idx: (pick < 128).then_some(pick as u32),
        }),
    };
    let _ = program.stack(&machine, 100);
    let version = fossor_go::Version::parse("1.27.3").filter(|_| kind % 3 == 0);
    let _ = Goroutines::read(&program, &machine, version.as_ref(), Scan::All).to_string();
}

impl Guest {
    /// Runs it for a while.
    fn stopped() -> Self {
        let bytes = with_exported_globals(&file("go-fixtures/prebuilt/hello.wasm"));
        let engine = Engine::new(Config::new().consume_fuel(true));
        let module = Module::new(&engine, bytes).expect("hello.wasm is valid");
        let mut linker = Linker::<WasiCtx>::new(&engine);
        wasi::add_to_linker(&mut linker, |ctx| ctx).expect("nothing else is there");
        let mut store = Store::new(
            &engine,
            WasiCtx::builder().build().expect("nothing is opened"),
        );
        store.set_fuel(FUEL);
        let instance = linker
            .instantiate(&mut store, &module)
            .expect("WASI is there");
        let start = instance.get_typed_func::<(), ()>(&store, "_start");
        let end = start.expect("a program").call(&mut store, ());
        assert!(end.is_err(), "the fuel is used up");
        let global = |name| {
            let global = instance.get_global(&store, name).expect("it was exported");
            match global.get(&store) {
                Val::I32(value) => u64::from(value as u32),
                Val::I64(value) => value as u64,
                other => panic!("{other:?}"),
            }
        };
        let static_bytes = module.initial_memory().len();
        let memory = instance
            .get_memory(&store, "memory")
            .expect("Go exports it");
        let memory = memory.data(&store).to_vec();
        let program = Program::find(Image::new(&memory), static_bytes as u64);
        let header = program.expect("hello.wasm is Go's").address() as usize;
        let imported = module.imports().count() as u32;
        let bodies = (imported..module.func_count())
            .step_by(7)
            .filter_map(|func_idx| {
                let body = module.func_body(func_idx)?;
                Some((func_idx - imported, module.bytes()[body].to_vec()))
            });
        Self {
            static_bytes,
            header,
            sp: global("sp"),
            g: global("g"),
            bodies: bodies.collect(),
            memory,
        }
    }
}

/// The module, with globals 0 and 2 exported as `sp` and `g`.
fn with_exported_globals(module: &[u8]) -> Vec<u8> {
    let mut out = module[..8].to_vec();
    for payload in wasmparser::Parser::new(0).parse_all(module) {
        let payload = payload.expect("hello.wasm is valid");
        let Some((id, range)) = payload.as_section() else {
            continue;
        };
        let range = range.start as usize..range.end as usize;
        let mut contents = module[range.clone()].to_vec();
        if let wasmparser::Payload::ExportSection(exports) = payload {
            let mut reader = wasmparser::BinaryReader::new(&contents, 0);
            let count = reader.read_var_u32().expect("a count");
            assert_eq!(count, exports.count());
            let entries = contents.split_off(reader.original_position() as usize);
            contents = leb(count as usize + 2);
            contents.extend(entries);
            contents.extend(b"\x02sp\x03\x00\x01g\x03\x02");
        }
        out.push(id);
        out.extend(leb(contents.len()));
        out.extend(contents);
    }
    out
}

pub(crate) fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let more = number > 0x7f;
        bytes.push(number as u8 & 0x7f | u8::from(more) << 7);
        number >>= 7;
        if !more {
            return bytes;
        }
    }
}
