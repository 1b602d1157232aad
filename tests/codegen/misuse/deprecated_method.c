// error: 'app_boxes_pack' is deprecated
#include "imports.tern.h"

tern_status call(tern_channel *ch, demo_v1_tree_node **ret_reply);
tern_status call(tern_channel *ch, demo_v1_tree_node **ret_reply)
{
    return app_boxes_pack(ch, APP_BOX(), NULL, ret_reply);
}
