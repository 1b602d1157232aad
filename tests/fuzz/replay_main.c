// tests/fuzz/replay_main.c: the main() of a fuzz target that is built without libFuzzer. Feeds it
// every file of its corpus, whole, cut and mangled, and then random inputs. Always the same ones in
// the same order, and each is named before it runs: the last line of the log is the one that fails.
//
//   linkbuf_fuzz [corpus folder [number of random inputs [longest of them]]]
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEFAULT_RUNS = 300,
    DEFAULT_MAX_LEN = 4096,
    MAX_FILE_LEN = 1 << 20,
    MANGLED_PER_FILE = 8,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t random_state = 0x7e57ab1e;

// splitmix64
static uint64_t next_random(void)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

// In an allocation of exactly its size, so that AddressSanitizer sees one byte too far.
static void feed(const uint8_t *data, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);

    if (!copy)
        abort();
    if (len)
        memcpy(copy, data, len);
    LLVMFuzzerTestOneInput(copy, len);
    free(copy);
}

static void mangle(uint8_t *data, size_t len)
{
    for (uint64_t n = 1 + next_random() % 4; n > 0; n--)
        data[next_random() % len] ^= (uint8_t)(1u << next_random() % 8);
}

static void replay_bytes(const char *name, uint8_t *data, size_t len)
{
    printf("%s: %zu bytes\n", name, len);
    feed(data, len);
    for (int i = 0; i < MANGLED_PER_FILE && len > 0; i++) {
        size_t cut = next_random() % (len + 1);

        printf("%s: cut to %zu\n", name, cut);
        feed(data, cut);
        mangle(data, len);
        printf("%s: mangled %d times\n", name, i + 1);
        feed(data, len);
    }
}

static bool replay_file(const char *folder, const char *name)
{
    static uint8_t data[MAX_FILE_LEN];
    char           path[4096];
    FILE          *file;
    size_t         len;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (!(file = fopen(path, "rb"))) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    len = fread(data, 1, sizeof data, file);
    fclose(file);
    replay_bytes(name, data, len);
    return true;
}

static int is_visible(const struct dirent *entry) { return entry->d_name[0] != '.'; }

// In the order of their names: a folder's own order differs from machine to machine.
static bool replay_corpus(const char *folder)
{
    struct dirent **entries;
    bool            ok = true;
    int             n = scandir(folder, &entries, is_visible, alphasort);

    if (n < 0)
        return errno == ENOENT;  // a target without a corpus
    for (int i = 0; i < n; i++) {
        ok = replay_file(folder, entries[i]->d_name) && ok;
        free(entries[i]);
    }
    free(entries);
    return ok;
}

static void replay_random(long n_runs, size_t max_len)
{
    uint8_t *data = malloc(max_len);

    if (!data)
        abort();
    for (long i = 0; i < n_runs; i++) {
        // Half of them short: most limits are near the beginning.
        size_t len = next_random() % (i % 2 ? max_len : 64 < max_len ? 64 : max_len);

        for (size_t k = 0; k < len; k++)
            data[k] = (uint8_t)next_random();
        printf("random %ld: %zu bytes\n", i, len);
        feed(data, len);
    }
    free(data);
}

int main(int argc, char **argv)
{
    long runs = argc > 2 ? atol(argv[2]) : DEFAULT_RUNS;
    long max_len = argc > 3 ? atol(argv[3]) : DEFAULT_MAX_LEN;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (max_len < 1 || (argc > 1 && !replay_corpus(argv[1])))
        return 1;
    replay_random(runs, (size_t)max_len);
    return 0;
}
