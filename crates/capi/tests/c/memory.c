/* Memories, globals and tables, exported and made by the host. */

#include "common.h"

static int32_t call(wasm_func_t* func, int32_t a, int32_t b, bool* trapped) {
  wasm_val_t given[] = {WASM_I32_VAL(a), WASM_I32_VAL(b)}, got[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = {wasm_func_param_arity(func), given};
  wasm_val_vec_t results = {wasm_func_result_arity(func), got};
  wasm_trap_t* trap = wasm_func_call(func, &args, &results);
  if (trapped) *trapped = trap != NULL;
  else CHECK(!trap);
  if (trap) wasm_trap_delete(trap);
  return got[0].of.i32;
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = compile(store,
      "(module"
      "  (memory (export \"memory\") 2 3)"
      "  (data (i32.const 0x1000) \"\\01\\02\\03\\04\")"
      "  (global (export \"global\") (mut i64) (i64.const 7))"
      "  (table (export \"table\") 2 10 funcref)"
      "  (elem (i32.const 0) $load)"
      "  (func $load (export \"load\") (param i32) (result i32) (i32.load8_s (local.get 0)))"
      "  (func (export \"store\") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))"
      "  (func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0)))"
      "  (func (export \"pick\") (param i32 i32) (result i32)"
      "    (call_indirect (param i32) (result i32) (local.get 1) (local.get 0))))");
  wasm_extern_vec_t none = WASM_EMPTY_VEC, exports;
  wasm_instance_t* instance = wasm_instance_new(store, module, &none, NULL);
  CHECK(instance);
  wasm_instance_exports(instance, &exports);
  CHECK(exports.size == 7 && wasm_extern_kind(exports.data[0]) == WASM_EXTERN_MEMORY);
  wasm_memory_t* memory = wasm_extern_as_memory(exports.data[0]);
  wasm_global_t* global = wasm_extern_as_global(exports.data[1]);
  wasm_table_t* table = wasm_extern_as_table(exports.data[2]);
  wasm_func_t* load = wasm_extern_as_func(exports.data[3]);
  wasm_func_t* write = wasm_extern_as_func(exports.data[4]);
  wasm_func_t* grow = wasm_extern_as_func(exports.data[5]);
  wasm_func_t* pick = wasm_extern_as_func(exports.data[6]);

  /* Both sides see one memory. */
  CHECK(wasm_memory_size(memory) == 2);
  CHECK(wasm_memory_data_size(memory) == 2 * MEMORY_PAGE_SIZE);
  CHECK(wasm_memory_data(memory)[0x1003] == 4 && call(load, 0x1003, 0, NULL) == 4);
  wasm_memory_data(memory)[0x1003] = 5;
  CHECK(call(load, 0x1003, 0, NULL) == 5);
  call(write, 0x1002, 6, NULL);
  CHECK(wasm_memory_data(memory)[0x1002] == 6);
  bool trapped;
  call(load, 0x20000, 0, &trapped);
  CHECK(trapped);

  /* Growing does not move it. */
  byte_t* before = wasm_memory_data(memory);
  CHECK(wasm_memory_grow(memory, 1) && wasm_memory_data(memory) == before);
  CHECK(!wasm_memory_grow(memory, 1) && call(grow, 1, 0, NULL) == -1);
  CHECK(call(load, 0x20000, 0, NULL) == 0);
  wasm_memorytype_t* type = wasm_memory_type(memory);
  CHECK(wasm_memorytype_limits(type)->min == 3 && wasm_memorytype_limits(type)->max == 3);
  wasm_memorytype_delete(type);

  wasm_val_t value = WASM_I64_VAL(8);
  wasm_global_set(global, &value);
  value.of.i64 = 0;
  wasm_global_get(global, &value);
  CHECK(value.kind == WASM_I64 && value.of.i64 == 8);

  /* References: the same function, and null. */
  wasm_ref_t* element = wasm_table_get(table, 0);
  CHECK(element && wasm_ref_same(element, wasm_func_as_ref(load)));
  CHECK(!wasm_table_get(table, 1));
  CHECK(wasm_table_set(table, 1, element) && wasm_table_grow(table, 2, element));
  CHECK(wasm_table_size(table) == 4 && !wasm_table_grow(table, 10, NULL));
  CHECK(!wasm_table_set(table, 4, NULL));
  CHECK(call(pick, 3, 0x1003, NULL) == 5);
  wasm_ref_delete(element);
  call(pick, 4, 0, &trapped);
  CHECK(trapped);

  /* Made by the host, with what it attaches. */
  wasm_limits_t limits = {1, wasm_limits_max_default};
  wasm_memorytype_t* own_type = wasm_memorytype_new(&limits);
  wasm_memory_t* own_memory = wasm_memory_new(store, own_type);
  CHECK(own_memory && wasm_memory_size(own_memory) == 1 && !wasm_memory_same(memory, own_memory));
  wasm_memorytype_delete(own_type);
  wasm_memory_delete(own_memory);
  wasm_foreign_t* foreign = wasm_foreign_new(store);
  int attached = 0;
  wasm_foreign_set_host_info(foreign, &attached);
  wasm_globaltype_t* global_type = wasm_globaltype_new(wasm_valtype_new_externref(), WASM_VAR);
  wasm_val_t reference = WASM_REF_VAL(wasm_foreign_as_ref(foreign)), read;
  wasm_global_t* holder = wasm_global_new(store, global_type, &reference);
  CHECK(holder);
  wasm_global_get(holder, &read);
  CHECK(read.kind == WASM_EXTERNREF && wasm_ref_get_host_info(read.of.ref) == &attached);
  wasm_val_delete(&read);
  wasm_global_delete(holder);
  wasm_globaltype_delete(global_type);
  wasm_foreign_delete(foreign);

  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  printf("done\n");
  return 0;
}
