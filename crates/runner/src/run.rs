//! `fossor run`: from a file's bytes to an exit code.

use crate::arguments::{
    CompileChoice, DEFAULT_STRING_BYTES, DispatchChoice, EngineFlags, GuestFlags, InvokeArguments,
    LimitFlags, RelaxedSimdChoice, RunArguments, TraceFlags,
};
use crate::codes::Code;
use crate::ending::Ending;
use crate::failure::{Failure, warn};
use crate::mount::{self, Mount};
use crate::observe::Observers;
use crate::trace::Host;
use crate::watch::Plan;
use crate::{ending, environment, invoke, logging, module_file, record, signals, timer_slack};
use fossor::wasi::{
    self, Access, Deterministic, PreopenError, Preopened, Stdio, WasiCtx, WasiCtxBuilder,
};
use fossor::{
    Bytes, Compile, Config, Dispatch, Engine, InstancePre, Limits, Linker, Module, RelaxedSimd,
    Store,
};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

/// Runs a program; gives the exit code.
pub fn run(mut arguments: RunArguments) -> Result<u8, Failure> {
    if let Some(func) = arguments.invoke.take() {
        logging::start(arguments.engine.log.as_deref());
        let mut words = arguments.module_and_args.into_iter();
        return invoke::invoke(InvokeArguments {
            module: words.next().unwrap_or_default(),
            calls: vec![[func].into_iter().chain(words).collect()],
            bytes: false,
            alloc: None,
            no_initialize: false,
            guest: arguments.guest,
            limits: arguments.limits,
            engine: arguments.engine,
        });
    }
    let trace = arguments.observe.trace.as_ref().map(|output| TraceFlags {
        output: output.clone(),
        string_bytes: DEFAULT_STRING_BYTES,
        ..TraceFlags::default()
    });
    traced(arguments, trace)
}

/// Runs a program and shows its calls, if that is wanted.
pub fn traced(arguments: RunArguments, trace: Option<TraceFlags>) -> Result<u8, Failure> {
    logging::start(arguments.engine.log.as_deref());
    let Some((name, rest)) = arguments.module_and_args.split_first() else {
        return Err(Failure::new(Code::Usage, "the module is missing"));
    };
    let bytes = module_file::read(name)?;
    let mut context = context(&arguments.guest, name, rest)?;
    let host = Host {
        is_watched: arguments.guest.deterministic.is_none(),
    };
    let title = argv0(&arguments.guest, name).to_string_lossy().into_owned();
    let mut observers = Observers::start(trace.as_ref(), &title, host, &mut context)?;
    if let Some(path) = &arguments.observe.record {
        let header = record::header(&arguments, name, rest, &bytes);
        observers.record(path, header, &mut context)?;
    }
    execute(&arguments, name, bytes, context, observers)
}

/// Runs a module in a context that is ready; gives the exit code.
pub fn execute(
    arguments: &RunArguments,
    name: &OsStr,
    bytes: Bytes,
    context: WasiCtx,
    observers: Observers,
) -> Result<u8, Failure> {
    let ending = Ending::of_run(module_file::shown(name), arguments);
    let mut config = config(&arguments.engine, &arguments.limits, &arguments.plan)?;
    config.canonicalise_nans(arguments.guest.deterministic.is_some());
    let engine = Engine::new(&config);
    let pre = link(&engine, bytes, &ending)?;
    let module = pre.module().clone();
    let mut store = store(&engine, context, &arguments.limits, ending.time());
    let watch = arguments.plan.start(&module_file::shown(name), &mut store);

    if module.export("_start").is_none() {
        let initialised = if module.export("_initialize").is_some() {
            pre.reactor(store).map(|_| ())
        } else {
            Ok(())
        };
        initialised.map_err(|error| ending.failure(error))?;
        return Err(ending.no_start(&module));
    }
    let command = pre.command(store).map_err(|error| ending.failure(error))?;
    let (outcome, store) = command.run_and_keep();
    #[cfg(feature = "count")]
    crate::count::write(arguments.limits.fuel.map(|fuel| fuel - store.fuel()));
    let recorded = [watch.finish(&module, store.fuel()), observers.finish()];
    let ended_well = matches!(&outcome, Ok(outcome) if outcome.status() == 0);
    if !arguments.is_replayed && (arguments.guest.hints || !ended_well) {
        ending::print_hints(store.data());
    }
    // The process ends now, and takes all with it.
    std::mem::forget(store);
    // The last failure is the one that the exit code is of, and how the guest ended
    // comes after what could not be written of it.
    let mut failures = Vec::from_iter(recorded.into_iter().filter_map(Result::err));
    let outcome = outcome.map_err(|error| failures.push(ending.failure(error)));
    if let Some(last) = failures.pop() {
        failures.iter().for_each(Failure::print);
        return Err(last);
    }
    Ok(outcome.map_or(0, |outcome| (outcome.status() & 0xff) as u8))
}

/// Compiles a module, and finds what it imports.
pub fn link(
    engine: &Engine,
    bytes: Bytes,
    ending: &Ending<'_>,
) -> Result<InstancePre<WasiCtx>, Failure> {
    // Text has to be translated; a binary stays where it was read.
    let module = if bytes.starts_with(b"\0asm") {
        Module::from_shared(engine, bytes)
    } else {
        Module::new(engine, &bytes)
    };
    let module = module.map_err(|error| ending.failure(error))?;
    let mut linker = Linker::new(engine);
    wasi::add_to_linker(&mut linker, |ctx: &mut WasiCtx| ctx)
        .and_then(|()| linker.instantiate_pre(&module))
        .map_err(|error| ending.link_failure(error, &module))
}

/// A store with these limits and so much time, which Ctrl-C stops.
pub fn store(
    engine: &Engine,
    context: WasiCtx,
    limits: &LimitFlags,
    time: Option<Duration>,
) -> Store<WasiCtx> {
    let mut store = Store::new(engine, context);
    let mut bounds = Limits::new();
    if let Some(bytes) = limits.max_memory {
        bounds = bounds.memory_bytes(bytes).total_memory_bytes(bytes);
    }
    if let Some(bytes) = limits.max_heap {
        bounds = bounds.heap_bytes(bytes);
    }
    store.set_limits(bounds);
    if let Some(fuel) = limits.fuel {
        store.set_fuel(fuel);
    }
    timer_slack::minimise();
    let handle = store.interrupt_handle();
    signals::on_first(move || handle.interrupt());
    if let Some(timeout) = time {
        store.set_deadline(timeout);
    }
    store
}

/// The settings of an engine as the flags say.
pub fn config(flags: &EngineFlags, limits: &LimitFlags, plan: &Plan) -> Result<Config, Failure> {
    let mut config = Config::new();
    config
        .compile(match flags.compile {
            CompileChoice::Lazy => Compile::Lazy,
            CompileChoice::Eager => Compile::Eager,
        })
        .dispatch(flags.dispatch.into())
        .relaxed_simd(flags.relaxed_simd.into())
        .fuse(!flags.no_fuse)
        .consume_fuel(limits.fuel.is_some() || plan.needs_fuel())
        .count_blocks(plan.coverage.is_some());
    if let Some(bytes) = limits.max_stack {
        let bytes = usize::try_from(bytes).map_err(|_| {
            Failure::new(
                Code::Usage,
                "--max-stack is beyond this machine's address space",
            )
        })?;
        config.max_stack_bytes(bytes);
    }
    Ok(config)
}

impl From<RelaxedSimdChoice> for RelaxedSimd {
    fn from(choice: RelaxedSimdChoice) -> Self {
        match choice {
            RelaxedSimdChoice::Deterministic => RelaxedSimd::Deterministic,
            RelaxedSimdChoice::Native => RelaxedSimd::Native,
        }
    }
}

impl From<DispatchChoice> for Dispatch {
    fn from(choice: DispatchChoice) -> Self {
        match choice {
            DispatchChoice::Tail => Dispatch::Tail,
            DispatchChoice::Loop => Dispatch::Loop,
        }
    }
}

/// The name by which the guest is called.
pub fn argv0<'a>(flags: &'a GuestFlags, module: &'a OsStr) -> &'a OsStr {
    match &flags.argv0 {
        Some(name) => name,
        None => Path::new(module).file_name().unwrap_or(module),
    }
}

/// What the guest gets, as the flags say.
pub fn context(flags: &GuestFlags, module: &OsStr, rest: &[OsString]) -> Result<WasiCtx, Failure> {
    let streams = [
        stdin(flags.stdin.as_deref())?,
        Stdio::inherit(),
        Stdio::inherit(),
    ];
    context_with(flags, module, rest, streams)
}

/// The same, with other standard streams.
pub fn context_with(
    flags: &GuestFlags,
    module: &OsStr,
    rest: &[OsString],
    [stdin, stdout, stderr]: [Stdio; 3],
) -> Result<WasiCtx, Failure> {
    let mut builder = WasiCtx::builder()
        .arg(argv0(flags, module).as_encoded_bytes())
        .args(rest.iter().map(|arg| arg.as_encoded_bytes()))
        .stdin(stdin)
        .stdout(stdout)
        .stderr(stderr)
        .strict_rights(flags.strict_rights);
    if let Some(seed) = flags.deterministic {
        builder = builder.os(Box::new(Deterministic::new(seed)));
    }
    let mounts = Vec::from_iter(flags.mounts.iter().chain(&flags.directories).cloned());
    for (name, value) in environment::variables(flags, &mounts) {
        builder = builder.env(name.into_encoded_bytes(), value.into_encoded_bytes());
    }
    for mount in &mounts {
        builder = preopen(builder, mount)?;
    }
    for address in &flags.listen {
        let listener = listen(address)
            .map_err(|error| Failure::new(Code::Listen, format!("--listen {address}: {error}")))?;
        builder = builder.listener(listener);
    }
    let context = builder
        .build()
        .map_err(|error| Failure::new(Code::Context, error.to_string()))?;
    if mounts.len() > 1 {
        warn_of_overlaps(&context, &mounts);
    }
    log_descriptors(&context, &mounts);
    Ok(context)
}

/// Logs the numbers that directories and listeners have in the guest; where an
/// address had port 0, this tells the port.
fn log_descriptors(context: &WasiCtx, mounts: &[Mount]) {
    let mut mounts = mounts.iter();
    for Preopened { fd, name, listener } in context.preopened() {
        match mounts.next() {
            Some(mount) if !listener => {
                let access = if mount.read_only { ", read-only" } else { "" };
                let host = mount.host.display();
                log::info!("descriptor {fd}: directory {name}, on the host {host}{access}");
            }
            _ => log::info!("descriptor {fd}: listener {name}"),
        }
    }
}

/// Listens on `HOST:PORT`, or `:PORT` for all of this machine's addresses.
fn listen(address: &str) -> io::Result<TcpListener> {
    if address.starts_with(':') {
        return TcpListener::bind(format!("[::]{address}"))
            .or_else(|_| TcpListener::bind(format!("0.0.0.0{address}")));
    }
    TcpListener::bind(address)
}

/// Warns of names within others, except within a whole root: there nobody
/// expects the host's directory of that name.
fn warn_of_overlaps(context: &WasiCtx, mounts: &[Mount]) {
    let whole_root = mounts.iter().any(Mount::is_whole_root);
    let names = context
        .preopened()
        .into_iter()
        .filter(|preopened| !preopened.listener);
    let names = names.map(|preopened| preopened.name);
    let names = Vec::from_iter(names.filter(|name| !(whole_root && name == "/")));
    for sentence in mount::overlaps(&names) {
        warn(&sentence);
    }
}

/// What `--stdin` says.
pub fn stdin(file: Option<&Path>) -> Result<Stdio, Failure> {
    let Some(path) = file else {
        return Ok(Stdio::inherit());
    };
    let file = File::open(path).map_err(|error| {
        Failure::new(Code::Stdin, format!("--stdin {}: {error}", path.display()))
    })?;
    Ok(Stdio::file(file))
}

fn preopen(builder: WasiCtxBuilder, mount: &Mount) -> Result<WasiCtxBuilder, Failure> {
    let access = match mount.read_only {
        true => Access::ReadOnly,
        false => Access::ReadWrite,
    };
    let outcome = builder.preopen_dir(&mount.host, &mount.guest, access);
    outcome.map_err(|error| {
        let failure = Failure::new(Code::Directory, format!("--dir: {error}"));
        match (&error, mount_help(mount)) {
            (PreopenError::Open { .. } | PreopenError::GuestName(_), Some(help)) => {
                failure.help(help)
            }
            _ => failure,
        }
    })
}

/// What was probably meant: one colon for two, or a name without `..`.
fn mount_help(mount: &Mount) -> Option<String> {
    let host = mount.host.to_str().filter(|host| *host == mount.guest)?;
    if let Some((directory, name)) = host.split_once(':') {
        return Some(format!(
            "--dir {directory}::{name} names it {name} in the guest"
        ));
    }
    if mount.host.components().any(|part| part.as_os_str() == "..") {
        let name = mount.host.file_name().unwrap_or_default().to_string_lossy();
        return Some(format!(
            "--dir {host}::/{name} names it /{name} in the guest"
        ));
    }
    None
}
