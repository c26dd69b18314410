// Product of two square matrices of f64, in the order i, k, j.
#define DEFAULT_SIZE 300
#define EXPECTED 0xf16177ef45f4bebdu
#include "kernel.h"

static uint64_t kernel(uint32_t n) {
  double *a = malloc(n * n * 8), *b = malloc(n * n * 8), *c = calloc(n * n, 8);
  for (uint32_t i = 0; i < n * n; i++) {
    a[i] = (double)(random_bits() >> 40) / 1024;
    b[i] = (double)(random_bits() >> 40) / 1024;
  }
  for (uint32_t i = 0; i < n; i++)
    for (uint32_t k = 0; k < n; k++) {
      double factor = a[i * n + k];
      for (uint32_t j = 0; j < n; j++) c[i * n + j] += factor * b[k * n + j];
    }
  uint64_t sum = 0;
  for (uint32_t i = 0; i < n * n; i++) sum = mix(sum, bits_of(c[i]));
  return sum;
}
