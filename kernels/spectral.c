// The spectral norm of an infinite matrix, cut off: divisions of f64 by
// converted integers, by power iteration.
#define DEFAULT_SIZE 1000
#define EXPECTED 0x3ff46338dc3fd55eu
#include <math.h>
#include "kernel.h"

static inline double element(uint32_t i, uint32_t j) {
  return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1);
}

static void times(uint32_t n, const double *from, double *to, int transposed) {
  for (uint32_t i = 0; i < n; i++) {
    double sum = 0;
    for (uint32_t j = 0; j < n; j++) sum += (transposed ? element(j, i) : element(i, j)) * from[j];
    to[i] = sum;
  }
}

static uint64_t kernel(uint32_t n) {
  double *u = malloc(n * 8), *v = malloc(n * 8), *half = malloc(n * 8);
  for (uint32_t i = 0; i < n; i++) u[i] = 1;
  for (int i = 0; i < 10; i++) {
    times(n, u, half, 0), times(n, half, v, 1);
    times(n, v, half, 0), times(n, half, u, 1);
  }
  double up = 0, down = 0;
  for (uint32_t i = 0; i < n; i++) up += u[i] * v[i], down += v[i] * v[i];
  return bits_of(sqrt(up / down));
}
