//! A line for each call, as strace has them.

use super::{Filter, Output};
use fossor_wasi::{TraceCall, TraceSink, TraceStart};
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// A call that takes longer is announced before it returns.
const UNFINISHED_AFTER: Duration = Duration::from_millis(100);

/// How often somebody looks for such a call.
const TICK: Duration = Duration::from_millis(25);

/// What stands in a line besides the call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineOptions {
    /// The time since the start of the trace, in seconds, in front.
    pub times: bool,
    /// How long the call took, at the end.
    pub durations: bool,
}

/// Writes lines. A clone writes to the same place.
///
/// While a call waits for more than 100 ms its line stands there already, ended
/// by `<unfinished …>`, as somebody may be wondering.
#[derive(Clone)]
pub struct Lines(Arc<Mutex<State>>);

struct State {
    out: Output,
    filter: Filter,
    options: LineOptions,
    start: Instant,
    current: Option<Current>,
    /// What was written is not on its way yet.
    unflushed: bool,
}

/// The call that has not returned.
struct Current {
    line: String,
    name: &'static str,
    start: Instant,
    announced: bool,
}

impl Lines {
    /// Starts a trace, and a thread that looks for calls that wait.
    pub fn start(out: Output, filter: Filter, options: LineOptions) -> Self {
        let state = Arc::new(Mutex::new(State {
            out,
            filter,
            options,
            start: Instant::now(),
            current: None,
            unflushed: false,
        }));
        let watched = Arc::downgrade(&state);
        // Without it a call that waits is told of late, and that is all.
        let _ = std::thread::Builder::new()
            .name("trace".to_owned())
            .spawn(move || watch(&watched));
        Self(state)
    }

    /// A line of its own among those of the calls.
    pub fn note(&self, text: &str) {
        let mut state = lock(&self.0);
        state.write(format_args!("{text}\n"));
    }

    /// Brings everything on its way.
    pub fn finish(&self) -> std::io::Result<()> {
        lock(&self.0).out.flush()
    }
}

impl TraceSink for Lines {
    fn before(&mut self, call: &TraceStart<'_>) {
        let mut state = lock(&self.0);
        if state.filter.shows(call.function) {
            let start = Instant::now();
            let time = state.time(start);
            state.current = Some(Current {
                line: format!("{time}{}({}", call.function.name, call.args),
                name: call.function.name,
                start,
                announced: false,
            });
        }
    }

    fn after(&mut self, call: &TraceCall<'_>) {
        let mut state = lock(&self.0);
        let Some(current) = state.current.take() else {
            return;
        };
        let begun = if current.announced {
            format!("{}<… {} resumed>", state.time(Instant::now()), current.name)
        } else {
            current.line
        };
        let answer = call.answer();
        if state.options.durations {
            state.write(format_args!("{begun}){answer:#}\n"));
        } else {
            state.write(format_args!("{begun}){answer}\n"));
        }
        for caller in call.callers {
            state.write(format_args!("    at {caller}\n"));
        }
    }
}

impl State {
    fn time(&self, now: Instant) -> String {
        if !self.options.times {
            return String::new();
        }
        let time = now.duration_since(self.start);
        format!("{:>4}.{:06} ", time.as_secs(), time.subsec_micros())
    }

    /// Nobody is left to be told if this fails.
    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = self.out.write_fmt(text);
        self.unflushed = true;
    }
}

fn watch(watched: &Weak<Mutex<State>>) {
    while let Some(state) = watched.upgrade() {
        {
            let mut state = lock(&state);
            let waits = state.current.take_if(|current| {
                !current.announced && current.start.elapsed() >= UNFINISHED_AFTER
            });
            if let Some(current) = waits {
                state.write(format_args!("{} <unfinished …>\n", current.line));
                state.current = Some(Current {
                    announced: true,
                    ..current
                });
            }
            if std::mem::take(&mut state.unflushed) {
                let _ = state.out.flush();
            }
        }
        drop(state);
        std::thread::sleep(TICK);
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
