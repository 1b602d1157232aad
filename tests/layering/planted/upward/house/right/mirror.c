int planted_mirror(void);
int planted_mirror(void) { return 1; }
