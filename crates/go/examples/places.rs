//! Prints the operators of a Go function with the place (PC_B) of each and what
//! the stack pointer points to: `places MODULE FUNCTION`, by name or by index
//! among all functions.

use fossor_go::{Body, Image, Program};
use fossor_module::{ConstExpr, DecodeOptions, Module, SegmentMode};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [path, wanted] = &std::env::args().skip(1).collect::<Vec<_>>()[..] else {
        return Err("places MODULE FUNCTION".into());
    };
    let module = Module::decode(std::fs::read(path)?, &DecodeOptions::default())?;
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
    let program = Program::find(Image::new(&image), image.len() as u64)?;
    let index = wanted.parse::<u32>().ok();
    for func in program.funcs() {
        let func = func?;
        let defined_idx = func.entry().defined_idx().ok_or("no such function")?;
        if func.name() != *wanted && Some(defined_idx + module.imported_funcs) != index {
            continue;
        }
        let (places, frame_bytes) = (func.places()?, func.largest_frame_bytes()?);
        println!("{}: {places} places, {frame_bytes} bytes", func.name());
        let range = &module.bodies[defined_idx as usize];
        let bytes = &module.bytes[range.start as usize..range.end as usize];
        let body = Body::decode(bytes, range.start, func.entry(), places, frame_bytes)?;
        let operators = module.body(defined_idx).get_operators_reader()?;
        for operator in operators.into_iter_with_offsets() {
            let (operator, offset) = operator?;
            let place = body.place(offset as u32).ok_or("before the body")?;
            let line = func.line(func.entry().at(place.likely()));
            println!(
                "{offset:#x} {}..{} line {line} {:?}: {operator:?}",
                place.first, place.last, place.stack
            );
        }
    }
    Ok(())
}
