#!/usr/bin/env bash
# A call of each kind, twice: the second visitor finds the first one's notes.
. tests/examples/common.sh

serve examples/route_guide/route_guide_server
first='at 50.18, -4.27: Eddystone
at 0.00, 0.00: nothing but water
on the Channel: Wolf Rock
on the Channel: Longships
on the Channel: Lizard
on the Channel: Eddystone
on the Channel: Start Point
on the Channel: Portland Bill
on the Channel: The Needles
on the Channel: Trevose Head
past 40 points and 40 lights: 3920 km
a note: a swell from the west'
second="${first}
a note: and a tern
a note: a swell from the west
a note: and a tern
a note: a swell from the west"

said=$(timeout 50 examples/route_guide/route_guide "$address")
[ $? = 0 ] && [ "$said" = "$first" ]
verdict $? a_call_of_each_kind
said=$(timeout 50 examples/route_guide/route_guide "$address")
[ $? = 0 ] && [ "$said" = "$second" ]
verdict $? notes_stay_in_order
stop $server route_guide_server
[ $failed = 0 ] || echo "$said"
exit $failed
