//! The reader of Go's tables, on tables that lie.

use crate::file;
use fossor_go::{Goroutines, Image, Machine, Program, Scan, Stop};
use fossor_module::{ConstExpr, DecodeOptions, Module, SegmentMode};
use std::sync::LazyLock;

/// The memory of Go's hello world before it runs, and where its table is.
static HELLO: LazyLock<(Vec<u8>, usize)> = LazyLock::new(|| {
    let bytes = file("go-fixtures/prebuilt/hello.wasm");
    let module = Module::decode(bytes, &DecodeOptions::default()).expect("hello.wasm is valid");
    let segments = module.data.iter().filter_map(|segment| match segment.mode {
        SegmentMode::Active {
            offset: ConstExpr::I32(offset),
            ..
        } => {
            let range = segment.bytes.start as usize..segment.bytes.end as usize;
            Some((u64::from(offset as u32), &module.bytes[range]))
        }
        _ => None,
    });
    let image = Image::flatten(segments, 1 << 30);
    let program = Program::find(Image::new(&image), image.len() as u64);
    let header = program.expect("hello.wasm is Go's").address() as usize;
    (image, header)
});

/// Functions that are looked at.
const FUNCS: usize = 200;

/// Each five bytes: where, and what is written there; the place is an offset from
/// the table's header. What is left over cuts the image.
pub fn run(data: &[u8]) {
    let (image, header) = &*HELLO;
    let mut image = image.clone();
    let mut changes = data.chunks_exact(5);
    for change in &mut changes {
        let [a, b, c, near, value] = *change else {
            continue;
        };
        let offset = usize::from(a) | usize::from(b) << 8 | usize::from(c) << 16;
        // Most of what matters is at the beginning.
        let at = match near % 4 {
            0 => header + offset % 128,
            1 => header + offset % 200_000,
            2 => header + offset % (image.len() - header),
            _ => offset % image.len(),
        };
        image[at] = value;
    }
    if let [a, b] = *changes.remainder() {
        image.truncate(header + (usize::from(a) | usize::from(b) << 8) * 16);
    }
    look_at_everything(&image, data.len());
}

fn look_at_everything(image: &[u8], from: usize) {
    let Ok(program) = Program::find(Image::new(image), image.len() as u64) else {
        return;
    };
    for func in program.funcs().skip(from * 7 % 1000).take(FUNCS) {
        let Ok(func) = func else { continue };
        let places = func.places().unwrap_or(0);
        for place in [0, places / 2, places.saturating_sub(1), u32::MAX] {
            let _ = func.source(func.entry().at(place));
        }
        let _ = (
            func.name(),
            func.frame_bytes(func.entry()),
            func.largest_frame_bytes(),
        );
    }
    let machine = Machine {
        memory: Image::new(image),
        sp: (from * 4099 % image.len().max(1)) as u64,
        g: (from * 257 % image.len().max(1)) as u64 & !7,
        stop: Some(Stop {
            defined_idx: from as u32 % 2000,
            place: None,
            caller_idx: None,
        }),
    };
    let _ = Goroutines::read(&program, &machine, None, Scan::All).to_string();
}
