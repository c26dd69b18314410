//! A guest without a guest: a memory, a context, and calls by name.

use std::path::Path;
use std::sync::{Arc, Mutex};

use fossor_host::{GuestMemory, HostError};
use fossor_wasi::spans;
use fossor_wasi::{AbiType, Access, Call, Errno, Function, Resolver, WasiCtx, WasiCtxBuilder};

/// What memory holds before a call.
pub const POISON: u8 = b'?';
/// Where results go.
pub const RESULT: u32 = 0x8000;
/// Where buffers to be filled are.
pub const BUFFER: u32 = 0x9000;
/// Size of the memory.
pub const MEMORY_BYTES: u32 = 0x4_0000;
/// Where [`Guest::put`] starts.
const HEAP: u32 = 0x100;

pub const CREAT: u64 = 1;
pub const DIRECTORY: u64 = 2;
pub const EXCL: u64 = 4;
pub const TRUNC: u64 = 8;
pub const FOLLOW: u64 = 1;
pub const APPEND: u64 = 1;
pub const NONBLOCK: u64 = 4;
pub const READ: u64 = 1 << 1;
pub const WRITE: u64 = 1 << 6;
pub const READ_WRITE: u64 = READ | WRITE;

/// The first preopened directory.
pub const DIR: u64 = 3;

pub struct Guest {
    pub ctx: WasiCtx,
    pub bytes: Vec<u8>,
    lines: Arc<Mutex<Vec<String>>>,
    heap: u32,
    functions: &'static [Function],
}

impl Guest {
    pub fn new(builder: WasiCtxBuilder) -> Self {
        let mut ctx = builder.build().expect("a context");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&lines);
        ctx.set_tracer(move |call| {
            sink.lock().expect("no panic").push(call.to_string());
        });
        Guest {
            ctx,
            bytes: vec![POISON; MEMORY_BYTES as usize],
            lines,
            heap: HEAP,
            functions: fossor_wasi::functions(),
        }
    }

    /// With one directory at `/`, numbered 3.
    pub fn with_dir(dir: &Path, resolver: Resolver) -> Self {
        Guest::new(
            WasiCtx::builder()
                .resolver(resolver)
                .preopen_dir(dir, "/", Access::ReadWrite)
                .expect("the directory"),
        )
    }

    pub fn snapshot0(mut self) -> Self {
        self.functions = fossor_wasi::snapshot0::functions();
        self
    }

    /// Calls with junk in the upper halves of `i32` cells.
    pub fn call(&mut self, name: &str, args: &[u64]) -> Result<u32, HostError> {
        let function = self
            .functions
            .iter()
            .find(|function| function.name == name)
            .expect("a function of that name");
        assert_eq!(function.params.len(), args.len(), "{name}");
        let cells: Vec<u64> = args
            .iter()
            .zip(function.params)
            .map(|(arg, wasm_type)| match wasm_type {
                AbiType::I32 => u64::from(*arg as u32) | 0xdead_beef << 32,
                AbiType::I64 => *arg,
            })
            .collect();
        self.heap = HEAP;
        let mut expected = self.bytes.clone();
        let call = Call {
            function,
            cells: &cells,
        };
        let mut spans = Vec::new();
        let mut memory = GuestMemory::new(&mut self.bytes);
        spans::plan(&call, &self.ctx, &memory, &mut spans);
        let outcome = (function.call)(&mut self.ctx, &mut memory, &cells);
        // Recordings keep what `spans` says was written, so nothing else may be.
        let errno = outcome.as_ref().map_or(u32::MAX, |errno| *errno);
        spans::settle(&call, errno, &memory, &mut spans);
        for span in &spans {
            let range = span.addr as usize..(span.addr + span.len_bytes) as usize;
            expected[range.clone()].copy_from_slice(&self.bytes[range]);
        }
        assert!(
            expected == self.bytes,
            "{name} wrote more than was announced: {spans:?}"
        );
        outcome
    }

    /// Calls, and gives the errno.
    pub fn errno(&mut self, name: &str, args: &[u64]) -> Errno {
        let number = self.call(name, args).expect("the guest goes on");
        Errno::from_number(number).expect("an errno")
    }

    #[track_caller]
    pub fn ok(&mut self, name: &str, args: &[u64]) {
        let errno = self.errno(name, args);
        assert_eq!(errno, Errno::Success, "{}", self.line());
    }

    /// The last line of the trace.
    pub fn line(&self) -> String {
        let lines = self.lines.lock().expect("no panic");
        lines.last().cloned().unwrap_or_default()
    }

    pub fn poison(&mut self) {
        self.bytes.fill(POISON);
        self.heap = HEAP;
    }

    /// Puts bytes somewhere until the next call.
    pub fn put(&mut self, bytes: &[u8]) -> u64 {
        let at = self.heap as usize;
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
        self.heap += (bytes.len() as u32).next_multiple_of(8).max(8);
        at as u64
    }

    /// Address and length of a text.
    pub fn text(&mut self, text: &str) -> [u64; 2] {
        [self.put(text.as_bytes()), text.len() as u64]
    }

    /// Address and count of buffers.
    pub fn iovecs(&mut self, buffers: &[(u32, u32)]) -> [u64; 2] {
        let bytes: Vec<u8> = buffers
            .iter()
            .flat_map(|(buf, len)| [buf.to_le_bytes(), len.to_le_bytes()])
            .flatten()
            .collect();
        [self.put(&bytes), buffers.len() as u64]
    }

    pub fn at(&self, addr: u32, len: u32) -> &[u8] {
        &self.bytes[addr as usize..(addr + len) as usize]
    }

    pub fn u16_at(&self, addr: u32) -> u16 {
        u16::from_le_bytes(self.at(addr, 2).try_into().expect("two bytes"))
    }

    pub fn u32_at(&self, addr: u32) -> u32 {
        u32::from_le_bytes(self.at(addr, 4).try_into().expect("four bytes"))
    }

    pub fn u64_at(&self, addr: u32) -> u64 {
        u64::from_le_bytes(self.at(addr, 8).try_into().expect("eight bytes"))
    }

    /// A call with a path at its place after the descriptor.
    pub fn path(&mut self, name: &str, dir: u64, path: &str) -> Errno {
        let [addr, len] = self.text(path);
        self.errno(name, &[dir, addr, len])
    }

    /// Opens, links followed.
    pub fn open(&mut self, path: &str, oflags: u64, rights: u64) -> Result<u64, Errno> {
        self.open_at(DIR, FOLLOW, path, oflags, rights, 0)
    }

    pub fn open_at(
        &mut self,
        dir: u64,
        lookup: u64,
        path: &str,
        oflags: u64,
        rights: u64,
        fdflags: u64,
    ) -> Result<u64, Errno> {
        let [addr, len] = self.text(path);
        let args = [
            dir,
            lookup,
            addr,
            len,
            oflags,
            rights,
            0,
            fdflags,
            RESULT.into(),
        ];
        match self.errno("path_open", &args) {
            Errno::Success => Ok(self.u32_at(RESULT).into()),
            errno => Err(errno),
        }
    }

    pub fn close(&mut self, fd: u64) -> Errno {
        self.errno("fd_close", &[fd])
    }

    pub fn write(&mut self, fd: u64, bytes: &[u8]) -> Result<u32, Errno> {
        let buf = self.put(bytes) as u32;
        let [iovs, count] = self.iovecs(&[(buf, bytes.len() as u32)]);
        match self.errno("fd_write", &[fd, iovs, count, RESULT.into()]) {
            Errno::Success => Ok(self.u32_at(RESULT)),
            errno => Err(errno),
        }
    }

    pub fn read(&mut self, fd: u64, len: u32) -> Result<Vec<u8>, Errno> {
        let [iovs, count] = self.iovecs(&[(BUFFER, len)]);
        match self.errno("fd_read", &[fd, iovs, count, RESULT.into()]) {
            Errno::Success => {
                let nread = self.u32_at(RESULT);
                Ok(self.at(BUFFER, nread).to_vec())
            }
            errno => Err(errno),
        }
    }

    /// Reads a whole file by name.
    pub fn read_file(&mut self, path: &str) -> Result<Vec<u8>, Errno> {
        let fd = self.open(path, 0, READ)?;
        let bytes = self.read(fd, 4096);
        self.close(fd);
        bytes
    }
}

/// Runs a test under both resolvers, each in an empty directory of its own.
pub fn both(test: impl Fn(&Path, Resolver)) {
    for resolver in [Resolver::Auto, Resolver::Walk] {
        let dir = tempfile::tempdir().expect("a directory");
        test(dir.path(), resolver);
    }
}
