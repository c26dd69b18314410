//! Built by `rustc -O -g --edition 2024 --target wasm32-wasip1 --crate-type cdylib
//! -C panic=abort -C strip=none --remap-path-prefix $PWD=/src inlined.rs`: a loop, then a
//! trap in calls that were inlined into each other; names of Rust, DWARF of three units.

#![no_std]

use core::hint::black_box;

mod parts {
    pub struct Part<T>(pub T);

    impl<T: Copy + Into<u64>> Part<T> {
        #[inline(always)]
        pub fn share(&self, all: u64) -> u64 {
            self.checked(all)
        }

        #[inline(always)]
        fn checked(&self, all: u64) -> u64 {
            let parts = core::hint::black_box(self.0).into();
            if parts == 0 {
                core::arch::wasm32::unreachable()
            }
            all / parts
        }
    }
}

#[inline(never)]
fn busy(rounds: u32) -> u64 {
    let mut sum = 1u64;
    for round in 0..rounds {
        sum = black_box(sum.wrapping_mul(6_364_136_223_846_793_005) + u64::from(round));
    }
    sum
}

#[inline(never)]
fn shares(list: &[u32]) -> u64 {
    list.iter().map(|part| parts::Part(*part).share(100)).sum()
}

#[unsafe(no_mangle)]
pub extern "C" fn _start() {
    let rounds = busy(black_box(300)) as u32 | 1;
    black_box(shares(&[rounds, 2, black_box(0)]));
}

#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
