//! Which parts of the guest's memory a call reads and writes, from the
//! function's declaration.
//!
//! A trace shows them, a recording keeps the contents of those that were
//! written. Parts that are written may be given too large, never too small: the
//! tests of all functions compare the memory before and after.

use crate::WasiCtx;
use crate::abi::*;
use crate::functions::ParamInfo;
use crate::layer::Call;
use fossor_host::GuestMemory;

/// A part of the guest's memory that a call had to do with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The parameter or result that led to it.
    pub name: &'static str,
    /// Which one of several.
    pub index: Option<u32>,
    /// Where it begins.
    pub addr: u32,
    /// How long it is.
    pub len_bytes: u32,
    /// What is there.
    pub content: Content,
    /// Whether the call wrote it; otherwise it read it.
    pub written: bool,
}

/// What a part of memory holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Bytes that mean nothing to WASI.
    Bytes,
    /// A path or a name.
    Text,
    /// A number, enum or set of flags.
    Number(FieldType),
    /// A structure.
    Struct(&'static Layout),
    /// Several addresses.
    Pointers,
    /// Directory entries, each a `dirent` and a name.
    Entries,
}

/// Tells `each` of what a call read, in the order of its parameters. Valid
/// before and after the call.
pub fn read(call: &Call<'_>, memory: &GuestMemory<'_>, each: &mut dyn FnMut(Span)) {
    let mut cells = Cells::new(call.cells);
    for info in call.function.param_infos {
        match info.kind {
            Kind::Path | Kind::LinkText => {
                let (addr, len_bytes) = (cells.i32(), cells.i32());
                if len_bytes <= MAX_PATH_BYTES && memory.check(addr, len_bytes.into()).is_ok() {
                    each(span(info.name, addr, len_bytes, Content::Text, false));
                }
            }
            Kind::Iovecs | Kind::Ciovecs => {
                let contents = info.kind == Kind::Ciovecs;
                let layout = if contents {
                    &layout::CIOVEC
                } else {
                    &layout::IOVEC
                };
                iovecs(
                    memory,
                    cells.i32(),
                    cells.i32(),
                    |index, at, buf, len_bytes| {
                        let index = Some(index);
                        let array = span(info.name, at, 8, Content::Struct(layout), false);
                        each(Span { index, ..array });
                        if contents {
                            let buffer = span("buf", buf, len_bytes, Content::Bytes, false);
                            each(Span { index, ..buffer });
                        }
                    },
                );
            }
            Kind::Subscriptions | Kind::Subscriptions0 => {
                let (addr, _, count) = (cells.i32(), cells.i32(), cells.i32());
                let layout = match info.kind {
                    Kind::Subscriptions => &layout::SUBSCRIPTION,
                    _ => &layout::SUBSCRIPTION0,
                };
                let size_bytes = layout.size_bytes;
                let total_bytes = u64::from(count) * u64::from(size_bytes);
                if count <= MAX_SUBSCRIPTIONS && memory.check(addr, total_bytes).is_ok() {
                    for index in 0..count {
                        let at = addr + index * size_bytes;
                        let one = span("in", at, size_bytes, Content::Struct(layout), false);
                        each(Span {
                            index: Some(index),
                            ..one
                        });
                    }
                }
            }
            kind => kind.cells().iter().for_each(|_| {
                cells.i64();
            }),
        }
    }
}

/// Appends what a call may write, in the order of its parameters and results.
/// To be asked before the call, since it may write over its own arguments;
/// [`settle`] then tells what it did write.
pub fn plan(call: &Call<'_>, ctx: &WasiCtx, memory: &GuestMemory<'_>, spans: &mut Vec<Span>) {
    let mut cells = Cells::new(call.cells);
    let mut pointers = 0;
    for info in call.function.param_infos {
        match info.kind {
            Kind::Iovecs => {
                iovecs(
                    memory,
                    cells.i32(),
                    cells.i32(),
                    |index, _, buf, len_bytes| {
                        let buffer = span("buf", buf, len_bytes, Content::Bytes, true);
                        spans.push(Span {
                            index: Some(index),
                            ..buffer
                        });
                    },
                );
            }
            Kind::Buffer => {
                let (addr, len_bytes) = (cells.i32(), cells.i32());
                let content = match call.function.name {
                    "fd_readdir" => Content::Entries,
                    "random_get" => Content::Bytes,
                    _ => Content::Text,
                };
                spans.push(span(info.name, addr, len_bytes, content, true));
            }
            Kind::Pointer => {
                let strings = match call.function.name {
                    "args_get" => &ctx.args,
                    _ => &ctx.environment,
                };
                let (Size(count), Size(size_bytes)) = strings.sizes();
                let addr = cells.i32();
                spans.push(match pointers {
                    0 => span(info.name, addr, count * 4, Content::Pointers, true),
                    _ => span(info.name, addr, size_bytes, Content::Text, true),
                });
                pointers += 1;
            }
            Kind::Subscriptions | Kind::Subscriptions0 => {
                let (_, addr, count) = (cells.i32(), cells.i32(), cells.i32());
                for index in 0..count.min(MAX_SUBSCRIPTIONS) {
                    let size_bytes = Event::SIZE_BYTES;
                    let at = addr.wrapping_add(index * size_bytes);
                    let one = span("out", at, size_bytes, Content::Struct(&layout::EVENT), true);
                    spans.push(Span {
                        index: Some(index),
                        ..one
                    });
                }
            }
            kind => kind.cells().iter().for_each(|_| {
                cells.i64();
            }),
        }
    }
    for info in call.function.result_infos {
        let (len_bytes, content) = result(info.kind);
        spans.push(span(info.name, cells.i32(), len_bytes, content, true));
    }
}

/// Cuts what a call might write to what it wrote when it answered `errno`.
///
/// A call that fails has written nothing: everything is checked before.
pub fn settle(call: &Call<'_>, errno: u32, memory: &GuestMemory<'_>, spans: &mut Vec<Span>) {
    if errno != 0 {
        spans.clear();
        return;
    }
    // How much of the buffers was used, where a result says so.
    let results = call.function.result_infos;
    let addr = call.cells.get(call.cells.len().wrapping_sub(results.len()));
    let used = match (results.first(), addr) {
        // A second result may have been stored over it; then nothing is cut.
        (Some(info), Some(addr)) if info.kind == Kind::Size && !overwritten(call) => {
            memory.get_u32(*addr as u32).ok()
        }
        _ => None,
    };
    if let Some(used) = used {
        let mut left = used;
        spans.retain_mut(|span| match (span.name, span.content) {
            ("out", _) => span.index.is_some_and(|index| index < used),
            (_, Content::Bytes | Content::Text | Content::Entries) => {
                span.len_bytes = span.len_bytes.min(left);
                left -= span.len_bytes;
                span.len_bytes > 0
            }
            _ => true,
        });
    }
}

/// Whether a second result lies over the first, after which it is stored.
fn overwritten(call: &Call<'_>) -> bool {
    let results = call.function.result_infos;
    match (results, call.cells) {
        ([one, two], [.., first, second]) => {
            let (first, second) = (u64::from(*first as u32), u64::from(*second as u32));
            let end = |addr: u64, info: &ParamInfo| addr + u64::from(result(info.kind).0);
            first < end(second, two) && second < end(first, one)
        }
        _ => false,
    }
}

/// How a result of that kind lies in memory.
pub fn result(kind: Kind) -> (u32, Content) {
    let layout = match kind {
        Kind::Fdstat => &layout::FDSTAT,
        Kind::Filestat => &layout::FILESTAT,
        Kind::Filestat0 => &layout::FILESTAT0,
        Kind::Prestat => &layout::PRESTAT,
        Kind::Timestamp => return (8, Content::Number(FieldType::Timestamp)),
        Kind::FileSize => return (8, Content::Number(FieldType::U64)),
        Kind::RoFlags => return (2, Content::Number(FieldType::Named(&RoFlags::INFO))),
        _ => return (4, Content::Number(FieldType::U32)),
    };
    (layout.size_bytes, Content::Struct(layout))
}

fn span(name: &'static str, addr: u32, len_bytes: u32, content: Content, written: bool) -> Span {
    Span {
        name,
        index: None,
        addr,
        len_bytes,
        content,
        written,
    }
}

/// Calls `each` with the number, place, address and length of every buffer that
/// is used and lies inside the memory.
///
/// None is used of those that exceed 4 GiB together, as the call is refused: a
/// thousand buffers that are each the whole memory would be much to look at.
fn iovecs(
    memory: &GuestMemory<'_>,
    addr: u32,
    count: u32,
    mut each: impl FnMut(u32, u32, u32, u32),
) {
    let mut total_bytes = 0u64;
    each_iovec(memory, addr, count, |_, _, _, len_bytes| {
        total_bytes += u64::from(len_bytes);
    });
    if u32::try_from(total_bytes).is_ok() {
        each_iovec(memory, addr, count, &mut each);
    }
}

fn each_iovec(
    memory: &GuestMemory<'_>,
    addr: u32,
    count: u32,
    mut each: impl FnMut(u32, u32, u32, u32),
) {
    for index in 0..count.min(MAX_IOVECS) {
        let Some(at) = addr.checked_add(index * 8) else {
            return;
        };
        let (Ok(buf), Ok(len_bytes)) = (memory.get_u32(at), memory.get_u32(at.saturating_add(4)))
        else {
            return;
        };
        if memory.check(buf, len_bytes.into()).is_err() {
            return;
        }
        each(index, at, buf, len_bytes);
    }
}
