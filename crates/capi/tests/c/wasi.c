/* `wasi MODULE`: a whole program with WASI, its output captured; then one that
 * is stopped, one that exits, and imports that nobody has. */

#include "common.h"

static wasm_func_t* find(
    const wasm_module_t* module, const wasm_extern_vec_t* exports, const char* name) {
  wasm_exporttype_vec_t types;
  wasm_module_exports(module, &types);
  wasm_func_t* found = NULL;
  for (size_t i = 0; i < types.size; i++) {
    const wasm_name_t* each = wasm_exporttype_name(types.data[i]);
    if (each->size == strlen(name) && !memcmp(each->data, name, each->size)) {
      found = wasm_extern_as_func(exports->data[i]);
    }
  }
  wasm_exporttype_vec_delete(&types);
  CHECK(found);
  return found;
}

static own wasm_trap_t* start(wasm_store_t* store, const wasm_module_t* module) {
  wasm_extern_vec_t imports, exports;
  CHECK(wasi_imports(store, module, &imports));
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  CHECK(instance);
  wasm_instance_exports(instance, &exports);
  wasm_val_vec_t none = WASM_EMPTY_VEC;
  wasm_trap_t* trap = wasm_func_call(find(module, &exports, "_start"), &none, &none);
  wasm_extern_vec_delete(&exports);
  wasm_extern_vec_delete(&imports);
  wasm_instance_delete(instance);
  return trap;
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  FILE* file = fopen(argv[1], "rb");
  CHECK(file && !fseek(file, 0, SEEK_END));
  wasm_byte_vec_t binary;
  wasm_byte_vec_new_uninitialized(&binary, (size_t)ftell(file));
  rewind(file);
  CHECK(fread(binary.data, 1, binary.size, file) == binary.size);
  fclose(file);

  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  fossor_store_set_memory_limit(store, 64 << 20);
  wasm_module_t* module = wasm_module_new(store, &binary);
  wasm_byte_vec_delete(&binary);
  CHECK(module);
  wasi_config_t* config = wasi_config_new();
  wasi_config_arg(config, "program");
  wasi_config_env(config, "NAME", "value");
  CHECK(!wasi_config_preopen_dir(config, "/nowhere", "/", true));
  CHECK(wasi_config_preopen_dir(config, "/", "/", true));
  wasi_config_capture_output(config);
  CHECK(wasi_store_set(store, config));
  wasm_trap_t* trap = start(store, module);
  /* Go ends a program with proc_exit. */
  uint32_t status = 99;
  CHECK(!trap || (wasi_exit_status(trap, &status) && status == 0));
  if (trap) wasm_trap_delete(trap);
  wasm_byte_vec_t written;
  wasi_read_stdout(store, &written);
  printf("%.*s", (int)written.size, written.data);
  wasm_byte_vec_delete(&written);
  wasm_module_delete(module);
  wasm_store_delete(store);

  store = wasm_store_new(engine);
  wasm_module_t* exits = compile(store,
      "(module (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))"
      "  (memory (export \"memory\") 1) (func (export \"_start\") (call $exit (i32.const 3))))");
  trap = start(store, exits);
  CHECK(trap && wasi_exit_status(trap, &status));
  printf("status %" PRIu32 "\n", status);
  wasm_trap_delete(trap);
  wasm_module_delete(exits);

  wasm_module_t* spins = compile(store, "(module (func (export \"_start\") (loop $l (br $l))))");
  fossor_store_set_deadline_ms(store, 20);
  trap = start(store, spins);
  CHECK(trap);
  print_message(trap);
  wasm_trap_delete(trap);
  wasm_module_delete(spins);

  wasm_module_t* wants = compile(store, "(module (import \"env\" \"f\" (func (param i32))))");
  wasm_extern_vec_t imports;
  CHECK(!wasi_imports(store, wants, &imports) && imports.size == 0);
  wasm_message_t reason;
  fossor_last_error(&reason);
  printf("%s\n", reason.data);
  wasm_name_delete(&reason);
  wasm_module_delete(wants);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
