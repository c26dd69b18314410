// An open-addressing hash table: insertions, look-ups and deletions.
#define DEFAULT_SIZE 2500000
#define EXPECTED 0x4a9a29a8ca3304dfu
#include "kernel.h"

enum { SLOTS = 1 << 18 };
static struct {
  uint64_t key, value;
} table[SLOTS];

static uint32_t place(uint64_t key) {
  return (uint32_t)((key * 0x9e3779b97f4a7c15u) >> 46) % SLOTS;
}

// The slot of the key, or the free one where it would be.
static uint32_t find(uint64_t key) {
  uint32_t at = place(key);
  while (table[at].key && table[at].key != key) at = (at + 1) % SLOTS;
  return at;
}

static void erase(uint32_t hole) {
  for (uint32_t at = (hole + 1) % SLOTS; table[at].key; at = (at + 1) % SLOTS) {
    // Moves back what may not be behind the hole.
    uint32_t home = place(table[at].key);
    if (((at - home) & (SLOTS - 1)) >= ((at - hole) & (SLOTS - 1))) {
      table[hole] = table[at];
      hole = at;
    }
  }
  table[hole].key = 0;
}

static uint64_t kernel(uint32_t size) {
  uint64_t sum = 0, count = 0;
  for (uint32_t i = 0; i < size; i++) {
    uint64_t bits = random_bits(), key = (bits & 0x1ffff) + 1;
    uint32_t at = find(key);
    if (bits >> 62 == 0) {
      if (table[at].key) {
        sum = mix(sum, table[at].value);
        erase(at);
        count--;
      }
    } else if (table[at].key) {
      table[at].value += i;
    } else {
      table[at].key = key;
      table[at].value = bits;
      count++;
    }
  }
  return mix(sum, count);
}
