//! What the types look like in guest memory, as data: for traces, explanations
//! and everything else that shows memory with its fields.

use super::layout;
use super::{Advice, ClockId, FdFlags, FileType, FstFlags, LookupFlags, OFlags};
use super::{RiFlags, Rights, RoFlags, SdFlags, SiFlags, Whence};

/// A set of flags or an enum, described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeInfo {
    /// Its name in Rust; [`witx_name`](Self::witx_name) is the ABI's.
    pub name: &'static str,
    /// How it lies in memory: `u8` to `u64`.
    pub repr: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// Whether values are combined.
    pub flags: bool,
    /// Its values.
    pub items: &'static [Item],
}

/// One flag, or one value of an enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its name, in capitals.
    pub name: &'static str,
    /// The number: of a flag, its bit's value.
    pub value: u64,
    /// What it means.
    pub doc: &'static str,
}

impl TypeInfo {
    /// The name in the specification: `fdflags`.
    pub fn witx_name(&self) -> String {
        self.name.to_lowercase()
    }

    /// How many bytes it takes in memory.
    pub fn size_bytes(&self) -> u32 {
        match self.repr {
            "u8" => 1,
            "u16" => 2,
            "u32" => 4,
            _ => 8,
        }
    }

    /// The name of a value of an enum.
    pub fn name_of(&self, value: u64) -> Option<&'static str> {
        let item = self.items.iter().find(|item| item.value == value);
        item.map(|item| item.name)
    }

    /// The values, by name: `CREAT|TRUNC`, `0x8000` for bits without a name, `0`
    /// for none.
    pub fn text(&self, value: u64) -> String {
        if !self.flags {
            return match self.name_of(value) {
                Some(name) => name.to_owned(),
                None => value.to_string(),
            };
        }
        let set = self
            .items
            .iter()
            .filter(|item| value & item.value == item.value);
        let mut names: Vec<String> = set.map(|item| item.name.to_owned()).collect();
        let known = self.items.iter().fold(0, |bits, item| bits | item.value);
        match value & !known {
            0 if names.is_empty() => names.push("0".to_owned()),
            0 => {}
            rest => names.push(format!("{rest:#x}")),
        }
        names.join("|")
    }
}

/// A structure in guest memory. Bytes that no field names are padding, and 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Its name in the specification.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// Its size.
    pub size_bytes: u32,
    /// What its address is a multiple of; here other addresses are accepted.
    pub align_bytes: u32,
    /// Its fields by offset.
    pub fields: &'static [Field],
}

/// One field of a structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the specification.
    pub name: &'static str,
    /// Where it begins.
    pub offset_bytes: u32,
    /// What is there.
    pub ty: FieldType,
    /// If it is only there for one value of the structure's tag: that value.
    pub tag: Option<u8>,
    /// What it means.
    pub doc: &'static str,
}

/// What a field holds. Numbers are little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // numbers of that width
pub enum FieldType {
    U8,
    U16,
    U32,
    U64,
    /// An address in guest memory, 4 bytes.
    Pointer,
    /// Nanoseconds, 8 bytes.
    Timestamp,
    /// An error number, 2 bytes.
    Errno,
    /// A value of an enum or a set of flags.
    Named(&'static TypeInfo),
}

impl FieldType {
    /// How many bytes it takes.
    pub fn size_bytes(self) -> u32 {
        match self {
            FieldType::U8 => 1,
            FieldType::U16 | FieldType::Errno => 2,
            FieldType::U32 | FieldType::Pointer => 4,
            FieldType::U64 | FieldType::Timestamp => 8,
            FieldType::Named(info) => info.size_bytes(),
        }
    }

    /// What it is called: `u16`, `filetype u8`.
    pub fn text(self) -> String {
        match self {
            FieldType::U8 => "u8".to_owned(),
            FieldType::U16 => "u16".to_owned(),
            FieldType::U32 => "u32".to_owned(),
            FieldType::U64 => "u64".to_owned(),
            FieldType::Pointer => "pointer u32".to_owned(),
            FieldType::Timestamp => "ns u64".to_owned(),
            FieldType::Errno => "errno u16".to_owned(),
            FieldType::Named(info) => format!("{} {}", info.witx_name(), info.repr),
        }
    }

    /// The number in these bytes, as far as there are any.
    pub fn number(self, bytes: &[u8]) -> u64 {
        let bytes = bytes.iter().take(self.size_bytes() as usize);
        bytes
            .rev()
            .fold(0, |value, byte| value << 8 | u64::from(*byte))
    }
}

impl Layout {
    /// The fields that these bytes have: those of another tag are left out.
    pub fn fields_of(&self, bytes: &[u8]) -> impl Iterator<Item = &'static Field> {
        let tag = self.fields.iter().find(|field| field.name == "tag");
        let tag = tag.and_then(|field| bytes.get(field.offset_bytes as usize).copied());
        let fields = self.fields.iter();
        fields.filter(move |field| field.tag.is_none() || field.tag == tag)
    }
}

impl Field {
    /// This field's number in the bytes of its structure.
    pub fn number(&self, bytes: &[u8]) -> u64 {
        let bytes = bytes.get(self.offset_bytes as usize..).unwrap_or_default();
        self.ty.number(bytes)
    }
}

/// All enums and sets of flags.
pub const TYPES: &[&TypeInfo] = &[
    &ClockId::INFO,
    &FileType::INFO,
    &Whence::INFO,
    &Advice::INFO,
    &FdFlags::INFO,
    &OFlags::INFO,
    &LookupFlags::INFO,
    &FstFlags::INFO,
    &EVENT_TYPE,
    &EVENT_FLAGS,
    &SUBSCRIPTION_CLOCK_FLAGS,
    &RiFlags::INFO,
    &RoFlags::INFO,
    &SiFlags::INFO,
    &SdFlags::INFO,
    &Rights::INFO,
];

/// All structures, those of snapshot 0 last.
pub const LAYOUTS: &[&Layout] = &[
    &layout::IOVEC,
    &layout::CIOVEC,
    &layout::FDSTAT,
    &layout::FILESTAT,
    &layout::DIRENT,
    &layout::PRESTAT,
    &layout::SUBSCRIPTION,
    &layout::EVENT,
    &layout::FILESTAT0,
    &layout::SUBSCRIPTION0,
];

pub(super) const EVENT_TYPE: TypeInfo = TypeInfo {
    name: "EventType",
    repr: "u8",
    doc: "`eventtype`, u8: what is waited for, and what happened.",
    flags: false,
    items: &[
        Item {
            name: "CLOCK",
            value: 0,
            doc: "A clock's time has come.",
        },
        Item {
            name: "FD_READ",
            value: 1,
            doc: "A descriptor can be read, or is at its end.",
        },
        Item {
            name: "FD_WRITE",
            value: 2,
            doc: "A descriptor can be written.",
        },
    ],
};

pub(super) const EVENT_FLAGS: TypeInfo = TypeInfo {
    name: "EventRwFlags",
    repr: "u16",
    doc: "`eventrwflags`, u16: more of what happened to a descriptor.",
    flags: true,
    items: &[Item {
        name: "HANGUP",
        value: 1,
        doc: "The other side has gone.",
    }],
};

pub(super) const SUBSCRIPTION_CLOCK_FLAGS: TypeInfo = TypeInfo {
    name: "SubClockFlags",
    repr: "u16",
    doc: "`subclockflags`, u16: what a clock's timeout is.",
    flags: true,
    items: &[Item {
        name: "ABSTIME",
        value: 1,
        doc: "A time of the clock, and not a time from now on.",
    }],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_in_order_aligned_and_inside() {
        for layout in LAYOUTS {
            let mut end = [0; 4];
            for field in layout.fields {
                let size_bytes = field.ty.size_bytes();
                assert_eq!(
                    field.offset_bytes % size_bytes,
                    0,
                    "{} {}",
                    layout.name,
                    field.name
                );
                // Shapes of other tags lie over each other.
                let shape = field.tag.map_or(0, |tag| tag as usize + 1);
                assert!(
                    field.offset_bytes >= end[shape].max(end[0]),
                    "{} {}",
                    layout.name,
                    field.name
                );
                end[shape] = field.offset_bytes + size_bytes;
                assert!(end[shape] <= layout.size_bytes);
            }
        }
    }

    #[test]
    fn values_have_names() {
        assert_eq!(OFlags::INFO.text(9), "CREAT|TRUNC");
        assert_eq!(FdFlags::INFO.text(0x8004), "NONBLOCK|0x8000");
        assert_eq!(LookupFlags::INFO.text(0), "0");
        assert_eq!(Whence::INFO.text(2), "END");
        assert_eq!(Whence::INFO.text(9), "9");
    }
}
