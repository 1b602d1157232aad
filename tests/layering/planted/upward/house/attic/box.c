int planted_box(void);
int planted_box(void) { return 0; }
