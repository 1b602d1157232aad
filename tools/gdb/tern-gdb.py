"""What a process with Tern in it is doing, for gdb: alive, stopped somewhere, or as a core.

    (gdb) source PREFIX/share/tern/tern-gdb.py      Debian's package: gdb loads it by itself
    (gdb) tern calls            connections and calls of each poller: method, state, peer, time left
    (gdb) tern fibers           fibers and what they wait for, handlers by their method
    (gdb) tern fibers bt        each with its stack
    (gdb) tern bt FIBER         the stack of one, by the address that the others print

It needs Tern's debug symbols, and runs nothing in the process: what tern_server_dump asks the pollers for is read out
of memory. A poller is found by the thread that drives it, in a round or waiting for one. Times are as of the poller's
last round.
"""
import gdb
import gdb.unwinder

NEVER = 2**64 - 1

CTX_STATES = {
    "TERNI_CTX_OPEN": "its request is on the way",
    "TERNI_CTX_RUNNING": "runs",
    "TERNI_CTX_OFFLOADED": "runs on another thread",
    "TERNI_CTX_ANSWERED": "has answered",
    "TERNI_CTX_DONE": "has answered",
    "TERNI_CTX_RELEASED": "goes",
}
CTX_WAITS = {"TERNI_WAITS_IN": "waits for a message", "TERNI_WAITS_OUT": "waits for room to send"}
FIBER_STATES = {
    "TERNI_FIBER_READY": "ready",
    "TERNI_FIBER_WOKEN": "ready",
    "TERNI_FIBER_RUNNING": "running",
    "TERNI_FIBER_DONE": "ended, not joined",
}


# ---- values ------------------------------------------------------------------


def type_of(name):
    try:
        return gdb.lookup_type(name)
    except gdb.error:
        raise gdb.GdbError(f"no debug symbols of Tern here: {name} is not known")


def enumerator(value, type_name):
    """The name of what is kept as a small number."""
    return str(value.cast(type_of(type_name)))


def owner_of(member, type_name, name):
    """TERN_CONTAINER_OF."""
    owner = type_of(type_name)
    offset = next(field.bitpos for field in owner.fields() if field.name == name) // 8
    return (member.cast(type_of("char").pointer()) - offset).cast(owner.pointer())


def listed(first, following="next"):
    """The elements of a list."""
    while first:
        yield first
        first = first[following]


def text(value):
    return value.string(errors="replace") if value else ""


def symbol_at(address):
    """The name of what lies there, static or not; '' if nobody knows."""
    said = gdb.execute(f"info symbol {int(address):#x}", to_string=True)
    return "" if said.startswith("No symbol") else said.split()[0]


def seconds(from_ns, to_ns):
    return f"{(int(to_ns) - int(from_ns)) / 1e9:.3f} s"


def left(now_ns, deadline_ns):
    return "no deadline" if int(deadline_ns) == NEVER else f"{seconds(now_ns, deadline_ns)} left"


# ---- pollers -----------------------------------------------------------------


def in_each_thread(found):
    """Calls it with each thread selected; what was selected is so again afterwards."""
    before = gdb.selected_thread()
    if before is None:
        raise gdb.GdbError("no process, and no core")
    try:
        for thread in sorted(gdb.selected_inferior().threads(), key=lambda t: t.num):
            thread.switch()
            found(thread)
    finally:
        before.switch()


def current_poller():
    """Of the selected thread: `current` of transport/poller/poller.c."""
    poller = type_of("tern_poller").strip_typedefs()
    for symbol in gdb.lookup_static_symbols("current"):
        kind = symbol.type.strip_typedefs()
        if symbol.addr_class == gdb.SYMBOL_LOC_OPTIMIZED_OUT:  # gcc's -flto leaves one more, which lies nowhere
            continue
        if kind.code == gdb.TYPE_CODE_PTR and kind.target().strip_typedefs() == poller:
            return symbol.value()
    raise gdb.GdbError("no debug symbols of Tern here: its pollers are not known")


def pollers():
    """(number of its thread, poller) of each that somebody drives."""
    found = []

    def look(thread):
        try:
            poller = current_poller()
        except gdb.error:  # a thread that has no thread-local storage yet
            return
        if poller:
            found.append((thread.num, poller))

    in_each_thread(look)
    return found


def fibers_of(poller):
    """The fibers of a poller that are in use."""
    if not poller["lodger"]:
        return
    home = owner_of(poller["lodger"], "terni_fibers", "lodger")
    region = home["stacks"]["regions"]["tqh_first"]
    while region:
        for i in range(int(region["n_stacks"])):
            if region["stacks"][i]["tenant"]:
                fiber = region["stacks"][i]["tenant"].cast(type_of("tern_fiber").pointer())
                if enumerator(fiber["state"], "terni_fiber_state") != "TERNI_FIBER_IDLE":
                    yield fiber
        region = region["link"]["tqe_next"]


# ---- calls -------------------------------------------------------------------


def peer_of(session):
    if not session["conn"]:
        return "a peer that has gone"
    return text(session["peer"]) or f"fd {int(session['conn']['op']['fd'])}"


def describe_session(session):
    wire = text(session["wire"]["name"]) if session["engine"] else "has not said what it speaks"
    return f"{peer_of(session)}, {wire}"


def state_of_ctx(ctx):
    state = enumerator(ctx["state"], "terni_ctx_state")
    waits = enumerator(ctx["waits_for"], "terni_ctx_wait")
    if state == "TERNI_CTX_RUNNING" and waits in CTX_WAITS:
        return CTX_WAITS[waits]
    return CTX_STATES.get(state, state)


def method_of(ctx):
    return text(ctx["method"]["def"]["path"]) if ctx["method"] else "(not served)"


def describe_ctx(ctx, now_ns):
    said = [state_of_ctx(ctx)]
    if int(ctx["as_parent"]["is_cancelled"]):
        said.append("cancelled")
    said.append(left(now_ns, ctx["as_parent"]["deadline_ns"]))
    if ctx["fiber"]:
        said.append(f"fiber {int(ctx['fiber']):#x}")
    return f"{method_of(ctx)}: {', '.join(said)}"


def show_server(pressure, now_ns):
    for conn in listed(pressure["conns"].dereference()):
        caller = conn["caller"]
        print(f"  server's connection of {text(caller['address']) or describe_session(caller['session'])}")
        for ctx in listed(caller["calls"]):
            print(f"    {describe_ctx(ctx, now_ns)}")


def show_outgoing(calls, state, now_ns):
    for call in listed(calls):
        said = [state, f"attempt {int(call['n_attempts'])}", left(now_ns, call["head"]["deadline_ns"])]
        if call["fiber"]:
            said.append(f"fiber {int(call['fiber']):#x}")
        print(f"      {text(call['head']['method']['path'])}: {', '.join(said)}")


def show_channel(shard, now_ns):
    print(f"  channel {int(shard['owner']):#x}")
    for connector in listed(shard["connectors"]):
        state = enumerator(connector["state"], "terni_connector_state")
        print(f"    a connector: {state[len('TERNI_CONNECTOR_'):].lower()}")
        for link in listed(connector["links"]):
            print(f"    connection with {describe_session(link['session'])}")
            show_outgoing(link["calls"], "on its way", now_ns)
    show_outgoing(shard["waiting"], "waits for a connection", now_ns)
    show_outgoing(shard["backing_off"], "waits for another attempt", now_ns)


# Who joins a poller, by what it is called when the poller leaves.
GUESTS = {
    "on_leave": ("terni_pressure", show_server),
    "on_poller_leaving": ("terni_shard", show_channel),
}


def show_calls():
    for number, poller in pollers():
        print(f"thread {number}, poller {int(poller):#x}:")
        for guest in listed(poller["guests"]):
            kind = GUESTS.get(symbol_at(guest["leave"]).split(".")[0])
            if kind:
                kind[1](owner_of(guest, kind[0], "guest"), poller["now_ns"])


# ---- fibers ------------------------------------------------------------------


def label_of(fiber, now_ns):
    if fiber["name"]:
        return text(fiber["name"])
    runs = symbol_at(fiber["fn"]).split(".")[0]
    if runs != "run_on_fiber":
        return runs or f"{int(fiber['fn']):#x}"
    ctx = fiber["arg"].cast(type_of("tern_ctx").pointer())
    caller = ctx["caller"]
    peer = text(caller["address"]) or peer_of(caller["session"])
    return f"{method_of(ctx)} of {peer}, {left(now_ns, ctx['as_parent']['deadline_ns'])}"


def describe_fiber(fiber, now_ns):
    state = enumerator(fiber["state"], "terni_fiber_state")
    line = f"fiber {int(fiber):#x} {label_of(fiber, now_ns)}: "
    if state != "TERNI_FIBER_PARKED":
        return line + FIBER_STATES.get(state, state)
    line += f"waits for {text(fiber['what']) or 'something'} since {seconds(fiber['since_ns'], now_ns)}"
    if fiber["has_deadline"]:
        line += f", at most {seconds(now_ns, fiber['timer']['deadline_ns'])} more"
    return line


# What terni_context_swap has pushed, from the stack pointer up (transport/fiber/context_*.S): registers and their places,
# and how far the stack pointer is from where it was.
SAVED = {
    "i386:x86-64": ("rsp", "rip", 56, dict(r15=0, r14=8, r13=16, r12=24, rbx=32, rbp=40, rip=48)),
    "aarch64": ("sp", "pc", 160, {**{f"x{19 + i}": 8 * i for i in range(12)}, "pc": 88}),
}


class FrameId:
    def __init__(self, sp, pc):
        self.sp = sp
        self.pc = pc


class StackOfFiber(gdb.unwinder.Unwinder):
    """While `registers` are set, the innermost frame of the selected thread seems to have been called by the fiber:
    nothing is written, so a core will do."""

    def __init__(self):
        super().__init__("tern's fibers")
        self.registers = None

    def __call__(self, pending):
        if not self.registers or pending.read_register(self.sp_name) != self.sp:
            return None
        # gdb goes no further than to what lies above the frame that was called: so it lies below the fiber's.
        info = pending.create_unwind_info(FrameId(self.base, pending.read_register(self.pc_name)))
        for name, value in self.registers.items():
            info.add_saved_register(name, value)
        return info

    def show(self, fiber):
        """One line a frame."""
        arch = gdb.selected_frame().architecture().name()
        if arch not in SAVED:
            print(f"    its stack is not known for {arch}")
            return
        self.sp_name, self.pc_name, size, places = SAVED[arch]
        word = type_of("unsigned long")
        base = int(fiber["context"]["sp"])
        self.base = gdb.Value(base).cast(word)
        saved = {name: gdb.Value(base + at).cast(word.pointer()).dereference() for name, at in places.items()}
        saved[self.sp_name] = gdb.Value(base + size).cast(word)
        self.sp = gdb.newest_frame().read_register(self.sp_name)
        self.registers = {name: gdb.Value(int(value)).cast(word) for name, value in saved.items()}
        gdb.invalidate_cached_frames()
        try:
            show_frames(self.sp_name, base + size)
        finally:
            self.registers = None
            gdb.invalidate_cached_frames()


def show_frames(sp_name, first_sp):
    frame = gdb.newest_frame()
    while frame and int(frame.read_register(sp_name)) != first_sp:
        frame = frame.older()
    level = 0
    while frame and frame.name() != "terni_context_start":
        place = frame.find_sal()
        where = f" at {place.symtab.filename}:{place.line}" if place.symtab else ""
        print(f"    #{level} {frame.pc():#x} in {frame.name() or '??'}{where}")
        frame = frame.older()
        level += 1


stack_of_fiber = StackOfFiber()
gdb.unwinder.register_unwinder(None, stack_of_fiber, replace=True)


def show_stack(fiber):
    if enumerator(fiber["state"], "terni_fiber_state") == "TERNI_FIBER_RUNNING":
        print("    it runs: its stack is its thread's, see bt")
    else:
        stack_of_fiber.show(fiber)


def show_fibers(with_stacks):
    for number, poller in pollers():
        print(f"thread {number}, poller {int(poller):#x}:")
        for fiber in fibers_of(poller):
            print(f"  {describe_fiber(fiber, poller['now_ns'])}")
            if with_stacks:
                show_stack(fiber)


# ---- commands ----------------------------------------------------------------


class Tern(gdb.Command):
    __doc__ = __doc__

    def __init__(self):
        super().__init__("tern", gdb.COMMAND_STACK, prefix=True)


class Calls(gdb.Command):
    """Connections and calls of each poller, a server's and a client's."""

    def __init__(self):
        super().__init__("tern calls", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        show_calls()


class Fibers(gdb.Command):
    """tern fibers [bt]: fibers and what they wait for, with their stacks."""

    def __init__(self):
        super().__init__("tern fibers", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        if argument not in ("", "bt"):
            raise gdb.GdbError(self.__doc__)
        show_fibers(argument == "bt")


class Stack(gdb.Command):
    """tern bt FIBER: the stack of one, by its address."""

    def __init__(self):
        super().__init__("tern bt", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError(self.__doc__)
        show_stack(gdb.parse_and_eval(argument).cast(type_of("tern_fiber").pointer()))


for command in (Tern, Calls, Fibers, Stack):
    command()
