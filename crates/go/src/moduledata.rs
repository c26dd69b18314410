//! The runtime's record of the module, `runtime.firstmoduledata`.

use crate::image::Image;

/// What is of use in the record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ModuleData {
    /// Where the record is.
    pub address: u64,
    /// What function data are relative to.
    pub gofunc: u64,
    /// Where variables with pointers are that are not zero at the start.
    pub data: (u64, u64),
    /// Where variables with pointers are.
    pub bss: (u64, u64),
    /// Where types are.
    pub types: (u64, u64),
}

// Fields, in words from the start of the record; the same from Go 1.21 on.
const DATA: u64 = 26;
const BSS: u64 = 28;
const TYPES: u64 = 37;
/// `gofunc` of Go 1.21 to 1.26; two fields came before it in 1.27, one of them
/// an offset, which is no address.
const GOFUNC: u64 = 40;
const GOFUNC_1_27: u64 = 43;

impl ModuleData {
    /// Finds the record of the table at `header`: it begins with that address
    /// and the one of the table of names.
    pub fn find(image: Image<'_>, data: &[u8], header: u64, names: u64) -> Option<Self> {
        let needle = header.to_le_bytes();
        memchr::memmem::find_iter(data, &needle)
            .map(|at| at as u64)
            .filter(|at| at % 8 == 0 && image.u64(at + 8) == Some(names))
            .find_map(|at| Self::read(image, at))
    }

    fn read(image: Image<'_>, at: u64) -> Option<Self> {
        let word = |index: u64| image.u64(at + index * 8);
        let (gofunc, types_end) = match word(GOFUNC)? {
            address if address >= word(TYPES)? => (address, word(TYPES + 1)?),
            _ => (word(GOFUNC_1_27)?, word(TYPES + 2)?),
        };
        let range = |index| {
            let (start, end) = (word(index)?, word(index + 1)?);
            (start <= end).then_some((start, end))
        };
        (gofunc < image.len_bytes()).then_some(Self {
            address: at,
            types: (word(TYPES)?, types_end),
            gofunc,
            data: range(DATA)?,
            bss: range(BSS)?,
        })
    }
}
