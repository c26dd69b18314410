// Five bodies under gravity: f64 arithmetic with square roots and divisions.
#define DEFAULT_SIZE 700000
#define EXPECTED 0x0d9c328890a3c232u
#include <math.h>
#include "kernel.h"

struct body {
  double at[3], speed[3], mass;
};

static struct body bodies[5];

static uint64_t kernel(uint32_t size) {
  for (int i = 0; i < 5; i++) {
    bodies[i].mass = i == 0 ? 40 : 0.01 * i;
    for (int k = 0; k < 3; k++) {
      bodies[i].at[k] = i == 0 ? 0 : i * (k + 1.5) * (k == 1 ? -1 : 1);
      bodies[i].speed[k] = i == 0 ? 0 : 1.25 / (i + k + 1) * (k == 2 ? -1 : 1);
    }
  }
  for (uint32_t step = 0; step < size; step++) {
    for (int i = 0; i < 5; i++)
      for (int j = i + 1; j < 5; j++) {
        struct body *a = &bodies[i], *b = &bodies[j];
        double x = a->at[0] - b->at[0], y = a->at[1] - b->at[1], z = a->at[2] - b->at[2];
        double square = x * x + y * y + z * z + 0.01;
        double pull = 0.001 / (square * sqrt(square));
        double to_a = pull * b->mass, to_b = pull * a->mass;
        a->speed[0] -= x * to_a, a->speed[1] -= y * to_a, a->speed[2] -= z * to_a;
        b->speed[0] += x * to_b, b->speed[1] += y * to_b, b->speed[2] += z * to_b;
      }
    for (int i = 0; i < 5; i++)
      for (int k = 0; k < 3; k++) bodies[i].at[k] += 0.001 * bodies[i].speed[k];
  }
  uint64_t sum = 0;
  for (int i = 0; i < 5; i++)
    for (int k = 0; k < 3; k++) sum = mix(mix(sum, bits_of(bodies[i].at[k])), bits_of(bodies[i].speed[k]));
  return sum;
}
