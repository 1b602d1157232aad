// Uses data.
extern int (*const planted_three)(void);

int planted_two(void);
int planted_two(void) { return planted_three(); }
