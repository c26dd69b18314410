//! Every function of preview1, declared once, in the order of the specification.
//!
//! A line gives parameters and results as ABI types. From it derive the wasm
//! type, the lifting of arguments, the check and the stores of results, the
//! import table and the trace line. `[memory]` marks functions that move bytes
//! to or from guest buffers themselves.
//!
//! After `or` stand the errors that are the function's own, and when.
//!
//! Adding one: a line here, a method of `WasiCtx` of the same name, a test.

use fossor_host::{GuestMemory, HostError};

use crate::WasiCtx;
use crate::abi::*;
use crate::call::{Stop, invoke};

/// One importable function.
#[derive(Clone, Copy)]
pub struct Function {
    /// The module it is imported from.
    pub module: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The wasm types of its parameters, results by pointer included.
    pub params: &'static [AbiType],
    /// Whether it answers an errno; only `proc_exit` does not.
    pub has_result: bool,
    /// Its parameters as ABI types, for traces and explanations.
    pub param_infos: &'static [ParamInfo],
    /// What it stores through the pointers that follow its parameters.
    pub result_infos: &'static [ParamInfo],
    /// What it does, in a sentence or two.
    pub doc: &'static str,
    /// Errors of its own, and when: those that follow from the kinds of its
    /// parameters are not here, see [`Function::errnos`].
    pub own_errnos: &'static [(Errno, &'static str)],
    /// Runs it. `args` are one cell per wasm parameter; the upper half of an
    /// `i32`'s cell is ignored. Answers the errno, 0 for success.
    pub call: fn(&mut WasiCtx, &mut GuestMemory<'_>, args: &[u64]) -> Result<u32, HostError>,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.module, self.name)
    }
}

impl Function {
    /// What the cell of that index is: `iovs`, `iovs_len`, `nread`.
    pub fn param_name(&self, index: usize) -> String {
        let mut at = 0;
        for info in self.param_infos.iter().chain(self.result_infos) {
            let parts = match self.result_infos.contains(info) {
                true => &[""][..],
                false => info.kind.parts(),
            };
            if let Some(part) = index.checked_sub(at).and_then(|part| parts.get(part)) {
                return match info.kind {
                    Kind::Subscriptions | Kind::Subscriptions0 => (*part).to_owned(),
                    _ => format!("{}{part}", info.name),
                };
            }
            at += parts.len();
        }
        "?".to_owned()
    }

    /// Every error that it answers of itself, and when: first its own, then
    /// those that its parameters' kinds bring. The host may add others.
    pub fn errnos(&self) -> Vec<(Errno, &'static str)> {
        let mut found = self.own_errnos.to_vec();
        let infos = self.param_infos.iter().chain(self.result_infos);
        let stored = self
            .result_infos
            .iter()
            .map(|_| (Errno::Fault, BAD_ADDRESS));
        let own = infos.flat_map(|info| info.kind.errnos().iter().copied());
        for (errno, when) in own.chain(stored) {
            if found.iter().all(|(known, _)| *known != errno) {
                found.push((errno, when));
            }
        }
        found
    }
}

/// When an address is refused.
const BAD_ADDRESS: &str = "an address outside the guest's memory";

impl Kind {
    /// What each cell of a parameter of this kind adds to the name.
    fn parts(self) -> &'static [&'static str] {
        match self {
            Kind::Path | Kind::LinkText | Kind::Iovecs | Kind::Ciovecs | Kind::Buffer => {
                &["", "_len"]
            }
            Kind::Subscriptions | Kind::Subscriptions0 => &["in", "out", "nsubscriptions"],
            _ => &[""],
        }
    }

    /// What lifting a parameter of this kind may answer, and when.
    fn errnos(self) -> &'static [(Errno, &'static str)] {
        match self {
            Kind::Fd => &[(Errno::Badf, "not open")],
            Kind::Path | Kind::LinkText => &[
                (
                    Errno::Noent,
                    "a part of the path is missing, or it is empty",
                ),
                (Errno::Notdir, "a part of the path is no directory"),
                (Errno::Perm, "the path leads out of its directory"),
                (Errno::Acces, "the host's permissions"),
                (Errno::Nametoolong, "more than 4,095 bytes"),
                (Errno::Ilseq, "not UTF-8"),
                (Errno::Inval, "a NUL in the path"),
                (Errno::Fault, BAD_ADDRESS),
            ],
            Kind::Iovecs | Kind::Ciovecs => &[
                (
                    Errno::Fault,
                    "an address outside the guest's memory, of the array or of a buffer",
                ),
                (Errno::Inval, "the buffers exceed 4 GiB together"),
            ],
            Kind::Buffer | Kind::Pointer | Kind::Subscriptions | Kind::Subscriptions0 => {
                &[(Errno::Fault, BAD_ADDRESS)]
            }
            Kind::ClockId => &[(Errno::Inval, "no such clock")],
            Kind::Whence | Kind::Whence0 | Kind::Advice => &[(Errno::Inval, "no such value")],
            Kind::FdFlags
            | Kind::OFlags
            | Kind::LookupFlags
            | Kind::FstFlags
            | Kind::RiFlags
            | Kind::SiFlags
            | Kind::SdFlags => &[(Errno::Inval, "a flag that is not defined")],
            _ => &[],
        }
    }
}

/// A parameter's or a result's name and type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParamInfo {
    /// Its name in witx.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
}

/// The 46 functions of `wasi_snapshot_preview1`.
pub fn functions() -> &'static [Function] {
    &FUNCTIONS
}

/// How many cells parameters and results take.
pub(crate) const fn count_cells(params: &[ParamInfo], results: &[ParamInfo]) -> usize {
    let mut count = results.len();
    let mut index = 0;
    while index < params.len() {
        count += params[index].kind.cells().len();
        index += 1;
    }
    count
}

/// The wasm types of parameters, then one pointer per result.
pub(crate) const fn cell_types<const N: usize>(params: &[ParamInfo]) -> [AbiType; N] {
    let mut types = [AbiType::I32; N];
    let mut at = 0;
    let mut index = 0;
    while index < params.len() {
        let cells = params[index].kind.cells();
        let mut cell = 0;
        while cell < cells.len() {
            types[at] = cells[cell];
            at += 1;
            cell += 1;
        }
        index += 1;
    }
    types
}

/// The names and types in a line's results.
macro_rules! result_infos {
    (!) => { &[] };
    (($($result:ident: $type:ty),*)) => {
        &[$(ParamInfo { name: stringify!($result), kind: <$type as Lower>::KIND }),*]
    };
}
pub(crate) use result_infos;

/// Whether a line's function returns.
macro_rules! has_result {
    (!) => {
        false
    };
    ($results:tt) => {
        true
    };
}
pub(crate) use has_result;

/// Checks where results go, behaves, and stores them.
macro_rules! lower {
    ($cells:ident, $memory:ident, (!), $behave:expr) => {{
        let _ = $cells;
        $behave
    }};
    ($cells:ident, $memory:ident, (()), $behave:expr) => {{
        let _ = $cells;
        $behave
    }};
    ($cells:ident, $memory:ident, (($result:ident: $type:ty)), $behave:expr) => {{
        let $result = $cells.i32();
        $memory.check($result, <$type as Lower>::SIZE_BYTES.into())?;
        let value = <$type>::from($behave?);
        Ok(value.store($memory, $result)?)
    }};
    ($cells:ident, $memory:ident, (($first:ident: $first_type:ty, $second:ident: $second_type:ty)), $behave:expr) => {{
        let $first = $cells.i32();
        let $second = $cells.i32();
        $memory.check($first, <$first_type as Lower>::SIZE_BYTES.into())?;
        $memory.check($second, <$second_type as Lower>::SIZE_BYTES.into())?;
        let values: ($first_type, $second_type) = $behave?;
        values.0.store($memory, $first)?;
        Ok(values.1.store($memory, $second)?)
    }};
}
pub(crate) use lower;

/// Declares a module's functions, one per line.
macro_rules! declare {
    ($table:ident: [$count:literal] from $module:literal;
     $($(#[doc = $doc:literal])+
       fn $name:ident $([$buffers:ident])? ($($param:ident: $type:ty),*) -> $results:tt
       $(or { $($errno:ident $when:literal),* })?;)*) => {
        static $table: [Function; $count] = [$($name::FUNCTION),*];

        $(mod $name {
            use super::*;

            const PARAMS: &[ParamInfo] = &[$(ParamInfo {
                name: stringify!($param),
                kind: <$type as Param>::KIND,
            }),*];
            const RESULTS: &[ParamInfo] = result_infos!($results);
            const CELLS: usize = count_cells(PARAMS, RESULTS);
            const TYPES: [AbiType; CELLS] = cell_types(PARAMS);

            pub(super) const FUNCTION: Function = Function {
                module: $module,
                name: stringify!($name),
                params: &TYPES,
                has_result: has_result!($results),
                param_infos: PARAMS,
                result_infos: RESULTS,
                doc: concat!($($doc),+),
                own_errnos: &[$($((Errno::$errno, $when)),*)?],
                call,
            };

            static THIS: Function = FUNCTION;

            fn call(
                ctx: &mut WasiCtx,
                memory: &mut GuestMemory<'_>,
                args: &[u64],
            ) -> Result<u32, HostError> {
                invoke(&THIS, run, ctx, memory, args)
            }

            #[allow(unused_variables, unused_mut, clippy::useless_conversion)]
            #[inline]
            fn run(
                ctx: &mut WasiCtx,
                memory: &mut GuestMemory<'_>,
                args: &[u64],
            ) -> Result<(), Stop> {
                let mut cells = Cells::new(args);
                $(let $param = <$type as Param>::lift(&mut cells, memory)?;)*
                lower!(cells, memory, ($results), ctx.$name(
                    $({ stringify!($buffers); &mut *memory },)?
                    // Into the type of snapshot 1, if this is snapshot 0.
                    $($param.into()),*
                ))
            }
        })*
    };
}
pub(crate) use declare;

declare! {
    FUNCTIONS: [46] from "wasi_snapshot_preview1";

    /// Stores the argument strings, each ended by NUL, and a pointer to each.
    fn args_get[memory](argv: Pointer, argv_buf: Pointer) -> ();
    /// How many arguments there are, and the size of their strings with NULs.
    fn args_sizes_get() -> (argc: Size, argv_buf_size: Size);
    /// Stores the environment as `KEY=VALUE` strings, and a pointer to each.
    fn environ_get[memory](environ: Pointer, environ_buf: Pointer) -> ();
    /// How many variables there are, and the size of their strings with NULs.
    fn environ_sizes_get() -> (environc: Size, environ_buf_size: Size);
    /// The resolution of a clock.
    fn clock_res_get(id: ClockId) -> (resolution: Timestamp);
    /// The time of a clock; the precision is a permission to be late.
    fn clock_time_get(id: ClockId, precision: Timestamp) -> (time: Timestamp);
    /// Tells how a part of a file will be accessed.
    fn fd_advise(fd: Fd, offset: Offset, len: FileSize, advice: Advice) -> ()
        or { Badf "a directory",
             Inval "offset and length exceed 2^63",
             Spipe "no file, such as a pipe" };
    /// Makes room in a file, growing it if need be.
    fn fd_allocate(fd: Fd, offset: Offset, len: FileSize) -> ()
        or { Badf "a directory, or not open for writing",
             Inval "no bytes",
             Fbig "beyond what the file system allows",
             Nospc "the disk is full",
             Notsup "the file system cannot" };
    /// Closes a descriptor.
    fn fd_close(fd: Fd) -> ();
    /// Brings a file's data to disk.
    fn fd_datasync(fd: Fd) -> ()
        or { Inval "nothing to be synchronised, such as a pipe",
             Io "the disk" };
    /// What kind of descriptor this is, and its flags and rights.
    fn fd_fdstat_get(fd: Fd) -> (stat: Fdstat);
    /// Changes a descriptor's flags.
    fn fd_fdstat_set_flags(fd: Fd, flags: FdFlags) -> ()
        or { Notsup "DSYNC, RSYNC or SYNC would change" };
    /// Gives up rights; only where rights are enforced.
    fn fd_fdstat_set_rights(fd: Fd, fs_rights_base: Rights, fs_rights_inheriting: Rights) -> ()
        or { Notsup "always, as rights are not enforced",
             Notcapable "a right would be gained, where they are" };
    /// What is known of an open file.
    fn fd_filestat_get(fd: Fd) -> (buf: Filestat);
    /// Cuts or extends a file.
    fn fd_filestat_set_size(fd: Fd, size: FileSize) -> ()
        or { Badf "a directory",
             Inval "not open for writing, no file, or beyond 2^63" };
    /// Sets an open file's times of access and modification.
    fn fd_filestat_set_times(fd: Fd, atim: Timestamp, mtim: Timestamp, fst_flags: FstFlags) -> ()
        or { Inval "a time is given and also the present",
             Rofs "below a read-only directory" };
    /// Reads at an offset; the descriptor's own stays.
    fn fd_pread[memory](fd: Fd, iovs: Iovecs, offset: Offset) -> (nread: Size)
        or { Isdir "a directory",
             Spipe "no file, such as a pipe",
             Inval "beyond 2^63" };
    /// What kind of preopened object this is, and how long its name.
    fn fd_prestat_get(fd: Fd) -> (buf: Prestat)
        or { Badf "not open, or not preopened: here a guest's scan ends",
             Notdir "a listener: the scan goes on" };
    /// The name of a preopened directory, without NUL.
    fn fd_prestat_dir_name[memory](fd: Fd, path: Buffer) -> ()
        or { Badf "not open, or not preopened",
             Notdir "a listener",
             Nametoolong "the buffer is shorter than the name" };
    /// Writes at an offset; the descriptor's own stays.
    fn fd_pwrite[memory](fd: Fd, iovs: Ciovecs, offset: Offset) -> (nwritten: Size)
        or { Spipe "no file, such as a pipe",
             Inval "beyond 2^63",
             Notsup "a stream that the host opened for appending" };
    /// Reads from a descriptor.
    fn fd_read[memory](fd: Fd, iovs: Iovecs) -> (nread: Size)
        or { Again "nothing is there yet, and NONBLOCK is set",
             Isdir "a directory",
             Badf "not open, or not for reading" };
    /// Lists a directory from a cookie on; the last entry may be cut.
    fn fd_readdir[memory](fd: Fd, buf: Buffer, cookie: Cookie) -> (bufused: Size)
        or { Notdir "no directory" };
    /// Moves a descriptor to the number of another, which is closed.
    fn fd_renumber(fd: Fd, to: Fd) -> ()
        or { Badf "one of the two is not open" };
    /// Moves a descriptor's offset.
    fn fd_seek(fd: Fd, offset: FileDelta, whence: Whence) -> (newoffset: FileSize)
        or { Badf "a directory",
             Spipe "no file, such as a pipe or a terminal",
             Inval "the offset would be negative, or no such whence" };
    /// Brings a file's data and metadata to disk.
    fn fd_sync(fd: Fd) -> ()
        or { Inval "nothing to be synchronised, such as a pipe",
             Io "the disk" };
    /// A descriptor's offset.
    fn fd_tell(fd: Fd) -> (offset: FileSize)
        or { Badf "a directory",
             Spipe "no file, such as a pipe or a terminal" };
    /// Writes to a descriptor.
    fn fd_write[memory](fd: Fd, iovs: Ciovecs) -> (nwritten: Size)
        or { Again "no room, and NONBLOCK is set",
             Pipe "nobody reads the other end any more",
             Badf "not open, or not for writing",
             Nospc "the disk is full" };
    /// Makes a directory.
    fn path_create_directory(fd: Fd, path: GuestPath) -> ()
        or { Exist "the name is taken",
             Rofs "below a read-only directory" };
    /// What is known of a path.
    fn path_filestat_get(fd: Fd, flags: LookupFlags, path: GuestPath) -> (buf: Filestat)
        or { Loop "too many links" };
    /// Sets a path's times of access and modification.
    fn path_filestat_set_times(fd: Fd, flags: LookupFlags, path: GuestPath, atim: Timestamp, mtim: Timestamp, fst_flags: FstFlags) -> ()
        or { Inval "a time is given and also the present",
             Rofs "below a read-only directory" };
    /// Makes a second name for a file.
    fn path_link(old_fd: Fd, old_flags: LookupFlags, old_path: GuestPath, new_fd: Fd, new_path: GuestPath) -> ()
        or { Inval "old_flags asks to follow links",
             Perm "a directory, or the path leads out",
             Exist "the new name is taken",
             Xdev "two file systems",
             Rofs "one side is read-only: a second name elsewhere would be a way to write" };
    /// Opens a file or a directory.
    fn path_open(fd: Fd, dirflags: LookupFlags, path: GuestPath, oflags: OFlags, fs_rights_base: Rights, fs_rights_inheriting: Rights, fdflags: FdFlags) -> (opened_fd: Fd)
        or { Isdir "a directory, to write",
             Notdir "DIRECTORY, and it is none",
             Exist "EXCL, and it exists",
             Loop "a link at the end, without SYMLINK_FOLLOW",
             Inval "DIRECTORY together with CREAT, EXCL or TRUNC",
             Rofs "a change below a read-only directory",
             Notcapable "TRUNC with rights to read alone",
             Mfile "as many descriptors as the guest may have" };
    /// The text of a symbolic link, cut to the buffer, without NUL.
    fn path_readlink[memory](fd: Fd, path: GuestPath, buf: Buffer) -> (bufused: Size)
        or { Inval "not a link" };
    /// Removes an empty directory.
    fn path_remove_directory(fd: Fd, path: GuestPath) -> ()
        or { Notempty "it has entries",
             Notdir "no directory",
             Inval "`.`",
             Rofs "below a read-only directory" };
    /// Renames a file or a directory.
    fn path_rename(fd: Fd, old_path: GuestPath, new_fd: Fd, new_path: GuestPath) -> ()
        or { Notempty "the new name is a directory with entries",
             Isdir "a file onto a directory",
             Notdir "a directory onto a file",
             Inval "a directory into itself",
             Xdev "two file systems",
             Rofs "one side is read-only" };
    /// Makes a symbolic link.
    fn path_symlink(old_path: LinkText, fd: Fd, new_path: GuestPath) -> ()
        or { Perm "an absolute text, or the new path leads out",
             Exist "the name is taken",
             Rofs "below a read-only directory" };
    /// Removes a name that is not a directory's.
    fn path_unlink_file(fd: Fd, path: GuestPath) -> ()
        or { Isdir "a directory",
             Notdir "a file with a slash after its name",
             Rofs "below a read-only directory" };
    /// Waits for any of several clocks and descriptors.
    fn poll_oneoff[memory](subscriptions: Subscriptions) -> (nevents: Size)
        or { Inval "no subscription, more than 4,096, or an unknown tag, flag or clock" };
    /// Ends the program with a status.
    fn proc_exit(rval: ExitCode) -> !;
    /// Ends the program as a signal would.
    fn proc_raise(sig: Signal) -> ()
        or { Inval "no such signal" };
    /// Lets others run.
    fn sched_yield() -> ();
    /// Fills a buffer with random bytes.
    fn random_get[memory](buf: Buffer) -> ();
    /// Takes a connection from a listener.
    fn sock_accept(fd: Fd, flags: FdFlags) -> (fd_new: Fd)
        or { Again "nobody waits, and the listener is non-blocking",
             Inval "a connection, not a listener",
             Notsock "no socket",
             Mfile "as many descriptors as the guest may have",
             Connaborted "the other side gave up meanwhile" };
    /// Receives from a connection.
    fn sock_recv[memory](fd: Fd, ri_data: Iovecs, ri_flags: RiFlags) -> (ro_datalen: Size, ro_flags: RoFlags)
        or { Again "nothing is there yet, and NONBLOCK is set",
             Notsock "no socket",
             Notconn "a listener" };
    /// Sends on a connection.
    fn sock_send[memory](fd: Fd, si_data: Ciovecs, si_flags: SiFlags) -> (so_datalen: Size)
        or { Again "no room, and NONBLOCK is set",
             Pipe "the other side has gone",
             Notsock "no socket",
             Notconn "a listener" };
    /// Closes directions of a connection.
    fn sock_shutdown(fd: Fd, how: SdFlags) -> ()
        or { Inval "no direction",
             Notsock "no socket",
             Notconn "not connected" };
}
