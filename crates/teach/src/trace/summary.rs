//! A table of all calls, at the end.

use super::Filter;
use fossor_wasi::TraceCall;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Counts calls. A clone counts in the same table.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    rows: Arc<Mutex<BTreeMap<&'static str, Row>>>,
    filter: Filter,
}

#[derive(Clone, Copy, Debug, Default)]
struct Row {
    calls: u64,
    errors: u64,
    time: Duration,
    longest: Duration,
}

impl Summary {
    /// An empty table of what the filter shows.
    pub fn new(filter: Filter) -> Self {
        Self {
            rows: Arc::default(),
            filter,
        }
    }

    /// Counts one call.
    pub fn count(&self, call: &TraceCall<'_>) {
        if !self.filter.shows(call.function) {
            return;
        }
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let row = rows.entry(call.function.name).or_default();
        row.calls += 1;
        row.errors += u64::from(matches!(call.outcome, Ok(errno) if errno != 0));
        row.time += call.duration;
        row.longest = row.longest.max(call.duration);
    }

    /// The table, what took most time first:
    ///
    /// ```text
    ///   time      ms   calls  errors  µs/call  longest µs  function
    ///  99.0%  50.118       4       0  12529.5     50103.0  poll_oneoff
    /// ```
    pub fn table(&self) -> String {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sorted = Vec::from_iter(rows.iter());
        sorted.sort_by_key(|(name, row)| (std::cmp::Reverse(row.time), **name));
        let total: Duration = sorted.iter().map(|(_, row)| row.time).sum();
        let mut text =
            "  time        ms    calls  errors   µs/call  longest µs  function\n".to_owned();
        let mut line = |name: &str, row: &Row, share: f64| {
            let micros = |time: Duration| time.as_secs_f64() * 1e6;
            text += &format!(
                "{share:5.1}%  {:8.3}  {:7}  {:6}  {:8.1}  {:10.1}  {name}\n",
                micros(row.time) / 1e3,
                row.calls,
                row.errors,
                micros(row.time) / row.calls.max(1) as f64,
                micros(row.longest),
            );
        };
        let mut sum = Row::default();
        for (name, row) in sorted {
            let share = row.time.as_secs_f64() / total.as_secs_f64().max(1e-9);
            line(name, row, 100.0 * share);
            sum.calls += row.calls;
            sum.errors += row.errors;
            sum.time += row.time;
            sum.longest = sum.longest.max(row.longest);
        }
        line("in all", &sum, 100.0);
        text
    }
}
