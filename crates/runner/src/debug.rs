//! `fossor debug`: a program or a recording, and one of the debugger's faces.

use crate::arguments::{DebugArguments, LimitFlags, RunArguments};
use crate::codes::Code;
use crate::ending::Ending;
use crate::failure::{Failure, note};
use crate::mount::Mount;
use crate::watch::Plan;
use crate::{logging, module_file, record, run, signals};
use fossor::wasi::Stdio;
use fossor::{Bytes, Engine, Limits};
use fossor_debug::dap::{Connection, Dap};
use fossor_debug::repl::Repl;
use fossor_debug::source::Sources;
use fossor_debug::tui::Tui;
use fossor_debug::{
    Face, Guest, GuestOutput, MakeContext, Place, Session, SessionError, Stream, Watch,
};
use ratatui::crossterm::event;
use signal_hook::consts::SIGINT;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// Debugs a program; gives the exit code.
pub fn debug(mut arguments: DebugArguments) -> Result<u8, Failure> {
    logging::start(arguments.run.engine.log.as_deref());
    let places = arguments.breakpoints.iter().map(|text| {
        let place = Place::parse(text);
        place.map_err(|error| Failure::new(Code::Usage, format!("--break {text}: {error}")))
    });
    let places = places.collect::<Result<Vec<_>, Failure>>()?;
    if let Some(address) = arguments.dap.take() {
        return dap(arguments, address.as_deref(), &places);
    }
    if arguments.tui {
        return tui(arguments, &places);
    }
    let face = repl(
        arguments.commands.as_deref(),
        Sources::new(arguments.sources.clone()),
    )?;
    // A guest that waits in a call is not paused by the first; the second, and `^\`, end
    // everything.
    let pause = face.pause_flag();
    signals::on_each(move |signal| signal == SIGINT && !pause.swap(true, Ordering::Relaxed));
    let guest = guest(&mut arguments)?;
    start(guest, face, &places)
}

/// Takes the terminal, and gives it back.
fn tui(mut arguments: DebugArguments, places: &[Place]) -> Result<u8, Failure> {
    let guest = guest(&mut arguments)?;
    let sources = || Sources::new(arguments.sources.clone());
    let terminal = ratatui::try_init()
        .map_err(|error| Failure::new(Code::Usage, format!("--tui needs a terminal: {error}")))?;
    let events = |time| match event::poll(time)? {
        true => event::read().map(Some),
        false => Ok(None),
    };
    let ended = start(guest, Tui::new(terminal, events, sources()), places);
    ratatui::restore();
    ended
}

/// Talks with an editor, which may say what to debug.
fn dap(
    mut arguments: DebugArguments,
    address: Option<&str>,
    places: &[Place],
) -> Result<u8, Failure> {
    let connection = match address {
        None => Connection::new(io::stdin(), io::stdout()),
        Some(address) => {
            let stream = accept(address)
                .map_err(|error| Failure::new(Code::Listen, format!("--dap={address}: {error}")))?;
            let input = stream
                .try_clone()
                .map_err(|error| Failure::new(Code::Listen, format!("--dap={address}: {error}")))?;
            Connection::new(input, stream)
        }
    };
    let Some(mut dap) = Dap::start(connection, Sources::new(arguments.sources.clone())) else {
        return Ok(0);
    };
    let launch = dap.launch().clone();
    let run = &mut arguments.run;
    if run.module_and_args.is_empty() {
        run.module_and_args
            .extend(launch.program.map(OsString::from));
    }
    run.module_and_args
        .extend(launch.args.into_iter().map(OsString::from));
    run.guest
        .environment
        .extend(launch.env.into_iter().map(OsString::from));
    for directory in launch.dirs {
        let mount = Mount::parse(OsStr::new(&directory));
        let mount = mount.map_err(|error| Failure::new(Code::Usage, error.to_string()))?;
        run.guest.directories.push(mount);
    }
    match guest(&mut arguments) {
        Ok(guest) => {
            dap.ready(guest.is_replayed);
            start(guest, dap, places)
        }
        Err(failure) => {
            dap.fail(failure.sentence());
            Err(failure)
        }
    }
}

/// Waits for the one editor that connects; the address is told, as its port may be 0.
fn accept(address: &str) -> io::Result<TcpStream> {
    let listener = TcpListener::bind(address)?;
    note(&format!(
        "waiting for an editor on {}",
        listener.local_addr()?
    ));
    Ok(listener.accept()?.0)
}

fn start(guest: Guest, face: impl Face + 'static, places: &[Place]) -> Result<u8, Failure> {
    let mut session = Session::new(guest, face);
    for place in places {
        let set = session.set_breakpoint(place);
        set.map_err(|error| Failure::new(Code::Usage, format!("--break {place}: {error}")))?;
    }
    match session.run() {
        Ok(_) => Ok(0),
        Err(SessionError::Guest(error)) => {
            let limits = LimitFlags::default();
            Err(Ending::new("the program".to_owned(), &limits).failure(error))
        }
        Err(SessionError::Context(message)) => Err(Failure::new(Code::Context, message)),
    }
}

/// Commands in lines: from a file, a terminal, or whatever standard input is.
fn repl(commands: Option<&Path>, sources: Sources) -> Result<Repl, Failure> {
    let input: Box<dyn BufRead + Send> = match commands {
        Some(path) if path != Path::new("-") => {
            let file = File::open(path).map_err(|error| {
                Failure::new(Code::Usage, format!("-x {}: {error}", path.display()))
            })?;
            Box::new(BufReader::new(file))
        }
        _ => Box::new(BufReader::new(io::stdin())),
    };
    let is_interactive = commands.is_none() && io::stdin().is_terminal();
    Ok(Repl::new(input, io::stdout(), is_interactive, sources))
}

/// What is to be debugged, a program or a recording.
fn guest(arguments: &mut DebugArguments) -> Result<Guest, Failure> {
    let words = std::mem::take(&mut arguments.run.module_and_args);
    let recording = match (&arguments.replay, words.first()) {
        (Some(path), _) => Some(path.clone()),
        (None, Some(name)) if is_recording(name) => Some(PathBuf::from(name)),
        _ => None,
    };
    match (recording, words.split_first()) {
        (Some(path), _) => replayed(arguments, path),
        (None, Some((name, rest))) => live(&mut arguments.run, name.clone(), rest.to_vec()),
        (None, None) => Err(Failure::new(Code::Usage, "the module is missing")),
    }
}

fn is_recording(name: &OsStr) -> bool {
    let begin = || {
        let mut begin = [0; 8];
        File::open(name).ok()?.read_exact(&mut begin).ok()?;
        Some(&begin == fossor_record::MAGIC)
    };
    begin().unwrap_or(false)
}

fn live(run: &mut RunArguments, name: OsString, rest: Vec<OsString>) -> Result<Guest, Failure> {
    let bytes = module_file::read(&name)?;
    let flags = std::mem::take(&mut run.guest);
    let limits = std::mem::take(&mut run.limits);
    let shown = module_file::shown(&name);
    let canonical_nans = flags.deterministic.is_some();
    let context = move |output: &GuestOutput, watch: &mut Watch<'_>| {
        let stdin = match &flags.stdin {
            Some(path) => run::stdin(Some(path)),
            None => Ok(Stdio::null()),
        };
        let streams = [
            stdin.map_err(boxed)?,
            Stdio::pipe(output.pipe(Stream::Out)),
            Stdio::pipe(output.pipe(Stream::Err)),
        ];
        let mut context = run::context_with(&flags, &name, &rest, streams).map_err(boxed)?;
        watch(&mut context);
        Ok(context)
    };
    let guest = Parts {
        shown,
        bytes,
        limits,
        canonical_nans,
        is_replayed: false,
    };
    guest.join(run, Box::new(context))
}

fn replayed(arguments: &mut DebugArguments, recording: PathBuf) -> Result<Guest, Failure> {
    let nowhere = [Box::new(io::sink()) as _, Box::new(io::sink()) as _];
    let header = record::open(&recording, nowhere)?.header().clone();
    let (name, bytes) = record::module(&recording, &header, arguments.module.take())?;
    let limits = record::limits(&header);
    let canonical_nans = header.limits.canonical_nans;
    let context = move |output: &GuestOutput, watch: &mut Watch<'_>| {
        let streams = [
            Box::new(output.writer(Stream::Out)) as _,
            Box::new(output.writer(Stream::Err)) as _,
        ];
        let replayer = record::open(&recording, streams).map_err(boxed)?;
        let mut context = record::context(&recording, &header).map_err(boxed)?;
        replayer.prepare(&mut context);
        // Nothing below a replayer is called.
        watch(&mut context);
        context.add_layer(replayer);
        Ok(context)
    };
    let guest = Parts {
        shown: module_file::shown(&name),
        bytes,
        limits,
        canonical_nans,
        is_replayed: true,
    };
    guest.join(&arguments.run, Box::new(context))
}

struct Parts {
    shown: String,
    bytes: Bytes,
    limits: LimitFlags,
    canonical_nans: bool,
    is_replayed: bool,
}

impl Parts {
    fn join(self, run: &RunArguments, context: Box<MakeContext>) -> Result<Guest, Failure> {
        let mut config = run::config(&run.engine, &self.limits, &Plan::default())?;
        config.debug(true).canonicalise_nans(self.canonical_nans);
        let ending = Ending::new(self.shown, &self.limits);
        let pre = run::link(&Engine::new(&config), self.bytes, &ending)?;
        if pre.module().export("_start").is_none() {
            return Err(ending.no_start(pre.module()));
        }
        let limits = self.limits.max_memory.map(Limits::memory);
        Ok(Guest {
            pre,
            context,
            is_replayed: self.is_replayed,
            limits: limits.unwrap_or_default(),
        })
    }
}

/// The sentence alone: the session passes it on.
fn boxed(failure: Failure) -> Box<dyn std::error::Error> {
    failure.sentence().into()
}
