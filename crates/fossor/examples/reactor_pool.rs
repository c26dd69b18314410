//! Plugins out of a pool: every request gets an instance of its own, already
//! initialised, and no more than a few exist at a time.
//!
//! `cargo run --example reactor_pool -- MODULE`, with the module
//! `go-fixtures/embed/plugin`.

use fossor::wasi::{self, WasiCtx};
use fossor::{Engine, Error, Limits, Linker, Module, Pool, Pooled, Store};
use std::time::Duration;

const PLUGINS: usize = 2;
const REQUESTS: usize = 100;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("which module?")?;
    let engine = Engine::default();
    let module = Module::from_file(&engine, file)?;
    let mut linker = Linker::<WasiCtx>::new(&engine);
    wasi::add_to_linker(&mut linker, |ctx| ctx)?;
    let pre = linker.instantiate_pre(&module)?;

    // The plugin's package variables and init functions run here, once.
    let snapshot = pre.snapshot(Store::new(&engine, WasiCtx::builder().build()?))?;
    let pool = Pool::new(&snapshot, PLUGINS).limits(Limits::memory(32 << 20));

    let bytes = std::thread::scope(|scope| {
        let threads = [(); 2].map(|()| {
            scope.spawn(
                || -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
                    let mut bytes = 0;
                    for _ in 0..REQUESTS / 2 {
                        let mut plugin = pool.get(WasiCtx::builder().build()?)?;
                        plugin.store_mut().set_deadline(Duration::from_secs(10));
                        bytes += render(&mut plugin, r#"{"Name": "Ada", "Items": ["x"]}"#)?.len();
                    }
                    Ok(bytes)
                },
            )
        });
        let results = threads.map(|thread| thread.join().map_err(|_| "a thread panicked"));
        let mut total = 0;
        for result in results {
            total += result?.map_err(|error| error.to_string())?;
        }
        Ok::<_, String>(total)
    })?;
    let memory_bytes = snapshot.memory_bytes();
    println!("{REQUESTS} requests, {bytes} bytes of answers");
    println!("each began with the same {memory_bytes} bytes of memory");
    println!("{} of {} places are taken", pool.in_use(), pool.max());
    Ok(())
}

/// Hands bytes in through the plugin's allocator, and fetches the answer.
fn render(plugin: &mut Pooled<WasiCtx>, order: &str) -> Result<String, Error> {
    let missing = || Error::Export("the plugin exports no memory".to_owned());
    let memory = plugin.memory().ok_or_else(missing)?;
    let alloc = plugin.func::<u32, u32>("alloc")?;
    let render = plugin.func::<(u32, u32), u64>("render")?;
    let addr = alloc.call(&mut *plugin, order.len() as u32)?;
    memory.write(&mut *plugin, addr.into(), order.as_bytes())?;
    let answer = render.call(&mut *plugin, (addr, order.len() as u32))?;
    let mut bytes = vec![0; answer as u32 as usize];
    memory.read(&*plugin, answer >> 32, &mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
