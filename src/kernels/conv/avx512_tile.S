// The register tile of avx512.cpp: 12 cells by one or two vectors of 16 output channels.
//
// void tile(const float* const* pixels, int64 taps, int64 inputs, const float* weights,
//           const float* bias, float* sums)
//   pixels [taps][12] pointers to `inputs` floats; weights [taps][inputs][vectors * 16];
//   bias [vectors * 16]; sums [12][vectors * 16], 64-byte aligned: bias plus the sum over taps, then
//   inputs, in that order. taps may be 0, inputs not.
//
// Assembly, since a compiler keeps twelve pointers, the weights and the index in fifteen general
// registers only by spilling (gcc 12: 60 % of the peak): all fifteen are used here.
//
// zmm0-11 sums of the first vector, zmm12-23 of the second; zmm24, 25 weights; zmm26-31 pixels.

#if defined(__x86_64__)

.macro EACH_PIXEL do
  \do rax, 0, 12, 26, 0
  \do rbx, 1, 13, 27, 8
  \do rcx, 2, 14, 28, 16
  \do rdx, 3, 15, 29, 24
  \do rdi, 4, 16, 30, 32
  \do rsi, 5, 17, 31, 40
  \do r8, 6, 18, 26, 48
  \do r9, 7, 19, 27, 56
  \do r10, 8, 20, 28, 64
  \do r11, 9, 21, 29, 72
  \do r12, 10, 22, 30, 80
  \do r13, 11, 23, 31, 88
.endm

// The pointer's end: the index runs from -4 * inputs up to zero.
.macro LOCATE pixel, first, second, value, at
  movq \at(%rbp), %\pixel
  subq %r15, %\pixel
.endm

.macro MULTIPLY_ONE pixel, first, second, value, at
  vbroadcastss (%\pixel, %r15), %zmm\value
  vfmadd231ps %zmm24, %zmm\value, %zmm\first
.endm

.macro MULTIPLY_TWO pixel, first, second, value, at
  vbroadcastss (%\pixel, %r15), %zmm\value
  vfmadd231ps %zmm24, %zmm\value, %zmm\first
  vfmadd231ps %zmm25, %zmm\value, %zmm\second
.endm

.macro BEGIN_ONE pixel, first, second, value, at
  vmovaps %zmm24, %zmm\first
.endm

.macro BEGIN_TWO pixel, first, second, value, at
  vmovaps %zmm24, %zmm\first
  vmovaps %zmm25, %zmm\second
.endm

.macro END_ONE pixel, first, second, value, at
  vmovaps %zmm\first, 8*\at(%r14)
.endm

.macro END_TWO pixel, first, second, value, at
  vmovaps %zmm\first, 16*\at(%r14)
  vmovaps %zmm\second, 16*\at+64(%r14)
.endm

.macro SAVE register
  pushq %\register
  .cfi_adjust_cfa_offset 8
  .cfi_rel_offset \register, 0
.endm

.macro RESTORE register
  popq %\register
  .cfi_adjust_cfa_offset -8
  .cfi_restore \register
.endm

.macro TILE name, vectors, begin, multiply, end
  .globl \name
  .hidden \name
  .type \name, @function
  .p2align 6
\name:
  .cfi_startproc
  SAVE rbx
  SAVE rbp
  SAVE r12
  SAVE r13
  SAVE r14
  SAVE r15
  subq $24, %rsp
  .cfi_adjust_cfa_offset 24
  movq %rsi, (%rsp)    // Taps that are left.
  movq %r9, 8(%rsp)    // Sums.
  negq %rdx
  shlq $2, %rdx
  movq %rdx, 16(%rsp)  // -4 * inputs.
  movq %rdi, %rbp      // The pixels of the next tap.
  movq %rcx, %r14      // The next weights.
  vmovups (%r8), %zmm24
.if \vectors == 2
  vmovups 64(%r8), %zmm25
.endif
  EACH_PIXEL \begin
  cmpq $0, (%rsp)
  je 3f
1:
  movq 16(%rsp), %r15
  EACH_PIXEL LOCATE
  addq $96, %rbp
  .p2align 5
2:
  vmovups (%r14), %zmm24
.if \vectors == 2
  vmovups 64(%r14), %zmm25
  prefetcht0 1088(%r14)
.endif
  prefetcht0 1024(%r14)
  EACH_PIXEL \multiply
  addq $64*\vectors, %r14
  addq $4, %r15
  jnz 2b
  decq (%rsp)
  jnz 1b
3:
  movq 8(%rsp), %r14
  EACH_PIXEL \end
  vzeroupper
  addq $24, %rsp
  .cfi_adjust_cfa_offset -24
  RESTORE r15
  RESTORE r14
  RESTORE r13
  RESTORE r12
  RESTORE rbp
  RESTORE rbx
  ret
  .cfi_endproc
  .size \name, . - \name
.endm

.text
TILE colonnade_avx512_tile_12x1, 1, BEGIN_ONE, MULTIPLY_ONE, END_ONE
TILE colonnade_avx512_tile_12x2, 2, BEGIN_TWO, MULTIPLY_TWO, END_TWO

#endif

.section .note.GNU-stack, "", @progbits
