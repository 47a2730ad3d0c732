// malloc_trim and mallopt, which Swift's Glibc module leaves out.
#include <limits.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
