// Quicksort with a comparator behind a pointer: indirect calls.
#define DEFAULT_SIZE 300000
#define EXPECTED 0xd7c691552dc4e12eu
#include "kernel.h"

struct item {
  uint32_t key, value;
};
typedef int (*comparator)(const struct item *, const struct item *);

static int by_key(const struct item *a, const struct item *b) {
  return a->key < b->key ? -1 : a->key > b->key;
}

static int by_value(const struct item *a, const struct item *b) {
  return a->value > b->value ? -1 : a->value < b->value;
}

static void swap(struct item *a, struct item *b) {
  struct item kept = *a;
  *a = *b;
  *b = kept;
}

__attribute__((noinline)) static void sort(struct item *items, int32_t count, comparator compare) {
  while (count > 12) {
    struct item pivot = items[count / 2];
    int32_t low = -1, high = count;
    for (;;) {
      do low++;
      while (compare(&items[low], &pivot) < 0);
      do high--;
      while (compare(&items[high], &pivot) > 0);
      if (low >= high) break;
      swap(&items[low], &items[high]);
    }
    sort(items, high + 1, compare);
    items += high + 1;
    count -= high + 1;
  }
  for (int32_t i = 1; i < count; i++)
    for (int32_t j = i; j > 0 && compare(&items[j - 1], &items[j]) > 0; j--)
      swap(&items[j - 1], &items[j]);
}

// Chosen where the compiler cannot see it.
static volatile comparator orders[] = {by_key, by_value};

static uint64_t kernel(uint32_t size) {
  struct item *items = malloc(size * sizeof *items);
  for (uint32_t i = 0; i < size; i++) {
    uint64_t bits = random_bits();
    items[i] = (struct item){(uint32_t)bits, (uint32_t)(bits >> 32)};
  }
  uint64_t sum = 0;
  for (int order = 0; order < 2; order++) {
    comparator compare = orders[order];
    sort(items, (int32_t)size, compare);
    for (uint32_t i = 0; i < size; i++) {
      if (i && compare(&items[i - 1], &items[i]) > 0) return 1;
      sum = mix(sum, items[i].value);
    }
  }
  return sum;
}
