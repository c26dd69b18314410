/* One compiled module in stores of several threads. */

#include <pthread.h>

#include "common.h"

enum { THREADS = 4, CALLS = 50 };

struct job {
  wasm_engine_t* engine;
  wasm_shared_module_t* module;
  int32_t number, sum;
};

static own wasm_trap_t* number(void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  (void)args;
  wasm_val_t value = WASM_I32_VAL(((struct job*)env)->number);
  results->data[0] = value;
  return NULL;
}

static void* run(void* argument) {
  struct job* job = argument;
  for (int i = 0; i < CALLS; i++) {
    wasm_store_t* store = wasm_store_new(job->engine);
    wasm_module_t* module = wasm_module_obtain(store, job->module);
    wasm_functype_t* type = wasm_functype_new_0_1(wasm_valtype_new_i32());
    wasm_func_t* func = wasm_func_new_with_env(store, type, number, job, NULL);
    wasm_functype_delete(type);
    wasm_extern_t* externs[] = {wasm_func_as_extern(func)};
    wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs), exports;
    wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
    CHECK(instance);
    wasm_instance_exports(instance, &exports);
    wasm_val_t value[] = {WASM_INIT_VAL};
    wasm_val_vec_t none = WASM_EMPTY_VEC, results = WASM_ARRAY_VEC(value);
    CHECK(!wasm_func_call(wasm_extern_as_func(exports.data[0]), &none, &results));
    job->sum += value[0].of.i32;
    wasm_extern_vec_delete(&exports);
    wasm_instance_delete(instance);
    wasm_func_delete(func);
    wasm_module_delete(module);
    wasm_store_delete(store);
  }
  return NULL;
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  wasm_module_t* module = compile(store,
      "(module (import \"\" \"number\" (func $number (result i32)))"
      "  (func (export \"run\") (result i32) (i32.add (i32.const 1) (call $number))))");
  wasm_shared_module_t* shared = wasm_module_share(module);
  wasm_module_delete(module);
  wasm_store_delete(store);

  struct job jobs[THREADS];
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) {
    jobs[i] = (struct job){engine, shared, i, 0};
    CHECK(!pthread_create(&threads[i], NULL, run, &jobs[i]));
  }
  for (int i = 0; i < THREADS; i++) {
    CHECK(!pthread_join(threads[i], NULL));
    printf("thread %d: %" PRId32 "\n", i, jobs[i].sum);
  }
  wasm_shared_module_delete(shared);
  wasm_engine_delete(engine);
  return 0;
}
