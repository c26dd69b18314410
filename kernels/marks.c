// In the manner of CoreMark, and not CoreMark: linked lists that are searched,
// reversed and merge-sorted, products of small integer matrices, a state machine
// over text, and a CRC over all results.
#define DEFAULT_SIZE 900
#define EXPECTED 0x00000000000029b3u
#include "kernel.h"

static uint16_t crc(uint16_t value, uint16_t sum) {
  for (int i = 0; i < 16; i++, value >>= 1)
    sum = (uint16_t)(((sum ^ value) & 1) ? sum >> 1 ^ 0xa001 : sum >> 1);
  return sum;
}

struct node {
  struct node *next;
  int16_t key, data;
};
static struct node nodes[200];

static struct node *reverse(struct node *list) {
  struct node *back = 0;
  while (list) {
    struct node *next = list->next;
    list->next = back;
    back = list;
    list = next;
  }
  return back;
}

static int by_key(const struct node *a, const struct node *b) { return a->key - b->key; }
static int by_data(const struct node *a, const struct node *b) { return a->data - b->data; }

static struct node *merge_sort(struct node *list, int (*compare)(const struct node *, const struct node *)) {
  for (int run = 1;; run *= 2) {
    struct node *rest = list, *tail = 0;
    int merges = 0;
    list = 0;
    while (rest) {
      struct node *left = rest, *right = rest;
      int left_count = 0, right_count = run;
      merges++;
      while (right && left_count < run) left_count++, right = right->next;
      while (left_count || (right_count && right)) {
        struct node *least;
        if (!left_count || (right_count && right && compare(left, right) > 0))
          least = right, right = right->next, right_count--;
        else
          least = left, left = left->next, left_count--;
        if (tail) tail->next = least;
        else list = least;
        tail = least;
      }
      rest = right;
    }
    tail->next = 0;
    if (merges <= 1) return list;
  }
}

static uint16_t lists(uint16_t seed) {
  struct node *list = 0;
  for (int i = 0; i < 200; i++) {
    seed = (uint16_t)(seed * 25173 + 13849);
    nodes[i] = (struct node){list, (int16_t)(seed >> 4 & 0x3ff), (int16_t)i};
    list = &nodes[i];
  }
  uint16_t sum = seed;
  for (int wanted = 0; wanted < 40; wanted++) {
    list = reverse(list);
    for (struct node *at = list; at; at = at->next)
      if ((at->key & 0x3f) == wanted) {
        sum = crc((uint16_t)at->data, sum);
        break;
      }
  }
  list = merge_sort(list, by_key);
  for (struct node *at = list; at; at = at->next) sum = crc((uint16_t)at->key, sum);
  list = merge_sort(list, by_data);
  return crc((uint16_t)list->key, sum);
}

enum { N = 18 };
static int16_t a[N][N], b[N][N];
static int32_t c[N][N];

static uint16_t matrices(uint16_t seed) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      seed = (uint16_t)(seed * 25173 + 13849);
      a[i][j] = (int16_t)(seed & 0xff);
      b[i][j] = (int16_t)(seed >> 8);
    }
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      int32_t sum = 0;
      for (int k = 0; k < N; k++) sum += (int32_t)a[i][k] * b[k][j];
      c[i][j] = sum;
    }
  uint16_t sum = seed;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      c[i][j] += (c[i][j] >> 2 & 0xf) * (c[i][j] >> 5 & 0x7f);
      sum = crc((uint16_t)c[i][j], sum);
    }
  return sum;
}

enum state { START, SIGN, INTEGER, POINT, FRACTION, EXPONENT, SCIENTIFIC, INVALID, STATES };
static const char *const texts[] = {"5012", "1.25e+7", "-110.7", "T0.3e-1F", "+0.64400", "35.54400",
                                    ".1234500", "-110.700", "7.12e+6x", "0x1234", "5.5.5", "e12"};

static enum state classify(const char *text, uint32_t visits[STATES]) {
  enum state state = START;
  for (; *text && state != INVALID; text++) {
    char symbol = *text;
    int digit = symbol >= '0' && symbol <= '9';
    visits[state]++;
    switch (state) {
      case START:
        state = digit ? INTEGER : symbol == '.' ? POINT : symbol == '+' || symbol == '-' ? SIGN : INVALID;
        break;
      case SIGN: state = digit ? INTEGER : symbol == '.' ? POINT : INVALID; break;
      case INTEGER: state = digit ? INTEGER : symbol == '.' ? FRACTION : INVALID; break;
      case POINT:
      case FRACTION: state = digit ? FRACTION : symbol == 'e' ? EXPONENT : INVALID; break;
      case EXPONENT: state = digit || symbol == '+' || symbol == '-' ? SCIENTIFIC : INVALID; break;
      case SCIENTIFIC: state = digit ? SCIENTIFIC : INVALID; break;
      default: break;
    }
  }
  return state;
}

static uint16_t states(uint16_t seed) {
  uint32_t visits[STATES] = {0}, ends[STATES] = {0};
  for (int i = 0; i < 60; i++) {
    seed = (uint16_t)(seed * 25173 + 13849);
    ends[classify(texts[(seed >> 3) % 12], visits)]++;
  }
  uint16_t sum = seed;
  for (int i = 0; i < STATES; i++) sum = crc((uint16_t)ends[i], crc((uint16_t)visits[i], sum));
  return sum;
}

static uint64_t kernel(uint32_t size) {
  uint16_t sum = 0x1234;
  for (uint32_t i = 0; i < size; i++) {
    sum = crc(lists(sum), sum);
    for (int k = 0; k < 3; k++) sum = crc(matrices(sum), sum);
    for (int k = 0; k < 4; k++) sum = crc(states(sum), sum);
  }
  return sum;
}
