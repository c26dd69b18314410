/* Structures, arrays and small integers: given out by a guest, held, read, written,
 * passed back, and freed when no handle is left. */

#include "common.h"

static const char* const TEXT =
    "(module"
    "  (type $node (struct (field (mut i32)) (field (mut anyref)) (field i8)))"
    "  (type $bytes (array (mut i8)))"
    "  (import \"host\" \"pick\" (func $pick (param anyref anyref) (result anyref)))"
    "  (func (export \"node\") (param i32 anyref) (result (ref $node))"
    "    (struct.new $node (local.get 0) (local.get 1) (i32.const 200)))"
    "  (func (export \"bytes\") (param i32) (result externref)"
    "    (extern.convert_any (array.new $bytes (i32.const 7) (local.get 0))))"
    "  (func (export \"number\") (param (ref null $node)) (result i32)"
    "    (struct.get $node 0 (local.get 0)))"
    "  (func (export \"pick\") (param anyref anyref) (result anyref)"
    "    (call $pick (local.get 0) (local.get 1))))";

static own wasm_trap_t* pick(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  CHECK(args->data[0].kind == FOSSOR_ANYREF);
  wasm_val_copy(&results->data[0], &args->data[1]);
  return NULL;
}

/* Answers with what it was given, which may be another store's. */
static own wasm_trap_t* answer(
    void* env, const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  wasm_val_copy(&results->data[0], (wasm_val_t*)env);
  return NULL;
}

static int finalized = 0;

/* What was attached is replaced: asks for what is attached now. */
static void replaced(void* env) {
  finalized++;
  CHECK(wasm_foreign_get_host_info(*(wasm_foreign_t**)env) == &finalized);
}

static wasm_val_t any(wasm_ref_t* ref) {
  wasm_val_t value = {.kind = FOSSOR_ANYREF, .of = {.ref = ref}};
  return value;
}

static wasm_val_t i32(int32_t number) {
  wasm_val_t value = WASM_I32_VAL(number);
  return value;
}

static wasm_val_t call(wasm_extern_t* export, size_t count, wasm_val_t a, wasm_val_t b) {
  wasm_val_t given[2] = {a, b};
  wasm_val_t got[1] = {WASM_INIT_VAL};
  wasm_val_vec_t args = {count, given}, results = {1, got};
  own wasm_trap_t* trap = wasm_func_call(wasm_extern_as_func(export), &args, &results);
  if (trap) print_message(trap);
  CHECK(!trap);
  return got[0];
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t* store = wasm_store_new(engine);
  own wasm_module_t* module = compile(store, TEXT);

  own wasm_functype_t* type = wasm_functype_new_2_1(
      wasm_valtype_new(FOSSOR_ANYREF), wasm_valtype_new(FOSSOR_ANYREF),
      wasm_valtype_new(FOSSOR_ANYREF));
  own wasm_func_t* host = wasm_func_new(store, type, pick);
  wasm_extern_t* externs[] = {wasm_func_as_extern(host)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  own wasm_instance_t* instance = wasm_instance_new(store, module, &imports, NULL);
  CHECK(instance);
  own wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_extern_t **node = &exports.data[0], **bytes = &exports.data[1];
  wasm_extern_t **number = &exports.data[2], **picked = &exports.data[3];

  /* A small integer, which is no object. */
  own wasm_ref_t* five = fossor_i31_new(store, -5);
  int32_t value = 0;
  uint32_t length = 0;
  CHECK(fossor_ref_i31(five, &value) && value == -5);
  CHECK(!fossor_ref_length(five, &length));

  /* A structure: its fields are read and written. */
  wasm_val_t made = call(*node, 2, i32(41), any(five));
  CHECK(made.kind == FOSSOR_ANYREF && made.of.ref);
  wasm_ref_t* ref = made.of.ref;
  CHECK(fossor_ref_length(ref, &length) && length == 3);
  wasm_val_t field;
  CHECK(fossor_ref_get(ref, 0, &field) && field.kind == WASM_I32 && field.of.i32 == 41);
  CHECK(fossor_ref_get(ref, 2, &field) && field.of.i32 == 200);
  CHECK(!fossor_ref_get(ref, 3, &field) && !fossor_ref_i31(ref, &value));
  CHECK(fossor_ref_get(ref, 1, &field) && wasm_ref_same(field.of.ref, five));
  wasm_val_delete(&field);
  wasm_val_t next = i32(42);
  CHECK(fossor_ref_set(ref, 0, &next) && !fossor_ref_set(ref, 2, &next));
  wasm_val_t wrong = WASM_I64_VAL(1);
  CHECK(!fossor_ref_set(ref, 0, &wrong));
  CHECK(call(*number, 1, made, made).of.i32 == 42);

  /* Through the host and back: the same; a copy keeps it alive. */
  wasm_val_t back = call(*picked, 2, any(five), made);
  CHECK(wasm_ref_same(back.of.ref, ref) && !wasm_ref_same(back.of.ref, five));
  wasm_val_delete(&made);
  CHECK(fossor_store_collect(store) > 0);
  CHECK(fossor_ref_get(back.of.ref, 0, &field) && field.of.i32 == 42);

  /* An array as an externref; both are freed with their last handle. */
  wasm_val_t array = call(*bytes, 1, i32(1000), i32(0));
  CHECK(array.kind == WASM_EXTERNREF);
  CHECK(fossor_ref_length(array.of.ref, &length) && length == 1000);
  CHECK(fossor_ref_get(array.of.ref, 999, &field) && field.of.i32 == 7);
  uint64_t both = fossor_store_collect(store);
  wasm_val_delete(&array);
  uint64_t one = fossor_store_collect(store);
  CHECK(both > one + 900 && one > 0);
  wasm_val_delete(&back);
  CHECK(fossor_store_collect(store) == 0);

  /* What is of another type is refused, with a sentence. */
  wasm_val_t given[1] = {any(five)};
  wasm_val_t got[1] = {WASM_INIT_VAL};
  wasm_val_vec_t args = WASM_ARRAY_VEC(given), results = WASM_ARRAY_VEC(got);
  own wasm_trap_t* trap = wasm_func_call(wasm_extern_as_func(*number), &args, &results);
  CHECK(trap);
  wasm_trap_delete(trap);

  /* A reference of another store ends the call, and nothing else. */
  wasm_store_t* elsewhere = wasm_store_new(engine);
  own wasm_ref_t* foreign = fossor_i31_new(elsewhere, 1);
  wasm_val_t theirs = any(foreign);
  own wasm_functype_t* giving = wasm_functype_new_0_1(wasm_valtype_new(FOSSOR_ANYREF));
  own wasm_func_t* wrongly = wasm_func_new_with_env(store, giving, answer, &theirs, NULL);
  wasm_val_vec_t none = WASM_EMPTY_VEC;
  trap = wasm_func_call(wrongly, &none, &results);
  CHECK(trap);
  print_message(trap);
  wasm_trap_delete(trap);
  wasm_val_t again = call(*node, 2, i32(43), any(five));
  CHECK(call(*number, 1, again, again).of.i32 == 43);
  wasm_val_delete(&again);
  /* Which a callback that is under way could not do. */
  fossor_store_set_memory_limit(store, 1 << 16);
  CHECK(fossor_store_collect(store) == 0);
  own wasm_ref_t* new_one = fossor_i31_new(store, 6);
  wasm_ref_delete(new_one);
  wasm_func_delete(wrongly);
  wasm_functype_delete(giving);
  wasm_ref_delete(foreign);
  wasm_store_delete(elsewhere);

  own wasm_foreign_t* attached = wasm_foreign_new(store);
  wasm_foreign_set_host_info_with_finalizer(attached, &attached, replaced);
  wasm_foreign_set_host_info(attached, &finalized);
  CHECK(finalized == 1);
  wasm_foreign_delete(attached);

  wasm_ref_delete(five);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_func_delete(host);
  wasm_functype_delete(type);
  wasm_module_delete(module);
  wasm_store_delete(store);
  wasm_engine_delete(engine);
  printf("done\n");
  return 0;
}
