#include "tensorrt/prepare.hpp"

#include <fmt/core.h>

#include <utility>

#include "passes/fold_batch_norm.hpp"
#include "passes/fold_constants.hpp"
#include "passes/narrow_doubles.hpp"
#include "tensorrt/standard_scatter.hpp"

namespace colonnade {

PreparedGraph prepare_for_tensorrt(const Graph& graph, const PrepareOptions& options) {
  PreparedGraph result;
  // First, because the new scatter's canvas, which folding would turn into a constant, isn't there.
  StandardScatter scatter = standard_scatter(fold_all_but_quantization(graph), options.image_size);
  result.notes.push_back(std::move(scatter.note));
  std::size_t folded = 0, narrowed = 0;
  result.graph = narrow_doubles(fold_batch_norm(scatter.graph, &folded), &narrowed);
  if (folded > 0) {
    result.notes.push_back(fmt::format("{} BatchNormalization went into convolutions", folded));
  }
  if (narrowed > 0) {
    result.notes.push_back(fmt::format("{} float64 constants and casts became float32", narrowed));
  }
  verify(result.graph);
  return result;
}

}  // namespace colonnade
