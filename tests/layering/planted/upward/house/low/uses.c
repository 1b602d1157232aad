int planted_mirror(void);

int planted_uses(void);
int planted_uses(void) { return planted_mirror(); }
