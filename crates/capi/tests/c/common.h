/* What the programs share: modules in text, and an end when something fails. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "wasi.h"

#define CHECK(condition)                                                     \
  do {                                                                       \
    if (!(condition)) {                                                      \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                               \
    }                                                                        \
  } while (0)

static inline own wasm_module_t* compile(wasm_store_t* store, const char* text) {
  wasm_byte_vec_t bytes;
  wasm_byte_vec_new(&bytes, strlen(text), text);
  wasm_module_t* module = wasm_module_new(store, &bytes);
  wasm_byte_vec_delete(&bytes);
  CHECK(module);
  return module;
}

static inline void print_message(const wasm_trap_t* trap) {
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  CHECK(message.size > 0 && message.data[message.size - 1] == 0);
  printf("trap: %s\n", message.data);
  wasm_name_delete(&message);
}
