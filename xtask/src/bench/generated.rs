//! Modules that are made for a measurement: host calls, growing memories, large
//! functions.

use super::groups::{Task, Work, work};
use crate::error::Error;
use crate::workspace;
use std::path::PathBuf;

/// `fd_write` of one byte and `clock_time_get`, many times.
pub fn host_calls(quick: bool) -> Result<Vec<Work>, Error> {
    let calls = if quick { 20_000 } else { 1_000_000 };
    let guest = |name: &str, import: &str, call: &str| {
        let text = format!(
            "(module (import \"wasi_snapshot_preview1\" \"{name}\" (func $f {import}))
               (memory (export \"memory\") 1)
               (data (i32.const 0) \"\\08\\00\\00\\00\\01\\00\\00\\00.\")
               (func (export \"_start\") (local $n i32)
                 (local.set $n (i32.const {calls}))
                 (loop $again
                   (if {call} (then unreachable))
                   (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"
        );
        let module = module(&format!("call-{name}-{calls}"), &text)?;
        let task = Task::Module(module, Vec::new());
        Ok(work(name, task))
    };
    Ok(vec![
        guest(
            "fd_write",
            "(param i32 i32 i32 i32) (result i32)",
            "(call $f (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))",
        )?,
        guest(
            "clock_time_get",
            "(param i32 i64 i32) (result i32)",
            "(call $f (i32.const 1) (i64.const 1) (i32.const 16))",
        )?,
    ])
}

/// Growing to so many MiB in steps of 512 KiB; of each step one byte is
/// written.
pub fn grow(quick: bool) -> Result<Vec<Work>, Error> {
    let sizes: &[u32] = if quick {
        &[128, 256]
    } else {
        &[256, 512, 1024, 2048 - 16]
    };
    let works = sizes.iter().map(|mib| {
        let text = format!(
            "(module (memory (export \"memory\") 8)
               (func (export \"_start\") (local $n i32) (local $at i32)
                 (local.set $n (i32.const {}))
                 (loop $again
                   (local.set $at (memory.grow (i32.const 8)))
                   (if (i32.lt_s (local.get $at) (i32.const 0)) (then unreachable))
                   (i32.store8 (i32.shl (local.get $at) (i32.const 16)) (i32.const 1))
                   (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))",
            mib * 2 - 1
        );
        sized("MiB", f64::from(*mib), &format!("grow-{mib}"), &text)
    });
    works.collect()
}

/// One function of a size: a long body, a table with many targets, deep
/// nesting. It is called, and returns at once.
pub fn translate(quick: bool) -> Result<Vec<Work>, Error> {
    let steps: &[u32] = if quick { &[1, 2] } else { &[1, 2, 4, 8] };
    let mut works = Vec::new();
    for step in steps {
        // 8 bytes each.
        let additions = step * 760 * 1024 / 8 / 8;
        let mut text = open();
        for _ in 0..additions {
            text += "(local.set 1 (i32.add (local.get 1) (i32.const 1000)))";
        }
        let kib = f64::from(additions) * 8.0 / 1024.0;
        works.push(generated("KiB of body", kib, &(text + "))"))?);

        let targets = step * 12_000 / 8;
        let mut text = open();
        text += "(block $a (block $b (br_table";
        for target in 0..targets {
            text += if target % 3 == 0 { " $a" } else { " $b" };
        }
        text += " (local.get 1)))))";
        works.push(generated(
            "targets of a br_table",
            targets.into(),
            &(text + ")"),
        )?);

        let depth = step * 8_600 / 8;
        let mut text = open();
        for _ in 0..depth {
            text += "(block (br_if 0 (local.get 1)) ";
        }
        text += &")".repeat(depth as usize);
        works.push(generated(
            "blocks in each other",
            depth.into(),
            &(text + "))"),
        )?);
    }
    works.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(works)
}

fn open() -> String {
    "(module (memory (export \"memory\") 1)
       (func (export \"_start\") (local i32 i32) (br_if 0 (i32.eqz (local.get 0)))"
        .to_owned()
}

fn generated(unit: &str, size: f64, text: &str) -> Result<Work, Error> {
    let file = format!("{}-{size}", unit.replace(' ', "-"));
    sized(unit, size, &file, text)
}

fn sized(unit: &str, size: f64, file: &str, text: &str) -> Result<Work, Error> {
    let task = Task::Module(module(file, text)?, Vec::new());
    let mut work = work(unit, task);
    work.size = Some(size);
    work.name = format!("{unit} {size:.0}");
    Ok(work)
}

/// Writes a module in the binary format.
fn module(name: &str, text: &str) -> Result<PathBuf, Error> {
    let path = workspace::target()
        .join("bench")
        .join(format!("{name}.wasm"));
    let bytes = wat::parse_str(text).map_err(|error| Error::message(error.to_string()))?;
    workspace::write(&path, bytes)?;
    Ok(path)
}
