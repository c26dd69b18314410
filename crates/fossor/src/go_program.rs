//! A Go program in an instance: the connection between the interpreter and
//! crate `fossor-go`, which knows bytes alone.

use fossor_go::{
    Body, GoError, Image, Machine, Pc, Place, Program, SourceFrame, StackPc, Stop, Tables, Version,
};
use fossor_interpreter as core;
use fossor_module::{ConstExpr, Module, SegmentMode, ValType};
use std::collections::HashMap;

/// Data beyond this address is not looked at for Go's table.
const MAX_STATIC_BYTES: u64 = 1 << 30;

/// Bytes of zeros that a module's data may have between its segments, and more for each
/// byte of the module.
const MAX_GAPS: u64 = 64 << 20;
const MAX_GAPS_PER_BYTE: u64 = 16;

/// What is known of a Go program that runs.
#[derive(Debug)]
pub(crate) struct GoProgram {
    tables: Tables,
    /// The code of functions that were looked at.
    bodies: HashMap<u32, Option<Body>>,
}

impl GoProgram {
    /// Finds the tables of the instance's program; `None` if it is none of
    /// Go's.
    pub fn find(store: &core::Store, instance: core::InstanceId) -> Option<Self> {
        let module = store.module_of(instance).decoded();
        if !looks_like_go(module) {
            return None;
        }
        let memory = Image::new(store.first_memory(instance));
        let program = Program::find(memory, static_bytes(module));
        let program = program
            .inspect_err(|error| log::debug!("no stack of Go's: {error}"))
            .ok()?;
        Some(Self {
            tables: program.tables(),
            bodies: HashMap::new(),
        })
    }

    /// The program, in the instance's memory.
    pub fn program<'a>(&self, store: &'a core::Store, instance: core::InstanceId) -> Program<'a> {
        Program::with_tables(Image::new(store.first_memory(instance)), self.tables)
    }

    /// The state of the program, whose innermost frames of WebAssembly these
    /// are.
    pub fn machine<'a>(
        &mut self,
        store: &'a core::Store,
        instance: core::InstanceId,
        frames: &[core::SampleFrame],
    ) -> Option<Machine<'a>> {
        let number = |index| match store.global_at(instance, index)? {
            core::Val::I32(value) => Some(u64::from(value as u32)),
            core::Val::I64(value) => Some(value as u64),
            _ => None,
        };
        Some(Machine {
            memory: Image::new(store.first_memory(instance)),
            sp: number(SP)?,
            g: number(G)?,
            stop: self.stop(store, instance, frames),
        })
    }

    /// The innermost frames of the goroutine that runs.
    pub fn stack(
        &mut self,
        store: &core::Store,
        instance: core::InstanceId,
        frames: &[core::SampleFrame],
        max: usize,
    ) -> Vec<StackPc> {
        let Some(machine) = self.machine(store, instance, frames) else {
            return Vec::new();
        };
        self.program(store, instance).stack(&machine, max)
    }

    /// Where a frame is in the source.
    pub fn source(
        &self,
        store: &core::Store,
        instance: core::InstanceId,
        frame: StackPc,
    ) -> Vec<SourceFrame> {
        self.program(store, instance).source(frame)
    }

    /// Where a frame of WebAssembly is, if its function is one of Go's.
    pub fn place(
        &mut self,
        store: &core::Store,
        instance: core::InstanceId,
        frame: &core::SampleFrame,
    ) -> Option<Pc> {
        let stop = self.stop(store, instance, std::slice::from_ref(frame))?;
        let entry = Pc::of_defined(stop.defined_idx);
        Some(stop.place.map_or(entry, |place| entry.at(place.likely())))
    }

    fn stop(
        &mut self,
        store: &core::Store,
        instance: core::InstanceId,
        frames: &[core::SampleFrame],
    ) -> Option<Stop> {
        let module = store.module_of(instance).decoded();
        let defined_idx =
            |frame: &core::SampleFrame| frame.func_idx.checked_sub(module.imported_funcs);
        let frame = frames.first()?;
        let caller_idx = frames.get(1).and_then(defined_idx);
        let defined_idx = defined_idx(frame)?;
        let program = self.program(store, instance);
        let body = self
            .bodies
            .entry(defined_idx)
            .or_insert_with(|| body(module, &program, defined_idx).ok());
        let place = |offset| -> Option<Place> { body.as_ref()?.place(offset) };
        Some(Stop {
            defined_idx,
            place: frame.wasm_offset.and_then(place),
            caller_idx,
        })
    }
}

// Indices of globals. Source: `cmd/internal/obj/wasm/wasmobj.go`, `assemble`.
const SP: u32 = 0;
const G: u32 = 2;

/// Whether the module has the globals that Go's linker makes: all else may have
/// been stripped.
pub(crate) fn looks_like_go(module: &Module) -> bool {
    const GLOBALS: [ValType; 8] = {
        use ValType::{I32, I64};
        [I32, I64, I64, I64, I64, I64, I64, I32]
    };
    let types = module.globals.iter().map(|global| global.ty.value);
    types.eq(GLOBALS)
}

/// Where the module's data segments end.
fn static_bytes(module: &Module) -> u64 {
    let ends = segments(module).map(|(address, bytes)| address + bytes.len() as u64);
    ends.max().unwrap_or(0).min(MAX_STATIC_BYTES)
}

/// The module's memory as it is before it runs.
pub(crate) fn image(module: &Module) -> Vec<u8> {
    // One byte at the end of a gigabyte would be a gigabyte.
    let most = MAX_GAPS + MAX_GAPS_PER_BYTE * module.bytes.len() as u64;
    Image::flatten(segments(module), most.min(MAX_STATIC_BYTES) as usize)
}

/// Address and bytes of the data segments that lie at fixed places.
pub(crate) fn segments(module: &Module) -> impl Iterator<Item = (u64, &[u8])> {
    module.data.iter().filter_map(|segment| {
        let SegmentMode::Active {
            index: 0,
            offset: ConstExpr::I32(offset),
        } = segment.mode
        else {
            return None;
        };
        let range = segment.bytes.start as usize..segment.bytes.end as usize;
        Some((u64::from(offset as u32), module.bytes.get(range)?))
    })
}

/// The version of Go that the module says it was built by.
pub(crate) fn version(module: &Module) -> Option<Version> {
    let mut customs = module.customs.iter();
    let section = customs.find(|custom| &*custom.name == "producers")?;
    let range = section.bytes.start as usize..section.bytes.end as usize;
    Version::of_producers(&module.bytes[range])
}

/// The code of a function, in terms of places.
pub(crate) fn body(
    module: &Module,
    program: &Program<'_>,
    defined_idx: u32,
) -> Result<Body, GoError> {
    let func = program.func_of_defined(defined_idx)?;
    let range = module.bodies.get(defined_idx as usize);
    let range = range.ok_or(GoError::NoFunc(func.entry().0))?;
    let bytes = &module.bytes[range.start as usize..range.end as usize];
    let (places, frame_bytes) = (func.places()?, func.largest_frame_bytes()?);
    Body::decode(bytes, range.start, func.entry(), places, frame_bytes)
}
