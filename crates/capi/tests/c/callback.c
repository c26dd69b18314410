/* Callbacks with values, with an environment, and back into the guest. */

#include "common.h"

struct environment {
  int calls;
  wasm_func_t* twice;
};

static own wasm_trap_t* print_all(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  printf("i32 %" PRId32 ", i64 %" PRId64 ", f32 %g, f64 %g\n", args->data[0].of.i32,
      args->data[1].of.i64, args->data[2].of.f32, args->data[3].of.f64);
  for (int i = 0; i < 4; i++) wasm_val_copy(&results->data[i], &args->data[3 - i]);
  return NULL;
}

/* Calls the guest's `twice` while the guest waits. */
static own wasm_trap_t* through_guest(
    void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  struct environment* environment = env;
  environment->calls++;
  return wasm_func_call(environment->twice, args, results);
}

static void finalize(void* env) {
  printf("finalized after %d calls\n", ((struct environment*)env)->calls);
}

int main(void) {
  struct environment environment = {0, NULL};
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = compile(store,
      "(module"
      "  (type $all (func (param i32 i64 f32 f64) (result f64 f32 i64 i32)))"
      "  (import \"host\" \"print\" (func $print (type $all)))"
      "  (import \"host\" \"through\" (func $through (param i32) (result i32)))"
      "  (func (export \"all\") (type $all)"
      "    (call $print (local.get 0) (local.get 1) (local.get 2) (local.get 3)))"
      "  (func (export \"twice\") (param i32) (result i32)"
      "    (i32.mul (local.get 0) (i32.const 2)))"
      "  (func (export \"through\") (param i32) (result i32)"
      "    (i32.add (i32.const 1) (call $through (local.get 0)))))");

  wasm_importtype_vec_t importtypes;
  wasm_module_imports(module, &importtypes);
  CHECK(importtypes.size == 2);
  const wasm_externtype_t* wanted = wasm_importtype_type(importtypes.data[0]);
  const wasm_functype_t* all_type = wasm_externtype_as_functype_const(wanted);
  CHECK(wasm_functype_params(all_type)->size == 4);
  CHECK(wasm_valtype_kind(wasm_functype_results(all_type)->data[0]) == WASM_F64);
  const wasm_name_t* name = wasm_importtype_name(importtypes.data[1]);
  printf("imports %.*s\n", (int)name->size, name->data);

  wasm_func_t* print = wasm_func_new(store, all_type, print_all);
  wasm_functype_t* through_type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_func_t* through =
      wasm_func_new_with_env(store, through_type, through_guest, &environment, finalize);
  wasm_functype_delete(through_type);
  wasm_importtype_vec_delete(&importtypes);

  wasm_extern_t* externs[] = {wasm_func_as_extern(print), wasm_func_as_extern(through)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  CHECK(instance);
  wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  environment.twice = wasm_extern_as_func(exports.data[1]);

  wasm_val_t given[] = {WASM_I32_VAL(-7), WASM_I64_VAL(1ll << 40), WASM_F32_VAL(1.5f), WASM_F64_VAL(-2.25)};
  wasm_val_t got[] = {WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(given), results = WASM_ARRAY_VEC(got);
  CHECK(!wasm_func_call(wasm_extern_as_func(exports.data[0]), &args, &results));
  CHECK(got[0].kind == WASM_F64 && got[0].of.f64 == -2.25 && got[1].of.f32 == 1.5f);
  CHECK(got[2].of.i64 == 1ll << 40 && got[3].kind == WASM_I32 && got[3].of.i32 == -7);

  wasm_val_vec_t one = {1, given}, answer = {1, got};
  given[0].of.i32 = 20;
  CHECK(!wasm_func_call(wasm_extern_as_func(exports.data[2]), &one, &answer));
  printf("through the host and the guest again: %" PRId32 "\n", got[0].of.i32);
  CHECK(environment.calls == 1);

  /* Types are compared before anything runs. */
  given[0].kind = WASM_F32;
  wasm_trap_t* trap = wasm_func_call(wasm_extern_as_func(exports.data[2]), &one, &answer);
  CHECK(trap);
  print_message(trap);
  wasm_trap_delete(trap);

  wasm_func_delete(print);
  wasm_func_delete(through);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}
