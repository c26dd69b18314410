// Files through wasi-libc: streams, descriptors, and what Go never imports
// (fd_advise, fd_allocate, fd_datasync, fd_tell).
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

// wasi-libc makes lseek of fd_seek; fd_tell has no other caller.
__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_tell")))
int fd_tell(int fd, unsigned long long *offset);

static void show(const char *what, int failed) {
    printf("%s: %s\n", what, failed ? strerror(errno) : "done");
}

static void contents(const char *path) {
    char text[128] = "";
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        show(path, 1);
        return;
    }
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    printf("%s holds %zu: %s\n", path, length, text);
}

static long long size(int fd) {
    struct stat stat;
    return fstat(fd, &stat) == 0 ? (long long)stat.st_size : -1;
}

int main(void) {
    contents("given.txt");
    contents("./sub/../given.txt");

    FILE *stream = fopen("new.txt", "w");
    fprintf(stream, "one two");
    fclose(stream);
    stream = fopen("new.txt", "a");
    fprintf(stream, " three");
    printf("ftell after appending: %ld\n", ftell(stream));
    fclose(stream);
    contents("new.txt");
    stream = fopen("new.txt", "r+");
    fseek(stream, 4, SEEK_SET);
    fputs("TWO", stream);
    rewind(stream);
    printf("first byte after rewind: %c\n", fgetc(stream));
    fclose(stream);
    contents("/new.txt");
    printf("exclusive: %d, %s\n", fopen("new.txt", "wx") == NULL, strerror(errno));

    int fd = open("room", O_RDWR | O_CREAT | O_TRUNC, 0666);
    show("posix_fallocate", (errno = posix_fallocate(fd, 90, 20)) != 0);
    printf("size %lld\n", size(fd));
    posix_fallocate(fd, 0, 10);
    printf("still %lld\n", size(fd));
    printf("no room: %s\n", strerror(posix_fallocate(fd, 0, 0)));
    printf("advice: %d %d %d\n", posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL),
           posix_fadvise(fd, 0, 10, POSIX_FADV_WILLNEED),
           posix_fadvise(fd, 10, 0, POSIX_FADV_DONTNEED));
    show("fdatasync", fdatasync(fd));
    show("fsync", fsync(fd));
    show("ftruncate", ftruncate(fd, 5));

    struct iovec out[] = {{"ab", 2}, {"", 0}, {"cdef", 4}};
    printf("writev %zd\n", writev(fd, out, 3));
    unsigned long long offset = 0;
    int told = fd_tell(fd, &offset);
    printf("fd_tell %d, %llu; lseek %lld\n", told, offset, (long long)lseek(fd, 0, SEEK_CUR));
    printf("pwrite %zd\n", pwrite(fd, "XY", 2, 1));
    char text[16] = "";
    printf("pread %zd", pread(fd, text, 4, 0));
    printf(" %s, offset %lld\n", text, (long long)lseek(fd, 0, SEEK_CUR));
    printf("from the end %lld\n", (long long)lseek(fd, -2, SEEK_END));
    show("before the start", lseek(fd, -7, SEEK_SET) == -1);
    show("close", close(fd));
    show("close again", close(fd));
    printf("fd_tell of it: %d\n", fd_tell(fd, &offset));

    show("missing", open("missing", O_RDONLY) == -1);
    show("write to a directory", open("sub", O_WRONLY) == -1);
    show("a file as directory", open("new.txt/x", O_RDONLY) == -1);
    show("out", open("../out", O_RDONLY | O_CREAT, 0666) == -1);
    show("mkdir", mkdir("made", 0777));
    show("mkdir again", mkdir("made", 0777));
    show("rename", rename("new.txt", "made/moved.txt"));
    show("chdir", chdir("made"));
    contents("moved.txt");
    show("rmdir", rmdir("../made"));
    show("unlink", unlink("moved.txt"));
    show("access", access("moved.txt", F_OK));
    chdir("/");
    show("rmdir", rmdir("made"));
    return 0;
}
