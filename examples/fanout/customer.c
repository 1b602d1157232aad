// customer ADDRESS ITEM [TIMEOUT_MS]: what does it cost?
#include <stdio.h>
#include <stdlib.h>

#include "fanout.tern.h"

int main(int argc, char **argv)
{
    TERN_AUTO(tern_channel) *ch = tern_connect(argc > 1 ? argv[1] : "tcp://127.0.0.1:7004", NULL);
    const tern_call_opts opts = { .timeout_ms = argc > 3 ? strtol(argv[3], NULL, 10) : 1000 };
    TERN_AUTO(fanout_quote) *quote = NULL;
    tern_status st =
        fanout_shop_ask(ch, FANOUT_ITEM(.name = argc > 2 ? argv[2] : "lamp oil"), &opts, &quote);

    if (st.code)
        return tern_report(st);
    printf("%u from %s, the best of %zu\n", quote->best->price, quote->best->supplier,
           quote->n_asked - quote->n_silent);
    for (size_t i = 0; i < quote->n_silent; i++)
        printf("no answer from %s\n", quote->silent[i]);
    return 0;
}
