// tests/support/faults.h: for tests whose own handlers of SIGSEGV and SIGBUS are what is tested.
#ifndef TESTS_SUPPORT_FAULTS_H
#define TESTS_SUPPORT_FAULTS_H

// .bazelrc reserves those signals for the sanitizer, which cmocka would otherwise hide. Called first in
// main, this starts the program again with the reservation taken back.
void leave_faults_to_the_test(char **argv);

#endif
