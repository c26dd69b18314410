//! Messages on their way.

use fossor::InterruptHandle;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};

/// Messages longer than this are nonsense.
const MAX_MESSAGE_BYTES: u64 = 64 << 20;

/// A connection with an editor.
pub struct Connection {
    requests: Receiver<Request>,
    out: Box<dyn Write + Send>,
    sent: u64,
    interrupt: Arc<Mutex<Option<InterruptHandle>>>,
}

/// What an editor asks.
#[derive(Clone, Debug)]
pub(super) struct Request {
    seq: u64,
    pub command: String,
    pub arguments: Value,
}

impl Connection {
    /// Requests from `input`, answers to `out`.
    pub fn new(input: impl Read + Send + 'static, out: impl Write + Send + 'static) -> Self {
        let (send, requests) = channel();
        let interrupt = Arc::<Mutex<Option<InterruptHandle>>>::default();
        let stop = interrupt.clone();
        std::thread::spawn(move || {
            let mut input = BufReader::new(input);
            while let Some(message) = read(&mut input) {
                if message["type"] != "request" {
                    continue;
                }
                let command = message["command"].as_str().unwrap_or_default().to_owned();
                let ends = matches!(command.as_str(), "disconnect" | "terminate");
                let request = Request {
                    seq: message["seq"].as_u64().unwrap_or(0),
                    command,
                    arguments: message["arguments"].clone(),
                };
                if send.send(request).is_err() {
                    return;
                }
                if ends {
                    break;
                }
            }
            // The editor has gone, or wants to: the guest may wait for something.
            let stop = stop.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(stop) = &*stop {
                stop.interrupt();
            }
        });
        Self {
            requests,
            out: Box::new(out),
            sent: 0,
            interrupt,
        }
    }

    /// What ends the guest when the editor goes.
    pub(super) fn interrupts(&mut self, interrupt: InterruptHandle) {
        let mut place = self
            .interrupt
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *place = Some(interrupt);
    }

    /// The next request; `None` if the editor has gone.
    pub(super) fn receive(&mut self) -> Option<Request> {
        self.requests.recv().ok()
    }

    /// A request that is there already.
    pub(super) fn receive_now(&mut self) -> Option<Request> {
        self.requests.try_recv().ok()
    }

    pub(super) fn answer(&mut self, request: &Request, body: Value) {
        self.send(json!({
            "type": "response",
            "request_seq": request.seq,
            "command": request.command,
            "success": true,
            "body": body,
        }));
    }

    pub(super) fn refuse(&mut self, request: &Request, why: &str) {
        self.send(json!({
            "type": "response",
            "request_seq": request.seq,
            "command": request.command,
            "success": false,
            "message": why,
        }));
    }

    pub(super) fn event(&mut self, event: &str, body: Value) {
        self.send(json!({"type": "event", "event": event, "body": body}));
    }

    /// An editor that has gone need not be told.
    fn send(&mut self, mut message: Value) {
        self.sent += 1;
        message["seq"] = self.sent.into();
        let text = message.to_string();
        let _ = write!(self.out, "Content-Length: {}\r\n\r\n{text}", text.len());
        let _ = self.out.flush();
    }
}

/// The next message: header lines, an empty one, and JSON.
fn read(input: &mut impl BufRead) -> Option<Value> {
    let mut len_bytes = None;
    loop {
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                len_bytes = value.trim().parse::<u64>().ok();
            }
            Some(_) => {}
            None if len_bytes.is_some() => break,
            None => {}
        }
    }
    let len_bytes = len_bytes.filter(|len_bytes| *len_bytes <= MAX_MESSAGE_BYTES)?;
    let mut bytes = Vec::new();
    input.take(len_bytes).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_headers() {
        let text = "Content-Length: 8\r\nOther: 1\r\n\r\n{\"a\": 1}Content-Length: 99\r\n\r\n{";
        let mut input = text.as_bytes();
        assert_eq!(read(&mut input).unwrap()["a"], 1);
        assert_eq!(read(&mut input), None);
        assert_eq!(read(&mut &b"garbage"[..]), None);
    }
}
