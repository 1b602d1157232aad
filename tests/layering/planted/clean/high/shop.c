// Includes the header for everybody, which includes that of this file.
#include <planted/everything.h>

int planted_rate(void);

// Another file's function may be called the same.
static int weigh(void) { return 2; }

int planted_shop(void) { return planted_purse_twice() + planted_rate() + weigh(); }
