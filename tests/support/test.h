// tests/support/test.h: what every test includes first: cmocka, with its prerequisites in order.
#ifndef TESTS_SUPPORT_TEST_H
#define TESTS_SUPPORT_TEST_H

#ifdef NDEBUG
#error "tests need their asserts"
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
