// The sieve of Eratosthenes: byte stores with strides.
#define DEFAULT_SIZE 12000000
#define EXPECTED 0x67439d0f7d34051eu
#include "kernel.h"

static uint64_t kernel(uint32_t size) {
  uint8_t *composite = calloc(size + 1, 1);
  uint64_t sum = 0, count = 0;
  for (uint32_t i = 2; i <= size; i++) {
    if (composite[i]) continue;
    count++;
    sum = mix(sum, i);
    for (uint64_t j = (uint64_t)i * i; j <= size; j += i) composite[j] = 1;
  }
  return mix(sum, count);
}
