//! What Go's standard library uses WASI's functions for.

/// Functions of preview1 that Go imports, and what of Go's library is behind
/// each. Source: `runtime/os_wasip1.go`, `runtime/netpoll_wasip1.go`,
/// `syscall/fs_wasip1.go`, `syscall/net_wasip1.go`,
/// `internal/syscall/unix/at_wasip1.go`.
const USES: [(&str, &str); 36] = [
    ("args_get", "os.Args"),
    ("args_sizes_get", "os.Args"),
    ("clock_time_get", "time.Now, the scheduler"),
    ("environ_get", "os.Getenv, os.Environ"),
    ("environ_sizes_get", "os.Getenv, os.Environ"),
    ("fd_close", "(*os.File).Close"),
    ("fd_fdstat_get", "os.Stdin and other files: their flags"),
    ("fd_fdstat_set_flags", "files that do not block"),
    ("fd_filestat_get", "(*os.File).Stat"),
    ("fd_filestat_set_size", "os.Truncate, (*os.File).Truncate"),
    ("fd_filestat_set_times", "syscall"),
    ("fd_pread", "(*os.File).ReadAt"),
    (
        "fd_prestat_dir_name",
        "the names of directories given to the program",
    ),
    ("fd_prestat_get", "the directories given to the program"),
    ("fd_pwrite", "(*os.File).WriteAt"),
    ("fd_read", "(*os.File).Read, net.Conn"),
    ("fd_readdir", "os.ReadDir"),
    ("fd_seek", "(*os.File).Seek"),
    ("fd_sync", "(*os.File).Sync"),
    ("fd_write", "(*os.File).Write, println, panics"),
    ("path_create_directory", "os.Mkdir, os.MkdirAll"),
    ("path_filestat_get", "os.Stat, os.Lstat"),
    ("path_filestat_set_times", "os.Chtimes"),
    ("path_link", "os.Link"),
    ("path_open", "os.Open, os.Create, os.OpenFile"),
    ("path_readlink", "os.Readlink"),
    ("path_remove_directory", "os.Remove, os.RemoveAll"),
    ("path_rename", "os.Rename"),
    ("path_symlink", "os.Symlink"),
    ("path_unlink_file", "os.Remove, os.RemoveAll"),
    ("poll_oneoff", "time.Sleep, waiting for input"),
    ("proc_exit", "os.Exit, the end of the program"),
    ("random_get", "crypto/rand, seeds of maps"),
    ("sched_yield", "the scheduler"),
    ("sock_accept", "(net.Listener).Accept"),
    ("sock_shutdown", "(*net.TCPConn).CloseRead, CloseWrite"),
];

/// What Go uses a function of preview1 for.
pub fn wasi_use(name: &str) -> Option<&'static str> {
    let found = USES.binary_search_by_key(&name, |(name, _)| name);
    found.ok().map(|index| USES[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert!(USES.is_sorted_by_key(|(name, _)| name));
        assert_eq!(wasi_use("fd_sync"), Some("(*os.File).Sync"));
        assert_eq!(wasi_use("sock_send"), None);
    }
}
