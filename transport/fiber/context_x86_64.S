// The System V convention: rbx, rbp and r12 to r15 survive a call, and so does rsp.
#if defined(__x86_64__) && defined(__LP64__) && !defined(TERNI_UCONTEXT)

    .text

// int terni_context_swap(terni_context *from [rdi], terni_context *to [rsi], int value [edx])
    .globl  terni_context_swap
    .hidden terni_context_swap
    .type   terni_context_swap, @function
    .p2align 5
terni_context_swap:
    .cfi_startproc
    pushq   %rbp
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset rbp, 0
    pushq   %rbx
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset rbx, 0
    pushq   %r12
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset r12, 0
    pushq   %r13
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset r13, 0
    pushq   %r14
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset r14, 0
    pushq   %r15
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset r15, 0

    movq    %rsp, (%rdi)
    movq    (%rsi), %rsp    // the frames look alike, so what was said above stays true
    movl    %edx, %eax

    popq    %r15
    .cfi_adjust_cfa_offset -8
    .cfi_restore r15
    popq    %r14
    .cfi_adjust_cfa_offset -8
    .cfi_restore r14
    popq    %r13
    .cfi_adjust_cfa_offset -8
    .cfi_restore r13
    popq    %r12
    .cfi_adjust_cfa_offset -8
    .cfi_restore r12
    popq    %rbx
    .cfi_adjust_cfa_offset -8
    .cfi_restore rbx
    popq    %rbp
    .cfi_adjust_cfa_offset -8
    .cfi_restore rbp
    popq    %rcx
    .cfi_adjust_cfa_offset -8
    .cfi_register rip, rcx
    jmp     *%rcx
    .cfi_endproc
    .size   terni_context_swap, . - terni_context_swap

// The bottom frame of every context: r12 is the entry, rbx its argument. Unwinding ends here.
    .globl  terni_context_start
    .hidden terni_context_start
    .type   terni_context_start, @function
    .p2align 4
terni_context_start:
    .cfi_startproc
    .cfi_undefined rip
    movq    %rbx, %rdi
    callq   *%r12
    ud2
    .cfi_endproc
    .size   terni_context_start, . - terni_context_start

#endif

    .section .note.GNU-stack, "", %progbits
