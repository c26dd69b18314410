//! A Go program: its table of functions (pclntab).

use crate::error::GoError;
use crate::func::Func;
use crate::image::Image;
use crate::moduledata::ModuleData;
use crate::pc::{FUNC_OFFSET, Pc};

/// How the table begins: its magic number of Go 1.20 and later, two zeros,
/// instructions of 1 byte, pointers of 8.
const MAGIC: [u8; 8] = [0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8];

// Addresses of fields of the header, from its start. Source:
// `runtime/symtab.go`, `pcHeader`.
const FUNCS: u64 = 8;
const NAMES: u64 = 32;
const UNITS: u64 = 40;
const FILES: u64 = 48;
const PCTAB: u64 = 56;
const FUNCTAB: u64 = 64;

/// Names are longer than this only in tables that lie.
const MAX_NAME_BYTES: usize = 16 << 10;

/// A Go program's table of functions, in an image that contains it.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    pub(crate) image: Image<'a>,
    /// What the module's data covers.
    pub(crate) data: &'a [u8],
    tables: Tables,
}

/// Where the tables of a program are: to look at it again without a search.
#[derive(Clone, Copy, Debug)]
pub struct Tables {
    static_bytes: u64,
    header: u64,
    funcs: u64,
    /// How far entries are shifted: 16 up to Go 1.24, where they are PCs; 0
    /// later, where they are PC_Fs.
    shift: u32,
    /// PC_F of the entry 0.
    base: u32,
    names: u64,
    units: u64,
    files: u64,
    pctab: u64,
    functab: u64,
    module: Option<ModuleData>,
}

impl<'a> Program<'a> {
    /// Finds the table. Go spreads it over many data segments, so only a whole
    /// memory shows it.
    ///
    /// `static_bytes` is where the module's data ends: nothing of the program's
    /// own lies beyond.
    pub fn find(image: Image<'a>, static_bytes: u64) -> Result<Self, GoError> {
        let mut damaged = None;
        let data = image.slice(0, static_bytes).unwrap_or(image.bytes());
        for at in memchr::memmem::find_iter(data, &MAGIC) {
            match Self::read(image, data, at as u64) {
                Ok(program) => return Ok(program),
                Err(error) => damaged = damaged.or(Some(error)),
            }
        }
        Err(damaged.unwrap_or(GoError::NoTable))
    }

    fn read(image: Image<'a>, data: &'a [u8], header: u64) -> Result<Self, GoError> {
        let field = |offset| image.word(header + offset, "the header");
        let address = |offset| {
            let distance = field(offset)?;
            header
                .checked_add(distance)
                .filter(|&address| address <= image.len_bytes())
                .ok_or(GoError::damaged("the header", header + offset))
        };
        let tables = Tables {
            static_bytes: data.len() as u64,
            header,
            funcs: field(FUNCS)?,
            shift: 0,
            base: 0,
            names: address(NAMES)?,
            units: address(UNITS)?,
            files: address(FILES)?,
            pctab: address(PCTAB)?,
            functab: address(FUNCTAB)?,
            module: None,
        };
        let mut program = Self {
            image,
            data,
            tables,
        };
        let room = image.len_bytes() - tables.functab;
        if tables.funcs == 0 || tables.funcs > room / 8 {
            return Err(GoError::damaged("the count of functions", header + FUNCS));
        }
        if tables.pctab > tables.functab {
            return Err(GoError::damaged("the header", header + PCTAB));
        }
        let tables = &mut program.tables;
        tables.module = ModuleData::find(image, data, header, tables.names);
        let (shift, base) = program.entry_form()?;
        (program.tables.shift, program.tables.base) = (shift, base);
        Ok(program)
    }

    /// A program that was found before, in the same memory or a copy of its
    /// data.
    pub fn with_tables(image: Image<'a>, tables: Tables) -> Self {
        let data = image.slice(0, tables.static_bytes);
        Self {
            image,
            data: data.unwrap_or(image.bytes()),
            tables,
        }
    }

    /// Where everything is.
    pub fn tables(&self) -> Tables {
        self.tables
    }

    /// The runtime's record of the module, if it was found.
    pub(crate) fn module(&self) -> Option<ModuleData> {
        self.tables.module
    }

    /// Where the table is.
    pub fn address(&self) -> u64 {
        self.tables.header
    }

    /// How many functions it lists.
    pub fn func_count(&self) -> u64 {
        self.tables.funcs
    }

    /// The functions, in the order of their addresses.
    pub fn funcs(&self) -> impl Iterator<Item = Result<Func<'a>, GoError>> + use<'a> {
        let program = *self;
        (0..program.tables.funcs).map(move |index| program.func(index))
    }

    /// The function that a program counter is in.
    pub fn func_at(&self, pc: Pc) -> Result<Func<'a>, GoError> {
        let none = || GoError::NoFunc(pc.0);
        let wanted = pc.defined_idx().ok_or_else(none)?;
        let (mut low, mut high) = (0, self.tables.funcs);
        while low < high {
            let middle = (low + high) / 2;
            match self.defined_idx(middle)?.cmp(&wanted) {
                std::cmp::Ordering::Equal => return self.func(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Err(none())
    }

    /// The function of an index among those that the module defines.
    pub fn func_of_defined(&self, defined_idx: u32) -> Result<Func<'a>, GoError> {
        self.func_at(Pc::of_defined(defined_idx))
    }

    /// Index, among those that the module defines, of function `index` here.
    fn defined_idx(&self, index: u64) -> Result<u32, GoError> {
        let entry = self
            .image
            .half(self.tables.functab + index * 8, "the functions")?;
        let func = (entry >> self.tables.shift).saturating_add(self.tables.base);
        Ok(func.saturating_sub(FUNC_OFFSET))
    }

    /// How entries are written: shift, and what to add.
    fn entry_form(&self) -> Result<(u32, u32), GoError> {
        let entry = |index: u64| {
            self.image
                .half(self.tables.functab + index * 8, "the functions")
        };
        // The first is where the text begins, and that may count from 0.
        Ok(match entry(0)? {
            FUNC_OFFSET.. if entry(0)? >> 16 == 0 => (0, 0),
            FUNC_OFFSET.. => (16, 0),
            _ if entry(1)? >> 16 == 0 => (0, FUNC_OFFSET),
            _ => (16, FUNC_OFFSET),
        })
    }

    fn func(&self, index: u64) -> Result<Func<'a>, GoError> {
        let offset = self.tables.functab + index * 8 + 4;
        let record = self.tables.functab + u64::from(self.image.half(offset, "the functions")?);
        Func::read(*self, record, Pc::of_defined(self.defined_idx(index)?))
    }

    /// A function's name, by its offset among the names.
    pub(crate) fn name(&self, offset: u32) -> Result<&'a [u8], GoError> {
        let address = self.tables.names + u64::from(offset);
        let name = self.image.text(address, MAX_NAME_BYTES);
        name.ok_or(GoError::damaged("a name", address))
    }

    /// A file's name, by compilation unit and its number there.
    pub(crate) fn file(&self, unit: u32, number: u32) -> Result<&'a [u8], GoError> {
        let address = self.tables.units + (u64::from(unit) + u64::from(number)) * 4;
        let offset = self.image.half(address, "the files of a unit")?;
        let address = self.tables.files + u64::from(offset);
        let name = self.image.text(address, MAX_NAME_BYTES);
        name.ok_or(GoError::damaged("a file's name", address))
    }

    /// Whether a file has this name. It is compared, and not looked through for its end.
    pub(crate) fn is_file(&self, unit: u32, number: u32, name: &str) -> bool {
        let address = self.tables.units + (u64::from(unit) + u64::from(number)) * 4;
        let offset = self.image.u32(address).map(u64::from);
        let text = offset.and_then(|offset| self.image.from(self.tables.files + offset));
        let rest = text.and_then(|text| text.strip_prefix(name.as_bytes()));
        rest.is_some_and(|rest| rest.first() == Some(&0))
    }

    /// The tables of places.
    pub(crate) fn pctab(&self) -> &'a [u8] {
        let Tables { pctab, functab, .. } = self.tables;
        let bytes = self.image.slice(pctab, functab.saturating_sub(pctab));
        bytes.unwrap_or_default()
    }
}
