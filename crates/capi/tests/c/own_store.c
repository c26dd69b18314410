/* Callbacks that delete what they were called through: their store, their function, the
 * instance and the module. What these stand for lasts until the call has returned. */

#include "common.h"

static const char* const TEXT =
    "(module"
    "  (import \"host\" \"end\" (func $end (param i32) (result i32)))"
    "  (memory 1)"
    "  (func (export \"run\") (param i32) (result i32)"
    "    (i32.store (i32.const 8) (i32.const 5))"
    "    (i32.add (call $end (local.get 0)) (i32.load (i32.const 8)))))";

static const char* const STARTING =
    "(module"
    "  (import \"host\" \"end\" (func $end (param i32) (result i32)))"
    "  (memory 1)"
    "  (func $start (i32.store (i32.const 8) (call $end (i32.const 1)))"
    "    (i32.store (i32.const 8) (i32.load (i32.const 8))))"
    "  (start $start))";

struct everything {
  wasm_store_t* store;
  wasm_module_t* module;
  wasm_func_t* func;
  wasm_instance_t* instance;
  wasm_extern_vec_t exports;
};

static int finalized = 0;

static void finalize(void* env) {
  finalized++;
}

static own wasm_trap_t* end(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  struct everything* all = env;
  wasm_extern_vec_delete(&all->exports);
  if (all->instance) wasm_instance_delete(all->instance);
  wasm_func_delete(all->func);
  wasm_module_delete(all->module);
  wasm_store_delete(all->store);
  CHECK(finalized == 0);
  results->data[0].kind = WASM_I32;
  results->data[0].of.i32 = args->data[0].of.i32 * 2;
  return NULL;
}

static void make(wasm_engine_t* engine, const char* text, struct everything* all) {
  memset(all, 0, sizeof *all);
  all->store = wasm_store_new(engine);
  all->module = compile(all->store, text);
  own wasm_functype_t* type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  all->func = wasm_func_new_with_env(all->store, type, end, all, finalize);
  wasm_functype_delete(type);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  struct everything all;

  /* In a call. */
  make(engine, TEXT, &all);
  wasm_extern_t* externs[] = {wasm_func_as_extern(all.func)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  all.instance = wasm_instance_new(all.store, all.module, &imports, NULL);
  CHECK(all.instance);
  wasm_instance_exports(all.instance, &all.exports);
  wasm_val_t given[] = {WASM_I32_VAL(20)}, got[] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(given), results = WASM_ARRAY_VEC(got);
  CHECK(!wasm_func_call(wasm_extern_as_func(all.exports.data[0]), &args, &results));
  CHECK(got[0].kind == WASM_I32 && got[0].of.i32 == 45);
  CHECK(finalized == 1);

  /* The host's own function, called by the host. */
  finalized = 0;
  make(engine, TEXT, &all);
  CHECK(!wasm_func_call(all.func, &args, &results));
  CHECK(got[0].of.i32 == 40 && finalized == 1);

  /* While a module is instantiated; what comes of it keeps the store. */
  finalized = 0;
  make(engine, STARTING, &all);
  externs[0] = wasm_func_as_extern(all.func);
  own wasm_instance_t* instance = wasm_instance_new(all.store, all.module, &imports, NULL);
  CHECK(instance && finalized == 0);
  wasm_instance_delete(instance);
  CHECK(finalized == 1);

  wasm_engine_delete(engine);
  printf("done\n");
  return 0;
}
