// volume_client up|down|slow ADDRESS MIB: so much through one call of grpc.testing.TestService, in messages of a
// MiB: as a client stream, as a server stream, or to a server that takes 5 ms over each and reads no other
// meanwhile. Says how much memory that has taken.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "grpc/testing/test.tern.h"

enum { MIB = 1 << 20, SLOW_US = 5000 };

static uint8_t              bytes[MIB];
static grpc_testing_payload payload;

static tern_status fail_unless(bool is_right, const char *what)
{
    return tern_status_make(is_right ? TERN_OK : TERN_DATA_LOSS, "%s", what);
}

static tern_status send_up(tern_channel *ch, int n)
{
    TERN_AUTO(grpc_testing_test_service_streaming_input_call_stream) *s =
        grpc_testing_test_service_streaming_input_call(ch, NULL);
    TERN_AUTO(grpc_testing_streaming_input_call_response) *reply = NULL;
    tern_status st;

    for (int i = 0; i < n; i++)
        if (grpc_testing_test_service_streaming_input_call_send(
                s, GRPC_TESTING_STREAMING_INPUT_CALL_REQUEST(.payload = &payload)))
            break;
    st = grpc_testing_test_service_streaming_input_call_finish(s, &reply);
    return st.code ? st
                   : fail_unless(reply->aggregated_payload_size == n * MIB, "not all has arrived");
}

static tern_status fetch_down(tern_channel *ch, int n)
{
    grpc_testing_response_parameters  *wish = GRPC_TESTING_RESPONSE_PARAMETERS(.size = MIB);
    grpc_testing_response_parameters **wishes = calloc((size_t)n, sizeof *wishes);
    const grpc_testing_streaming_output_call_response *reply;
    int                                                n_right = 0;
    tern_status                                        st;

    for (int i = 0; wishes && i < n; i++)
        wishes[i] = wish;
    TERN_AUTO(grpc_testing_test_service_streaming_output_call_stream) *s =
        grpc_testing_test_service_streaming_output_call(
            ch,
            GRPC_TESTING_STREAMING_OUTPUT_CALL_REQUEST(.n_response_parameters =
                                                           wishes ? (size_t)n : 0,
                                                       .response_parameters = wishes),
            NULL);
    while ((reply = grpc_testing_test_service_streaming_output_call_next(s)))
        n_right += reply->payload && reply->payload->body.len == MIB;
    st = grpc_testing_test_service_streaming_output_call_status(s);
    free(wishes);
    return st.code ? st : fail_unless(n_right == n, "not all has arrived");
}

// Each message wants one byte back, a while later.
static tern_status send_to_slow(tern_channel *ch, int n)
{
    grpc_testing_response_parameters *wish =
        GRPC_TESTING_RESPONSE_PARAMETERS(.size = 1, .interval_us = SLOW_US);
    TERN_AUTO(grpc_testing_test_service_full_duplex_call_stream) *s =
        grpc_testing_test_service_full_duplex_call(ch, NULL);
    int         n_replies = 0;
    tern_status st;

    for (int i = 0; i < n; i++)
        if (grpc_testing_test_service_full_duplex_call_send(
                s, GRPC_TESTING_STREAMING_OUTPUT_CALL_REQUEST(.n_response_parameters = 1,
                                                              .response_parameters = &wish,
                                                              .payload = &payload)))
            break;
    grpc_testing_test_service_full_duplex_call_close_send(s);
    while (grpc_testing_test_service_full_duplex_call_next(s))
        n_replies++;
    st = grpc_testing_test_service_full_duplex_call_status(s);
    return st.code ? st : fail_unless(n_replies == n, "not all was answered");
}

int main(int argc, char **argv)
{
    tern_status (*const way)(tern_channel *, int) = argc != 4                      ? NULL
                                                    : strcmp(argv[1], "up") == 0   ? send_up
                                                    : strcmp(argv[1], "down") == 0 ? fetch_down
                                                    : strcmp(argv[1], "slow") == 0 ? send_to_slow
                                                                                   : NULL;
    struct rusage usage;
    tern_status   st;

    if (!way) {
        fprintf(stderr, "usage: volume_client up|down|slow ADDRESS MIB\n");
        return 2;
    }
    payload = *GRPC_TESTING_PAYLOAD(.body = { MIB, bytes });
    TERN_AUTO(tern_channel) *ch = tern_connect(argv[2], NULL);
    st = way(ch, atoi(argv[3]));
    getrusage(RUSAGE_SELF, &usage);
    if (st.code == TERN_OK)
        printf("%ld KiB at most\n", usage.ru_maxrss);
    return tern_report(st);
}
