//! A call's arguments and results as typed values, for machines.

use fossor_host::GuestMemory;

use super::text;
use crate::abi::*;
use crate::descriptor::Descriptors;
use crate::layer::Call;
use crate::spans::{Content, Span};

/// An argument or a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Unsigned(u64),
    /// A number that may be negative.
    Signed(i64),
    /// The name of an enum's value.
    Name(String),
    /// Names of the flags that are set.
    Flags(Vec<String>),
    /// A path or a name, as bytes.
    Text(Vec<u8>),
    /// Bytes that mean nothing to WASI.
    Bytes(Vec<u8>),
    /// Several of a kind.
    List(Vec<Value>),
    /// A structure's fields.
    Fields(Vec<(&'static str, Value)>),
}

/// Arguments with their names.
pub(super) fn args(
    call: &Call<'_>,
    memory: &GuestMemory<'_>,
    descriptors: &Descriptors,
) -> Vec<(&'static str, Value)> {
    let mut cells = Cells::new(call.cells);
    let mut values = Vec::new();
    for info in call.function.param_infos {
        let value = match info.kind {
            Kind::Fd => {
                let fd = cells.i32();
                let mut fields = vec![("fd", Value::Unsigned(fd.into()))];
                let descriptor = descriptors.get(Fd(fd), Rights::empty());
                if let Some(name) = descriptor.ok().and_then(|one| one.name.as_deref()) {
                    fields.push(("name", Value::Name(name.to_owned())));
                }
                Value::Fields(fields)
            }
            Kind::Path | Kind::LinkText => {
                let (addr, len_bytes) = (cells.i32(), cells.i32());
                match memory.view(addr, len_bytes) {
                    Ok(bytes) if len_bytes <= MAX_PATH_BYTES => Value::Text(bytes.to_vec()),
                    _ => range(addr, len_bytes),
                }
            }
            Kind::Iovecs | Kind::Ciovecs => buffers(&mut cells, memory, info.kind),
            Kind::Buffer => range(cells.i32(), cells.i32()),
            Kind::Subscriptions | Kind::Subscriptions0 => {
                subscriptions(&mut cells, memory, info.kind)
            }
            Kind::FileDelta => Value::Signed(cells.i64() as i64),
            kind => {
                let number = match kind.cells() {
                    [AbiType::I64] => cells.i64(),
                    _ => cells.i32().into(),
                };
                match named(kind) {
                    Some(info) => of(FieldType::Named(info), number),
                    None => Value::Unsigned(number),
                }
            }
        };
        values.push((info.name, value));
    }
    values
}

/// What was stored, with names.
pub(super) fn stored(spans: &[Span], memory: &GuestMemory<'_>) -> Vec<(&'static str, Value)> {
    let mut values: Vec<(&'static str, Value)> = Vec::new();
    for span in spans {
        let Ok(bytes) = memory.view(span.addr, span.len_bytes) else {
            continue;
        };
        let value = match span.content {
            Content::Bytes => Value::Bytes(bytes.to_vec()),
            Content::Text => Value::Text(bytes.to_vec()),
            Content::Entries => entries(bytes),
            Content::Number(ty) => of(ty, ty.number(bytes)),
            Content::Struct(layout) => fields(layout, bytes),
            Content::Pointers => {
                let pointers = bytes.chunks_exact(4);
                let number = |bytes| Value::Unsigned(FieldType::U32.number(bytes));
                Value::List(pointers.map(number).collect())
            }
        };
        match (span.index, values.last_mut()) {
            (None, _) => values.push((span.name, value)),
            (Some(_), Some((name, Value::List(list)))) if *name == span.name => list.push(value),
            (Some(_), _) => values.push((span.name, Value::List(vec![value]))),
        }
    }
    values
}

fn of(ty: FieldType, number: u64) -> Value {
    match ty {
        FieldType::Errno => match u32::try_from(number).ok().and_then(Errno::from_number) {
            Some(errno) => Value::Name(errno.name().to_owned()),
            None => Value::Unsigned(number),
        },
        FieldType::Named(info) if info.flags => Value::Flags(match number {
            0 => Vec::new(),
            _ => info.text(number).split('|').map(str::to_owned).collect(),
        }),
        FieldType::Named(info) => match info.name_of(number) {
            Some(name) => Value::Name(name.to_owned()),
            None => Value::Unsigned(number),
        },
        _ => Value::Unsigned(number),
    }
}

fn fields(layout: &Layout, bytes: &[u8]) -> Value {
    let fields = layout.fields_of(bytes);
    Value::Fields(
        fields
            .map(|field| (field.name, of(field.ty, field.number(bytes))))
            .collect(),
    )
}

fn range(addr: u32, len_bytes: u32) -> Value {
    Value::Fields(vec![
        ("addr", Value::Unsigned(addr.into())),
        ("len", Value::Unsigned(len_bytes.into())),
    ])
}

fn buffers(cells: &mut Cells<'_>, memory: &GuestMemory<'_>, kind: Kind) -> Value {
    let (addr, count) = (cells.i32(), cells.i32());
    let mut list = Vec::new();
    // Buffers that overlap are copied until that would be more than there is.
    let mut room_bytes = memory.len_bytes();
    for index in 0..count.min(MAX_IOVECS) {
        let at = addr.wrapping_add(index * 8);
        let (Ok(buf), Ok(len_bytes)) = (memory.get_u32(at), memory.get_u32(at.wrapping_add(4)))
        else {
            break;
        };
        list.push(match memory.view(buf, len_bytes) {
            Ok(bytes) if kind == Kind::Ciovecs && bytes.len() as u64 <= room_bytes => {
                room_bytes -= bytes.len() as u64;
                Value::Bytes(bytes.to_vec())
            }
            _ => range(buf, len_bytes),
        });
    }
    Value::List(list)
}

fn subscriptions(cells: &mut Cells<'_>, memory: &GuestMemory<'_>, kind: Kind) -> Value {
    let (addr, _, count) = (cells.i32(), cells.i32(), cells.i32());
    let layout = match kind {
        Kind::Subscriptions => &layout::SUBSCRIPTION,
        _ => &layout::SUBSCRIPTION0,
    };
    let mut list = Vec::new();
    for index in 0..count.min(MAX_SUBSCRIPTIONS) {
        let at = addr.wrapping_add(index * layout.size_bytes);
        match memory.view(at, layout.size_bytes) {
            Ok(bytes) => list.push(fields(layout, bytes)),
            Err(_) => break,
        }
    }
    Value::List(list)
}

fn entries(bytes: &[u8]) -> Value {
    let mut list = Vec::new();
    for (head, name) in text::entries(bytes) {
        let Value::Fields(mut entry) = fields(&layout::DIRENT, head) else {
            continue;
        };
        entry.push(("name", Value::Text(name.to_vec())));
        list.push(Value::Fields(entry));
    }
    Value::List(list)
}

/// The enum or set of flags that a parameter of this kind is.
fn named(kind: Kind) -> Option<&'static TypeInfo> {
    Some(match kind {
        Kind::ClockId => &ClockId::INFO,
        Kind::Whence => &Whence::INFO,
        Kind::Advice => &Advice::INFO,
        Kind::FdFlags => &FdFlags::INFO,
        Kind::OFlags => &OFlags::INFO,
        Kind::LookupFlags => &LookupFlags::INFO,
        Kind::FstFlags => &FstFlags::INFO,
        Kind::Rights => &Rights::INFO,
        Kind::RiFlags => &RiFlags::INFO,
        Kind::SiFlags => &SiFlags::INFO,
        Kind::SdFlags => &SdFlags::INFO,
        _ => return None,
    })
}
