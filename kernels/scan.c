// Counts lines, words and the most frequent byte of a text, byte by byte.
#define DEFAULT_SIZE 12000000
#define EXPECTED 0x14fefb0023ad4481u
#include "kernel.h"

static uint64_t kernel(uint32_t size) {
  uint8_t *text = malloc(size);
  for (uint32_t i = 0; i < size; i += 8) {
    uint64_t bits = random_bits();
    for (uint32_t j = i; j < size && j < i + 8; j++, bits >>= 8)
      text[j] = (bits & 7) == 0 ? ' ' : (bits & 63) == 1 ? '\n' : 'a' + (bits & 255) % 26;
  }
  uint64_t lines = 0, words = 0;
  int inside = 0;
  for (const uint8_t *at = text, *end = text + size; at != end; at++) {
    int space = *at == ' ' || *at == '\n';
    lines += *at == '\n';
    words += inside && space;
    inside = !space;
  }
  return mix(lines, words);
}
