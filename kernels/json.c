// Parses JSON by recursive descent into a checksum: branches on bytes, calls,
// numbers in text.
#define DEFAULT_SIZE 45
#define EXPECTED 0x28e192be71c3a54au
#include "kernel.h"

static const char *at;
static uint64_t sum;
static int errors;

static void skip(void) {
  while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r') at++;
}

static void string(void) {
  uint64_t hash = 0;
  for (at++; *at != '"'; at++) {
    if (*at == '\\') at++;
    if (*at == 0) {
      errors++;
      return;
    }
    hash = hash * 31 + (uint8_t)*at;
  }
  at++;
  sum = mix(sum, hash);
}

static void number(void) {
  double value = 0, scale = 1;
  int negative = *at == '-';
  if (negative) at++;
  while (*at >= '0' && *at <= '9') value = value * 10 + (*at++ - '0');
  if (*at == '.')
    for (at++; *at >= '0' && *at <= '9'; at++) value += (*at - '0') * (scale /= 10);
  sum = mix(sum, bits_of(negative ? -value : value));
}

static void value(int depth) {
  skip();
  switch (*at) {
    case '{':
    case '[': {
      char close = *at++ == '{' ? '}' : ']';
      skip();
      while (*at != close) {
        if (close == '}') {
          string();
          skip();
          if (*at++ != ':') errors++;
        }
        value(depth + 1);
        skip();
        if (*at == ',') at++;
        else if (*at != close) {
          errors++;
          return;
        }
        skip();
      }
      at++;
      sum = mix(sum, (uint64_t)depth);
      break;
    }
    case '"': string(); break;
    case 't': at += 4; sum = mix(sum, 1); break;
    case 'f': at += 5; sum = mix(sum, 2); break;
    case 'n': at += 4; sum = mix(sum, 3); break;
    default: number();
  }
}

static char *put(char *to, const char *text) {
  while (*text) *to++ = *text++;
  return to;
}

static char *put_number(char *to, uint64_t value) {
  char digits[20];
  int count = 0;
  do digits[count++] = (char)('0' + value % 10);
  while (value /= 10);
  while (count) *to++ = digits[--count];
  return to;
}

static uint64_t kernel(uint32_t size) {
  char *text = malloc(1 << 20), *to = put(text, "{\n  \"rows\": [");
  for (int i = 0; i < 4000; i++) {
    uint64_t bits = random_bits();
    to = put(to, i ? ",\n    {\"id\": " : "\n    {\"id\": ");
    to = put_number(to, (uint64_t)i);
    to = put(to, ", \"name\": \"row \\\"");
    to = put_number(to, bits >> 44);
    to = put(to, "\\\"\", \"ok\": ");
    to = put(to, bits & 1 ? "true" : bits & 2 ? "false" : "null");
    to = put(to, ", \"at\": [-");
    to = put_number(to, bits & 0xffff);
    to = put(to, ".5, ");
    to = put_number(to, bits >> 16 & 0xffff);
    to = put(to, ".125]}");
  }
  put(to, "\n  ]\n}\n")[0] = 0;
  for (uint32_t i = 0; i < size; i++) {
    at = text;
    value(0);
    skip();
    errors += *at != 0;
  }
  return errors ? 1 : sum;
}
