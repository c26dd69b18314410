// SHA-256 (FIPS 180-4) of four messages at once, one in each lane.
#define DEFAULT_SIZE 40000
#define EXPECTED 0x9fb4978ac1c2b4e4u
#include <wasm_simd128.h>
#include "../kernel.h"

typedef v128_t u32x4;
static uint32_t constants[64];

// As in sha256.c: cube roots of primes, by bisection.
static void make_constants(void) {
  uint32_t prime = 2;
  for (int i = 0; i < 64; i++) {
    unsigned __int128 low = 0, high = (unsigned __int128)8 << 32;
    while (high - low > 1) {
      unsigned __int128 middle = (low + high) / 2;
      if (middle * middle * middle > (unsigned __int128)prime << 96) high = middle;
      else low = middle;
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

static inline u32x4 rotate(u32x4 x, uint32_t n) {
  return wasm_v128_or(wasm_u32x4_shr(x, n), wasm_i32x4_shl(x, 32 - n));
}
static inline u32x4 xor3(u32x4 a, u32x4 b, u32x4 c) { return wasm_v128_xor(a, wasm_v128_xor(b, c)); }
static inline u32x4 add(u32x4 a, u32x4 b) { return wasm_i32x4_add(a, b); }

static void compress(u32x4 state[8], const u32x4 block[16]) {
  u32x4 w[64];
  for (int i = 0; i < 16; i++) w[i] = block[i];
  for (int i = 16; i < 64; i++) {
    u32x4 x = w[i - 15], y = w[i - 2];
    u32x4 s0 = xor3(rotate(x, 7), rotate(x, 18), wasm_u32x4_shr(x, 3));
    u32x4 s1 = xor3(rotate(y, 17), rotate(y, 19), wasm_u32x4_shr(y, 10));
    w[i] = add(add(w[i - 16], s0), add(w[i - 7], s1));
  }
  u32x4 a = state[0], b = state[1], c = state[2], d = state[3];
  u32x4 e = state[4], f = state[5], g = state[6], h = state[7];
  for (int i = 0; i < 64; i++) {
    u32x4 choice = wasm_v128_bitselect(f, g, e);
    u32x4 majority = wasm_v128_or(wasm_v128_and(a, b), wasm_v128_and(c, wasm_v128_or(a, b)));
    u32x4 one = add(add(h, xor3(rotate(e, 6), rotate(e, 11), rotate(e, 25))),
                    add(choice, add(wasm_i32x4_splat((int)constants[i]), w[i])));
    u32x4 two = add(xor3(rotate(a, 2), rotate(a, 13), rotate(a, 22)), majority);
    h = g, g = f, f = e, e = add(d, one), d = c, c = b, b = a, a = add(one, two);
  }
  u32x4 new[8] = {a, b, c, d, e, f, g, h};
  for (int i = 0; i < 8; i++) state[i] = add(state[i], new[i]);
}

static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static uint64_t kernel(uint32_t size) {
  make_constants();
  u32x4 state[8], block[16];
  for (int i = 0; i < 8; i++) state[i] = wasm_i32x4_splat((int)initial[i]);
  // The digest of "abc", from the standard, in each lane.
  for (int i = 0; i < 16; i++) block[i] = wasm_i32x4_splat(i == 0 ? 0x61626380 : i == 15 ? 24 : 0);
  compress(state, block);
  if ((uint32_t)wasm_i32x4_extract_lane(state[0], 2) != 0xba7816bf) return 1;
  if ((uint32_t)wasm_i32x4_extract_lane(state[7], 3) != 0xf20015ad) return 1;

  for (int i = 0; i < 16; i++)
    block[i] = wasm_i64x2_make((long long)random_bits(), (long long)random_bits());
  for (uint32_t i = 0; i < size; i++) compress(state, block);
  uint64_t sum = 0;
  for (int i = 0; i < 8; i++) {
    sum = mix(sum, (uint64_t)wasm_i64x2_extract_lane(state[i], 0));
    sum = mix(sum, (uint64_t)wasm_i64x2_extract_lane(state[i], 1));
  }
  return sum;
}
