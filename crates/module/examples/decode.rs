//! Times decoding a module: `decode FILE.wasm [ROUNDS]`.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Instant;

use fossor_module::{DecodeOptions, Module};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("usage: decode FILE.wasm [ROUNDS]")?;
    let rounds = args.next().map_or(Ok(1), |rounds| rounds.parse::<u32>())?;
    for _ in 0..rounds {
        let start = Instant::now();
        let bytes = read(&path)?;
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

/// Reads into the place where the module keeps its bytes. `fs::read` and a
/// conversion would take twice as long, for a copy and its page faults.
fn read(path: &str) -> io::Result<Arc<[u8]>> {
    let mut file = File::open(path)?;
    let len = file.metadata()?.len() as usize;
    let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, len).collect();
    file.read_exact(Arc::get_mut(&mut bytes).expect("not shared yet"))?;
    Ok(bytes)
}
