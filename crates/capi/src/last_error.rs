//! Why the last function answered null or false.

use crate::vector::ByteVec;
use std::cell::RefCell;

thread_local! {
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Notes a reason; gives nothing, for the caller to answer.
pub fn set<T>(reason: impl ToString) -> Option<T> {
    LAST.with(|last| *last.borrow_mut() = reason.to_string());
    None
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn fossor_last_error(out: *mut ByteVec) {
    let text = LAST.with(|last| last.borrow().clone());
    // SAFETY: C1.
    unsafe { out.write(ByteVec::message(&text)) };
}
