// loader PLUGIN: loads it, has it run, and closes it, again and again. The library stays: what it has left with the process, a
// handler of SIGSEGV among it, points there.
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N_TIMES = 20 };

static int run(const char *path)
{
    void *plugin = dlopen(path, RTLD_NOW);
    void *symbol;
    int (*plugin_run)(void);

    if (!plugin || !(symbol = dlsym(plugin, "plugin_run"))) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    memcpy(&plugin_run, &symbol, sizeof plugin_run);
    return plugin_run() || dlclose(plugin);
}

int main(int argc, char **argv)
{
    int   status = 0;
    pid_t child;

    for (int i = 0; i < N_TIMES && status == 0; i++)
        status = run(argc > 1 ? argv[1] : "");
    if (!dlopen("libtern.so.0", RTLD_NOW | RTLD_NOLOAD)) {
        fprintf(stderr, "libtern.so is gone\n");
        return 1;
    }
    if (status || (child = fork()) < 0)
        return 1;
    if (child == 0)
        _exit(0);
    return waitpid(child, &status, 0) != child || status != 0;
}
