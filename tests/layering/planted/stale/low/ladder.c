int planted_roof(void);

int planted_ladder(void);
int planted_ladder(void) { return planted_roof(); }
