// A signal that ends a program (proc_raise).
#include <stdio.h>

__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_raise")))
int proc_raise(int signal);

int main(void) {
    printf("before\n");
    fflush(stdout);
    proc_raise(15);
    printf("not reached\n");
    return 0;
}
