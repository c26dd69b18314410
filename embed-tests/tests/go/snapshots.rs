//! Instances of a snapshot of a Go plugin: what they share, and what not. The
//! page `docs/snapshots.md` says what is asserted here.

use embed_tests::{call_with_bytes, link, store};
use fossor::wasi::{Pipe, Stdio, WasiCtx};
use fossor::{Error, InstancePre, Reactor, Snapshot, Store};

fn plugin() -> Result<(InstancePre<WasiCtx>, Snapshot<WasiCtx>), Error> {
    let pre = link("plugin", |_| Ok(()))?;
    let snapshot = pre.snapshot(store(&pre))?;
    Ok((pre, snapshot))
}

fn number(plugin: &mut Reactor<WasiCtx>, name: &str) -> Result<u64, Error> {
    plugin.func::<(), u64>(name)?.call(plugin, ())
}

#[test]
fn instances_work_and_share_nothing() -> Result<(), Error> {
    let (pre, snapshot) = plugin()?;
    let order = br#"{"Name": "Ada Lovelace", "Items": ["a<b", "c"]}"#;
    let answer = "Hello Ada Lovelace, 2 items: [a&lt;b][c] (2 words)";
    for _ in 0..3 {
        let mut plugin = snapshot.instantiate(store(&pre))?;
        let rendered = call_with_bytes(&mut plugin, "render", order)?;
        assert_eq!(String::from_utf8_lossy(&rendered), answer);
        let count = plugin.func::<(), i32>("count")?;
        assert_eq!(count.call(&mut plugin, ())?, 2, "one rendering, one count");
        let broken = call_with_bytes(&mut plugin, "render", b"{")?;
        assert_eq!(broken, b"error: unexpected end of JSON input");
    }
    let mut fresh = pre.reactor(store(&pre))?;
    let rendered = call_with_bytes(&mut fresh, "render", order)?;
    assert_eq!(String::from_utf8_lossy(&rendered), answer);
    Ok(())
}

#[test]
fn instances_share_the_random_state_until_they_reseed() -> Result<(), Error> {
    let (pre, snapshot) = plugin()?;
    let mut a = snapshot.instantiate(store(&pre))?;
    let mut b = snapshot.instantiate(store(&pre))?;
    for same in ["own_random", "runtime_random", "map_order"] {
        assert_eq!(number(&mut a, same)?, number(&mut b, same)?, "{same}");
    }
    let crypto = [
        number(&mut a, "crypto_random")?,
        number(&mut b, "crypto_random")?,
    ];
    assert_ne!(crypto[0], crypto[1]);
    for plugin in [&mut a, &mut b] {
        plugin.func::<(), ()>("reseed")?.call(plugin, ())?;
    }
    assert_ne!(number(&mut a, "own_random")?, number(&mut b, "own_random")?);
    Ok(())
}

#[test]
fn arguments_and_environment_are_those_of_the_snapshot() -> Result<(), Error> {
    let pre = link("plugin", |_| Ok(()))?;
    let with = |mode: &str, stdout: &Pipe| {
        let ctx = WasiCtx::builder().arg("plugin").arg(mode).env("MODE", mode);
        let ctx = ctx.stdout(Stdio::pipe(stdout.clone())).build().unwrap();
        Store::new(&pre.engine(), ctx)
    };
    let out = Pipe::new();
    let snapshot = pre.snapshot(with("first", &out))?;
    let mut plugin = snapshot.instantiate(with("second", &out))?;
    let packed = number(&mut plugin, "about")?;
    let mut text = vec![0; packed as u32 as usize];
    let memory = plugin.memory().unwrap();
    memory.read(&plugin, packed >> 32, &mut text)?;
    assert_eq!(
        String::from_utf8_lossy(&text),
        "args plugin first, MODE=first"
    );
    Ok(())
}

#[test]
fn time_goes_on() -> Result<(), Error> {
    let (pre, snapshot) = plugin()?;
    std::thread::sleep(std::time::Duration::from_millis(20));
    let mut plugin = snapshot.instantiate(store(&pre))?;
    let age_ns = number(&mut plugin, "age_ns")?;
    assert!(age_ns >= 20_000_000, "{age_ns}");
    Ok(())
}
