//! `sock_*`: a listener, and the connections that come from it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use fossor_wasi::{Errno, Stdio, WasiCtx};

use crate::guest::*;

fn listening() -> (Guest, std::net::SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (Guest::new(WasiCtx::builder().listener(listener)), address)
}

/// Accepts once the connection has arrived.
fn accept(guest: &mut Guest, flags: u64) -> u64 {
    for _ in 0..1000 {
        match guest.errno("sock_accept", &[3, flags, 0x8000]) {
            Errno::Success => return guest.u32_at(0x8000).into(),
            Errno::Again => std::thread::sleep(Duration::from_millis(1)),
            errno => panic!("{errno}"),
        }
    }
    panic!("no connection")
}

#[test]
fn a_connection_is_accepted_and_used() {
    let (mut guest, address) = listening();
    guest.ok("fd_fdstat_get", &[3, 0x8000]);
    assert_eq!(guest.at(0x8000, 4), [6, 0, NONBLOCK as u8, 0]);
    assert_eq!(guest.errno("sock_accept", &[3, 0, 0x8000]), Errno::Again);
    assert_eq!(
        guest.line(),
        format!("sock_accept(3<tcp {address}>, 0) = AGAIN")
    );
    let mut client = TcpStream::connect(address).unwrap();
    let fd = accept(&mut guest, NONBLOCK);
    assert_eq!(fd, 4);
    assert_eq!(
        guest.line(),
        format!(
            "sock_accept(3<tcp {address}>, NONBLOCK) = 0 {{4<{}>}}",
            client.local_addr().unwrap()
        )
    );
    assert_eq!(guest.read(fd, 9), Err(Errno::Again));
    guest.ok("fd_fdstat_set_flags", &[fd, 0]);

    client.write_all(b"ping").unwrap();
    let [iovs, count] = guest.iovecs(&[(BUFFER, 2), (BUFFER + 0x100, 9)]);
    guest.ok("sock_recv", &[fd, iovs, count, 1, 0x8000, 0x8004]);
    assert_eq!(guest.u16_at(0x8004), 0);
    assert!(guest.line().contains("PEEK) = 0 {4 \"ping\", flags=0}"));
    assert_eq!(guest.read(fd, 9), Ok(b"ping".to_vec()));

    let pong = guest.put(b"pong") as u32;
    let [iovs, count] = guest.iovecs(&[(pong, 4)]);
    guest.ok("sock_send", &[fd, iovs, count, 0, 0x8000]);
    assert!(
        guest.line().ends_with(", [4:\"pong\"]) = 0 {4}"),
        "{}",
        guest.line()
    );
    assert_eq!(guest.write(fd, b"!"), Ok(1));
    let mut answer = [0; 5];
    client.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"pong!");

    guest.ok("sock_shutdown", &[fd, 2]);
    assert_eq!(client.read(&mut answer).unwrap(), 0);
    drop(client);
    assert_eq!(guest.read(fd, 9), Ok(vec![]));
    guest.ok("fd_close", &[fd]);
}

#[test]
fn all_of_it_is_waited_for() {
    let (mut guest, address) = listening();
    let mut client = TcpStream::connect(address).unwrap();
    let fd = accept(&mut guest, 0);
    let sending = std::thread::spawn(move || {
        for part in [b"ab", b"cd", b"ef"] {
            client.write_all(part).unwrap();
            std::thread::sleep(Duration::from_millis(10));
        }
        client
    });
    let [iovs, count] = guest.iovecs(&[(BUFFER, 3), (BUFFER + 3, 3)]);
    guest.ok("sock_recv", &[fd, iovs, count, 2, 0x8000, 0x8004]);
    assert_eq!(guest.at(BUFFER, 7), b"abcdef?");
    sending.join().unwrap();
}

#[test]
fn a_gone_client_is_an_error_and_no_signal() {
    let (mut guest, address) = listening();
    let client = TcpStream::connect(address).unwrap();
    let fd = accept(&mut guest, 0);
    drop(client);
    let errno = loop {
        match guest.write(fd, b"x") {
            Ok(_) => std::thread::sleep(Duration::from_millis(2)),
            Err(errno) => break errno,
        }
    };
    assert!(matches!(errno, Errno::Pipe | Errno::Connreset), "{errno}");
}

#[test]
fn what_is_no_socket() {
    let dir = tempfile::tempdir().unwrap();
    let null = std::fs::File::open("/dev/null").unwrap();
    let mut guest = Guest::new(
        WasiCtx::builder()
            .stdout(Stdio::file(null))
            .preopen_dir(dir.path(), "/", fossor_wasi::Access::ReadWrite)
            .unwrap(),
    );
    let file = guest.open("f", CREAT, READ_WRITE).unwrap();
    for fd in [0, 1, 2, 3, file] {
        let [iovs, count] = guest.iovecs(&[(BUFFER, 1)]);
        for (call, args) in [
            ("sock_accept", vec![fd, 0, 0x8000]),
            ("sock_recv", vec![fd, iovs, count, 0, 0x8000, 0x8004]),
            ("sock_send", vec![fd, iovs, count, 0, 0x8000]),
            ("sock_shutdown", vec![fd, 3]),
        ] {
            assert_eq!(guest.errno(call, &args), Errno::Notsock, "{call} {fd}");
            let mut args = args;
            args[0] = 99;
            assert_eq!(guest.errno(call, &args), Errno::Badf, "{call}");
        }
    }
}

#[test]
fn flags_are_checked() {
    let (mut guest, address) = listening();
    let _client = TcpStream::connect(address).unwrap();
    let fd = accept(&mut guest, 0);
    let [iovs, count] = guest.iovecs(&[(BUFFER, 1)]);
    assert_eq!(
        guest.errno("sock_send", &[fd, iovs, count, 1, 0x8000]),
        Errno::Inval
    );
    assert_eq!(
        guest.errno("sock_recv", &[fd, iovs, count, 4, 0x8000, 0x8004]),
        Errno::Inval
    );
    for how in [0, 4, 256] {
        assert_eq!(guest.errno("sock_shutdown", &[fd, how]), Errno::Inval);
    }
    assert_eq!(guest.errno("sock_accept", &[3, 32, 0x8000]), Errno::Inval);
    assert_eq!(guest.errno("sock_accept", &[fd, 0, 0x8000]), Errno::Inval);
    for call in ["fd_read", "fd_write"] {
        let args = [3, iovs, count, 0x8000];
        assert_eq!(guest.errno(call, &args), Errno::Notconn);
    }
    assert_eq!(guest.errno("fd_seek", &[fd, 0, 0, 0x8000]), Errno::Spipe);
}

#[test]
fn a_connection_has_no_right_that_its_listener_gave_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let builder = WasiCtx::builder().strict_rights(true).listener(listener);
    let mut guest = Guest::new(builder);
    const SOCK_ACCEPT: u64 = 1 << 29;
    guest.ok("fd_fdstat_set_rights", &[3, SOCK_ACCEPT, READ]);
    let mut client = TcpStream::connect(address).unwrap();
    client.write_all(b"ping").unwrap();
    let fd = accept(&mut guest, 0);
    assert_eq!(guest.read(fd, 9), Ok(b"ping".to_vec()));
    assert_eq!(guest.write(fd, b"pong"), Err(Errno::Notcapable));
    assert_eq!(guest.errno("sock_shutdown", &[fd, 2]), Errno::Notcapable);
}
