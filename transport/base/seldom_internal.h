// transport/base/seldom_internal.h: in front of all else in a file whose functions run seldom: at the start, or when somebody
// asks for what most do without. They are made small instead of fast, which leaves the library a tenth smaller.
#ifndef TRANSPORT_BASE_SELDOM_INTERNAL_H
#define TRANSPORT_BASE_SELDOM_INTERNAL_H

#if defined __OPTIMIZE__ && defined __GNUC__ && !defined __clang__
#pragma GCC                                              optimize("Os")
#endif

#endif
