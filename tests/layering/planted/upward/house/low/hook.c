// A weak function that an upper file replaces is an arrow too.
int                       planted_hook(void);
int                       planted_calls_hook(void);
__attribute__((weak)) int planted_hook(void) { return 0; }

int planted_calls_hook(void) { return planted_hook(); }
