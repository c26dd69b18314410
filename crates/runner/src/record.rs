//! `fossor run --record` and `fossor replay`.

use crate::arguments::{GuestFlags, LimitFlags, ObserveFlags, ReplayArguments, RunArguments};
use crate::codes::Code;
use crate::failure::Failure;
use crate::mount::Mount;
use crate::observe::Observers;
use crate::trace::Host;
use crate::watch::Plan;
use crate::{environment, module_file, run};
use fossor::Bytes;
use fossor::wasi::WasiCtx;
use fossor_record::{
    Divergence, Header, Limits, RecordedStop, ReplayError, Replayer, module_sha256,
};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What a recording says of the run that it is of.
pub fn header(arguments: &RunArguments, module: &OsStr, rest: &[OsString], bytes: &[u8]) -> Header {
    let flags = &arguments.guest;
    let argv0 = run::argv0(flags, module);
    let args = std::iter::once(argv0).chain(rest.iter().map(OsString::as_os_str));
    let mounts: Vec<Mount> = flags
        .mounts
        .iter()
        .chain(&flags.directories)
        .cloned()
        .collect();
    let variables = environment::variables(flags, &mounts).into_iter();
    // The replay may be started elsewhere.
    let path = Path::new(module).canonicalize();
    let path = path.unwrap_or_else(|_| module.into());
    Header {
        module: path.to_string_lossy().into_owned(),
        module_sha256: module_sha256(bytes),
        args: args.map(|arg| arg.as_encoded_bytes().to_vec()).collect(),
        environment: variables
            .map(|(name, value)| (name.into_encoded_bytes(), value.into_encoded_bytes()))
            .collect(),
        descriptors: Vec::new(),
        limits: Limits {
            fuel: arguments.limits.fuel,
            memory_bytes: arguments.limits.max_memory,
            stack_bytes: arguments.limits.max_stack,
            canonical_nans: flags.deterministic.is_some(),
            heap_bytes: arguments.limits.max_heap,
        },
    }
}

/// Opens a recording. What the guest wrote to its standard output and error goes to
/// `streams`.
pub fn open(recording: &Path, streams: [Box<dyn Write + Send>; 2]) -> Result<Replayer, Failure> {
    let file = File::open(recording).map_err(|error| broken(recording, &error))?;
    Replayer::open(file, streams).map_err(|error| broken(recording, &error))
}

/// The module of a recording: its name, and its bytes.
pub fn module(
    recording: &Path,
    header: &Header,
    elsewhere: Option<PathBuf>,
) -> Result<(OsString, Bytes), Failure> {
    let is_given = elsewhere.is_some();
    let name = match elsewhere {
        Some(path) => path.into_os_string(),
        None => header.module.clone().into(),
    };
    // A recording may be anybody's, and a device or a pipe may have no end.
    if !is_given && std::fs::metadata(&name).is_ok_and(|found| !found.is_file()) {
        let sentence = format!("{} is no file", module_file::shown(&name));
        return Err(broken(recording, &sentence).help("--module says where the module is"));
    }
    let bytes = module_file::read(&name)?;
    if module_sha256(&bytes) != header.module_sha256 {
        let sentence = format!(
            "{} is not the module that was recorded",
            module_file::shown(&name)
        );
        return Err(broken(recording, &sentence).help("--module says where that is"));
    }
    Ok((name, bytes))
}

/// What the guest of a recording gets, before the replayer is added.
pub fn context(recording: &Path, header: &Header) -> Result<WasiCtx, Failure> {
    let mut builder = WasiCtx::builder().args(header.args.iter().cloned());
    for (key, value) in &header.environment {
        builder = builder.env(key.clone(), value.clone());
    }
    builder.build().map_err(|error| broken(recording, &error))
}

/// The limits of a recorded run.
pub fn limits(header: &Header) -> LimitFlags {
    LimitFlags {
        fuel: header.limits.fuel,
        max_memory: header.limits.memory_bytes,
        max_stack: header.limits.stack_bytes,
        max_heap: header.limits.heap_bytes,
        ..LimitFlags::default()
    }
}

fn broken(recording: &Path, error: &dyn std::fmt::Display) -> Failure {
    let shown = recording.display();
    Failure::new(Code::Recording, format!("{shown}: {error}"))
}

/// Replays a recording; gives the exit code of the recorded run.
pub fn replay(arguments: ReplayArguments) -> Result<u8, Failure> {
    let recording = &arguments.recording;
    let streams = [Box::new(io::stdout()) as _, Box::new(io::stderr()) as _];
    let replayer = open(recording, streams)?;
    let header = replayer.header().clone();
    let (name, bytes) = module(recording, &header, arguments.module)?;
    let mut context = context(recording, &header)?;
    let trace = (arguments.traced || arguments.trace.is_wanted()).then_some(&arguments.trace);
    let host = Host { is_watched: false };
    let file = Path::new(&name).file_name().unwrap_or(&name);
    let title = format!("{} (replayed)", file.to_string_lossy());
    let observers = Observers::start(trace, &title, host, &mut context)?;
    replayer.prepare(&mut context);
    context.add_layer(replayer);
    let run = RunArguments {
        module_and_args: vec![name.clone()],
        guest: GuestFlags {
            // No clock is asked; this is for NaNs.
            deterministic: header.limits.canonical_nans.then_some(0),
            ..GuestFlags::default()
        },
        limits: limits(&header),
        engine: arguments.engine,
        observe: ObserveFlags::default(),
        invoke: None,
        test_timeout: None,
        is_replayed: true,
        plan: Plan::default(),
    };
    run::execute(&run, &name, bytes, context, observers)
}

/// The failure of a replay, if the error is one.
pub fn failure(error: &(dyn std::error::Error + 'static)) -> Option<Failure> {
    let code = if error.is::<Divergence>() {
        Code::Diverged
    } else if error.is::<RecordedStop>() {
        Code::RecordedStop
    } else if error.is::<ReplayError>() {
        Code::Recording
    } else {
        return None;
    };
    Some(Failure::new(code, error.to_string()))
}
