//! Guests in WebAssembly's text format.

/// Ends with exit code `code`.
pub fn exit(code: u32) -> String {
    format!(
        r#"(module
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (func (export "_start") (call $exit (i32.const {code}))))"#
    )
}

/// Returns at once.
pub const NOTHING: &str = r#"(module (memory (export "memory") 1) (func (export "_start")))"#;

/// Prints its arguments, each with a NUL after it.
pub fn arguments() -> String {
    strings("args_sizes_get", "args_get")
}

/// Prints its environment, each variable with a NUL after it.
pub fn environment() -> String {
    strings("environ_sizes_get", "environ_get")
}

fn strings(sizes: &str, get: &str) -> String {
    format!(
        r#"(module
          (import "wasi_snapshot_preview1" "{sizes}" (func $sizes (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "{get}" (func $get (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write"
            (func $write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 8)
          (func (export "_start")
            (drop (call $sizes (i32.const 0) (i32.const 4)))
            (drop (call $get (i32.const 1024) (i32.const 65536)))
            (i32.store (i32.const 8) (i32.const 65536))
            (i32.store (i32.const 12) (i32.load (i32.const 4)))
            (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))"#
    )
}

/// Copies standard input to standard output.
pub const CAT: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (func (export "_start")
    (block $done
      (loop $again
        (i32.store (i32.const 0) (i32.const 4096))
        (i32.store (i32.const 4) (i32.const 4096))
        (br_if $done (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (br_if $done (i32.eqz (i32.load (i32.const 8))))
        (i32.store (i32.const 4) (i32.load (i32.const 8)))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (br $again)))))"#;

/// Prints the names of its directories, one a line.
pub const DIRECTORIES: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name"
    (func $name (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start") (local $fd i32)
    (local.set $fd (i32.const 3))
    (block $done
      (loop $again
        (br_if $done (call $get (local.get $fd) (i32.const 0)))
        (br_if $done
          (call $name (local.get $fd) (i32.const 1024) (i32.load (i32.const 4))))
        (i32.store8 (i32.add (i32.const 1024) (i32.load (i32.const 4))) (i32.const 10))
        (i32.store (i32.const 8) (i32.const 1024))
        (i32.store (i32.const 12) (i32.add (i32.load (i32.const 4)) (i32.const 1)))
        (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))
        (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
        (br $again)))))"#;

/// Makes the directory `made` below descriptor 3, and exits with the errno.
pub const MAKE_DIRECTORY: &str = r#"(module
  (import "wasi_snapshot_preview1" "path_create_directory"
    (func $make (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "made")
  (func (export "_start")
    (call $exit (call $make (i32.const 3) (i32.const 0) (i32.const 4)))))"#;

/// Opens `/etc/hosts` as Go does where no directory covers it, at descriptor
/// -1, and exits with the errno.
pub const OPEN_NOWHERE: &str = r#"(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "/etc/hosts")
  (func (export "_start")
    (call $exit
      (call $open (i32.const -1) (i32.const 1) (i32.const 0) (i32.const 10) (i32.const 0)
        (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 64)))))"#;

/// Exits with the file type of descriptor 3: 6 is a listening socket.
pub const TYPE_OF_3: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $stat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (if (call $stat (i32.const 3) (i32.const 0)) (then (call $exit (i32.const 99))))
    (call $exit (i32.load8_u (i32.const 0)))))"#;

/// Never ends.
pub const BUSY: &str = r#"(module
  (memory (export "memory") 1)
  (func (export "_start") (loop $again (br $again))))"#;

/// Sleeps for a minute.
pub const SLEEP: &str = r#"(module
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (i32.store (i32.const 16) (i32.const 1))
    (i64.store (i32.const 24) (i64.const 60000000000))
    (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))"#;

/// Divides by zero, three calls deep.
pub const TRAP: &str = r#"(module
  (memory (export "memory") 1)
  (func $divide (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
  (func $middle (param i32) (result i32)
    (i32.add (call $divide (local.get 0)) (i32.const 1)))
  (func (export "_start") (drop (call $middle (i32.const 0)))))"#;

/// Recurs until the stack is used up.
pub const RECURSION: &str = r#"(module
  (memory (export "memory") 1)
  (func $forever (export "_start") call $forever nop))"#;

/// Exits with 0 if memory grows by 1,024 pages (64 MiB), else with 1.
pub const GROW: &str = r#"(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (call $exit (i32.eq (memory.grow (i32.const 1024)) (i32.const -1)))))"#;

/// A reactor: its `_initialize` prints `ready`.
pub const REACTOR: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\06\00\00\00ready\0a")
  (func (export "_initialize")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))))
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))"#;

/// A module whose function `$bad`, called from `_start`, is invalid: it leaves
/// an i64 where an i32 is due. Assembled from bytes, as the text format's
/// assembler does not check types.
pub const INVALID_BODY: &str = r#"(module
  (memory (export "memory") 1)
  (func $bad (result i32) (i64.const 0))
  (func (export "_start") (drop (call $bad))))"#;

/// Raises a signal by WASI's number, then exits with the errno.
pub fn raise(signal: u32) -> String {
    format!(
        r#"(module
  (import "wasi_snapshot_preview1" "proc_raise" (func $raise (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $exit (call $raise (i32.const {signal})))))"#
    )
}

/// As [`OPEN_NOWHERE`], but exits with 0.
pub fn open_nowhere_quietly() -> String {
    OPEN_NOWHERE.replace("(call $exit", "(drop").replace(
        r#"(memory (export "memory") 1)"#,
        r#"(memory (export "memory") 1) (func $unused (call $exit (i32.const 1)))"#,
    )
}

/// Opens `.` below descriptor 3 without any right, lists it, and exits with
/// the errno of the listing.
pub const LIST_WITHOUT_RIGHTS: &str = r#"(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir"
    (func $list (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) ".")
  (func (export "_start")
    (if (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0)
          (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 64))
      (then (call $exit (i32.const 99))))
    (call $exit
      (call $list (i32.load (i32.const 64)) (i32.const 128) (i32.const 1024) (i64.const 0)
        (i32.const 68)))))"#;

/// Writes a byte, then works for a good while without a branch or a call, where alone
/// it is seen that the guest must stop.
pub fn deaf() -> String {
    let fill = "(memory.fill (i32.const 0) (i32.const 1) (i32.const 67108864))";
    format!(
        r#"(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1024)
  (data (i32.const 8) "\00\00\00\00\01\00\00\00")
  (func (export "_start")
    (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16))) {}))"#,
        fill.repeat(20_000)
    )
}
