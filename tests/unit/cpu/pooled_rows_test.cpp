// A PFN's product and maximum in one step, against the product stored and the maximum of it.
#include <algorithm>
#include <limits>

#include "backends/cpu/plan.hpp"
#include "backends/cpu/weight_store.hpp"
#include "graphs.hpp"
#include "passes/fold_constants.hpp"

namespace colonnade::cpu {
namespace {

constexpr std::int64_t kPillars = 37, kSlots = 20, kFeatures = 10, kChannels = 64;
const Shape kInput{kPillars, kSlots, kFeatures};

// OpenPCDet's: rows x weights, ReLU, maximum over a pillar's slots. Where the product is an output
// as well, it has to be stored.
GraphBuilder net(bool stored) {
  GraphBuilder b;
  const ValueId rows = b.add(op::Reshape{}, {b.input(kInput), b.ints({-1, kFeatures})});
  const ValueId weights = b.constant(b.random({kFeatures, kChannels}));
  const ValueId product = b.relu(b.add(op::MatMul{}, {rows, weights}));
  const ValueId slots = b.add(op::Reshape{}, {product, b.ints({-1, kSlots, kChannels})});
  b.output(b.add(op::Reduce{op::ReduceKind::max, false}, {slots, b.ints({1})}));
  if (stored) b.output(product);
  return b;
}

std::size_t pooled_steps(const Graph& graph) {
  WeightStore weights(usable_isas().front());
  const Plan plan = make_plan(fold_constants(graph, {&kInput, 1}), weights);
  return static_cast<std::size_t>(
      std::count_if(plan.steps.begin(), plan.steps.end(),
                    [](const Step& step) { return std::holds_alternative<PooledRowsStep>(step); }));
}

TEST(PooledRows, OneStepWhereNothingElseReadsTheProduct) {
  EXPECT_EQ(pooled_steps(net(false).graph), 1u);
  EXPECT_EQ(pooled_steps(net(true).graph), 0u);
}

TEST(PooledRows, EqualTheStoredProductBitForBit) {
  GraphBuilder pooled = net(false);
  const GraphBuilder stored = net(true);
  Tensor x = pooled.random(kInput);
  float* data = x.as<float>();
  for (std::int64_t p = 0; p < kPillars; ++p) {  // Pillar p has p % 21 points; the rest is padding.
    for (std::int64_t s = p % (kSlots + 1); s < kSlots; ++s) {
      std::fill_n(data + (p * kSlots + s) * kFeatures, kFeatures, 0.0f);
    }
  }
  data[3] = std::numeric_limits<float>::quiet_NaN();
  data[kSlots * kFeatures * 5] = std::numeric_limits<float>::infinity();
  data[kSlots * kFeatures * 6] = -0.0f;
  const std::vector<Tensor> inputs{x};
  for (const Isa isa : usable_isas()) {
    for (const int threads : {1, 3}) {
      expect_equal_bits(run_on_cpu(pooled.graph, inputs, threads, isa)[0],
                        run_on_cpu(stored.graph, inputs, threads, isa)[0]);
    }
  }
}

}  // namespace
}  // namespace colonnade::cpu
