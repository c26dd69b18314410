// Counts newlines and finds the last one of a text, 16 bytes at a time.
#define DEFAULT_SIZE 400
#define EXPECTED 0x84233408f34e20bcu
#include <wasm_simd128.h>
#include "../kernel.h"

enum { BYTES = 1 << 20 };
static uint8_t text[BYTES] __attribute__((aligned(16)));

static uint64_t kernel(uint32_t size) {
  for (uint32_t i = 0; i < BYTES; i++) text[i] = (uint8_t)(random_bits() >> 57);
  v128_t newline = wasm_i8x16_splat('\n');
  uint64_t sum = 0;
  for (uint32_t round = 0; round < size; round++) {
    uint32_t lines = 0, last = 0;
    for (uint32_t at = 0; at < BYTES; at += 16) {
      v128_t equal = wasm_i8x16_eq(wasm_v128_load(text + at), newline);
      if (!wasm_v128_any_true(equal)) continue;
      uint32_t mask = wasm_i8x16_bitmask(equal);
      lines += (uint32_t)__builtin_popcount(mask);
      last = at + 31 - (uint32_t)__builtin_clz(mask);
    }
    sum = mix(mix(sum, lines), last);
    text[sum % BYTES] ^= 0x40;
  }
  return sum;
}
