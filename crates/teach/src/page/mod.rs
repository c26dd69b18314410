//! A trace as one page: the calls over time, and for each what it did in the
//! guest's memory. The page needs no network and no other file.

use crate::explain;
use crate::trace::Filter;
use base64::prelude::{BASE64_STANDARD, Engine};
use fossor_wasi::os::OsResult;
use fossor_wasi::{Function, Os, TraceCall, TraceSink, TraceStart};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// The page, with a place for the data.
const TEMPLATE: &str = include_str!("page.html");

/// Calls on a page; it would take too long to open with many more.
const MAX_CALLS: usize = 50_000;

/// Bytes that the calls of a page take, about; those that come later are counted.
const MAX_BYTES: usize = 128 << 20;

/// Bytes that a part of memory takes besides its texts.
const PART_BYTES: usize = 256;

/// Bytes shown of a part of memory.
const MAX_PART_BYTES: usize = 256;

/// The system's operations that are told of a call; it may have thousands.
const MAX_OPERATIONS: usize = 256;

/// Bytes in a row of the page's dumps.
const ROW_BYTES: u32 = 16;

/// Gathers calls. A clone gathers for the same page.
#[derive(Clone)]
pub struct Page(Arc<Mutex<State>>);

struct State {
    filter: Filter,
    start: Instant,
    begun: Instant,
    calls: Vec<serde_json::Value>,
    bytes: usize,
    omitted: usize,
    /// What may be written by the call that is under way: address and bytes.
    before: Vec<(usize, Vec<u8>)>,
    /// The system's operations of the call that is under way.
    host: Vec<&'static str>,
}

/// A system that tells the page what it was asked for.
pub struct Watched(Page);

impl Page {
    /// An empty page of what the filter shows.
    pub fn new(filter: Filter) -> Self {
        let start = Instant::now();
        Self(Arc::new(Mutex::new(State {
            filter,
            start,
            begun: start,
            calls: Vec::new(),
            bytes: 0,
            omitted: 0,
            before: Vec::new(),
            host: Vec::new(),
        })))
    }

    /// The system to be put below the guest.
    pub fn watched(&self) -> Watched {
        Watched(self.clone())
    }

    /// The page.
    pub fn html(&self, title: &str) -> String {
        let state = self.lock();
        let functions: Vec<_> = fossor_wasi::functions().iter().map(described).collect();
        let data = serde_json::json!({
            "title": title,
            "functions": functions,
            "calls": state.calls,
            "omitted": state.omitted,
        });
        // Nothing in the data may end the element that it is in, or keep it from
        // ending. All that is left of these are in strings.
        TEMPLATE.replace("/*DATA*/", &data.to_string().replace('<', "\\u003c"))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn described(function: &Function) -> serde_json::Value {
    let params = (0..function.params.len()).map(|index| {
        format!(
            "{}: {:?}",
            function.param_name(index),
            function.params[index]
        )
        .to_lowercase()
    });
    let result = if function.has_result {
        " → errno"
    } else {
        ""
    };
    let params: Vec<String> = params.collect();
    serde_json::json!({
        "name": function.name,
        "doc": function.doc.trim(),
        "type": format!("{}({}){result}", function.name, params.join(", ")),
    })
}

impl TraceSink for Page {
    fn before(&mut self, call: &TraceStart<'_>) {
        let mut state = self.lock();
        let memory = call.memory.bytes();
        let parts = call.spans.iter().filter_map(|span| {
            let begin = span.addr as usize;
            let end = begin + (span.len_bytes as usize).min(MAX_PART_BYTES + ROW_BYTES as usize);
            Some((begin, memory.get(begin..end.min(memory.len()))?.to_vec()))
        });
        state.before = parts.collect();
        state.host.clear();
        state.begun = Instant::now();
    }

    fn after(&mut self, call: &TraceCall<'_>) {
        let mut state = self.lock();
        if !state.filter.shows(call.function) {
            return;
        }
        if state.calls.len() >= MAX_CALLS || state.bytes >= MAX_BYTES {
            state.omitted += 1;
            return;
        }
        let memory = call.memory.bytes();
        let mut parts = Vec::new();
        let mut rows = BTreeSet::new();
        for part in call
            .spans
            .iter()
            .flat_map(|span| explain::parts(span, memory))
        {
            let shown = part.len_bytes.min(MAX_PART_BYTES);
            let (first, last) = (part.addr as u32, (part.addr + shown.max(1) - 1) as u32);
            rows.extend((first / ROW_BYTES..=last / ROW_BYTES).filter(|_| shown > 0));
            let mut value = part.value;
            if let Some((end, _)) = value.char_indices().nth(2 * MAX_PART_BYTES) {
                value.truncate(end);
                value.push('…');
            }
            state.bytes += PART_BYTES + part.label.len() + value.len();
            parts.push(serde_json::json!([
                part.label,
                first,
                part.len_bytes,
                value,
                part.written
            ]));
        }
        let mut chunks: Vec<(u32, Vec<u8>)> = Vec::new();
        for row in rows {
            let addr = row * ROW_BYTES;
            let end = (addr as usize + ROW_BYTES as usize).min(memory.len());
            let bytes = memory.get(addr as usize..end).unwrap_or_default();
            match chunks.last_mut() {
                Some((start, chunk)) if *start as usize + chunk.len() == addr as usize => {
                    chunk.extend_from_slice(bytes);
                }
                _ => chunks.push((addr, bytes.to_vec())),
            }
        }
        // In base64, before and after.
        let encoded_bytes = |(_, bytes): &(u32, Vec<u8>)| PART_BYTES + 3 * bytes.len();
        state.bytes += chunks.iter().map(encoded_bytes).sum::<usize>();
        let encoded = chunks.iter().map(|(addr, bytes)| {
            let mut before = bytes.clone();
            for (begin, old) in &state.before {
                overlay(&mut before, *addr as usize, old, *begin);
            }
            let before = (before != *bytes).then(|| BASE64_STANDARD.encode(before));
            serde_json::json!([addr, BASE64_STANDARD.encode(bytes), before])
        });
        let encoded: Vec<_> = encoded.collect();
        let index = fossor_wasi::functions()
            .iter()
            .position(|function| function.name == call.function.name);
        let answer = call.answer().to_string();
        let callers = call.callers.iter().map(|caller| PART_BYTES + caller.len());
        state.bytes += PART_BYTES + call.args.len() + answer.len() + callers.sum::<usize>();
        state.bytes += state.host.iter().map(|name| 64 + name.len()).sum::<usize>();
        let time = state.begun.duration_since(state.start);
        let made = serde_json::json!([
            time.as_nanos() as u64,
            call.duration.as_nanos() as u64,
            index.unwrap_or(0),
            call.args,
            answer,
            call.outcome_name(),
            parts,
            encoded,
            call.callers,
            state.host,
        ]);
        state.calls.push(made);
    }
}

/// Puts what lies at `begin` over what lies at `addr`, as far as they meet.
fn overlay(bytes: &mut [u8], addr: usize, with: &[u8], begin: usize) {
    let first = begin.max(addr);
    let end = (begin + with.len()).min(addr + bytes.len());
    if first < end {
        bytes[first - addr..end - addr].copy_from_slice(&with[first - begin..end - begin]);
    }
}

impl Os for Watched {
    fn before(&mut self, operation: &'static str) -> OsResult<()> {
        let mut state = self.0.lock();
        if state.host.len() < MAX_OPERATIONS {
            state.host.push(operation);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fossor_host::GuestMemory;
    use fossor_wasi::{TraceOptions, WasiCtx};

    #[test]
    fn nothing_in_the_data_is_an_element() {
        let title = "<!--<script></script>&";
        let html = Page::new(Filter::default()).html(title);
        assert!(!html.contains("<!--<script") && html.contains("\\u003c!--\\u003cscript>"));
    }

    #[test]
    fn a_page_does_not_grow_without_end() {
        let page = Page::new(Filter::default());
        let mut ctx = WasiCtx::builder().build().unwrap();
        let options = TraceOptions {
            values: true,
            ..TraceOptions::default()
        };
        ctx.set_tracer_with(options, page.clone());
        // A thousand buffers in each call.
        let mut bytes = vec![b'x'; 0x8_0000];
        for (index, iovec) in bytes[..8 * 1024].chunks_exact_mut(8).enumerate() {
            iovec[..4].copy_from_slice(&(0x1_0000 + 256 * index as u32).to_le_bytes());
            iovec[4..].copy_from_slice(&256u32.to_le_bytes());
        }
        let mut write = fossor_wasi::functions().iter();
        let write = write.find(|one| one.name == "fd_write").unwrap();
        // Room for one more.
        page.lock().bytes = MAX_BYTES - 1;
        for _ in 0..3 {
            let mut memory = GuestMemory::new(&mut bytes);
            let errno = (write.call)(&mut ctx, &mut memory, &[1, 0, 1024, 0x8000]);
            assert_eq!(errno.unwrap(), 0);
        }
        let state = page.lock();
        assert_eq!((state.calls.len(), state.omitted), (1, 2));
        assert!(state.bytes > MAX_BYTES + (1 << 20));
    }

    #[test]
    fn lines_callers_and_operations_count_too() {
        let page = Page::new(Filter::default());
        let os = Box::new(page.watched());
        let mut ctx = WasiCtx::builder().os(os).build().unwrap();
        ctx.set_tracer_with(TraceOptions::default(), page.clone());
        let mut bytes = vec![0x1b; 0x1_0000];
        let mut call = |name: &str, ctx: &mut WasiCtx, cells: &[u64]| {
            let mut functions = fossor_wasi::functions().iter();
            let function = functions.find(|one| one.name == name).unwrap();
            let mut memory = GuestMemory::new(&mut bytes);
            (function.call)(ctx, &mut memory, cells).unwrap();
            page.lock().bytes
        };
        // A path of 4,095 characters that are escaped.
        let before = call("path_unlink_file", &mut ctx, &[3, 0, 4095]);
        assert!(before > 4 * 4095, "{before}");
        ctx.set_callers(vec!["main.f /a.go:1".repeat(70); 100]);
        let with_callers = call("sched_yield", &mut ctx, &[]);
        assert!(with_callers - before > 98_000);
        ctx.set_callers(Vec::new());
        // In a thousand pieces.
        let before = page.lock().bytes;
        let mut random = vec![0; 64 << 20];
        let mut functions = fossor_wasi::functions().iter();
        let function = functions.find(|one| one.name == "random_get").unwrap();
        let mut memory = GuestMemory::new(&mut random);
        (function.call)(&mut ctx, &mut memory, &[0, 64 << 20]).unwrap();
        let state = page.lock();
        assert_eq!(state.host.len(), MAX_OPERATIONS);
        assert!(state.bytes - before > 64 * MAX_OPERATIONS);
    }
}
