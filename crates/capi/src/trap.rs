//! Traps: every reason for which a call has no result.

use crate::engine::{StoreRef, wasm_store_t};
use crate::object::{Object, What};
use crate::vector::{ByteVec, Vector, vectors};
use fossor::{Error, HostError, Module, TrapInfo};
use std::rc::Rc;

/// Why a call has no result.
#[derive(Clone, Debug, Default)]
pub struct Reason {
    pub message: String,
    /// The status with which the guest exited.
    pub exit_status: Option<u32>,
    /// The innermost first.
    pub frames: Vec<wasm_frame_t>,
}

/// A level of the guest's call stack.
#[derive(Clone, Copy, Debug)]
pub struct wasm_frame_t {
    func_index: u32,
    func_offset: usize,
    module_offset: usize,
}

/// A trap that a callback answered, on its way through the guest.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct FromCallback {
    message: String,
    exit_status: Option<u32>,
}

impl Reason {
    /// What an error says; `module` is what ran.
    pub fn of(error: &Error, module: Option<&Module>) -> Self {
        let mut reason = Reason {
            message: error.to_string(),
            ..Reason::default()
        };
        match error {
            Error::Trap(info) => reason.message = info.trap.message().to_owned(),
            Error::Exception(exception) => reason.message = exception.message(),
            Error::Interrupted(why, _) => reason.message = why.to_string(),
            Error::Exit(status) => reason.exit_status = Some(*status),
            Error::Host(error) => {
                if let Some(trap) = error.downcast_ref::<FromCallback>() {
                    reason.exit_status = trap.exit_status;
                }
            }
            _ => {}
        }
        if let Some(info) = error.trap_info() {
            reason.frames = frames(info, module);
        }
        reason
    }

    /// Passes it on through the guest that called a callback.
    pub fn to_host_error(&self) -> HostError {
        match self.exit_status {
            Some(status) => HostError::Exit(status),
            None => HostError::other(FromCallback {
                message: self.message.clone(),
                exit_status: None,
            }),
        }
    }
}

fn frames(info: &TrapInfo, module: Option<&Module>) -> Vec<wasm_frame_t> {
    let frame = |frame: &fossor::Frame| {
        let module_offset = frame.wasm_offset.unwrap_or(0) as usize;
        let body = module.and_then(|module| module.func_body(frame.func_idx));
        wasm_frame_t {
            func_index: frame.func_idx,
            func_offset: body.map_or(0, |body| module_offset.saturating_sub(body.start)),
            module_offset,
        }
    };
    info.frames.iter().map(frame).collect()
}

/// A trap for C.
pub fn new(store: &StoreRef, reason: Reason) -> Box<Object> {
    Object::new(store, What::Trap(Rc::new(reason)))
}

/// The reason, if it is a trap.
pub fn reason(object: &Object) -> Option<&Reason> {
    match &object.what {
        What::Trap(reason) => Some(reason),
        _ => None,
    }
}

vectors! {
    *mut wasm_frame_t: wasm_frame_vec_new_empty wasm_frame_vec_new_uninitialized
        wasm_frame_vec_new wasm_frame_vec_copy wasm_frame_vec_delete;
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_frame_delete(frame: Option<Box<wasm_frame_t>>) {
    drop(frame);
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_frame_copy(frame: &wasm_frame_t) -> Box<wasm_frame_t> {
    Box::new(*frame)
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_frame_instance(_: &wasm_frame_t) -> Option<Box<Object>> {
    None
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_frame_func_index(frame: &wasm_frame_t) -> u32 {
    frame.func_index
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_frame_func_offset(frame: &wasm_frame_t) -> usize {
    frame.func_offset
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_frame_module_offset(frame: &wasm_frame_t) -> usize {
    frame.module_offset
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_trap_new(
    store: &wasm_store_t,
    message: Option<&ByteVec>,
) -> Box<Object> {
    let reason = Reason {
        // SAFETY: C1.
        message: message.map_or_else(String::new, |message| unsafe { message.to_text() }),
        ..Reason::default()
    };
    new(&store.0, reason)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_trap_message(trap: &Object, out: *mut ByteVec) {
    let message = reason(trap).map_or("", |reason| &reason.message);
    // SAFETY: C1.
    unsafe { out.write(ByteVec::message(message)) };
}

#[unsafe(no_mangle)]
pub extern "C" fn wasm_trap_origin(trap: &Object) -> Option<Box<wasm_frame_t>> {
    let frame = reason(trap)?.frames.first();
    frame.map(|frame| Box::new(*frame))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn wasm_trap_trace(trap: &Object, out: *mut Vector<*mut wasm_frame_t>) {
    let frames = reason(trap).map_or(&[][..], |reason| &reason.frames);
    let boxes = frames.iter().map(|frame| Box::into_raw(Box::new(*frame)));
    // SAFETY: C1.
    unsafe { out.write(Vector::new(boxes.collect())) };
}

#[unsafe(no_mangle)]
pub extern "C" fn wasi_exit_status(trap: &Object, status: Option<&mut u32>) -> bool {
    match (reason(trap).and_then(|reason| reason.exit_status), status) {
        (Some(given), Some(status)) => {
            *status = given;
            true
        }
        (given, _) => given.is_some(),
    }
}
