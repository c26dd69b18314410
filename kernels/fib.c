// Recursive Fibonacci: calls and returns, hardly anything else.
#define DEFAULT_SIZE 36
#define EXPECTED 0x0000000000e3d1b0u
#include "kernel.h"

__attribute__((noinline)) static uint64_t fib(uint32_t n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static uint64_t kernel(uint32_t size) { return fib(size); }
