//! `fossor trace`, and `--trace` of other commands: which sink is told of the
//! guest's calls, and what it leaves at the end.

use crate::arguments::TraceFlags;
use crate::codes::Code;
use crate::failure::Failure;
use crate::observe::cannot_write;
use fossor::wasi::{TraceCall, TraceOptions, WasiCtx};
use fossor_teach::page::Page;
use fossor_teach::trace::{Filter, Json, LineOptions, Lines, Output, Summary};
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// A trace that was asked for.
pub struct Trace {
    sink: Sink,
    title: String,
    output: Option<PathBuf>,
}

/// What is below the guest.
#[derive(Clone, Copy, Debug)]
pub struct Host {
    /// It is the real system, whose operations can be told.
    pub is_watched: bool,
}

enum Sink {
    Lines(Lines),
    Json(Json),
    Summary(Summary),
    Page(Page, PathBuf),
}

impl Trace {
    /// Opens what it is written to, and adds it to the guest's context.
    pub fn start(
        flags: &TraceFlags,
        title: &str,
        host: Host,
        context: &mut WasiCtx,
    ) -> Result<Self, Failure> {
        let words = flags.filter.iter().map(String::as_str);
        let filter = Filter::parse(words)
            .map_err(|error| Failure::new(Code::Usage, format!("-e: {error}")))?;
        let options = TraceOptions {
            text_bytes: flags.string_bytes,
            paths: !flags.no_paths,
            raw: flags.raw,
            values: flags.json || flags.html.is_some(),
        };
        // A page has room for it.
        if flags.callers || flags.html.is_some() {
            context.want_callers();
        }
        let sink = if let Some(path) = &flags.html {
            // Sooner than after the run.
            File::create(path).map_err(|error| cannot_write(path, &error))?;
            let page = Page::new(filter);
            context.set_tracer_with(options, page.clone());
            if host.is_watched {
                context.set_os(Box::new(page.watched()));
            }
            Sink::Page(page, path.clone())
        } else if flags.summary {
            let summary = Summary::new(filter);
            let counted = summary.clone();
            context.set_tracer_with(options, move |call: &TraceCall<'_>| counted.count(call));
            Sink::Summary(summary)
        } else if flags.json {
            let json = Json::start(output(flags.output.as_deref())?, filter);
            context.set_tracer_with(options, json.clone());
            Sink::Json(json)
        } else {
            let shown = LineOptions {
                times: flags.times,
                durations: flags.durations,
            };
            let lines = Lines::start(output(flags.output.as_deref())?, filter, shown);
            context.set_tracer_with(options, lines.clone());
            Sink::Lines(lines)
        };
        Ok(Self {
            sink,
            title: title.to_owned(),
            output: flags.output.clone(),
        })
    }

    /// Writes what is only known at the end.
    pub fn finish(self) -> Result<(), Failure> {
        let path = self.output.as_deref();
        let mut page = None;
        let written = match self.sink {
            Sink::Page(sink, path) => {
                let written = std::fs::write(&path, sink.html(&self.title));
                page = Some(path);
                written
            }
            Sink::Lines(lines) => lines.finish(),
            Sink::Json(json) => json.finish(),
            Sink::Summary(summary) => {
                let mut output = output(path)?;
                let written = output.write_all(summary.table().as_bytes());
                written.and_then(|()| output.flush())
            }
        };
        let path = match (path, &page) {
            (None, Some(page)) => Some(page.as_path()),
            _ => path,
        };
        match (written, path) {
            (Err(error), Some(path)) => Err(cannot_write(path, &error)),
            // Standard error has gone: nobody is left to be told.
            _ => Ok(()),
        }
    }
}

fn output(path: Option<&Path>) -> Result<Output, Failure> {
    match path {
        Some(path) => match File::create(path) {
            Ok(file) => Ok(Box::new(BufWriter::new(file))),
            Err(error) => Err(cannot_write(path, &error)),
        },
        None => Ok(Box::new(io::stderr())),
    }
}
