//! The oracle of the randomised tests: the loop without fusion. Every other
//! mode must end each call alike, and leave the same memories and globals.

use fossor_host::Trap;
use fossor_interpreter::{Config, Engine, Error, Extern, Module, Store, Val};
use fossor_module::ValType;

/// A stream of numbers that is the same everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn value(&mut self, ty: ValType) -> Val {
        let number = self.pick(&[0, 1, 2, 8, 0xffff, 1 << 31, u64::MAX, 0x1_0000_0001]);
        let float = self.pick(&[0.0f64, -0.0, 1.0, -1.5, 3e9, 1e300]);
        match ty {
            ValType::I32 => Val::I32(number as i32),
            ValType::I64 => Val::I64(number as i64),
            ValType::F32 => Val::F32((float as f32).to_bits()),
            ValType::F64 => Val::F64(float.to_bits()),
            ValType::V128 => Val::V128(u128::from(number) << 64 | u128::from(self.next())),
            other => Val::default_of(other),
        }
    }
}

/// Operators that a call may execute before it counts as endless.
const FUEL: u64 = 3000;

/// What can be seen of each call, and whether the last one was endless.
#[derive(Default)]
struct Run {
    calls: Vec<String>,
    /// Fuel that each left.
    fuel: Vec<u64>,
    endless: bool,
}

fn shown(value: &Val) -> String {
    match value {
        Val::FuncRef(func) => format!("function: {}", func.is_some()),
        other => format!("{other:x?}"),
    }
}

fn run(bytes: &[u8], config: &Config, seed: u64, calls: usize) -> Run {
    let engine = Engine::new(config.clone());
    let module = Module::new(&engine, bytes).expect("generated modules are valid");
    let mut store = Store::new(&engine, Box::new(()));
    let mut run = Run::default();
    store.set_fuel(FUEL);
    let instance = match store.instantiate(&module, &[]) {
        Ok(instance) => instance,
        Err(error) => {
            run.endless = error.trap() == Some(Trap::OutOfFuel);
            run.calls.push(first_line(&error));
            return run;
        }
    };
    let names = module.decoded().exports.iter().map(|export| &export.name);
    let exports: Vec<_> = names
        .filter_map(|name| store.export(instance, name))
        .collect();
    let mut random = Random(seed);
    for export in exports.iter().chain(&exports) {
        let Extern::Func(func) = *export else {
            continue;
        };
        if run.calls.len() == calls {
            break;
        }
        let ty = store.func_type(func);
        let args: Vec<_> = ty.params().iter().map(|&ty| random.value(ty)).collect();
        store.set_fuel(FUEL);
        let mut seen = match store.call(func, &args) {
            Ok(results) => results.iter().map(shown).collect::<Vec<_>>().join(" "),
            Err(error) => {
                run.endless = error.trap() == Some(Trap::OutOfFuel);
                first_line(&error)
            }
        };
        for export in &exports {
            match *export {
                Extern::Memory(memory) => seen.push_str(&checksum(store.memory(memory))),
                Extern::Global(global) => {
                    seen.push_str(&format!("; {}", shown(&store.global_get(global))));
                }
                _ => {}
            }
        }
        run.calls.push(seen);
        run.fuel.push(store.fuel());
        if run.endless {
            break;
        }
    }
    run
}

fn first_line(error: &Error) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().to_owned()
}

fn checksum(memory: &[u8]) -> String {
    let words = memory.chunks_exact(8);
    let sum = words.fold(memory.len() as u64, |sum, word| {
        let word = u64::from_le_bytes(word.try_into().expect("eight bytes"));
        (sum ^ word)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29)
    });
    format!("; memory {sum:x}")
}

/// Calls every exported function of the module, twice, in every mode. Without
/// fuel, what is endless is left out.
pub fn all_modes_agree(bytes: &[u8], seed: u64) {
    let mut configs = super::configs();
    let reference = configs
        .iter()
        .position(|(_, config)| config.fuel && !config.fuse);
    let (_, config) = configs.remove(reference.expect("the loop comes first"));
    let expected = run(bytes, &config, seed, 40);
    for (mode, config) in &configs {
        let ends = expected.calls.len() - usize::from(expected.endless && !config.fuel);
        if ends == 0 {
            continue;
        }
        let found = run(bytes, config, seed, ends);
        assert_eq!(found.calls, expected.calls[..ends], "seed {seed}, {mode}");
        if config.fuel {
            assert_eq!(found.fuel, expected.fuel, "fuel left, seed {seed}, {mode}");
        }
    }
}
