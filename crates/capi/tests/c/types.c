/* Every type of type: made, copied, asked, converted, kept in vectors. */

#include "common.h"

/* Both ways as an external's type, changeable and constant, and not as another one. */
#define CHECK_EXTERN(name, other, kind, type)                                   \
  do {                                                                          \
    wasm_externtype_t* as = wasm_##name##_as_externtype(type);                  \
    CHECK(as && wasm_externtype_kind(as) == (kind));                            \
    CHECK(wasm_externtype_as_##name(as) == (type));                             \
    CHECK(!wasm_externtype_as_##other(as));                                     \
    const wasm_externtype_t* c = wasm_##name##_as_externtype_const(type);       \
    CHECK(c == as && wasm_externtype_as_##name##_const(c) == (type));           \
    CHECK(!wasm_externtype_as_##other##_const(c));                              \
    own wasm_externtype_t* copy = wasm_externtype_copy(c);                      \
    CHECK(copy != c && wasm_externtype_kind(copy) == (kind));                   \
    wasm_externtype_delete(copy);                                               \
  } while (0)

/* Vectors of it: of none, of places to be filled, of one that the copy does not share. */
#define CHECK_VEC(name, made)                                \
  do {                                                       \
    wasm_##name##_vec_t none, some, one, copy;               \
    wasm_##name##_vec_new_empty(&none);                      \
    CHECK(none.size == 0);                                   \
    wasm_##name##_vec_delete(&none);                         \
    wasm_##name##_vec_new_uninitialized(&some, 1);           \
    CHECK(some.size == 1);                                   \
    some.data[0] = (made);                                   \
    wasm_##name##_t* own_one[1] = {some.data[0]};            \
    some.data[0] = NULL;                                     \
    wasm_##name##_vec_delete(&some);                         \
    wasm_##name##_vec_new(&one, 1, own_one);                 \
    wasm_##name##_vec_copy(&copy, &one);                     \
    CHECK(copy.size == 1 && copy.data[0] != one.data[0]);    \
    wasm_##name##_vec_delete(&one);                          \
    CHECK(copy.data[0]);                                     \
    own wasm_##name##_t* again = wasm_##name##_copy(copy.data[0]); \
    CHECK(again);                                            \
    wasm_##name##_delete(again);                             \
    wasm_##name##_vec_delete(&copy);                         \
    CHECK(copy.size == 0 || !copy.data);                     \
  } while (0)

static wasm_externtype_t* an_externtype(void) {
  return wasm_functype_as_externtype(wasm_functype_new_0_0());
}

static own wasm_importtype_t* an_import(void) {
  wasm_name_t module, name;
  wasm_name_new_from_string(&module, "m");
  wasm_name_new_from_string(&name, "n");
  return wasm_importtype_new(&module, &name, an_externtype());
}

static own wasm_exporttype_t* an_export(void) {
  wasm_name_t name;
  wasm_name_new_from_string(&name, "e");
  return wasm_exporttype_new(&name, an_externtype());
}

int main(void) {
  wasm_limits_t limits = {1, 5};

  own wasm_functype_t* func = wasm_functype_new_1_1(wasm_valtype_new_i64(), wasm_valtype_new_f32());
  own wasm_functype_t* same = wasm_functype_copy(func);
  CHECK_EXTERN(functype, tabletype, WASM_EXTERN_FUNC, func);
  wasm_functype_delete(func);
  CHECK(wasm_valtype_kind(wasm_functype_params(same)->data[0]) == WASM_I64);
  CHECK(wasm_valtype_kind(wasm_functype_results(same)->data[0]) == WASM_F32);
  wasm_functype_delete(same);

  own wasm_globaltype_t* global = wasm_globaltype_new(wasm_valtype_new_externref(), WASM_VAR);
  CHECK(wasm_valtype_kind(wasm_globaltype_content(global)) == WASM_EXTERNREF);
  CHECK(wasm_globaltype_mutability(global) == WASM_VAR);
  CHECK_EXTERN(globaltype, functype, WASM_EXTERN_GLOBAL, global);
  wasm_globaltype_delete(global);

  own wasm_tabletype_t* table = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
  CHECK(wasm_valtype_kind(wasm_tabletype_element(table)) == WASM_FUNCREF);
  CHECK(wasm_tabletype_limits(table)->min == 1 && wasm_tabletype_limits(table)->max == 5);
  CHECK_EXTERN(tabletype, memorytype, WASM_EXTERN_TABLE, table);
  wasm_tabletype_delete(table);

  own wasm_memorytype_t* memory = wasm_memorytype_new(&limits);
  CHECK(wasm_memorytype_limits(memory)->min == 1 && wasm_memorytype_limits(memory)->max == 5);
  CHECK_EXTERN(memorytype, globaltype, WASM_EXTERN_MEMORY, memory);
  wasm_memorytype_delete(memory);

  own wasm_importtype_t* import = an_import();
  CHECK(wasm_importtype_module(import)->data[0] == 'm');
  CHECK(wasm_importtype_name(import)->data[0] == 'n');
  CHECK(wasm_externtype_kind(wasm_importtype_type(import)) == WASM_EXTERN_FUNC);
  wasm_importtype_delete(import);
  own wasm_exporttype_t* export = an_export();
  CHECK(wasm_exporttype_name(export)->size == 1);
  CHECK(wasm_externtype_kind(wasm_exporttype_type(export)) == WASM_EXTERN_FUNC);
  wasm_exporttype_delete(export);

  CHECK_VEC(valtype, wasm_valtype_new_i32());
  CHECK_VEC(functype, wasm_functype_new_0_0());
  CHECK_VEC(globaltype, wasm_globaltype_new(wasm_valtype_new_f64(), WASM_CONST));
  CHECK_VEC(tabletype, wasm_tabletype_new(wasm_valtype_new_funcref(), &limits));
  CHECK_VEC(memorytype, wasm_memorytype_new(&limits));
  CHECK_VEC(externtype, an_externtype());
  CHECK_VEC(importtype, an_import());
  CHECK_VEC(exporttype, an_export());

  wasm_byte_vec_t none, bytes, copy;
  wasm_byte_vec_new_empty(&none);
  CHECK(none.size == 0);
  wasm_byte_vec_new(&bytes, 3, "abc");
  wasm_byte_vec_copy(&copy, &bytes);
  CHECK(copy.size == 3 && copy.data != bytes.data && !memcmp(copy.data, "abc", 3));
  wasm_byte_vec_delete(&none);
  wasm_byte_vec_delete(&bytes);
  wasm_byte_vec_delete(&copy);
  puts("done");
}
