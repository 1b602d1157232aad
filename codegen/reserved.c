// The names that C, C++ and the C library have taken.
#include "codegen/name.h"

#include <stdlib.h>
#include <string.h>

#include "codegen/memory.h"

#define WORDS(name) static const char name[]

// `unix` and `linux` are macros in gnu17; errno and its kind are macros in the C library. Macros with
// parameters are not in the way of a member.
WORDS(c_keywords) =
    " auto break case char const continue default do double else enum extern float for goto if"
    " inline int long register restrict return short signed sizeof static struct switch typedef"
    " union unsigned void volatile while asm typeof ";
WORDS(macros) =
    " bool true false NULL EOF errno stdin stdout stderr unix linux i386 complex imaginary"
    " noreturn alignas alignof static_assert thread_local INFINITY NAN HUGE_VAL ";
WORDS(cpp_keywords) =
    " and and_eq bitand bitor catch class co_await co_return co_yield compl concept const_cast"
    " consteval constexpr constinit decltype delete dynamic_cast explicit export friend mutable"
    " namespace new noexcept not not_eq nullptr operator or or_eq private protected public"
    " reinterpret_cast requires static_cast template this throw try typeid typename using virtual"
    " wchar_t char8_t char16_t char32_t xor xor_eq ";

// What a program that includes the usual headers already has under a single word, and the names
// of the parameters in the generated functions.
WORDS(library) =
    " abort abs accept access acct alarm atexit atof atoi atol bind brk bsearch calloc cbrt ceil"
    " chdir chmod chown chroot clock clone close connect copysign cos crypt ctime daemon difftime"
    " div dprintf dup dup2 environ erf err errx error exec execl execv exit exp fabs fclose feof"
    " ferror fflush fgets fileno floor fma fmax fmin fmod fopen fork fprintf fputs fread free"
    " frexp fseek fstat fsync ftell fwrite getc getenv getopt getpid gets gmtime index ioctl"
    " isatty jn kill labs ldexp lgamma link linkat listen localtime log lseek malloc memcmp"
    " memcpy memset mkdir mktime mmap modf mount nan nice open openat optarg optind opterr optopt"
    " pause perror pipe poll popen pow pread printf psignal putc putenv puts pwrite qsort raise"
    " rand random read readdir readlink readv realloc reboot recv remove remquo rename rewind"
    " rindex rint rmdir round scanf select send sendmsg setenv shutdown signal sin sinh sleep"
    " socket splice sprintf sqrt srand sscanf stat statx stime strcmp strcpy strdup strlen"
    " swab symlink sync syscall sysinfo syslog system tan tanh tee tgamma time times tmpfile trunc"
    " truncate umask umount uname unlink usleep utime utimes vfork wait waitid waitpid warn warnx"
    " write writev y0 y1 yn j0 j1 int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t"
    " uint64_t size_t ssize_t ptrdiff_t time_t off_t"
    " arg call ch code ctx done events handlers in io key m msg opts out reply req ret_reply srv st"
    " stream ";

static bool is_one_of(const char *words, const char *name)
{
    const char *padded = gen_format(" %s ", name);

    return *name && strstr(words, padded) != NULL;
}

const char *gen_name_why_not_member(const char *name)
{
    if (is_one_of(c_keywords, name))
        return "a keyword of C";
    if (is_one_of(cpp_keywords, name))
        return "a keyword of C++";
    return is_one_of(macros, name) ? "a macro of the C library" : NULL;
}

const char *gen_name_why_not_global(const char *name)
{
    const char *why = gen_name_why_not_member(name);

    if (why)
        return why;
    return is_one_of(library, name) ? "taken by the C library or the generated code" : NULL;
}
