//! Times what a request costs: a library instantiated and initialised anew, or
//! from a snapshot. `instantiation MODULE [ROUNDS]`, for a reactor that exports
//! `add` of two `i32`.

use fossor::wasi::{self, WasiCtx};
use fossor::{Engine, InstancePre, Linker, Module, Reactor, Snapshot, Store};
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error>;

/// Minimum and median of the times that were taken.
struct Times(Vec<Duration>);

impl Times {
    fn of(
        rounds: usize,
        mut run: impl FnMut() -> Result<Duration, Failure>,
    ) -> Result<Self, Failure> {
        let mut times = (0..rounds).map(|_| run()).collect::<Result<Vec<_>, _>>()?;
        times.sort_unstable();
        Ok(Self(times))
    }

    fn print(&self, what: &str) {
        let us = |time: Duration| time.as_secs_f64() * 1e6;
        let (minimum, median) = (us(self.0[0]), us(self.0[self.0.len() / 2]));
        println!("{what:40} {minimum:10.1} µs at least, {median:10.1} µs in the median");
    }
}

fn main() -> Result<(), Failure> {
    let mut args = std::env::args().skip(1);
    let file = args.next().ok_or("which module?")?;
    let rounds: usize = args.next().map_or(Ok(200), |n| n.parse())?;
    let engine = Engine::default();
    let module = Module::from_file(&engine, file)?;
    let mut linker = Linker::<WasiCtx>::new(&engine);
    wasi::add_to_linker(&mut linker, |ctx| ctx)?;
    let pre = linker.instantiate_pre(&module)?;
    let snapshot = pre.snapshot(store(&pre)?)?;

    let call = |plugin: &mut Reactor<WasiCtx>| -> Result<(), Failure> {
        let add = plugin.func::<(i32, i32), i32>("add")?;
        assert_eq!(add.call(plugin, (1, 2))?, 3);
        Ok(())
    };
    let fresh =
        |pre: &InstancePre<WasiCtx>| -> Result<_, Failure> { Ok(pre.reactor(store(pre)?)?) };
    let from_snapshot = |snapshot: &Snapshot<WasiCtx>| -> Result<_, Failure> {
        Ok(snapshot.instantiate(store(&pre)?)?)
    };
    Times::of(rounds.div_ceil(10), || {
        let start = Instant::now();
        let mut plugin = fresh(&pre)?;
        let time = start.elapsed();
        call(&mut plugin)?;
        Ok(time)
    })?
    .print("instantiate and initialise");
    Times::of(rounds, || {
        let start = Instant::now();
        let mut plugin = from_snapshot(&snapshot)?;
        let time = start.elapsed();
        call(&mut plugin)?;
        Ok(time)
    })?
    .print("instantiate a snapshot");
    Times::of(rounds, || {
        let start = Instant::now();
        let mut plugin = from_snapshot(&snapshot)?;
        call(&mut plugin)?;
        drop(plugin);
        Ok(start.elapsed())
    })?
    .print("the same, with a call and the end");
    Times::of(rounds, || {
        let start = Instant::now();
        drop(store(&pre)?);
        Ok(start.elapsed())
    })?
    .print("of that, a store with its context");
    Ok(())
}

fn store(pre: &InstancePre<WasiCtx>) -> Result<Store<WasiCtx>, Failure> {
    let ctx = WasiCtx::builder().arg("plug").build()?;
    Ok(Store::new(&pre.engine(), ctx))
}
