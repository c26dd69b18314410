// Directories through wasi-libc: positions that survive deletion, and
// descriptors of directories.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MANY = 300 };

static int hidden(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static const char *kind(int type) {
    switch (type) {
    case DT_DIR: return "directory";
    case DT_REG: return "file";
    case DT_LNK: return "link";
    default: return "other";
    }
}

static void touch(int directory, const char *name) {
    close(openat(directory, name, O_WRONLY | O_CREAT, 0666));
}

int main(void) {
    struct dirent **entries;
    int count = scandir("tree", &entries, NULL, alphasort);
    for (int i = 0; i < count; i++)
        printf("%s %s\n", entries[i]->d_name, kind(entries[i]->d_type));

    mkdir("many", 0777);
    int directory = open("many", O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < MANY; i++) {
        char name[40];
        snprintf(name, sizeof name, "a-name-that-is-not-short-%d", i);
        touch(directory, name);
    }
    DIR *listing = fdopendir(directory);

    // A position in the middle leads to the same entry again.
    for (int i = 0; i < MANY / 2; i++)
        readdir(listing);
    long middle = telldir(listing);
    char expected[256];
    strcpy(expected, readdir(listing)->d_name);
    while (readdir(listing) != NULL)
        ;
    seekdir(listing, middle);
    printf("the same entry: %d\n", strcmp(readdir(listing)->d_name, expected) == 0);

    // Whoever deletes what it was shown misses nothing.
    rewinddir(listing);
    int removed = 0;
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
        if (hidden(entry))
            removed += unlinkat(directory, entry->d_name, 0) == 0;
    printf("removed %d\n", removed);
    rewinddir(listing);
    int left = 0;
    while (readdir(listing) != NULL)
        left++;
    printf("left %d\n", left);
    printf("closedir %d\n", closedir(listing));
    printf("rmdir %d\n", rmdir("many"));

    printf("no directory: %d", opendir("tree/file") == NULL);
    printf(" %s\n", strerror(errno));
    printf("missing: %d", opendir("nowhere") == NULL);
    printf(" %s\n", strerror(errno));
    return 0;
}
