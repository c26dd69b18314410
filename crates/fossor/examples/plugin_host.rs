//! A plugin host: one Go program, run once for each request with buffers as its
//! standard streams, a function of the host's, a deadline and a memory limit.
//!
//! `cargo run --example plugin_host -- MODULE`, with the module
//! `go-fixtures/embed/request`. `docs/embedding.md` goes through it line by line.

use fossor::wasi::{self, Pipe, Stdio, WasiCtx};
use fossor::{
    Caller, Engine, Error, HostError, InstancePre, Limits, Linker, Module, Outcome, Store,
};
use std::fs::File;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

const TIMEOUT: Duration = Duration::from_secs(2);
const MEMORY_BYTES: u64 = 64 << 20;

/// What the host functions of one request work on.
struct Request {
    wasi: WasiCtx,
    told: Vec<String>,
}

/// The compiled program, with everything it imports.
struct PluginHost {
    pre: InstancePre<Request>,
}

/// What a request led to.
struct Answer {
    outcome: Outcome,
    stdout: Vec<u8>,
    told: Vec<String>,
}

impl PluginHost {
    /// Compiles and links: once.
    fn new(wasm: &[u8]) -> Result<Self, Error> {
        let engine = Engine::default();
        let mut linker = Linker::<Request>::new(&engine);
        wasi::add_to_linker(&mut linker, |request| &mut request.wasi)?;
        linker.func_wrap("host", "emit", emit)?;
        let module = Module::new(&engine, wasm)?;
        Ok(Self {
            pre: linker.instantiate_pre(&module)?,
        })
    }

    /// Runs the program: once for each request, on any thread.
    fn run(&self, stdin: Stdio) -> Result<Answer, Error> {
        let out = Pipe::bounded(1 << 20);
        let wasi = WasiCtx::builder()
            .arg("request")
            .stdin(stdin)
            .stdout(Stdio::pipe(out.clone()))
            .build()
            .map_err(|error| Error::Resources(error.to_string()))?;
        let told = Vec::new();
        let mut store = Store::new(&self.pre.engine(), Request { wasi, told });
        store.set_limits(Limits::memory(MEMORY_BYTES));
        store.set_deadline(TIMEOUT);
        let (outcome, store) = self.pre.command(store)?.run_and_keep();
        Ok(Answer {
            outcome: outcome?,
            stdout: out.take(),
            told: store.into_data().told,
        })
    }
}

/// What the guest calls to tell the host something: reads the guest's memory,
/// within its bounds.
fn emit(mut caller: Caller<'_, Request>, addr: u32, len_bytes: u32) -> Result<u32, HostError> {
    let (memory, request) = caller.memory_and_data();
    let text = String::from_utf8_lossy(memory.view(addr, len_bytes)?);
    request.told.push(text.into_owned());
    Ok(len_bytes)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("which module?")?;
    let host = PluginHost::new(&std::fs::read(file)?)?;

    for input in ["one\nrequest", "two\nrequests"] {
        let answer = host.run(Stdio::bytes(input))?;
        println!("{}", String::from_utf8_lossy(&answer.stdout));
        println!("  the guest said: {}", answer.told.join(", "));
    }
    let exit = host.run(Stdio::bytes("exit"))?;
    println!("exit: {:?}", exit.outcome);
    let memory = host.run(Stdio::bytes("memory"))?;
    println!("memory beyond the limit: {:?}", memory.outcome);
    match host.run(Stdio::bytes("outside")) {
        Err(Error::Trap(info)) => println!("an address outside: {}", info.trap),
        other => println!(
            "an address outside: {:?}",
            other.map(|answer| answer.outcome)
        ),
    }

    // The writer stays open and silent.
    let (reader, mut writer) = std::io::pipe()?;
    std::io::Write::write_all(&mut writer, b"blocked read\n")?;
    let pipe = Stdio::file(File::from(OwnedFd::from(reader)));
    std::thread::scope(|scope| {
        let stuck = [
            ("busy loop", Stdio::bytes("busy loop")),
            ("sleep", Stdio::bytes("sleep")),
            ("blocked read", pipe),
        ];
        let host = &host;
        let runs = stuck.map(|(what, stdin)| {
            scope.spawn(move || {
                let start = Instant::now();
                let result = host.run(stdin);
                (what, result.map(|answer| answer.outcome), start.elapsed())
            })
        });
        for run in runs {
            match run.join() {
                Ok((what, Err(Error::Interrupted(reason, _)), time)) => {
                    let late = time.saturating_sub(TIMEOUT);
                    println!(
                        "{what}: {reason}; it took {:.1} ms more to end",
                        late.as_secs_f64() * 1e3
                    );
                }
                other => println!("not stopped: {other:?}"),
            }
        }
    });
    Ok(())
}
