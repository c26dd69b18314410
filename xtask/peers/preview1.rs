// The part of WASI that the kernels call, over the guest's memory. The guest's
// arguments are this program's: the module's path, then what follows it.

use std::io::Write;

/// The bytes of the module that the first argument names.
pub fn module() -> Vec<u8> {
    let path = std::env::args().nth(1).expect("a module");
    std::fs::read(path).expect("a readable module")
}

/// Each with its zero.
fn arguments() -> Vec<String> {
    std::env::args()
        .skip(1)
        .map(|argument| argument + "\0")
        .collect()
}

/// The guest's memory.
pub trait Memory {
    fn read(&self, at: usize, bytes: &mut [u8]);
    fn write(&mut self, at: usize, bytes: &[u8]);
}

impl Memory for [u8] {
    fn read(&self, at: usize, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self[at..at + bytes.len()]);
    }

    fn write(&mut self, at: usize, bytes: &[u8]) {
        self[at..at + bytes.len()].copy_from_slice(bytes);
    }
}

fn put(memory: &mut (impl Memory + ?Sized), at: usize, value: usize) {
    memory.write(at, &(value as u32).to_le_bytes());
}

fn get(memory: &(impl Memory + ?Sized), at: usize) -> usize {
    let mut bytes = [0; 4];
    memory.read(at, &mut bytes);
    u32::from_le_bytes(bytes) as usize
}

/// Calls a function with the arguments of its guest's call.
pub fn call(name: &str, memory: &mut (impl Memory + ?Sized), a: &[i32]) -> i32 {
    let a: Vec<usize> = a.iter().map(|&a| a as u32 as usize).collect();
    match name {
        "args_sizes_get" => {
            put(memory, a[0], arguments().len());
            put(memory, a[1], arguments().concat().len());
        }
        "args_get" => {
            let mut text = a[1];
            for (index, argument) in arguments().iter().enumerate() {
                put(memory, a[0] + 4 * index, text);
                memory.write(text, argument.as_bytes());
                text += argument.len();
            }
        }
        "fd_write" => {
            let mut written = 0;
            for vector in (0..a[2]).map(|index| a[1] + 8 * index) {
                let (start, len_bytes) = (get(memory, vector), get(memory, vector + 4));
                let mut text = vec![0; len_bytes];
                memory.read(start, &mut text);
                std::io::stdout().write_all(&text).expect("standard output");
                written += len_bytes;
            }
            put(memory, a[3], written);
        }
        "proc_exit" => std::process::exit(a[0] as i32),
        name => panic!("the kernels do not call {name}"),
    }
    0
}
