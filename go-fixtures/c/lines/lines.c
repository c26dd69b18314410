// Built with -g and without a library: a trap has lines of the source, inlined
// calls too.

static inline __attribute__((always_inline)) int share(int all, int parts) {
    return all / parts;
}

__attribute__((noinline)) static int shares(const int *parts, int count) {
    int sum = 0;
    for (int i = 0; i < count; i++)
        sum += share(100, parts[i]);
    return sum;
}

__attribute__((noinline)) static int all_shares(void) {
    static volatile int first = 1;
    int parts[] = {first, 2, 0};
    return shares(parts, 3) + first;
}

void _start(void) {
    static volatile int sum;
    sum = all_shares();
    (void)sum;
}
