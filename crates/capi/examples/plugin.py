"""A WebAssembly plugin from Python, with nothing but ctypes.

    cargo build --release -p fossor-c-api
    python3 crates/capi/examples/plugin.py target/release/libfossor_c_api.so
"""

import ctypes as c
import sys

PLUGIN = b"""(module
    (import "host" "log" (func $log (param i32)))
    (func (export "triple") (param i32) (result i32)
        (call $log (local.get 0))
        (i32.mul (local.get 0) (i32.const 3))))"""


class Of(c.Union):
    _fields_ = [("i32", c.c_int32), ("i64", c.c_int64), ("f64", c.c_double), ("ref", c.c_void_p)]


class Val(c.Structure):
    _fields_ = [("kind", c.c_uint8), ("of", Of)]


def vector(element):
    class Vector(c.Structure):
        _fields_ = [("size", c.c_size_t), ("data", c.POINTER(element))]

        @classmethod
        def of(cls, items):
            array = (element * len(items))(*items)
            vector = cls(len(items), array)
            vector.keep = array
            return vector

    return Vector


Bytes, Vals, Pointers = vector(c.c_char), vector(Val), vector(c.c_void_p)
Callback = c.CFUNCTYPE(c.c_void_p, c.POINTER(Vals), c.POINTER(Vals))

lib = c.CDLL(sys.argv[1])


def function(name, result, *params):
    func = getattr(lib, name)
    func.restype, func.argtypes = result, params
    return func


P = c.c_void_p
engine_new = function("wasm_engine_new", P)
store_new = function("wasm_store_new", P, P)
module_new = function("wasm_module_new", P, P, c.POINTER(Bytes))
valtype_new = function("wasm_valtype_new", P, c.c_uint8)
valtypes_new = function("wasm_valtype_vec_new", None, c.POINTER(Pointers), c.c_size_t, c.POINTER(P))
functype_new = function("wasm_functype_new", P, c.POINTER(Pointers), c.POINTER(Pointers))
func_new = function("wasm_func_new", P, P, P, Callback)
instance_new = function("wasm_instance_new", P, P, P, c.POINTER(Pointers), c.POINTER(P))
instance_exports = function("wasm_instance_exports", None, P, c.POINTER(Pointers))
func_call = function("wasm_func_call", P, P, c.POINTER(Vals), c.POINTER(Vals))


@Callback
def log(args, results):
    print("the guest says", args.contents.data[0].of.i32)
    return None


engine = engine_new()
store = store_new(engine)
text = c.create_string_buffer(PLUGIN, len(PLUGIN))
module = module_new(store, Bytes(len(PLUGIN), c.cast(text, c.POINTER(c.c_char))))
params, results = Pointers(), Pointers()
valtypes_new(params, 1, (P * 1)(valtype_new(0)))
valtypes_new(results, 0, None)
host_log = func_new(store, functype_new(params, results), log)
instance = instance_new(store, module, Pointers.of([host_log]), None)
exports = Pointers()
instance_exports(instance, exports)
for number in (2, 14):
    answer = Vals.of([Val()])
    trap = func_call(exports.data[0], Vals.of([Val(0, Of(i32=number))]), answer)
    assert trap is None
    print(number, "times three is", answer.data[0].of.i32)
