// A header that stands nowhere stands as high as what it includes.
#include <planted/everything.h>
