int planted_hen(void);

int planted_egg(void);
int planted_egg(void) { return planted_hen(); }
