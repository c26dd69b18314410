//! A web server whose handlers are a Go plugin: the host owns the sockets, the
//! plugin sees one request in memory and answers it with `net/http`. Every
//! request has an instance of its own and a deadline.
//!
//! `cargo run --example http_plugin -- MODULE ADDRESS` serves
//! `go-fixtures/embed/web`; without an address it asks itself a few questions.

use fossor::wasi::{self, WasiCtx};
use fossor::{Engine, Error, InterruptReason, Limits, Linker, Module, Pool, Store};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(2);
const MAX_REQUEST_BYTES: usize = 1 << 20;
const TIMED_OUT: &[u8] = b"HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n";
const FAILED: &[u8] = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n";

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let mut args = std::env::args().skip(1);
    let file = args.next().ok_or("which module?")?;
    let pool = pool(&file)?;
    if let Some(address) = args.next() {
        let listener = TcpListener::bind(address)?;
        loop {
            let (stream, _) = listener.accept()?;
            let pool = pool.clone();
            std::thread::spawn(move || serve(&pool, stream));
        }
    }
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    for request in [
        "GET /hello/Ada HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /hello/Grace HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12345",
        "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /forever HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
        let client = std::thread::spawn(move || ask(address, request));
        let (stream, _) = listener.accept()?;
        serve(&pool, stream)?;
        let response = client.join().map_err(|_| "the client panicked")??;
        let (head, body) = response.split_once("\r\n\r\n").unwrap_or((&response, ""));
        let status = head.lines().next().unwrap_or_default();
        println!("{status} | {}", body.trim_end());
    }
    Ok(())
}

/// Initialised instances of the plugin, as many as there are threads to run
/// them.
fn pool(file: &str) -> Result<Pool<WasiCtx>, Failure> {
    let engine = Engine::default();
    let module = Module::from_file(&engine, file)?;
    let mut linker = Linker::<WasiCtx>::new(&engine);
    wasi::add_to_linker(&mut linker, |ctx| ctx)?;
    let pre = linker.instantiate_pre(&module)?;
    let snapshot = pre.snapshot(Store::new(&engine, WasiCtx::builder().build()?))?;
    let threads = std::thread::available_parallelism().map_or(2, |n| n.get());
    Ok(Pool::new(&snapshot, threads).limits(Limits::memory(64 << 20)))
}

/// Reads a request, lets a plugin answer it, writes the response.
fn serve(pool: &Pool<WasiCtx>, mut stream: TcpStream) -> Result<(), Failure> {
    let request = read_request(&mut stream)?;
    let response = match answer(pool, &request) {
        Ok(response) => response,
        Err(error) => match error.downcast_ref() {
            Some(Error::Interrupted(InterruptReason::Deadline, _)) => TIMED_OUT.to_vec(),
            _ => {
                eprintln!("the plugin failed: {error}");
                FAILED.to_vec()
            }
        },
    };
    stream.write_all(&response)?;
    Ok(())
}

fn answer(pool: &Pool<WasiCtx>, request: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut plugin = pool.get(WasiCtx::builder().build()?)?;
    plugin.store_mut().set_deadline(TIMEOUT);
    let memory = plugin.memory().ok_or("the plugin exports no memory")?;
    let alloc = plugin.func::<u32, u32>("alloc")?;
    let handle = plugin.func::<(u32, u32), u64>("handle")?;
    let addr = alloc.call(&mut plugin, request.len() as u32)?;
    memory.write(&mut plugin, addr.into(), request)?;
    let answer = handle.call(&mut plugin, (addr, request.len() as u32))?;
    let mut response = vec![0; answer as u32 as usize];
    memory.read(&plugin, answer >> 32, &mut response)?;
    Ok(response)
}

/// The head, and as much of a body as its `Content-Length` says.
fn read_request(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer)?;
        request.extend_from_slice(&buffer[..read]);
        let head = request.windows(4).position(|end| end == b"\r\n\r\n");
        let whole = head.map(|at| at + 4 + body_bytes(&request[..at]));
        if read == 0 || whole.is_some_and(|whole| request.len() >= whole) {
            return Ok(request);
        }
        if request.len() > MAX_REQUEST_BYTES {
            return Err(io::Error::other("the request is too long"));
        }
    }
}

fn body_bytes(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head);
    let lengths = head.lines().filter_map(|line| line.split_once(':'));
    let mut lengths = lengths.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let value = lengths.next().map_or("", |(_, value)| value.trim());
    value.parse().unwrap_or(0)
}

fn ask(address: std::net::SocketAddr, request: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(request.as_bytes())?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    Ok(response)
}
