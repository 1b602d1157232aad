// Uses weakly: does without it where nobody links it.
int planted_one(void) __attribute__((weak));

extern int (*const planted_three)(void);
int (*const planted_three)(void) = planted_one;
