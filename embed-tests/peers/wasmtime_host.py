"""What wasmtime takes for what `cargo run --release --example instantiation`
measures: a library instantiated and initialised anew, for a module that is
compiled once. `pip install wasmtime; python3 wasmtime_host.py MODULE [ROUNDS]`.
"""

import sys
import time

import wasmtime


def main():
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    engine = wasmtime.Engine()
    start = time.perf_counter()
    module = wasmtime.Module.from_file(engine, sys.argv[1])
    print(f"compile: {time.perf_counter() - start:.2f} s")
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        store = wasmtime.Store(engine)
        store.set_wasi(wasmtime.WasiConfig())
        instance = linker.instantiate(store, module)
        exports = instance.exports(store)
        exports["_initialize"](store)
        times.append(time.perf_counter() - start)
        assert exports["add"](store, 1, 2) == 3
        store.close()
    times.sort()
    us = [1e6 * t for t in times]
    print(f"instantiate and initialise: {us[0]:.1f} µs at least, {us[len(us) // 2]:.1f} in the median")


main()
