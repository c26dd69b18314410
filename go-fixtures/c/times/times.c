// File times to the nanosecond (fd_filestat_set_times), of links as well.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void show(const char *what, const struct stat *stat) {
    printf("%s: accessed %lld.%09ld, modified %lld.%09ld\n", what, (long long)stat->st_atim.tv_sec,
           stat->st_atim.tv_nsec, (long long)stat->st_mtim.tv_sec, stat->st_mtim.tv_nsec);
}

int main(void) {
    struct stat stat_;
    int fd = open("file", O_RDWR | O_CREAT, 0666);
    struct timespec both[] = {{1000000000, 123456789}, {2000000000, 987654321}};
    printf("futimens %d\n", futimens(fd, both));
    fstat(fd, &stat_);
    show("file", &stat_);

    struct timespec modified[] = {{0, UTIME_OMIT}, {1234567890, 1}};
    printf("futimens %d\n", futimens(fd, modified));
    fstat(fd, &stat_);
    show("file", &stat_);

    struct timespec now[] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};
    printf("futimens %d\n", futimens(fd, now));
    fstat(fd, &stat_);
    printf("now: %d, modified %lld\n", stat_.st_atim.tv_sec > 1577836800,
           (long long)stat_.st_mtim.tv_sec);

    symlink("file", "link");
    struct timespec early[] = {{1, 1}, {2, 2}};
    printf("of the link %d\n", utimensat(AT_FDCWD, "link", early, AT_SYMLINK_NOFOLLOW));
    lstat("link", &stat_);
    show("link", &stat_);
    stat("link", &stat_);
    printf("behind it %lld\n", (long long)stat_.st_mtim.tv_sec);
    printf("behind the link %d\n", utimensat(AT_FDCWD, "link", early, 0));
    fstat(fd, &stat_);
    show("file", &stat_);

    printf("of nothing %d", utimensat(AT_FDCWD, "missing", early, 0));
    printf(" %s\n", strerror(errno));
    close(fd);
    printf("closed %d", futimens(fd, both));
    printf(" %s\n", strerror(errno));
    return 0;
}
