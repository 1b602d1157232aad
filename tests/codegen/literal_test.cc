// The constructor macros in C++.
#include <cassert>
#include <cstring>

#include "kinds.tern.h"
#include "presence.tern.h"

int main()
{
    uint8_t buf[64];
    ssize_t len = demo_v1_scalars_pack(DEMO_V1_SCALARS(.an_int32 = 5, .a_string = "x"), buf, sizeof buf);

    assert(len == 5 && std::memcmp(buf, "\x18\x05\x72\x01x", 5) == 0);
    assert(demo_v1_scalars_size(DEMO_V1_SCALARS()) == 0);
    assert(std::strcmp(DEMO_V1_SCALARS(.an_int32 = 5)->a_string, "") == 0);
    len = demo_v1_tree_pack(DEMO_V1_TREE(.left = DEMO_V1_TREE()), buf, sizeof buf);
    assert(len == 2);
    return 0;
}
