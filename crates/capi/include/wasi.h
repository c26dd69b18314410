/* WASI preview1 for programs that use `wasm.h`, and what that standard lacks:
 * limits, deadlines, and the reason for a null result.
 *
 * A guest's life: configure, make an environment of a store, ask for the
 * imports of a module, instantiate, call `_start` (or `_initialize`, then
 * exports).
 */

#ifndef WASI_H
#define WASI_H

#include "wasm.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a guest gets: nothing, at first. Functions that return a bool answer
 * false if it cannot be had; fossor_last_error says why. */
WASM_DECLARE_OWN(wasi_config)
typedef wasm_wasi_config_t wasi_config_t;
WASM_API_EXTERN own wasi_config_t* wasi_config_new(void);
#define wasi_config_delete wasm_wasi_config_delete

/* One more argument (the first is the program's name), one more variable. */
WASM_API_EXTERN void wasi_config_arg(wasi_config_t*, const char* arg);
WASM_API_EXTERN void wasi_config_env(wasi_config_t*, const char* name, const char* value);
WASM_API_EXTERN void wasi_config_inherit_env(wasi_config_t*);

/* Standard streams: this process's, bytes to read, or buffers to be read with
 * wasi_read_stdout and wasi_read_stderr. */
WASM_API_EXTERN void wasi_config_inherit_stdio(wasi_config_t*);
WASM_API_EXTERN void wasi_config_stdin_bytes(wasi_config_t*, const wasm_byte_vec_t*);
WASM_API_EXTERN void wasi_config_capture_output(wasi_config_t*);

/* The directory `host` as `guest`, an absolute name. */
WASM_API_EXTERN bool wasi_config_preopen_dir(
    wasi_config_t*, const char* host, const char* guest, bool read_only);

/* Gives the store's guests what was configured; again for another guest. */
WASM_API_EXTERN bool wasi_store_set(wasm_store_t*, own wasi_config_t*);

/* The imports of a module that needs nothing but WASI, in its order. */
WASM_API_EXTERN bool wasi_imports(
    wasm_store_t*, const wasm_module_t*, own wasm_extern_vec_t* out);

/* One of WASI's functions, for a module that has other imports too; null if
 * there is none of that name. */
WASM_API_EXTERN own wasm_extern_t* wasi_import(
    wasm_store_t*, const wasm_name_t* module, const wasm_name_t* name);

/* Takes what was written since the last time. */
WASM_API_EXTERN void wasi_read_stdout(wasm_store_t*, own wasm_byte_vec_t* out);
WASM_API_EXTERN void wasi_read_stderr(wasm_store_t*, own wasm_byte_vec_t* out);

/* Whether a "trap" is a guest's exit, and with which status. */
WASM_API_EXTERN bool wasi_exit_status(const wasm_trap_t*, uint32_t* status);

/* Stops the store's guests after this time from now, also while they wait. */
WASM_API_EXTERN void fossor_store_set_deadline_ms(wasm_store_t*, uint64_t ms);
/* Bytes that each memory made from now on may grow to. */
WASM_API_EXTERN void fossor_store_set_memory_limit(wasm_store_t*, uint64_t bytes);
/* Types that wasm_limits_t cannot tell. Bounds are in elements or pages, of which
 * max counts if there is one; pages have 65536 bytes or 1. */
WASM_API_EXTERN own wasm_memorytype_t* fossor_memorytype_new(
    uint64_t min, bool has_max, uint64_t max, bool is_64, uint32_t page_bytes);
WASM_API_EXTERN bool fossor_memorytype_is_64(const wasm_memorytype_t*);
WASM_API_EXTERN uint32_t fossor_memorytype_page_bytes(const wasm_memorytype_t*);
WASM_API_EXTERN uint64_t fossor_memorytype_min(const wasm_memorytype_t*);
WASM_API_EXTERN bool fossor_memorytype_max(const wasm_memorytype_t*, uint64_t* max);
WASM_API_EXTERN own wasm_tabletype_t* fossor_tabletype_new(
    own wasm_valtype_t*, uint64_t min, bool has_max, uint64_t max, bool is_64);
WASM_API_EXTERN bool fossor_tabletype_is_64(const wasm_tabletype_t*);

/* Structures, arrays and small integers (i31) of WebAssembly 3.0: values of this
 * kind have `of.ref`. A handle keeps what it refers to alive until it is deleted,
 * and wasm_ref_same says what ref.eq says. What a guest gives out as an externref
 * is such a handle too. Fields of structures and elements of arrays are counted
 * from 0; narrow ones are read with zeros above. False: there is no such field,
 * or it is not of the value's type, or it is immutable. */
#define FOSSOR_ANYREF ((wasm_valkind_t)130)
WASM_API_EXTERN own wasm_ref_t* fossor_i31_new(wasm_store_t*, int32_t);
WASM_API_EXTERN bool fossor_ref_i31(const wasm_ref_t*, int32_t* out);
WASM_API_EXTERN bool fossor_ref_length(const wasm_ref_t*, uint32_t* out);
WASM_API_EXTERN bool fossor_ref_get(const wasm_ref_t*, uint32_t index, own wasm_val_t* out);
WASM_API_EXTERN bool fossor_ref_set(wasm_ref_t*, uint32_t index, const wasm_val_t*);
/* Collects what nothing refers to, and says how many bytes are left in use. */
WASM_API_EXTERN uint64_t fossor_store_collect(wasm_store_t*);
/* Why the last function that answered null or false on this thread did so. */
WASM_API_EXTERN void fossor_last_error(own wasm_message_t* out);

#ifdef __cplusplus
}
#endif

#endif
