// The permutation Keccak-f[1600] (FIPS 202) over and over: 64-bit rotations
// and a state of 200 bytes.
#define DEFAULT_SIZE 40000
#define EXPECTED 0x9f4a7723aed39fd2u
#include "kernel.h"

static uint64_t round_constants[24];
static int offsets[25], places[25];

static inline uint64_t rotate(uint64_t x, int n) { return n ? x << n | x >> (64 - n) : x; }

// Both tables follow from their definitions in the standard.
static void make_tables(void) {
  uint8_t lfsr = 1;
  for (int i = 0; i < 24; i++) {
    uint64_t word = 0;
    for (int j = 0; j < 7; j++) {
      if (lfsr & 1) word |= (uint64_t)1 << ((1 << j) - 1);
      lfsr = (uint8_t)(lfsr << 1 ^ (lfsr >> 7) * 0x71);
    }
    round_constants[i] = word;
  }
  int x = 1, y = 0;
  for (int t = 0; t < 24; t++) {
    offsets[x + 5 * y] = (t + 1) * (t + 2) / 2 % 64;
    int next = (2 * x + 3 * y) % 5;
    x = y;
    y = next;
  }
  for (x = 0; x < 5; x++)
    for (y = 0; y < 5; y++) places[x + 5 * y] = y + 5 * ((2 * x + 3 * y) % 5);
}

static void permute(uint64_t a[25]) {
  for (int round = 0; round < 24; round++) {
    uint64_t column[5], b[25];
    for (int x = 0; x < 5; x++) column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    for (int x = 0; x < 5; x++) {
      uint64_t d = column[(x + 4) % 5] ^ rotate(column[(x + 1) % 5], 1);
      for (int y = 0; y < 25; y += 5) a[x + y] ^= d;
    }
    for (int i = 0; i < 25; i++) b[places[i]] = rotate(a[i], offsets[i]);
    for (int y = 0; y < 25; y += 5)
      for (int x = 0; x < 5; x++) a[x + y] = b[x + y] ^ (~b[(x + 1) % 5 + y] & b[(x + 2) % 5 + y]);
    a[0] ^= round_constants[round];
  }
}

static uint64_t kernel(uint32_t size) {
  make_tables();
  uint64_t state[25] = {0};
  permute(state);
  // Of the state of zeros, from the standard's examples.
  if (state[0] != 0xf1258f7940e1dde7u) return 1;
  for (uint32_t i = 1; i < size; i++) permute(state);
  uint64_t sum = 0;
  for (int i = 0; i < 25; i++) sum = mix(sum, state[i]);
  return sum;
}
