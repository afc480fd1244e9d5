# The guest: counts the ticks of the BIOS clock (18.2 a second) and prints each count to the first serial port, as eight
# hexadecimal digits and a line end. Sleeps in between. The lines tell whether the machine ran, stood still, or went back.
        .code16
        .globl _start
_start: cli
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %ss
        movw    $0x7c00, %sp
        sti
        xorl    %edi, %edi

count:  movl    %edi, %ebx
        movw    $8, %cx
digit:  roll    $4, %ebx
        movb    %bl, %al
        andb    $0x0f, %al
        addb    $0x30, %al              # '0'
        cmpb    $0x3a, %al
        jb      1f
        addb    $7, %al                 # from ':' to 'A'
1:      call    print
        loop    digit
        movb    $0x0a, %al
        call    print
        incl    %edi

        movl    0x46c, %eax             # ticks since midnight, kept by the BIOS
tick:   hlt
        cmpl    0x46c, %eax
        je      tick
        jmp     count

print:  movb    %al, %ah
        movw    $0x3fd, %dx             # line status: bit 5 says that a byte may be sent
1:      inb     %dx, %al
        testb   $0x20, %al
        jz      1b
        movb    %ah, %al
        movw    $0x3f8, %dx
        outb    %al, %dx
        ret

        .org    510
        .word   0xaa55
