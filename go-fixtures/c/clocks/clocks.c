// Clocks through wasi-libc: resolutions, the time, and dates made of it.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static long long ns(struct timespec time) {
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void clock_called(const char *name, clockid_t clock) {
    struct timespec resolution, first, second;
    int resolved = clock_getres(clock, &resolution);
    int read = clock_gettime(clock, &first) + clock_gettime(clock, &second);
    printf("%s: getres %d, at least 1 ns: %d, gettime %d, never back: %d\n", name, resolved,
           ns(resolution) >= 1, read, ns(second) >= ns(first));
}

int main(void) {
    clock_called("realtime", CLOCK_REALTIME);
    clock_called("monotonic", CLOCK_MONOTONIC);

    struct timespec before, after, pause = {0, 20000000};
    clock_gettime(CLOCK_MONOTONIC, &before);
    int slept = nanosleep(&pause, NULL);
    clock_gettime(CLOCK_MONOTONIC, &after);
    printf("nanosleep %d, took its time: %d\n", slept, ns(after) - ns(before) >= ns(pause));

    // Absolute, and long past: returns at once.
    struct timespec past = {1, 0};
    printf("until 1970: %d\n", clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &past, NULL));

    printf("after 2020: %d\n", time(NULL) > 1577836800);

    char text[64];
    time_t leap = 951782400 + 3661;
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %a %j", gmtime(&leap));
    puts(text);
    struct tm fields = {.tm_year = 126, .tm_mon = 10, .tm_mday = 22, .tm_hour = 5};
    printf("mktime %lld\n", (long long)mktime(&fields));
    return 0;
}
