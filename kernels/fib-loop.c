// Iterative Fibonacci modulo 2^64: a tight loop over three locals.
#define DEFAULT_SIZE 200000000
#define EXPECTED 0x708742d3132a01c5u
#include "kernel.h"

static uint64_t kernel(uint32_t size) {
  uint64_t a = 0, b = 1;
  for (uint32_t i = 0; i < size; i++) {
    uint64_t next = a + b;
    a = b;
    b = next;
    // Keeps the compiler from doing several steps at once.
    __asm__ volatile("" : "+r"(b));
  }
  return a;
}
