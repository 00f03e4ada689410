#include "backends/cpu/plan.hpp"

#include <algorithm>

#include "backends/cpu/bands.hpp"
#include "backends/cpu/gates.hpp"
#include "backends/cpu/layers.hpp"
#include "backends/cpu/lower.hpp"
#include "backends/cpu/memory.hpp"
#include "backends/cpu/narrow_maps.hpp"
#include "backends/cpu/pool_rows.hpp"

namespace colonnade::cpu {

bool Slot::is_row_major() const {
  const Strides dense = row_major_strides(shape);
  for (std::size_t a = 0; a < shape.rank(); ++a) {
    if (shape[a] != 1 && strides[a] != dense[a]) return false;
  }
  return true;
}

bool Slot::is_channels_last() const {
  const std::size_t rank = shape.rank();
  if (rank < 3 || (shape[1] != 1 && strides[1] != 1) || cell() < shape[1]) return false;
  std::int64_t step = cell();
  for (std::size_t a = rank; a-- > 2; step *= shape[a]) {
    if (strides[a] != step) return false;
  }
  return shape[0] == 1 || strides[0] == step;
}

const BandedSteps* Plan::banded_from(std::size_t step) const {
  const auto found = std::find_if(banded.begin(), banded.end(),
                                  [&](const BandedSteps& b) { return b.first == step; });
  return found == banded.end() ? nullptr : &*found;
}

bool BandedSteps::is_gated(std::size_t step) const {
  return std::any_of(gates.begin(), gates.end(), [&](const Gate& gate) {
    return std::find(gate.gated.begin(), gate.gated.end(), step) != gate.gated.end();
  });
}

Plan make_plan(const Graph& graph, WeightStore& weights, const PlanOptions& options) {
  Plan plan = lower(graph, weights, options);
  pool_rows(plan);
  tell_apart(plan.names);
  narrow_maps(plan);
  join_bands(plan);
  if (!options.dense) plan.active = find_active(plan);
  find_gates(plan, options.gates);
  for (const BandedSteps& banded : plan.banded) {
    plan.band_floats = std::max(plan.band_floats, banded.floats());
    if (!banded.gates.empty()) {
      plan.band_cells = std::max(plan.band_cells, banded.rows * banded.width);
    }
    std::string& name = plan.names[banded.first];  // They run as one.
    for (std::size_t s = banded.first + 1; s <= banded.last; ++s) name += " + " + plan.names[s];
  }
  place_buffers(plan);
  return plan;
}

}  // namespace colonnade::cpu
