// The convolution kernels of this build: one contract, one table.
#pragma once

#include <cstdint>
#include <span>

#include "base/isa.hpp"
#include "kernels/conv/winograd_transforms.hpp"

namespace colonnade::cpu {

struct ConvArgs;
struct Cells;

/// One instruction set's sibling of the direct convolution. Its register tile is `pixels` cells by
/// `vectors` * `lanes` output channels; weights are packed for it (pack.hpp).
struct ConvKernel {
  Isa isa = Isa::portable;
  const char* target = "";  ///< Highway's name of what it was compiled for: "AVX2", "NEON", ...
  std::int64_t pixels = 0, vectors = 0, lanes = 0;
  /// conv_cells' contract.
  void (*compute)(const ConvArgs& args, const Cells& cells, std::int64_t block_begin,
                  std::int64_t block_end, void* scratch) = nullptr;
  WinogradTransforms winograd;
};

/// Those that this machine runs, the fastest first; never empty. Tests run over all of them.
std::span<const ConvKernel> conv_kernels();

/// The fastest that needs no more than `isa`; the plainest where there is none.
const ConvKernel& conv_kernel(Isa isa);

}  // namespace colonnade::cpu
