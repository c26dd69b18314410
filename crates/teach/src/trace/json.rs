//! A line of JSON for each call:
//!
//! ```json
//! {"n":17,"t":412000,"dur_ns":310,"fn":"fd_read","args":{"fd":{"fd":0,"name":"stdin"},…},
//!  "errno":"SUCCESS","out":{"nread":3,…},"mem":[[4096,"aGkK"]]}
//! ```
//!
//! `t` is in ns since the start of the trace, `mem` what the call wrote: address
//! and bytes in base64. With `-k` there is `callers`, the innermost first.

use super::{Filter, Output};
use base64::prelude::{BASE64_STANDARD, Engine};
use fossor_host::HostError;
use fossor_wasi::{TraceCall, TraceSink, TraceStart, Value};
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Writes JSON lines. A clone writes to the same place.
#[derive(Clone)]
pub struct Json(Arc<Mutex<State>>);

struct State {
    out: Output,
    filter: Filter,
    start: Instant,
    calls: u64,
    begun: Instant,
}

impl Json {
    /// Starts a trace.
    pub fn start(out: Output, filter: Filter) -> Self {
        let start = Instant::now();
        Self(Arc::new(Mutex::new(State {
            out,
            filter,
            start,
            calls: 0,
            begun: start,
        })))
    }

    /// Brings everything on its way.
    pub fn finish(&self) -> std::io::Result<()> {
        self.lock().out.flush()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TraceSink for Json {
    fn before(&mut self, _: &TraceStart<'_>) {
        self.lock().begun = Instant::now();
    }

    fn after(&mut self, call: &TraceCall<'_>) {
        let mut state = self.lock();
        let number = state.calls;
        state.calls += 1;
        if !state.filter.shows(call.function) {
            return;
        }
        let begun = state.begun.duration_since(state.start);
        let mut text = format!(
            r#"{{"n":{number},"t":{},"dur_ns":{},"fn":"{}","args":"#,
            begun.as_nanos(),
            call.duration.as_nanos(),
            call.function.name
        );
        object(call.values, &mut text);
        match call.outcome {
            Err(HostError::Exit(status)) => {
                let _ = write!(text, r#","exit":{status}"#);
            }
            Ok(_) => {
                let _ = write!(text, r#","errno":"{}","out":"#, call.outcome_name());
                object(call.stored, &mut text);
            }
            Err(error) => {
                text += r#","stopped":"#;
                string(&error.to_string(), &mut text);
            }
        }
        text += r#","mem":["#;
        let mut first = true;
        for span in call.spans.iter().filter(|span| span.written) {
            let Ok(bytes) = call.memory.view(span.addr, span.len_bytes) else {
                continue;
            };
            text += if std::mem::take(&mut first) { "" } else { "," };
            let _ = write!(
                text,
                r#"[{},"{}"]"#,
                span.addr,
                BASE64_STANDARD.encode(bytes)
            );
        }
        text.push(']');
        if !call.callers.is_empty() {
            text += r#","callers":"#;
            list(call.callers, &mut text, |caller, text| string(caller, text));
        }
        text += "}\n";
        // Nobody is left to be told if this fails.
        let _ = state.out.write_all(fossor_text::json(&text).as_bytes());
    }
}

fn object(fields: &[(&'static str, Value)], text: &mut String) {
    text.push('{');
    for (index, (name, field)) in fields.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { "," });
        string(name, text);
        text.push(':');
        value(field, text);
    }
    text.push('}');
}

fn value(value: &Value, text: &mut String) {
    match value {
        Value::Unsigned(number) => {
            let _ = write!(text, "{number}");
        }
        Value::Signed(number) => {
            let _ = write!(text, "{number}");
        }
        Value::Name(name) => string(name, text),
        Value::Flags(names) => list(names, text, |name, text| string(name, text)),
        Value::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(valid) => string(valid, text),
            Err(_) => self::bytes(bytes, text),
        },
        Value::Bytes(bytes) => self::bytes(bytes, text),
        Value::List(values) => list(values, text, self::value),
        Value::Fields(fields) => object(fields, text),
    }
}

/// As text where it is text, and as base64 where it is not.
fn bytes(bytes: &[u8], text: &mut String) {
    let _ = write!(text, r#"{{"len":{},"#, bytes.len());
    match std::str::from_utf8(bytes) {
        Ok(valid) => {
            text.push_str(r#""text":"#);
            string(valid, text);
        }
        Err(_) => {
            let _ = write!(text, r#""base64":"{}""#, BASE64_STANDARD.encode(bytes));
        }
    }
    text.push('}');
}

fn list<T>(values: &[T], text: &mut String, each: fn(&T, &mut String)) {
    text.push('[');
    for (index, value) in values.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { "," });
        each(value, text);
    }
    text.push(']');
}

fn string(string: &str, text: &mut String) {
    // A string can always be written.
    text.push_str(&serde_json::to_string(string).unwrap_or_default());
}
