/* Every kind of reference: copied, compared, converted, with the host's own
 * information, and gone once its last copy is. */

#include "common.h"

static int finalized;
static void count(void* data) { finalized += *(int*)data; }
static int one = 1;

/* A copy is the same and shares the information, whose end comes once. */
#define CHECK_REF(name, object)                                          \
  do {                                                                   \
    wasm_##name##_t* first = (object);                                   \
    CHECK(first && !wasm_##name##_get_host_info(first));                 \
    wasm_##name##_set_host_info(first, &finalized);                      \
    CHECK(wasm_##name##_get_host_info(first) == &finalized);             \
    int before = finalized;                                              \
    wasm_##name##_set_host_info_with_finalizer(first, &one, count);      \
    own wasm_##name##_t* copy = wasm_##name##_copy(first);               \
    CHECK(copy != first && wasm_##name##_same(copy, first));             \
    CHECK(wasm_##name##_same(NULL, NULL) && !wasm_##name##_same(copy, NULL)); \
    CHECK(!wasm_##name##_copy(NULL));                                    \
    CHECK(wasm_##name##_get_host_info(copy) == &one);                    \
    wasm_##name##_delete(copy);                                          \
    CHECK(finalized == before);                                          \
    wasm_##name##_set_host_info(first, NULL);                            \
    CHECK(finalized == before + 1);                                      \
  } while (0)

/* Up to a reference and back, and not down to another kind. */
#define CHECK_AS_REF(name, other, object)                              \
  do {                                                                 \
    wasm_##name##_t* it = (object);                                    \
    wasm_ref_t* ref = wasm_##name##_as_ref(it);                        \
    CHECK(ref && wasm_ref_as_##name(ref) == it);                       \
    CHECK(!wasm_ref_as_##other(ref));                                  \
    const wasm_ref_t* constant = wasm_##name##_as_ref_const(it);       \
    CHECK(constant == ref && wasm_ref_as_##name##_const(constant) == it); \
    CHECK(!wasm_ref_as_##other##_const(constant));                     \
  } while (0)

/* The same of what can be imported and exported. */
#define CHECK_AS_EXTERN(name, other, kind, object)                        \
  do {                                                                    \
    wasm_##name##_t* it = (object);                                       \
    wasm_extern_t* as = wasm_##name##_as_extern(it);                      \
    CHECK(as && wasm_extern_kind(as) == (kind));                          \
    CHECK(wasm_extern_as_##name(as) == it && !wasm_extern_as_##other(as)); \
    const wasm_extern_t* constant = wasm_##name##_as_extern_const(it);    \
    CHECK(constant == as && wasm_extern_as_##name##_const(constant) == it); \
    CHECK(!wasm_extern_as_##other##_const(constant));                     \
    own wasm_externtype_t* type = wasm_extern_type(as);                   \
    CHECK(wasm_externtype_kind(type) == (kind));                          \
    wasm_externtype_delete(type);                                         \
  } while (0)

static void check_values(wasm_ref_t* ref) {
  wasm_val_vec_t none, some, two, copy;
  wasm_val_vec_new_empty(&none);
  CHECK(none.size == 0);
  wasm_val_vec_delete(&none);
  wasm_val_vec_new_uninitialized(&some, 2);
  CHECK(some.size == 2);
  wasm_val_vec_delete(&some);
  wasm_val_t number = {.kind = WASM_I32, .of = {.i32 = 7}};
  wasm_val_t host = {.kind = WASM_EXTERNREF, .of = {.ref = wasm_ref_copy(ref)}};
  wasm_val_t both[2] = {number, host};
  wasm_val_vec_new(&two, 2, both);
  wasm_val_vec_copy(&copy, &two);
  CHECK(copy.size == 2 && copy.data[0].of.i32 == 7);
  CHECK(copy.data[1].of.ref != two.data[1].of.ref);
  wasm_val_vec_delete(&two);
  CHECK(wasm_ref_same(copy.data[1].of.ref, ref));
  wasm_val_vec_delete(&copy);
}

static void check_frames(wasm_trap_t* trap) {
  wasm_frame_vec_t frames, copy, none, some;
  wasm_trap_trace(trap, &frames);
  CHECK(frames.size == 1 && !wasm_frame_instance(frames.data[0]));
  own wasm_frame_t* frame = wasm_frame_copy(frames.data[0]);
  CHECK(wasm_frame_func_index(frame) == 0);
  CHECK(wasm_frame_func_offset(frame) == wasm_frame_func_offset(frames.data[0]));
  CHECK(wasm_frame_module_offset(frame) > wasm_frame_func_offset(frame));
  wasm_frame_vec_copy(&copy, &frames);
  CHECK(copy.size == 1 && copy.data[0] != frames.data[0]);
  wasm_frame_vec_delete(&frames);
  wasm_frame_vec_delete(&copy);
  wasm_frame_vec_new(&some, 1, &frame);
  wasm_frame_vec_delete(&some);
  wasm_frame_vec_new_uninitialized(&some, 1);
  some.data[0] = NULL;
  wasm_frame_vec_delete(&some);
  wasm_frame_vec_new_empty(&none);
  wasm_frame_vec_delete(&none);
}

static void check_externs(wasm_extern_vec_t* exports) {
  wasm_extern_vec_t copy, none, some;
  wasm_extern_vec_copy(&copy, exports);
  CHECK(copy.size == exports->size && wasm_extern_same(copy.data[0], exports->data[0]));
  CHECK(!wasm_extern_same(copy.data[0], exports->data[1]));
  own wasm_extern_t* first = wasm_extern_copy(copy.data[0]);
  wasm_extern_vec_delete(&copy);
  wasm_extern_vec_new(&some, 1, &first);
  wasm_extern_vec_delete(&some);
  wasm_extern_vec_new_uninitialized(&some, 1);
  some.data[0] = NULL;
  wasm_extern_vec_delete(&some);
  wasm_extern_vec_new_empty(&none);
  wasm_extern_vec_delete(&none);
}

int main(void) {
  wasm_config_delete(wasm_config_new());
  wasm_engine_t* engine = wasm_engine_new_with_config(wasm_config_new());
  wasm_store_t* store = wasm_store_new(engine);
  own wasm_module_t* module = compile(
      store,
      "(module (func (export \"f\") unreachable) (global (export \"g\") (mut i32) (i32.const 3))"
      " (table (export \"t\") 1 funcref) (memory (export \"m\") 1))");
  wasm_extern_vec_t imports = WASM_EMPTY_VEC;
  own wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  CHECK(instance);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  CHECK(exports.size == 4);
  wasm_func_t* func = wasm_extern_as_func(exports.data[0]);
  wasm_global_t* global = wasm_extern_as_global(exports.data[1]);
  wasm_table_t* table = wasm_extern_as_table(exports.data[2]);
  wasm_memory_t* memory = wasm_extern_as_memory(exports.data[3]);
  wasm_val_vec_t nothing = WASM_EMPTY_VEC;
  own wasm_trap_t* trap = wasm_func_call(func, &nothing, &nothing);
  own wasm_foreign_t* foreign = wasm_foreign_new(store);

  CHECK_REF(module, module);
  CHECK_REF(instance, instance);
  CHECK_REF(func, func);
  CHECK_REF(global, global);
  CHECK_REF(table, table);
  CHECK_REF(memory, memory);
  CHECK_REF(extern, exports.data[0]);
  CHECK_REF(trap, trap);
  CHECK_REF(foreign, foreign);
  CHECK_REF(ref, wasm_foreign_as_ref(foreign));
  CHECK(finalized == 10);

  CHECK_AS_REF(module, instance, module);
  CHECK_AS_REF(instance, module, instance);
  CHECK_AS_REF(func, global, func);
  CHECK_AS_REF(global, table, global);
  CHECK_AS_REF(table, memory, table);
  CHECK_AS_REF(memory, func, memory);
  CHECK_AS_REF(trap, foreign, trap);
  CHECK_AS_REF(foreign, trap, foreign);
  CHECK_AS_REF(extern, foreign, exports.data[0]);
  CHECK_AS_EXTERN(func, global, WASM_EXTERN_FUNC, func);
  CHECK_AS_EXTERN(global, table, WASM_EXTERN_GLOBAL, global);
  CHECK_AS_EXTERN(table, memory, WASM_EXTERN_TABLE, table);
  CHECK_AS_EXTERN(memory, func, WASM_EXTERN_MEMORY, memory);

  own wasm_globaltype_t* global_type = wasm_global_type(global);
  CHECK(wasm_globaltype_mutability(global_type) == WASM_VAR);
  wasm_globaltype_delete(global_type);
  own wasm_functype_t* func_type = wasm_func_type(func);
  CHECK(wasm_functype_params(func_type)->size == 0);
  wasm_functype_delete(func_type);

  check_values(wasm_foreign_as_ref(foreign));
  check_frames(trap);
  check_externs(&exports);

  wasm_byte_vec_t bytes;
  wasm_module_serialize(module, &bytes);
  own wasm_module_t* again = wasm_module_deserialize(store, &bytes);
  CHECK(again && !wasm_module_same(again, module));
  bytes.data[0] = 'x';
  CHECK(!wasm_module_deserialize(store, &bytes));
  wasm_byte_vec_delete(&bytes);
  wasm_module_delete(again);

  /* The last copy takes the information with it; values of the host last as long as
   * their store. */
  wasm_trap_set_host_info_with_finalizer(trap, &one, count);
  wasm_trap_delete(trap);
  CHECK(finalized == 11);
  wasm_foreign_set_host_info_with_finalizer(foreign, &one, count);
  wasm_foreign_delete(foreign);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  CHECK(finalized == 12);
  wasm_engine_delete(engine);
  puts("done");
}
