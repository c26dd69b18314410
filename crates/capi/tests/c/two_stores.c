/* What belongs to one store is given to another one: refused, everywhere. */

#include "common.h"

static own wasm_trap_t* nothing(const wasm_val_vec_t* args, wasm_val_vec_t* results) {
  return NULL;
}

static wasm_val_t of_ref(wasm_valkind_t kind, wasm_ref_t* ref) {
  wasm_val_t value = {.kind = kind, .of = {.ref = ref}};
  return value;
}

static void refused(void) {
  wasm_message_t why;
  fossor_last_error(&why);
  printf("%s\n", why.data);
  wasm_name_delete(&why);
}

int main(void) {
  wasm_engine_t* engine = wasm_engine_new();
  wasm_store_t *ours = wasm_store_new(engine), *theirs = wasm_store_new(engine);
  own wasm_functype_t* type = wasm_functype_new_0_0();
  own wasm_func_t* foreign = wasm_func_new(theirs, type, nothing);
  wasm_val_t value = of_ref(WASM_FUNCREF, wasm_func_as_ref(foreign));

  /* An import. */
  own wasm_module_t* module = compile(ours,
      "(module (import \"\" \"\" (func)) (func (export \"f\") (param funcref)))");
  wasm_extern_t* externs[] = {wasm_func_as_extern(foreign)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  own wasm_trap_t* trap = NULL;
  CHECK(!wasm_instance_new(ours, module, &imports, &trap) && trap);
  print_message(trap);
  wasm_trap_delete(trap);

  /* An argument. */
  own wasm_func_t* own_one = wasm_func_new(ours, type, nothing);
  externs[0] = wasm_func_as_extern(own_one);
  own wasm_instance_t* instance = wasm_instance_new(ours, module, &imports, NULL);
  own wasm_extern_vec_t exports;
  wasm_instance_exports(instance, &exports);
  wasm_val_t given[] = {value};
  wasm_val_vec_t args = WASM_ARRAY_VEC(given), none = WASM_EMPTY_VEC;
  trap = wasm_func_call(wasm_extern_as_func(exports.data[0]), &args, &none);
  CHECK(trap);
  print_message(trap);
  wasm_trap_delete(trap);

  /* Globals. */
  own wasm_globaltype_t* global_type = wasm_globaltype_new(wasm_valtype_new_funcref(), WASM_VAR);
  CHECK(!wasm_global_new(ours, global_type, &value));
  refused();
  wasm_val_t null = of_ref(WASM_FUNCREF, NULL), found;
  own wasm_global_t* global = wasm_global_new(ours, global_type, &null);
  CHECK(global);
  wasm_global_set(global, &value);
  wasm_global_get(global, &found);
  CHECK(found.kind == WASM_FUNCREF && !found.of.ref);

  /* Tables. */
  wasm_limits_t limits = {1, 10};
  own wasm_tabletype_t* table_type = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
  CHECK(!wasm_table_new(ours, table_type, value.of.ref));
  refused();
  own wasm_table_t* table = wasm_table_new(ours, table_type, NULL);
  CHECK(table && !wasm_table_set(table, 0, value.of.ref));
  CHECK(!wasm_table_grow(table, 1, value.of.ref) && wasm_table_size(table) == 1);
  CHECK(wasm_table_set(table, 0, wasm_func_as_ref(own_one)));

  wasm_table_delete(table);
  wasm_tabletype_delete(table_type);
  wasm_global_delete(global);
  wasm_globaltype_delete(global_type);
  wasm_extern_vec_delete(&exports);
  wasm_instance_delete(instance);
  wasm_func_delete(own_one);
  wasm_module_delete(module);
  wasm_func_delete(foreign);
  wasm_functype_delete(type);
  wasm_store_delete(theirs);
  wasm_store_delete(ours);
  wasm_engine_delete(engine);
  printf("done\n");
  return 0;
}
