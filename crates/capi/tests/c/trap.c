/* Traps: the guest's, a callback's, those of instantiation; with frames. */

#include "common.h"

static own wasm_trap_t* fail(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args, (void)results;
  wasm_name_t message;
  wasm_name_new_from_string_nt(&message, "callback abort");
  wasm_trap_t* trap = wasm_trap_new((wasm_store_t*)env, &message);
  wasm_name_delete(&message);
  return trap;
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = compile(store,
      "(module"
      "  (import \"host\" \"fail\" (func $fail (result i32)))"
      "  (func $inner (result i32) (unreachable) (i32.const 1))"
      "  (func (export \"callback\") (result i32) (call $fail))"
      "  (func (export \"unreachable\") (result i32) (nop) (call $inner)))");
  wasm_functype_t* type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  wasm_func_t* func = wasm_func_new_with_env(store, type, fail, store, NULL);
  wasm_functype_delete(type);
  wasm_extern_t* externs[] = {wasm_func_as_extern(func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs), none = WASM_EMPTY_VEC;

  /* Too few imports. */
  wasm_trap_t* trap = NULL;
  CHECK(!wasm_instance_new(store, module, &none, &trap) && trap);
  print_message(trap);
  wasm_trap_delete(trap);

  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, &trap);
  CHECK(instance && !trap);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  for (int i = 0; i < 2; i++) {
    wasm_val_t value[] = {WASM_INIT_VAL};
    wasm_val_vec_t args = WASM_EMPTY_VEC, results = WASM_ARRAY_VEC(value);
    trap = wasm_func_call(wasm_extern_as_func(exports.data[i]), &args, &results);
    CHECK(trap);
    print_message(trap);
    uint32_t status;
    CHECK(!wasi_exit_status(trap, &status));
    wasm_frame_vec_t frames;
    wasm_trap_trace(trap, &frames);
    for (size_t k = 0; k < frames.size; k++) {
      const wasm_frame_t* frame = frames.data[k];
      CHECK(wasm_frame_module_offset(frame) > wasm_frame_func_offset(frame));
      printf("  function %" PRIu32 " at its byte %zu\n", wasm_frame_func_index(frame),
          wasm_frame_func_offset(frame));
    }
    wasm_frame_vec_delete(&frames);
    wasm_frame_t* origin = wasm_trap_origin(trap);
    printf("  %s\n", origin ? "with an origin" : "without an origin");
    if (origin) wasm_frame_delete(origin);
    wasm_trap_delete(trap);
  }

  /* A start function that traps, and bytes that are no module. */
  wasm_module_t* starts = compile(store, "(module (start 0) (func (unreachable)))");
  CHECK(!wasm_instance_new(store, starts, &none, &trap) && trap);
  print_message(trap);
  wasm_trap_delete(trap);
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new(&bytes, 5, "hello");
  CHECK(!wasm_module_validate(store, &bytes) && !wasm_module_new(store, &bytes));
  wasm_message_t reason;
  fossor_last_error(&reason);
  printf("%s\n", reason.data);
  wasm_name_delete(&reason);
  wasm_byte_vec_delete(&bytes);

  wasm_module_delete(starts);
  wasm_func_delete(func);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
