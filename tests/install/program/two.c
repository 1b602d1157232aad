// What one library's messages hold goes into another's: both mean the same Timestamp.
#include <stdio.h>

#include "diary.tern.h"
#include "sighting.tern.h"

static diary_entry *sent(const diary_entry *entry)
{
    char    buf[64];
    ssize_t len = diary_entry_pack(entry, buf, sizeof buf);

    return len < 0 ? NULL : diary_entry_unpack(buf, (size_t)len);
}

int main(void)
{
    sighting_bird *bird = SIGHTING_BIRD(.seen = GOOGLE_PROTOBUF_TIMESTAMP(.seconds = 7));
    TERN_AUTO(diary_entry) *entry =
        sent(DIARY_ENTRY(.at = bird->seen, .weather = GOOGLE_RPC_STATUS(.message = "fog")));

    if (!entry)
        return 1;
    printf("at %d s: %s\n", (int)entry->at->seconds, entry->weather->message);
    return 0;
}
