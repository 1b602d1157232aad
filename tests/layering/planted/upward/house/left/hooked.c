int planted_hook(void);
int planted_hook(void) { return 1; }
