/* Memories with 64-bit addresses and pages of one byte, tables with 64-bit
 * indices: from C, into a module, and back. */

#include "common.h"

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);

  own wasm_memorytype_t* memory_type = fossor_memorytype_new(3, true, 100, true, 1);
  CHECK(fossor_memorytype_is_64(memory_type));
  CHECK(fossor_memorytype_page_bytes(memory_type) == 1);
  CHECK(fossor_memorytype_min(memory_type) == 3);
  uint64_t max = 0;
  CHECK(fossor_memorytype_max(memory_type, &max) && max == 100);
  CHECK(wasm_memorytype_limits(memory_type)->max == 100);
  CHECK(!fossor_memorytype_new(1, false, 0, false, 4096));

  own wasm_memory_t* memory = wasm_memory_new(store, memory_type);
  CHECK(memory && wasm_memory_size(memory) == 3 && wasm_memory_data_size(memory) == 3);
  CHECK(wasm_memory_grow(memory, 97) && !wasm_memory_grow(memory, 1));
  own wasm_memorytype_t* found = wasm_memory_type(memory);
  CHECK(fossor_memorytype_is_64(found) && fossor_memorytype_page_bytes(found) == 1);
  CHECK(fossor_memorytype_min(found) == 100);

  own wasm_memorytype_t* large = fossor_memorytype_new(0, true, 1ull << 40, true, 65536);
  CHECK(fossor_memorytype_max(large, &max) && max == 1ull << 40);

  own wasm_tabletype_t* table_type =
      fossor_tabletype_new(wasm_valtype_new(WASM_FUNCREF), 2, false, 0, true);
  CHECK(fossor_tabletype_is_64(table_type));
  own wasm_table_t* table = wasm_table_new(store, table_type, NULL);
  CHECK(table && wasm_table_size(table) == 2);
  own wasm_tabletype_t* found_table = wasm_table_type(table);
  CHECK(fossor_tabletype_is_64(found_table));

  wasm_limits_t limits = {1, wasm_limits_max_default};
  own wasm_memorytype_t* plain = wasm_memorytype_new(&limits);
  CHECK(!fossor_memorytype_is_64(plain));
  CHECK(fossor_memorytype_page_bytes(plain) == 65536);
  CHECK(!fossor_memorytype_max(plain, &max));

  wasm_memorytype_delete(plain);
  wasm_tabletype_delete(found_table);
  wasm_table_delete(table);
  wasm_tabletype_delete(table_type);
  wasm_memorytype_delete(large);
  wasm_memorytype_delete(found);
  wasm_memory_delete(memory);
  wasm_memorytype_delete(memory_type);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  printf("done\n");
  return 0;
}
