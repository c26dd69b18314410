// Random bytes: all of them, and different ones each time.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    unsigned char first[256], second[256];
    memset(first, 0, sizeof first);
    printf("getentropy %d %d\n", getentropy(first, 256), getentropy(second, 256));
    int zeros = 0;
    for (int i = 0; i < 256; i++)
        zeros += first[i] == 0;
    printf("they differ: %d, few zeros: %d\n", memcmp(first, second, 256) != 0, zeros < 20);
    printf("no bytes %d\n", getentropy(first, 0));
    int refused = getentropy(first, 257);
    printf("too many %d %s\n", refused, strerror(errno));
    printf("arc4random: %d\n", arc4random() != arc4random() || arc4random() != arc4random());
    return 0;
}
