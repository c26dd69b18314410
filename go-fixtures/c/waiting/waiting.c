// poll and select: times, input that never comes, and files.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

static long long now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

int main(void) {
    struct pollfd input = {.fd = 0, .events = POLLIN};
    long long start = now_ms();
    int count = poll(&input, 1, 50);
    printf("silent input: %d, waited: %d\n", count, now_ms() - start >= 50);
    printf("at once: %d\n", poll(&input, 1, 0));

    struct pollfd both[] = {{.fd = 0, .events = POLLIN}, {.fd = 1, .events = POLLOUT}};
    printf("output: %d,", poll(both, 2, -1));
    printf(" in %d, out %d\n", both[0].revents, (both[1].revents & POLLOUT) != 0);

    int file = open("file", O_RDWR | O_CREAT, 0666);
    fd_set reads, writes;
    FD_ZERO(&reads);
    FD_ZERO(&writes);
    FD_SET(0, &reads);
    FD_SET(file, &reads);
    FD_SET(file, &writes);
    struct timeval second = {1, 0};
    printf("select: %d,", select(file + 1, &reads, &writes, NULL, &second));
    printf(" input %d, file %d %d\n", FD_ISSET(0, &reads), FD_ISSET(file, &reads) != 0,
           FD_ISSET(file, &writes) != 0);
    FD_ZERO(&reads);
    FD_SET(0, &reads);
    struct timeval soon = {0, 20000};
    printf("select: %d\n", select(1, &reads, NULL, NULL, &soon));

    struct pollfd bad = {.fd = 77, .events = POLLIN};
    count = poll(&bad, 1, 0);
    printf("no descriptor: %d, %d\n", count, bad.revents == POLLNVAL);

    // Input that does not wait says so.
    char byte;
    fcntl(0, F_SETFL, O_NONBLOCK);
    ssize_t got = read(0, &byte, 1);
    printf("read %zd: %s\n", got, strerror(errno));
    return 0;
}
