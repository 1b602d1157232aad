int planted_egg(void);

int planted_hen(void);
int planted_hen(void) { return planted_egg(); }
