//! The boundary: addresses, counts and sizes that lie, and what they must not
//! do (`wasi.md` §3.2).

use fossor_host::GuestMemory;
use fossor_wasi::{AbiType, Errno, Pipe, Stdio, WasiCtx};

use crate::guest::*;

const END: u64 = MEMORY_BYTES as u64;

#[test]
fn a_bad_result_address_has_no_effect() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("f"), b"abc").unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let fd = guest.open("f", 0, READ_WRITE).unwrap();
    for bad in [END - 3, END, 0xffff_ffff, 0xffff_fffd] {
        let x = guest.put(b"x") as u32;
        let [iovs, count] = guest.iovecs(&[(x, 1)]);
        assert_eq!(
            guest.errno("fd_write", &[fd, iovs, count, bad]),
            Errno::Fault
        );
        assert_eq!(
            guest.errno("fd_pwrite", &[fd, iovs, count, 0, bad]),
            Errno::Fault
        );
        assert_eq!(guest.errno("fd_seek", &[fd, 1, 1, bad]), Errno::Fault);
        let [iovs, count] = guest.iovecs(&[(BUFFER, 9)]);
        guest.bytes[BUFFER as usize] = POISON;
        assert_eq!(
            guest.errno("fd_read", &[fd, iovs, count, bad]),
            Errno::Fault
        );
        assert_eq!(guest.bytes[BUFFER as usize], POISON);
        let [path, len] = guest.text("new");
        let args = [DIR, 0, path, len, CREAT, WRITE, 0, 0, bad];
        assert_eq!(guest.errno("path_open", &args), Errno::Fault);
    }
    assert!(!dir.path().join("new").exists());
    assert_eq!(guest.read(fd, 9), Ok(b"abc".to_vec()));
    guest.ok("fd_seek", &[fd, 0, 0, END - 8]);
}

#[test]
fn buffers_that_lie_are_faults() {
    let out = Pipe::new();
    let mut guest = Guest::new(WasiCtx::builder().stdout(Stdio::pipe(out.clone())));
    for (iovs, count) in [
        (0, 0xffff_ffff),
        (0, 1 << 29),
        (8, (1 << 29) + 1),
        (END - 7, 1),
        (END, 1),
        (0xffff_fff8, 1),
        (0, END / 8 + 1),
    ] {
        for (call, fd) in [("fd_write", 1), ("fd_read", 0)] {
            let errno = guest.errno(call, &[fd, iovs, count, RESULT.into()]);
            assert_eq!(errno, Errno::Fault, "{call} {iovs} {count}");
        }
    }
    // One bad buffer after a good one.
    for bad in [(0xffff_ffff, 1), (END as u32 - 1, 2), (0, 0xffff_ffff)] {
        let good = guest.put(b"good") as u32;
        let [iovs, count] = guest.iovecs(&[(good, 4), bad]);
        assert_eq!(
            guest.errno("fd_write", &[1, iovs, count, RESULT.into()]),
            Errno::Fault
        );
    }
    assert!(out.take().is_empty());
    // No buffers, and an empty one at the very end.
    guest.ok("fd_write", &[1, END, 0, RESULT.into()]);
    let [iovs, count] = guest.iovecs(&[(END as u32, 0)]);
    guest.ok("fd_write", &[1, iovs, count, RESULT.into()]);
    assert_eq!(guest.u32_at(RESULT), 0);
}

#[test]
fn buffers_beyond_the_limit_are_a_short_count() {
    let out = Pipe::new();
    let mut guest = Guest::new(WasiCtx::builder().stdout(Stdio::pipe(out.clone())));
    let x = guest.put(b"x") as u32;
    let many = vec![(x, 1); 1500];
    let [iovs, count] = guest.iovecs(&many);
    guest.ok("fd_write", &[1, iovs, count, RESULT.into()]);
    assert_eq!(guest.u32_at(RESULT), 1024);
    assert_eq!(out.take().len(), 1024);
    // The whole memory, a thousand times: more than 32 bits are refused.
    let whole = vec![(0, MEMORY_BYTES); 1024];
    let [iovs, count] = guest.iovecs(&whole);
    guest.ok("fd_write", &[1, iovs, count, RESULT.into()]);
    assert_eq!(out.take().len(), 1024 * MEMORY_BYTES as usize);
    guest.bytes.resize(8 << 20, POISON);
    let whole = vec![(0, 8 << 20); 1024];
    let [iovs, count] = guest.iovecs(&whole);
    assert_eq!(
        guest.errno("fd_write", &[1, iovs, count, RESULT.into()]),
        Errno::Inval
    );
}

#[test]
fn misaligned_addresses_are_accepted() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("f"), b"abc").unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let fd = guest.open("f", 0, READ).unwrap();
    guest.ok("fd_filestat_get", &[fd, 0x8001]);
    assert_eq!(guest.u64_at(0x8021), 3);
    let entry: Vec<u8> = [BUFFER + 1, 3]
        .iter()
        .flat_map(|v| v.to_le_bytes())
        .collect();
    guest.bytes[0x7001..0x7009].copy_from_slice(&entry);
    guest.ok("fd_read", &[fd, 0x7001, 1, 0x8003]);
    assert_eq!(guest.at(BUFFER, 5), b"?abc?");
    assert_eq!(guest.u32_at(0x8003), 3);
}

#[test]
fn results_over_their_own_buffers() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("f"), b"abcdefgh").unwrap();
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let fd = guest.open("f", 0, READ).unwrap();
    // The count goes over the data, and the data over the list.
    let [iovs, count] = guest.iovecs(&[(0x100, 8)]);
    assert_eq!(iovs, 0x100);
    guest.ok("fd_read", &[fd, iovs, count, 0x100]);
    assert_eq!(guest.at(0x100, 8), b"\x08\0\0\0efgh");
}

#[test]
fn a_wrong_number_of_arguments_is_the_embedders_error() {
    let mut ctx = WasiCtx::builder().build().unwrap();
    let mut bytes = vec![0; 64];
    let mut memory = GuestMemory::new(&mut bytes);
    for function in fossor_wasi::functions() {
        let cells = vec![0; function.params.len() + 1];
        let outcome = (function.call)(&mut ctx, &mut memory, &cells);
        assert!(outcome.is_err(), "{}", function.name);
    }
}

#[test]
fn the_46_functions_have_their_types() {
    let expected = "args_get ii args_sizes_get ii environ_get ii environ_sizes_get ii \
        clock_res_get ii clock_time_get iIi fd_advise iIIi fd_allocate iII fd_close i \
        fd_datasync i fd_fdstat_get ii fd_fdstat_set_flags ii fd_fdstat_set_rights iII \
        fd_filestat_get ii fd_filestat_set_size iI fd_filestat_set_times iIIi \
        fd_pread iiiIi fd_prestat_get ii fd_prestat_dir_name iii fd_pwrite iiiIi \
        fd_read iiii fd_readdir iiiIi fd_renumber ii fd_seek iIii fd_sync i fd_tell ii \
        fd_write iiii path_create_directory iii path_filestat_get iiiii \
        path_filestat_set_times iiiiIIi path_link iiiiiii path_open iiiiiIIii \
        path_readlink iiiiii path_remove_directory iii path_rename iiiiii \
        path_symlink iiiii path_unlink_file iii poll_oneoff iiii proc_exit i proc_raise i \
        sched_yield - random_get ii sock_accept iii sock_recv iiiiii sock_send iiiii \
        sock_shutdown ii";
    let spelled: Vec<String> = fossor_wasi::functions()
        .iter()
        .map(|function| {
            let types: String = function
                .params
                .iter()
                .map(|wasm_type| match wasm_type {
                    AbiType::I32 => 'i',
                    AbiType::I64 => 'I',
                })
                .collect();
            let types = if types.is_empty() { "-".into() } else { types };
            assert_eq!(function.module, "wasi_snapshot_preview1");
            assert!(function.doc.len() > 10);
            format!("{} {types}", function.name)
        })
        .collect();
    let expected: Vec<&str> = expected.split_whitespace().collect();
    assert_eq!(spelled.join(" "), expected.join(" "));
    assert_eq!(spelled.len(), 46);
}

/// Every function with hostile arguments: errors, never a panic, and never
/// out of its memory.
#[test]
fn hostile_arguments_do_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    let interesting = [
        0,
        1,
        3,
        4,
        0x100,
        END - 1,
        END,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff,
        u64::MAX,
        1 << 63,
    ];
    let mut state = 0x1234_5678_9abc_def0u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut guest = Guest::with_dir(dir.path(), Default::default());
    let pipe = || Stdio::pipe(Pipe::bounded(4096));
    let rebuild = || {
        let mut guest = Guest::new(
            WasiCtx::builder()
                .stdin(pipe())
                .stdout(pipe())
                .preopen_dir(dir.path(), "/", fossor_wasi::Access::ReadWrite)
                .unwrap(),
        );
        let _ = guest.open("f", CREAT, READ_WRITE);
        guest
    };
    for round in 0..20_000 {
        if round % 100 == 0 {
            guest = rebuild();
        }
        let functions = fossor_wasi::functions();
        let function = &functions[(next() % functions.len() as u64) as usize];
        let args: Vec<u64> = function
            .params
            .iter()
            .map(|_| interesting[(next() % interesting.len() as u64) as usize])
            .collect();
        // Small files only, and no sleeping for centuries.
        let skipped = matches!(
            function.name,
            "poll_oneoff" | "fd_allocate" | "fd_filestat_set_size" | "fd_pwrite"
        );
        if !skipped {
            let _ = guest.call(function.name, &args);
        }
    }
}
