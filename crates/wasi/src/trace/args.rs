//! A call's arguments, decoded from its cells by the kinds of its parameters.

use std::fmt::Write as _;

use fossor_host::GuestMemory;

use super::TraceOptions;
use super::text::{escape, flags, quote, rights, seconds, short_ns};
use crate::abi::*;
use crate::descriptor::Descriptors;
use crate::functions::{Function, ParamInfo};
use crate::path::resolve::leaves_by_itself;
use crate::proc;

/// The most buffers or subscriptions that a line names.
const MAX_LISTED: u32 = 8;

/// Decoded arguments, and what they say about an error.
#[derive(Debug, Default)]
pub(super) struct Args {
    pub(super) text: String,
    /// The first parameter that is not valid.
    bad: Option<&'static str>,
    /// A path that leaves its directory whatever is in it.
    leaves: bool,
    /// A link's text begins with `/`.
    absolute_text: bool,
}

impl Args {
    /// Why the call answered `number`, if the arguments tell.
    pub(super) fn note(&self, number: u32) -> String {
        match self.bad {
            Some(name) => format!("bad {name}"),
            None if number != Errno::Perm.number() => String::new(),
            None if self.leaves => "leaves the preopen".to_owned(),
            None if self.absolute_text => "absolute target".to_owned(),
            None => String::new(),
        }
    }
}

/// Decodes them all.
pub(super) fn print(
    function: &Function,
    cells: &[u64],
    memory: &GuestMemory<'_>,
    descriptors: &Descriptors,
    options: TraceOptions,
) -> Args {
    let mut printer = Printer {
        cells: Cells::new(cells),
        memory,
        descriptors,
        options,
        args: Args::default(),
    };
    // Shown after the path that they are about, and not where the ABI has them.
    let mut lookup = None;
    let last_path = function
        .param_infos
        .iter()
        .rposition(|info| info.kind == Kind::Path);
    let times = set_times_flags(function, cells);
    let mut previous = None;
    for (index, info) in function.param_infos.iter().enumerate() {
        if info.kind == Kind::LookupFlags {
            lookup = Some(printer.flags::<LookupFlags>(info));
            continue;
        }
        if info.kind == Kind::FstFlags && times.is_some() {
            printer.cells.i32();
            continue;
        }
        if let Some(previous) = previous {
            let arrow = matches!(info.name, "to" | "new_fd") || previous == Kind::LinkText;
            printer.args.text.push_str(if arrow { " → " } else { ", " });
        }
        previous = Some(info.kind);
        printer.param(function, info, times);
        if last_path == Some(index)
            && let Some(lookup) = lookup.take()
        {
            let text = if lookup == "0" { "NOFOLLOW" } else { &lookup };
            let _ = write!(printer.args.text, ", {text}");
        }
    }
    printer.args
}

/// A descriptor, with what it is if that is known and wanted.
pub(super) fn fd(number: u32, descriptors: &Descriptors, options: TraceOptions) -> String {
    let name = match descriptors.get(Fd(number), Rights::empty()) {
        Ok(descriptor) if options.paths => descriptor.name.as_deref(),
        _ => None,
    };
    match name {
        // A path of the guest's choice, as those in quotes.
        Some(name) => {
            let mut text = format!("{number}<");
            escape(name.as_bytes(), &mut text);
            text.push('>');
            text
        }
        // A guest's -1 is easier to see as such.
        None => (number as i32).to_string(),
    }
}

/// The flags of a function that sets times, if they do not contradict.
fn set_times_flags(function: &Function, cells: &[u64]) -> Option<FstFlags> {
    let last = function.param_infos.last()?;
    if last.kind != Kind::FstFlags {
        return None;
    }
    let flags = FstFlags::from_bits(u16::try_from(*cells.last()? as u32).ok()?)?;
    let contradicts = flags.contains(FstFlags::ATIM | FstFlags::ATIM_NOW)
        || flags.contains(FstFlags::MTIM | FstFlags::MTIM_NOW);
    (!contradicts).then_some(flags)
}

struct Printer<'a, 'm> {
    cells: Cells<'a>,
    memory: &'a GuestMemory<'m>,
    descriptors: &'a Descriptors,
    options: TraceOptions,
    args: Args,
}

impl Printer<'_, '_> {
    fn param(&mut self, function: &Function, info: &ParamInfo, times: Option<FstFlags>) {
        let text = match info.kind {
            Kind::Fd => fd(self.cells.i32(), self.descriptors, self.options),
            Kind::Path => self.path(info),
            Kind::LinkText => {
                let text = self.path(info);
                self.args.absolute_text = text.starts_with("\"/");
                self.args.leaves = false;
                text
            }
            Kind::Iovecs => self.buffers(info, false),
            Kind::Ciovecs => self.buffers(info, true),
            Kind::Buffer => self.buffer(function, info),
            Kind::Pointer => {
                let label = match info.name {
                    "environ" => "env",
                    "argv_buf" | "environ_buf" => "buf",
                    name => name,
                };
                format!("{label}@{:#x}", self.cells.i32())
            }
            Kind::Subscriptions => self.subscriptions(info, false),
            Kind::Subscriptions0 => self.subscriptions(info, true),
            Kind::FileDelta => (self.cells.i64() as i64).to_string(),
            Kind::FileSize if info.name == "size" => self.cells.i64().to_string(),
            Kind::FileSize => format!("len={}", self.cells.i64()),
            Kind::Offset => format!("off={}", self.cells.i64()),
            Kind::Cookie => format!("cookie={}", self.cells.i64()),
            Kind::Timestamp => self.timestamp(info, times),
            Kind::ClockId => self.choice(info, ClockId::from_number, ClockId::name),
            Kind::Whence => self.choice(info, Whence::from_number, Whence::name),
            Kind::Whence0 => self.choice(info, Whence::from_snapshot0, Whence::name),
            Kind::Advice => self.choice(info, Advice::from_number, Advice::name),
            Kind::FdFlags if info.name == "fdflags" => {
                format!("fdflags={}", self.flags::<FdFlags>(info))
            }
            Kind::FdFlags => self.flags::<FdFlags>(info),
            Kind::OFlags => self.flags::<OFlags>(info),
            Kind::FstFlags => self.flags::<FstFlags>(info),
            Kind::RiFlags => self.flags::<RiFlags>(info),
            Kind::SiFlags => match self.flags::<SiFlags>(info) {
                // None is defined, so the usual case is not worth a word.
                none if none == "0" => {
                    let shorter = self.args.text.len().saturating_sub(2);
                    self.args.text.truncate(shorter);
                    String::new()
                }
                some => some,
            },
            Kind::SdFlags => self.flags::<SdFlags>(info),
            Kind::Rights => {
                let label = if info.name.ends_with("base") {
                    "base"
                } else {
                    "inh"
                };
                format!("{label}={}", rights(self.cells.i64()))
            }
            Kind::Signal => {
                let signal = self.cells.i32();
                match proc::name(Signal(signal)) {
                    Some(name) => name.to_owned(),
                    None => self.bad(info, signal),
                }
            }
            _ => self.cells.i32().to_string(),
        };
        self.args.text.push_str(&text);
    }

    /// Notes the first parameter that is to blame.
    fn blame(&mut self, info: &ParamInfo) {
        self.args.bad.get_or_insert(info.name);
    }

    fn bad(&mut self, info: &ParamInfo, number: u32) -> String {
        self.blame(info);
        number.to_string()
    }

    fn choice<T>(
        &mut self,
        info: &ParamInfo,
        from_number: fn(u32) -> Option<T>,
        name: fn(T) -> &'static str,
    ) -> String {
        let number = self.cells.i32();
        match from_number(number) {
            Some(value) => name(value).to_owned(),
            None => self.bad(info, number),
        }
    }

    fn flags<F>(&mut self, info: &ParamInfo) -> String
    where
        F: bitflags::Flags,
        F::Bits: TryFrom<u64> + Into<u64>,
    {
        let bits = u64::from(self.cells.i32());
        let known: u64 = F::all().bits().into();
        if bits & !known != 0 {
            self.blame(info);
        }
        flags::<F>(bits)
    }

    fn path(&mut self, info: &ParamInfo) -> String {
        let mut lifted = self.cells.clone();
        let (addr, len_bytes) = (self.cells.i32(), self.cells.i32());
        match GuestPath::lift(&mut lifted, self.memory) {
            Ok(path) => {
                let path = path.as_str();
                self.args.leaves |= path.starts_with('/') || leaves_by_itself(path);
            }
            Err(_) => self.blame(info),
        }
        match self.memory.view(addr, len_bytes) {
            Ok(bytes) => quote(bytes, MAX_PATH_BYTES as usize),
            Err(_) => format!("{}@{addr:#x}+{len_bytes}", info.name),
        }
    }

    /// `[6:"hello ", 6:"world\n"]` with contents, `[4096]` without.
    fn buffers(&mut self, info: &ParamInfo, contents: bool) -> String {
        let mut lifted = self.cells.clone();
        let (addr, count) = (self.cells.i32(), self.cells.i32());
        if Iovecs::lift(&mut lifted, self.memory).is_err() {
            self.blame(info);
            return format!("{}@{addr:#x}+{count}", info.name);
        }
        let mut parts = Vec::new();
        for index in 0..count.min(MAX_LISTED) {
            let at = addr.wrapping_add(index * 8);
            let (Ok(buf), Ok(len_bytes)) = (
                self.memory.get_u32(at),
                self.memory.get_u32(at.wrapping_add(4)),
            ) else {
                break;
            };
            parts.push(match self.memory.view(buf, len_bytes) {
                Ok(bytes) if contents => {
                    format!("{len_bytes}:{}", quote(bytes, self.options.text_bytes))
                }
                _ => len_bytes.to_string(),
            });
        }
        if count > MAX_LISTED {
            parts.push("…".to_owned());
        }
        format!("[{}]", parts.join(", "))
    }

    fn buffer(&mut self, function: &Function, info: &ParamInfo) -> String {
        let (addr, len_bytes) = (self.cells.i32(), self.cells.i32());
        if self.memory.check(addr, len_bytes.into()).is_err() {
            self.blame(info);
            return format!("{}@{addr:#x}+{len_bytes}", info.name);
        }
        match (function.name, info.name) {
            ("random_get", _) => len_bytes.to_string(),
            (_, "path") => format!("len={len_bytes}"),
            _ => format!("buf={len_bytes}"),
        }
    }

    fn timestamp(&mut self, info: &ParamInfo, times: Option<FstFlags>) -> String {
        let ns = self.cells.i64();
        let (given, now) = match info.name {
            "atim" => (FstFlags::ATIM, FstFlags::ATIM_NOW),
            "mtim" => (FstFlags::MTIM, FstFlags::MTIM_NOW),
            name => return format!("{name}={}", short_ns(ns)),
        };
        let text = match times {
            Some(flags) if flags.contains(now) => "NOW".to_owned(),
            Some(flags) if !flags.contains(given) => "–".to_owned(),
            _ => seconds(ns),
        };
        format!("{}={text}", info.name)
    }

    fn subscriptions(&mut self, info: &ParamInfo, snapshot0: bool) -> String {
        let mut lifted = self.cells.clone();
        let (addr, _, count) = (self.cells.i32(), self.cells.i32(), self.cells.i32());
        let Ok(list) = Subscriptions::lift_sized(&mut lifted, self.memory, snapshot0) else {
            self.blame(info);
            return format!("in@{addr:#x}, n={count}");
        };
        let mut parts = Vec::new();
        for index in 0..count.min(MAX_LISTED) {
            let Ok(subscription) = list.get(self.memory, index) else {
                self.blame(info);
                parts.push("?".to_owned());
                continue;
            };
            let what = match subscription.kind {
                SubscriptionKind::Clock {
                    id,
                    timeout_ns,
                    absolute,
                } => {
                    let clock = match ClockId::from_number(id) {
                        Some(clock) => clock.name().to_owned(),
                        None => format!("clock {id}"),
                    };
                    if absolute {
                        format!("{clock} at {}", seconds(timeout_ns))
                    } else {
                        format!("{clock} +{}", short_ns(timeout_ns))
                    }
                }
                SubscriptionKind::FdRead(number) => {
                    format!("fd_read {}", fd(number, self.descriptors, self.options))
                }
                SubscriptionKind::FdWrite(number) => {
                    format!("fd_write {}", fd(number, self.descriptors, self.options))
                }
            };
            let userdata = match subscription.userdata {
                0 => "0".to_owned(),
                userdata => format!("{userdata:#x}"),
            };
            parts.push(format!("{what} ud={userdata}"));
        }
        if count > MAX_LISTED {
            parts.push("…".to_owned());
        }
        format!("[{}]", parts.join(", "))
    }
}
