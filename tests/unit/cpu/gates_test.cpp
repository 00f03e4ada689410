// Heads computed only where another one's answer is large enough: those cells have the bits that
// they have when all are computed, and the others cost nothing.
#include <algorithm>
#include <limits>

#include "backbone.hpp"
#include "backends/cpu/plan.hpp"
#include "backends/cpu/weight_store.hpp"
#include "passes/fold_constants.hpp"

namespace colonnade::cpu {
namespace {

constexpr std::int64_t kJoined = 7;

/// Two scales, joined, and three heads of them, each in a layout of its own; the middle one
/// decides.
class Net {
 public:
  explicit Net(unsigned seed) : random_(seed), b_(seed) {
    const std::int64_t height = 2 * random_.from(2, 12), width = 2 * random_.from(2, 12);
    image = {1, 3, height, width};
    op::Window same, half;
    same.pads = half.pads = {1, 1, 1, 1};
    half.strides = {2, 2};
    const ValueId first = b_.relu(b_.conv(b_.input(image), {4, 3, 3, 3}, same));
    const ValueId second = b_.relu(b_.conv(first, {4, 4, 3, 3}, half));
    op::Window twice;
    twice.strides = {2, 2};
    const ValueId joined =
        b_.add(op::Concat{1}, {b_.relu(b_.conv(first, {3, 4, 1, 1})),
                               b_.relu(b_.conv_transpose(second, {4, 4, 2, 2}, twice))});
    for (int head = 0; head < 3; ++head) {
      channels[head] = random_.from(1, 20);
      last[head] = random_.chance(50);
      const ValueId map = b_.conv(joined, {channels[head], kJoined, 1, 1});
      b_.output(last[head] ? b_.transpose(map, {0, 2, 3, 1}) : map);
    }
  }

  const Graph& graph() const { return b_.graph; }
  Random& random() { return random_; }
  std::int64_t cells() const { return image[2] * image[3]; }

  float value(const ConstTensorView& output, int head, std::int64_t cell, std::int64_t c) const {
    const std::int64_t at = last[head] ? cell * channels[head] + c : c * cells() + cell;
    return output.as<float>()[at];
  }

  Shape image;
  std::int64_t channels[3] = {};
  bool last[3] = {};

 private:
  Random random_;
  GraphBuilder b_;
};

CompileOptions gated() {
  CompileOptions options;
  options.gates = {{1, {0, 2}}};
  return options;
}

double flop_of(Session& session, const Sweep& sweep) {
  double flop = 0;
  session.observe([&](const LayerRun& layer) { flop += layer.flop; });
  session.run(sweep.view());
  session.observe({});
  return flop;
}

TEST(Gates, GiveTheBitsOfAllWhereTheyAreAskedFor) {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    Net net(seed);
    ThreadPool threads(1 + static_cast<int>(seed % 3));
    CompileOptions options = gated();
    options.dense = seed % 4 == 0;
    const auto program = cpu_backend().compile(net.graph(), {&net.image, 1}, options);
    const auto all = program->create_session(threads), some = program->create_session(threads);
    for (const int percent : {5, 60, 0, 20, 100}) {
      const Sweep sweep = net.random().sweep(net.image, percent);
      all->run(sweep.view());
      const std::vector<Tensor> expected = copies_of(all->outputs());
      const float least = static_cast<float>(net.random().from(-20, 20)) / 10;
      some->skip_below(least);
      some->run(sweep.view());
      const auto found = some->outputs();
      expect_equal_bits(copies_of(found)[1], expected[1]);
      for (std::int64_t cell = 0; cell < net.cells(); ++cell) {
        float most = -std::numeric_limits<float>::infinity();
        for (std::int64_t c = 0; c < net.channels[1]; ++c) {
          most = std::max(most, net.value(expected[1].view(), 1, cell, c));
        }
        if (most < least) continue;
        for (const int head : {0, 2}) {
          for (std::int64_t c = 0; c < net.channels[head]; ++c) {
            const auto i = static_cast<std::size_t>(head);
            ASSERT_EQ(net.value(found[i], head, cell, c),
                      net.value(expected[i].view(), head, cell, c))
                << "head " << head << ", cell " << cell << ", channel " << c;
          }
        }
      }
    }
  }
}

TEST(Gates, ComputeNoOtherCells) {
  Net net(3);
  ThreadPool threads(2);
  const auto session =
      cpu_backend().compile(net.graph(), {&net.image, 1}, gated())->create_session(threads);
  const Sweep sweep = net.random().sweep(net.image, 100);
  const double all = flop_of(*session, sweep);
  session->skip_below(1e30f);
  const double none = flop_of(*session, sweep);
  const std::int64_t outputs = net.channels[0] + net.channels[2];
  EXPECT_EQ(all - none, 2.0 * static_cast<double>(kJoined * outputs * net.cells()));
  session->skip_below(-1e30f);
  EXPECT_EQ(flop_of(*session, sweep), all);
}

std::size_t gates_of(const Graph& graph, const std::vector<OutputGate>& gates) {
  WeightStore weights(usable_isas().front());
  const Plan plan = make_plan(fold_constants(graph), weights, {false, false, {}, gates});
  std::size_t count = 0;
  for (const BandedSteps& banded : plan.banded) count += banded.gates.size();
  return count;
}

// What decides must be the convolution's own answer.
TEST(Gates, AreRefusedWhereTheDecidingOutputIsComputedFurther) {
  GraphBuilder b;
  const ValueId x = b.input({1, 3, 8, 8});
  const ValueId map = b.add(op::Concat{1}, {b.conv(x, {4, 3, 1, 1}), b.conv(x, {3, 3, 1, 1})});
  const ValueId boxes = b.conv(map, {6, kJoined, 1, 1}), scores = b.conv(map, {2, kJoined, 1, 1});
  b.output(boxes);
  b.output(scores);
  b.output(b.sigmoid(b.conv(map, {2, kJoined, 1, 1})));
  EXPECT_EQ(gates_of(b.graph, {{1, {0}}}), 1U);
  EXPECT_EQ(gates_of(b.graph, {{2, {0}}}), 0U);
}

}  // namespace
}  // namespace colonnade::cpu
