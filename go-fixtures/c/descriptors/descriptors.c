// Descriptors as a C program sees them: kinds, flags, and numbers that change
// (fd_renumber). The calls on sockets refuse what is none.
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))

WASI(fd_renumber) int fd_renumber(int from, int to);
WASI(proc_raise) int proc_raise(int signal);

static void show(const char *what, int failed) {
    printf("%s: %s\n", what, failed ? strerror(errno) : "done");
}

/// Errors that are WASI's own numbers.
static void wasi(const char *what, int number) {
    errno = number;
    show(what, number);
}

int main(void) {
    printf("isatty %d %d %d\n", isatty(0), isatty(1), isatty(2));

    int one = open("one", O_RDWR | O_CREAT, 0666);
    int two = open("two", O_RDWR | O_CREAT, 0666);
    printf("numbers in a row: %d\n", two == one + 1);
    write(one, "first", 5);
    write(two, "second", 6);

    wasi("renumber", fd_renumber(one, two));
    show("the old number", write(one, "x", 1) == -1);
    printf("the new one appends: %zd\n", write(two, "!", 1));
    char text[16] = "";
    pread(two, text, sizeof text - 1, 0);
    printf("it is the file %s\n", text);
    int three = open("two", O_RDONLY);
    printf("the lowest number is given again: %d\n", three == one);
    wasi("onto itself", fd_renumber(two, two));
    wasi("onto nothing", fd_renumber(two, 77));
    wasi("from nothing", fd_renumber(77, two));
    wasi("far away", fd_renumber(two, -1));

    printf("flags: append %d, nonblock %d\n", (fcntl(two, F_GETFL) & O_APPEND) != 0,
           (fcntl(two, F_GETFL) & O_NONBLOCK) != 0);
    show("set them", fcntl(two, F_SETFL, O_APPEND | O_NONBLOCK));
    printf("flags: append %d, nonblock %d\n", (fcntl(two, F_GETFL) & O_APPEND) != 0,
           (fcntl(two, F_GETFL) & O_NONBLOCK) != 0);
    lseek(two, 0, SEEK_SET);
    write(two, "?", 1);
    printf("appended at %lld\n", (long long)lseek(two, 0, SEEK_CUR) - 1);
    show("read what was opened to read", read(three, text, 3) == -1);
    show("write what was opened to read", write(three, "x", 1) == -1);

    show("recv from a file", recv(two, text, sizeof text, 0) == -1);
    show("send to a file", send(two, "x", 1, 0) == -1);
    show("shutdown of a file", shutdown(two, SHUT_RDWR));
    show("accept from a file", accept(two, NULL, NULL) == -1);
    show("recv from nothing", recv(99, text, sizeof text, 0) == -1);
    show("send to nothing", send(99, "x", 1, 0) == -1);

    // SIGCHLD, SIGCONT, SIGURG and SIGWINCH end no program; 99 is no signal.
    wasi("SIGCHLD", proc_raise(16));
    wasi("SIGCONT", proc_raise(17));
    wasi("no signal", proc_raise(99));

    struct stat in, out;
    fstat(0, &in);
    fstat(two, &out);
    printf("files differ: %d\n", in.st_ino != out.st_ino || in.st_dev != out.st_dev);
    show("close the preopen", close(3));
    show("no way in", open("one", O_RDONLY) == -1);
    show("open files stay", fstat(two, &out));
    return 0;
}
