//! What Rust's standard library makes of WASI: files, directories, links, times,
//! input, sleeping, panics caught by nobody.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, ErrorKind, Read, Seek, SeekFrom, Write};
use std::time::{Duration, Instant, SystemTime};
use std::{env, process, thread};

fn names(directory: &str) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let kind = if entry.file_type()?.is_dir() { "/" } else { "" };
        names.push(format!("{}{kind}", entry.file_name().to_string_lossy()));
    }
    names.sort();
    Ok(names)
}

fn files() -> io::Result<()> {
    println!("{:?}", names(".")?);
    println!("{:?}", names("given")?);
    fs::create_dir_all("a/b/c")?;
    fs::write("a/b/f", "one two three")?;
    fs::copy("a/b/f", "a/copy")?;
    fs::rename("a/copy", "a/b/c/moved")?;
    let mut file = OpenOptions::new()
        .append(true)
        .read(true)
        .open("a/b/c/moved")?;
    write!(file, " four")?;
    file.seek(SeekFrom::Start(4))?;
    let mut rest = String::new();
    file.read_to_string(&mut rest)?;
    println!("{rest}, {} bytes", file.metadata()?.len());
    file.set_len(3)?;
    file.sync_all()?;
    file.sync_data()?;
    println!("{:?}", fs::read_to_string("a/b/c/moved")?);
    fs::hard_link("a/b/f", "a/second")?;
    let modified = fs::metadata("a/second")?.modified()?;
    let age = SystemTime::now().duration_since(modified);
    println!(
        "new: {}",
        age.map_or(true, |age| age < Duration::from_secs(600))
    );
    println!(
        "same time: {}",
        modified == fs::metadata("a/b/f")?.modified()?
    );
    fs::remove_dir_all("a")?;
    println!("{:?}", names(".")?);
    Ok(())
}

fn refused() {
    let kinds = [
        File::open("missing").map(drop),
        File::create("given").map(drop),
        File::open("../outside").map(drop),
        fs::create_dir("given"),
        fs::remove_dir("given/file"),
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open("given/file")
            .map(drop),
    ];
    for kind in kinds {
        println!("{:?}", kind.map_err(|error| error.kind()));
    }
    let error = File::open("given").and_then(|mut file| file.read(&mut [0]));
    println!("a directory is not read: {}", error.is_err());
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    println!("{arguments:?} {:?}", env::var("GREETING"));
    files().unwrap_or_else(|error| println!("{error}"));
    refused();

    for line in io::stdin().lock().lines() {
        println!("> {}", line.unwrap_or_default());
    }
    let start = Instant::now();
    thread::sleep(Duration::from_millis(20));
    println!("slept: {}", start.elapsed() >= Duration::from_millis(20));
    let spawned = thread::Builder::new().spawn(|| ()).map(drop);
    println!("threads: {:?}", spawned.map_err(|error| error.kind()));
    let connected = std::net::TcpStream::connect("127.0.0.1:1").map(drop);
    println!(
        "connect: {:?}",
        connected.map_err(|error| error.kind() == ErrorKind::Unsupported)
    );
    let set: std::collections::HashSet<u32> = (0..100).collect();
    println!("hashed with random keys: {}", set.len());
    process::exit(7);
}
