// The Mandelbrot set: a loop of f64 with an exit in the middle.
#define DEFAULT_SIZE 800
#define EXPECTED 0xa03e113a01a9c62eu
#include "kernel.h"

static uint64_t kernel(uint32_t size) {
  uint64_t sum = 0;
  for (uint32_t row = 0; row < size; row++)
    for (uint32_t column = 0; column < size; column++) {
      double cx = 3.0 * column / size - 2.25, cy = 3.0 * row / size - 1.5;
      double x = 0, y = 0;
      uint32_t steps = 0;
      while (steps < 120 && x * x + y * y < 4) {
        double next = x * x - y * y + cx;
        y = 2 * x * y + cy;
        x = next;
        steps++;
      }
      sum = mix(sum, steps);
    }
  return sum;
}
