//! Times decoding a module: `decode FILE.wasm [ROUNDS]`.

use std::time::Instant;

use fossor_module::{DecodeOptions, Module};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("usage: decode FILE.wasm [ROUNDS]")?;
    let rounds = args.next().map_or(Ok(1), |rounds| rounds.parse::<u32>())?;
    for _ in 0..rounds {
        let start = Instant::now();
        let bytes = std::fs::read(&path)?;
        let read = start.elapsed();
        let module = Module::decode(bytes, &DecodeOptions::default())?;
        let decode = start.elapsed() - read;
        let start = Instant::now();
        module.validate_bodies()?;
        let validate = start.elapsed();
        let start = Instant::now();
        let name = module.func_name(module.imported_funcs);
        let names = start.elapsed();
        println!("read {read:.2?}, decode {decode:.2?}, bodies {validate:.2?}, names {names:.2?}");
        println!("{module:?}, first function {name:?}");
    }
    Ok(())
}
