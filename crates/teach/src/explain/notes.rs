//! What the table of functions does not say: what POSIX and Go call it, what
//! lets a guest have it, and an example that can be run.

use super::example::Data::{self, Text, Words};
use super::example::{Example, Step};

/// Notes on one function.
pub struct Note {
    /// The function.
    pub name: &'static str,
    /// What POSIX calls it; empty for nothing.
    pub posix: &'static str,
    /// What of Go leads to it; empty for nothing.
    pub go: &'static str,
    /// What the guest must have been given; empty for nothing.
    pub grant: &'static str,
    /// The example.
    pub example: Example,
}

/// The notes on a function.
pub fn of(name: &str) -> Option<&'static Note> {
    NOTES.iter().find(|note| note.name == name)
}

/// `--dir` gives it.
const DIR: &str = "a directory above it, by `--dir`";
/// A file that was opened below a `--dir`.
const FILE: &str = "an open file, so a `--dir` that it is below";
/// A connection.
const SOCKET: &str = "a connection, so `--listen` and somebody who connects";

/// A file, and the path to open it.
const NOTE: &[(&str, &str)] = &[("note.txt", "Hello, guest")];
const PATH: (u32, Data) = (0x40, Text("note.txt"));
/// Opens it for reading and writing, as descriptor 4; its number goes to 0x8.
const OPEN: Step = ("path_open", &[3, 1, 0x40, 8, 0, 0x42, 0, 0, 0x8]);
/// Opens the directory itself.
const OPEN_DIR: Step = ("path_open", &[3, 1, 0x40, 1, 2, 0, 0, 0, 0x8]);
/// Takes the connection of somebody who has sent "ping", as descriptor 5.
const ACCEPT: Step = ("sock_accept", &[4, 4, 0x8]);
/// A buffer of 32 bytes at 0x80.
const IOVEC: (u32, Data) = (0x10, Words(&[0x80, 32]));

macro_rules! notes {
    ($($name:ident: posix $posix:literal, go $go:literal, grant $grant:expr;
        $(files $files:expr;)? memory $memory:expr; $(first $first:expr;)? call $cells:expr;)*) => {
        /// One for each function.
        pub const NOTES: &[Note] = &[$(Note {
            name: stringify!($name),
            posix: $posix,
            go: $go,
            grant: $grant,
            example: Example {
                files: notes!(@or $($files)?),
                memory: $memory,
                first: notes!(@or $($first)?),
                call: (stringify!($name), $cells),
            },
        }),*];
    };
    (@or $given:expr) => { $given };
    (@or) => { &[] };
}

notes! {
    args_get: posix "argv", go "`os.Args`, at start", grant "the words after the module";
        memory &[]; call &[0x10, 0x40];
    args_sizes_get: posix "argc", go "`os.Args`, at start", grant "the words after the module";
        memory &[]; call &[0x10, 0x14];
    environ_get: posix "environ", go "`os.Environ`, at start", grant "`--env`, `--inherit-env`";
        memory &[]; call &[0x10, 0x40];
    environ_sizes_get: posix "environ", go "`os.Environ`, at start", grant "`--env`, `--inherit-env`";
        memory &[]; call &[0x10, 0x14];
    clock_res_get: posix "clock_getres", go "", grant "";
        memory &[]; call &[1, 0x10];
    clock_time_get: posix "clock_gettime", go "`time.Now`, `time.Since`, every turn of the scheduler", grant "";
        memory &[]; call &[0, 1000, 0x10];
    fd_advise: posix "posix_fadvise", go "", grant FILE;
        files NOTE; memory &[PATH]; first &[OPEN]; call &[4, 0, 12, 3];
    fd_allocate: posix "posix_fallocate", go "", grant FILE;
        files NOTE; memory &[PATH]; first &[OPEN]; call &[4, 0, 4096];
    fd_close: posix "close", go "`os.File.Close`, `net.Conn.Close`", grant "";
        files NOTE; memory &[PATH]; first &[OPEN]; call &[4];
    fd_datasync: posix "fdatasync", go "", grant FILE;
        files NOTE; memory &[PATH]; first &[OPEN]; call &[4];
    fd_fdstat_get: posix "fcntl(F_GETFL), fstat", go "`os.Open`, `os.NewFile`, `net.FileListener`: is this a file, a listener, non-blocking?", grant "";
        files NOTE; memory &[PATH]; first &[OPEN]; call &[4, 0x80];
    fd_fdstat_set_flags: posix "fcntl(F_SETFL)", go "at start for 0 to 2, and `os.Open`: NONBLOCK", grant "";
        files NOTE; memory &[PATH]; first &[OPEN]; call &[4, 1];
    fd_fdstat_set_rights: posix "cap_rights_limit (FreeBSD)", go "declared, never called", grant "";
        files NOTE; memory &[PATH]; first &[OPEN]; call &[4, 2, 0];
    fd_filestat_get: posix "fstat", go "`os.File.Stat`, `os.ReadFile`", grant FILE;
        files NOTE; memory &[PATH]; first &[OPEN]; call &[4, 0x80];
    fd_filestat_set_size: posix "ftruncate", go "`os.File.Truncate`, `os.Truncate`", grant FILE;
        files NOTE; memory &[PATH]; first &[OPEN]; call &[4, 5];
    fd_filestat_set_times: posix "futimens", go "", grant FILE;
        files NOTE; memory &[PATH]; first &[OPEN]; call &[4, 0, 1_000_000_000, 4];
    fd_pread: posix "preadv", go "`os.File.ReadAt`", grant FILE;
        files NOTE; memory &[PATH, IOVEC]; first &[OPEN]; call &[4, 0x10, 1, 7, 0x20];
    fd_prestat_get: posix "", go "at start, for 3, 4, … until BADF", grant "`--dir`";
        memory &[]; call &[3, 0x10];
    fd_prestat_dir_name: posix "", go "at start, after each `fd_prestat_get`", grant "`--dir`";
        memory &[]; call &[3, 0x40, 1];
    fd_pwrite: posix "pwritev", go "`os.File.WriteAt`", grant FILE;
        files NOTE; memory &[PATH, (0x10, Words(&[0x50, 5])), (0x50, Text("there"))];
        first &[OPEN]; call &[4, 0x10, 1, 7, 0x20];
    fd_read: posix "readv", go "`os.File.Read`, `os.Stdin.Read`, `net.Conn.Read`", grant "standard input, a file or a connection";
        files NOTE; memory &[PATH, IOVEC]; first &[OPEN]; call &[4, 0x10, 1, 0x20];
    fd_readdir: posix "readdir, getdents", go "`os.ReadDir`, `filepath.WalkDir`", grant DIR;
        files NOTE; memory &[(0x40, Text("."))]; first &[OPEN_DIR]; call &[4, 0x80, 112, 0, 0x20];
    fd_renumber: posix "dup2, and close", go "", grant "";
        files NOTE; memory &[PATH]; first &[OPEN, OPEN]; call &[5, 4];
    fd_seek: posix "lseek", go "`os.File.Seek`", grant FILE;
        files NOTE; memory &[PATH]; first &[OPEN]; call &[4, 0xffff_ffff_ffff_fffe, 2, 0x10];
    fd_sync: posix "fsync", go "`os.File.Sync`", grant FILE;
        files NOTE; memory &[PATH]; first &[OPEN]; call &[4];
    fd_tell: posix "lseek by nothing", go "", grant FILE;
        files NOTE; memory &[PATH, IOVEC]; first &[OPEN, ("fd_read", &[4, 0x10, 1, 0x20])]; call &[4, 0x28];
    fd_write: posix "writev", go "`fmt.Println`, `os.File.Write`, `net.Conn.Write`", grant "standard output, a file or a connection";
        memory &[(0x10, Words(&[0x40, 6, 0x50, 6])), (0x40, Text("hello ")), (0x50, Text("world\n"))];
        call &[1, 0x10, 2, 0x20];
    path_create_directory: posix "mkdirat", go "`os.Mkdir`, `os.MkdirAll`", grant DIR;
        memory &[(0x40, Text("new"))]; call &[3, 0x40, 3];
    path_filestat_get: posix "fstatat", go "`os.Stat`, `os.Lstat`", grant DIR;
        files NOTE; memory &[PATH]; call &[3, 1, 0x40, 8, 0x80];
    path_filestat_set_times: posix "utimensat", go "`os.Chtimes`", grant DIR;
        files NOTE; memory &[PATH]; call &[3, 1, 0x40, 8, 0, 1, 6];
    path_link: posix "linkat", go "`os.Link`", grant DIR;
        files NOTE; memory &[PATH, (0x50, Text("second"))]; call &[3, 0, 0x40, 8, 3, 0x50, 6];
    path_open: posix "openat", go "`os.Open`, `os.Create`, `os.OpenFile`", grant DIR;
        files NOTE; memory &[PATH]; call &[3, 1, 0x40, 8, 0, 2, 0, 0, 0x10];
    path_readlink: posix "readlinkat", go "`os.Readlink`", grant DIR;
        memory &[(0x40, Text("link")), (0x50, Text("target"))];
        first &[("path_symlink", &[0x50, 6, 3, 0x40, 4])]; call &[3, 0x40, 4, 0x80, 32, 0x20];
    path_remove_directory: posix "unlinkat(AT_REMOVEDIR)", go "`os.Remove`", grant DIR;
        memory &[(0x40, Text("new"))]; first &[("path_create_directory", &[3, 0x40, 3])];
        call &[3, 0x40, 3];
    path_rename: posix "renameat", go "`os.Rename`", grant DIR;
        files NOTE; memory &[PATH, (0x50, Text("new.txt"))]; call &[3, 0x40, 8, 3, 0x50, 7];
    path_symlink: posix "symlinkat", go "`os.Symlink`", grant DIR;
        memory &[(0x40, Text("link")), (0x50, Text("target"))]; call &[0x50, 6, 3, 0x40, 4];
    path_unlink_file: posix "unlinkat", go "`os.Remove`", grant DIR;
        files NOTE; memory &[PATH]; call &[3, 0x40, 8];
    poll_oneoff: posix "poll, clock_nanosleep", go "`time.Sleep`, timers, channels that nobody fills: what the scheduler does when no goroutine can run", grant "";
        memory &[
            (0x10, Words(&[7, 0, 0, 0, 1, 0, 2_000_000, 0])),
            (0x40, Words(&[8, 0, 2, 0, 1])),
        ];
        call &[0x10, 0x80, 2, 0x8];
    proc_exit: posix "_exit", go "`os.Exit`, and the end of `main`", grant "";
        memory &[]; call &[3];
    proc_raise: posix "raise", go "", grant "";
        memory &[]; call &[6];
    sched_yield: posix "sched_yield", go "a spinning runtime lock", grant "";
        memory &[]; call &[];
    random_get: posix "getrandom", go "`crypto/rand`, seeds of maps and of `math/rand`, at start", grant "";
        memory &[]; call &[0x80, 16];
    sock_accept: posix "accept4", go "`net.Listener.Accept`", grant "`--listen`";
        memory &[]; call &[4, 4, 0x10];
    sock_recv: posix "recvmsg", go "", grant SOCKET;
        memory &[IOVEC]; first &[ACCEPT]; call &[5, 0x10, 1, 0, 0x20, 0x24];
    sock_send: posix "sendmsg", go "", grant SOCKET;
        memory &[(0x10, Words(&[0x40, 4])), (0x40, Text("pong"))];
        first &[ACCEPT]; call &[5, 0x10, 1, 0, 0x20];
    sock_shutdown: posix "shutdown", go "`net.TCPConn.CloseWrite`", grant SOCKET;
        memory &[]; first &[ACCEPT]; call &[5, 3];
}
