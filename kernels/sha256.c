// SHA-256 (FIPS 180-4) of many blocks: rotations and additions of 32 bits.
#define DEFAULT_SIZE 6000
#define EXPECTED 0x8dc5e985a167af96u
#include "kernel.h"

static uint32_t constants[64];

// The first 32 bits of the fractional parts of the cube roots of the first 64
// primes, found by a search so that the table need not be typed.
static void make_constants(void) {
  uint32_t prime = 2;
  for (int i = 0; i < 64; i++) {
    // The root times 2^32, by bisection.
    unsigned __int128 low = 0, high = (unsigned __int128)8 << 32;
    while (high - low > 1) {
      unsigned __int128 middle = (low + high) / 2;
      if (middle * middle * middle > (unsigned __int128)prime << 96)
        high = middle;
      else
        low = middle;
    }
    constants[i] = (uint32_t)low;
    int composite;
    do {
      prime++;
      composite = 0;
      for (uint32_t d = 2; d * d <= prime; d++) composite |= prime % d == 0;
    } while (composite);
  }
}

static inline uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void compress(uint32_t state[8], const uint8_t *block) {
  uint32_t w[64];
  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
           (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
  for (int i = 16; i < 64; i++) {
    uint32_t x = w[i - 15], y = w[i - 2];
    w[i] = w[i - 16] + (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) + w[i - 7] +
           (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int i = 0; i < 64; i++) {
    uint32_t one = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
                   ((e & f) ^ (~e & g)) + constants[i] + w[i];
    uint32_t two = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
                   ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + one, d = c, c = b, b = a, a = one + two;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static uint64_t kernel(uint32_t size) {
  make_constants();
  // The digest of "abc", from the standard.
  uint8_t block[64] = {'a', 'b', 'c', 0x80};
  block[63] = 24;
  uint32_t state[8];
  memcpy(state, initial, sizeof state);
  compress(state, block);
  if (state[0] != 0xba7816bf || state[7] != 0xf20015ad) return 1;

  static uint8_t data[64 * 16];
  for (uint32_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)random_bits();
  for (uint32_t i = 0; i < size; i++)
    for (uint32_t at = 0; at < sizeof data; at += 64) compress(state, data + at);
  return (uint64_t)state[0] << 32 | state[7];
}
