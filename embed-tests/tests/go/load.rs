//! One module, many plugins, two threads.

use embed_tests::{call_with_bytes, link, store};
use fossor::wasi::WasiCtx;
use fossor::{Error, Limits, Pool};

const THREADS: usize = 2;
const CALLS: usize = 500;
/// More than the plugins that live at a time can take, and less than a small
/// part of those that there are in all.
const MOST_KB: u64 = 160 << 10;

#[test]
fn a_thousand_calls_on_two_threads() -> Result<(), Error> {
    let pre = link("plugin", |_| Ok(()))?;
    let snapshot = pre.snapshot(store(&pre))?;
    let pool = Pool::new(&snapshot, THREADS).limits(Limits::memory(32 << 20));
    let before_kb = resident_kb();
    std::thread::scope(|scope| {
        let threads = [(); THREADS].map(|()| {
            scope.spawn(|| {
                for call in 0..CALLS {
                    let mut plugin = pool.get(WasiCtx::builder().build().unwrap())?;
                    let order = format!(r#"{{"Name": "number {call}", "Items": ["{call}"]}}"#);
                    let answer = call_with_bytes(&mut plugin, "render", order.as_bytes())?;
                    let expected = format!("Hello number {call}, 1 items: [{call}] (1 words)");
                    assert_eq!(String::from_utf8_lossy(&answer), expected);
                    let count = plugin.func::<(), i32>("count")?;
                    assert_eq!(count.call(&mut plugin, ())?, 2);
                    assert!(pool.in_use() <= THREADS);
                }
                Ok::<_, Error>(())
            })
        });
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap())
    })?;
    assert_eq!(pool.in_use(), 0);
    let grown_kb = resident_kb().saturating_sub(before_kb);
    assert!(grown_kb < MOST_KB, "{grown_kb} KB more than before");
    Ok(())
}

/// Memory of this process. Elsewhere than on Linux it is not known.
fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|rest| rest.split_whitespace().next());
    number.map_or(0, |number| number.parse().expect("a number of KB"))
}
