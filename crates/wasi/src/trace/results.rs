//! What a successful call stored, read back from the guest's memory.
//!
//! Addresses may be anything: a recording can say that a call succeeded which had
//! bad ones.

use fossor_host::{GuestMemory, OutOfBounds};

use super::TraceOptions;
use super::args::fd;
use super::text::{date, entries, flags, hex, quote, rights, seconds, short_ns};
use crate::abi::*;
use crate::descriptor::Descriptors;
use crate::functions::Function;

/// Bytes of random data that a line shows.
const RANDOM_BYTES: usize = 4;

/// The most entries or events that a line names.
const MAX_LISTED: usize = 16;

/// Decodes them; empty if there are none.
pub(super) fn print(
    function: &Function,
    cells: &[u64],
    memory: &GuestMemory<'_>,
    descriptors: &Descriptors,
    options: TraceOptions,
) -> String {
    let results = Results {
        function,
        cells,
        memory,
        descriptors,
        options,
    };
    // What was stored cannot be outside, but another thread may hold the memory.
    results.print().unwrap_or_default()
}

struct Results<'a, 'm> {
    function: &'a Function,
    cells: &'a [u64],
    memory: &'a GuestMemory<'m>,
    descriptors: &'a Descriptors,
    options: TraceOptions,
}

impl Results<'_, '_> {
    fn print(&self) -> Result<String, OutOfBounds> {
        match self.function.name {
            "args_get" | "environ_get" => return self.strings(),
            "fd_readdir" => return self.entries(),
            "poll_oneoff" => return self.events(),
            _ => {}
        }
        if let Some((addr, len_bytes)) = self.pair(Kind::Buffer) {
            let len_bytes = match self.function.result_infos.first() {
                Some(_) => self.memory.get_u32(self.result(0))?,
                None => len_bytes,
            };
            let bytes = self.memory.view(addr, len_bytes)?;
            return Ok(match self.function.name {
                "random_get" => format!("{{{}}}", hex(bytes, RANDOM_BYTES)),
                _ => quote(bytes, MAX_PATH_BYTES as usize),
            });
        }
        let mut parts = Vec::new();
        for index in 0..self.function.result_infos.len() {
            parts.push(self.value(index)?);
        }
        Ok(if parts.is_empty() {
            String::new()
        } else {
            format!("{{{}}}", parts.join(", "))
        })
    }

    /// The address of a result.
    fn result(&self, index: usize) -> u32 {
        let results = self.function.result_infos.len();
        let at = self.cells.len() + index - results;
        self.cells.get(at).copied().unwrap_or(0) as u32
    }

    /// The first two cells of the first parameter of that kind.
    fn pair(&self, kind: Kind) -> Option<(u32, u32)> {
        let mut at = 0;
        for info in self.function.param_infos {
            if info.kind == kind {
                return Some((
                    *self.cells.get(at)? as u32,
                    *self.cells.get(at.wrapping_add(1))? as u32,
                ));
            }
            at += info.kind.cells().len();
        }
        None
    }

    fn value(&self, index: usize) -> Result<String, OutOfBounds> {
        let info = &self.function.result_infos[index];
        let at = self.result(index);
        let memory = self.memory;
        Ok(match info.kind {
            Kind::Fd => fd(memory.get_u32(at)?, self.descriptors, self.options),
            Kind::Size => {
                let size = memory.get_u32(at)?;
                match info.name {
                    "argc" => format!("argc={size}"),
                    "environc" => format!("count={size}"),
                    "argv_buf_size" | "environ_buf_size" => format!("bytes={size}"),
                    _ => match self.pair(Kind::Iovecs) {
                        Some((iovs, count)) => {
                            let bytes = self.received(iovs, count, size)?;
                            format!("{size} {}", quote(&bytes, self.options.text_bytes))
                        }
                        None => size.to_string(),
                    },
                }
            }
            Kind::FileSize => {
                let offset = memory.get_u64(at)?;
                match info.name {
                    "newoffset" => format!("pos={offset}"),
                    _ => offset.to_string(),
                }
            }
            Kind::Timestamp => {
                let ns = memory.get_u64(at)?;
                let realtime = self.cells.first().is_some_and(|id| *id as u32 == 0);
                match info.name {
                    "resolution" => short_ns(ns),
                    _ if realtime => format!("{} {}", seconds(ns), date(ns)),
                    _ => seconds(ns),
                }
            }
            Kind::RoFlags => format!("flags={}", flags::<RoFlags>(memory.get_u16(at)?.into())),
            Kind::Fdstat => {
                let file_type = FileType::name(memory.get_u8(at)?);
                let fdflags = memory.get_u16(at.wrapping_add(2))?;
                let fdflags = match fdflags {
                    0 => String::new(),
                    bits => format!(", {}", flags::<FdFlags>(bits.into())),
                };
                let base = rights(memory.get_u64(at.wrapping_add(8))?);
                let inheriting = rights(memory.get_u64(at.wrapping_add(16))?);
                format!("{file_type}{fdflags}, base={base}, inh={inheriting}")
            }
            Kind::Filestat => self.filestat(at, 24, 8)?,
            Kind::Filestat0 => self.filestat(at, 20, 4)?,
            Kind::Prestat => format!("dir, name_len={}", memory.get_u32(at.wrapping_add(4))?),
            _ => String::new(),
        })
    }

    /// Both filestats: they differ in where and how large the link count is.
    fn filestat(&self, at: u32, nlink: u32, nlink_bytes: u32) -> Result<String, OutOfBounds> {
        let memory = self.memory;
        let size = nlink + nlink_bytes;
        let links = match nlink_bytes {
            4 => memory.get_u32(at.wrapping_add(nlink))?.into(),
            _ => memory.get_u64(at.wrapping_add(nlink))?,
        };
        Ok(format!(
            "{}, dev={}, ino={}, nlink={links}, size={}, mtim={}",
            FileType::name(memory.get_u8(at.wrapping_add(16))?),
            memory.get_u64(at)?,
            memory.get_u64(at.wrapping_add(8))?,
            memory.get_u64(at.wrapping_add(size))?,
            seconds(memory.get_u64(at.wrapping_add(size + 16))?),
        ))
    }

    /// The first bytes that came into the buffers.
    fn received(&self, iovs: u32, count: u32, size: u32) -> Result<Vec<u8>, OutOfBounds> {
        // One more than shown, so that the cut is seen.
        let wanted = self.options.text_bytes.saturating_add(1);
        let mut bytes = Vec::new();
        let mut left = size;
        for index in 0..count.min(MAX_IOVECS) {
            if left == 0 || bytes.len() >= wanted {
                break;
            }
            let at = iovs.wrapping_add(index * 8);
            let (buf, len_bytes) = (
                self.memory.get_u32(at)?,
                self.memory.get_u32(at.wrapping_add(4))?,
            );
            let len_bytes = len_bytes.min(left);
            left -= len_bytes;
            let most = (wanted - bytes.len()).min(len_bytes as usize);
            bytes.extend_from_slice(self.memory.view(buf, most as u32)?);
        }
        Ok(bytes)
    }

    /// `["prog", "-v"]`, from the strings themselves.
    fn strings(&self) -> Result<String, OutOfBounds> {
        let (pointers, buf) = match self.cells {
            [pointers, buf] => (*pointers as u32, *buf as u32),
            _ => (0, 0),
        };
        // There are as many pointers as there is room before the strings, at
        // most; the strings end where the last of them does.
        let mut parts = Vec::new();
        let mut next = buf;
        for index in 0..MAX_LISTED as u32 {
            let Some(Ok(addr)) = pointers
                .checked_add(index * 4)
                .map(|at| self.memory.get_u32(at))
            else {
                break;
            };
            if addr != next {
                break;
            }
            let rest = self.memory.bytes().get(addr as usize..).unwrap_or_default();
            let Some(len) = rest.iter().position(|byte| *byte == 0) else {
                break;
            };
            parts.push(quote(&rest[..len], self.options.text_bytes));
            next = addr.wrapping_add(len as u32 + 1);
        }
        Ok(format!("[{}]", parts.join(", ")))
    }

    fn entries(&self) -> Result<String, OutOfBounds> {
        let Some((buf, _)) = self.pair(Kind::Buffer) else {
            return Ok(String::new());
        };
        let used = self.memory.get_u32(self.result(0))?;
        let mut parts = Vec::new();
        let mut next = None;
        for (head, name) in entries(self.memory.view(buf, used)?) {
            next = Some(layout::DIRENT.fields[0].number(head));
            if parts.len() < MAX_LISTED {
                let file_type = match FileType::name(head[20]) {
                    "REGULAR" => "REG",
                    name => name,
                };
                parts.push(format!("{} {file_type}", quote(name, 255)));
            } else if parts.len() == MAX_LISTED {
                parts.push("…".to_owned());
            }
        }
        Ok(match next {
            Some(next) => format!("{{used={used}: {} →next {next}}}", parts.join(", ")),
            None => format!("{{used={used}}}"),
        })
    }

    fn events(&self) -> Result<String, OutOfBounds> {
        let out = self.cells.get(1).copied().unwrap_or(0) as u32;
        let count = self.memory.get_u32(self.result(0))?;
        let mut parts = Vec::new();
        for index in 0..count.min(MAX_LISTED as u32) {
            let at = out.wrapping_add(index * Event::SIZE_BYTES);
            let mut text = match self.memory.get_u8(at.wrapping_add(10))? {
                0 => "clock",
                1 => "fd_read",
                _ => "fd_write",
            }
            .to_owned();
            match Errno::from_number(self.memory.get_u16(at.wrapping_add(8))?.into()) {
                Some(Errno::Success) | None => {}
                Some(errno) => text = format!("{text} {errno}"),
            }
            let nbytes = self.memory.get_u64(at.wrapping_add(16))?;
            if nbytes > 0 {
                text = format!("{text} {nbytes}");
            }
            if self.memory.get_u16(at.wrapping_add(24))? & 1 != 0 {
                text.push_str(" HANGUP");
            }
            parts.push(text);
        }
        if count as usize > MAX_LISTED {
            parts.push("…".to_owned());
        }
        Ok(format!("{{{count}: {}}}", parts.join(", ")))
    }
}
