// Arguments, variables and an exit code; what is buffered gets out.
#include <stdio.h>
#include <stdlib.h>

static void last(void) {
    printf("at exit\n");
}

int main(int argc, char **argv) {
    atexit(last);
    for (int i = 0; i < argc; i++)
        printf("[%d] %s\n", i, argv[i]);
    printf("GREETING=%s, PATH %s\n", getenv("GREETING"), getenv("PATH") ? "set" : "not set");
    fprintf(stderr, "to standard error\n");
    printf("no newline yet, ");
    exit(42);
}
