// Product of two square matrices of f32, four columns at a time.
#define DEFAULT_SIZE 400
#define EXPECTED 0xca04131428000ef5u
#include <wasm_simd128.h>
#include "../kernel.h"

static uint64_t kernel(uint32_t n) {
  n &= ~3u;
  float *a = malloc(n * n * 4), *b = malloc(n * n * 4), *c = calloc(n * n, 4);
  for (uint32_t i = 0; i < n * n; i++) {
    a[i] = (float)(random_bits() >> 48) / 256;
    b[i] = (float)(random_bits() >> 48) / 256;
  }
  for (uint32_t i = 0; i < n; i++)
    for (uint32_t k = 0; k < n; k++) {
      v128_t factor = wasm_f32x4_splat(a[i * n + k]);
      float *to = c + i * n;
      const float *row = b + k * n;
      for (uint32_t j = 0; j < n; j += 4) {
        v128_t product = wasm_f32x4_mul(factor, wasm_v128_load(row + j));
        wasm_v128_store(to + j, wasm_f32x4_add(wasm_v128_load(to + j), product));
      }
    }
  uint64_t sum = 0;
  for (uint32_t i = 0; i < n * n; i++) sum = mix(sum, bits_of(c[i]));
  return sum;
}
