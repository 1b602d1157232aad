// No file of this folder includes another's header, but for ring_internal.h.
int planted_two(void);

int planted_one(void);
int planted_one(void) { return planted_two(); }
