int planted_wall(void);

int planted_roof(void);
int planted_roof(void) { return planted_wall(); }
