// abort() of wasi-libc is a trap.
#include <stdio.h>
#include <stdlib.h>

__attribute__((noinline)) static void give_up(int argc) {
    if (argc > 0)
        abort();
}

int main(int argc, char **argv) {
    (void)argv;
    fprintf(stderr, "about to abort\n");
    give_up(argc);
    return 0;
}
