int planted_rate(void);
int planted_rate(void) { return 2; }
