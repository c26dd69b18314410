// Symbolic and hard links through wasi-libc.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void show(const char *what, int failed) {
    printf("%s: %s\n", what, failed ? strerror(errno) : "done");
}

static const char *kind(const struct stat *stat) {
    return S_ISLNK(stat->st_mode) ? "link" : S_ISDIR(stat->st_mode) ? "directory" : "file";
}

int main(void) {
    struct stat direct, through;
    char text[16];
    mkdir("d", 0777);
    int fd = open("d/file", O_WRONLY | O_CREAT, 0666);
    write(fd, "text", 4);
    close(fd);

    show("symlink", symlink("d/file", "short"));
    ssize_t length = readlink("short", text, sizeof text);
    printf("readlink %zd %.*s\n", length, (int)length, text);
    length = readlink("short", text, 3);
    printf("cut %zd %.*s\n", length, (int)length, text);
    show("readlink of a file", readlink("d/file", text, sizeof text) == -1);

    lstat("short", &direct);
    stat("short", &through);
    printf("%s of %lld, %s of %lld\n", kind(&direct), (long long)direct.st_size, kind(&through),
           (long long)through.st_size);

    symlink("../d", "d/self");
    show("through a directory link", access("d/self/self/file", R_OK));
    symlink("loop", "loop");
    show("a loop", open("loop", O_RDONLY) == -1);
    show("not followed", open("short", O_RDONLY | O_NOFOLLOW) == -1);
    symlink("gone", "dangling");
    show("dangling", open("dangling", O_RDONLY) == -1);
    show("created through it", (fd = open("dangling", O_WRONLY | O_CREAT, 0666)) == -1);
    close(fd);
    show("there now", access("gone", F_OK));
    show("out", symlink("../../etc", "d/out") || open("d/out/passwd", O_RDONLY) == -1);
    show("absolute", symlink("/etc", "etc"));

    show("link", link("d/file", "second"));
    stat("second", &through);
    stat("d/file", &direct);
    printf("one file: %d, links %d\n",
           direct.st_ino == through.st_ino && direct.st_dev == through.st_dev,
           (int)through.st_nlink);
    show("link over it", link("d/file", "second"));
    show("link of a directory", link("d", "e"));
    show("unlink the link", unlink("short"));
    show("the file stays", access("d/file", F_OK));
    return 0;
}
