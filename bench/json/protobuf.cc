// protobuf C++'s own mapping.
#include <google/protobuf/arena.h>
#include <google/protobuf/util/json_util.h>

#include <memory>
#include <string>

#include "bench/json/documents.pb.h"
#include "bench/json/rivals.h"

namespace pb = google::protobuf;

static std::string                  text, out;
static std::unique_ptr<pb::Message> message;

static pb::Message *make(const std::string &type, pb::Arena *arena)
{
    if (type == "bench.json.Order")
        return pb::Arena::CreateMessage<bench::json::Order>(arena);
    if (type == "bench.json.Samples")
        return pb::Arena::CreateMessage<bench::json::Samples>(arena);
    return pb::Arena::CreateMessage<bench::json::Letters>(arena);
}

int protobuf_load(const char *type, const char *given, size_t len)
{
    text.assign(given, len);
    message.reset(make(type, nullptr));
    return pb::util::JsonStringToMessage(text, message.get()).ok();
}

int protobuf_decode(void)
{
    std::unique_ptr<pb::Message> fresh(message->New());

    return pb::util::JsonStringToMessage(text, fresh.get()).ok();
}

int protobuf_encode(void)
{
    out.clear();
    return pb::util::MessageToJsonString(*message, &out).ok();
}
