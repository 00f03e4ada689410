// The convolution kernels of this build: one contract, one table.
#pragma once

#include <cstdint>
#include <span>

#include "base/isa.hpp"
#include "base/precision.hpp"
#include "kernels/conv/winograd_transforms.hpp"

namespace colonnade::cpu {

struct ConvArgs;
struct Cells;

/// One instruction set's sibling of the direct convolution, for one precision. Its register tile is
/// `pixels` cells by `vectors` * `lanes` output channels; weights are packed for it (pack.hpp).
struct ConvKernel {
  Isa isa = Isa::portable;
  const char* target = "";  ///< Highway's name of what it was compiled for: "AVX2", "NEON", ...
  std::int64_t pixels = 0, vectors = 0, lanes = 0;
  /// conv_cells' contract.
  void (*compute)(const ConvArgs& args, const Cells& cells, std::int64_t block_begin,
                  std::int64_t block_end, void* scratch) = nullptr;
  WinogradTransforms winograd;  ///< None of int8.
  Precision precision = Precision::fp32;
  std::int64_t words = 1;       ///< A tap's words of inputs are filled up to a multiple of this.
  std::int64_t sums_bytes = 0;  ///< Of scratch that it wants beside its cells.
  bool beats_winograd = false;  ///< Of a reduced precision: Winograd's in fp32, however wide.
};

/// Those that this machine runs, the fastest of each precision first; some of fp32 among them.
/// Tests run over all of them.
std::span<const ConvKernel> conv_kernels();

/// The fastest of fp32 that needs no more than `isa`; the plainest where there is none.
const ConvKernel& conv_kernel(Isa isa);
/// The same of any precision; null where there is none.
const ConvKernel* find_conv_kernel(Isa isa, Precision precision);

}  // namespace colonnade::cpu
