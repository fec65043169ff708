/* test.h - cmocka and what it needs, in the order it needs. */
#ifndef WR_TEST_H
#define WR_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
