int planted_wall(void);
int planted_wall(void) { return 1; }
