// What a session tells of its layers.
#include <set>

#include "graphs.hpp"
#include "sweep.hpp"

namespace colonnade::cpu {
namespace {

struct Seen {
  std::string name, kind;
  double ms, flop;
};

op::Window same() {
  op::Window window;
  window.pads = {1, 1, 1, 1};
  return window;
}

/// A backbone of one 3x3 layer 32 -> 32 on 16 x 16 cells, and two heads.
GraphBuilder backbone() {
  GraphBuilder b;
  const ValueId map = b.relu(b.conv(b.input({1, 32, 16, 16}), {32, 32, 3, 3}, same()));
  b.output(b.conv(map, {4, 32, 1, 1}));
  b.output(b.conv(map, {8, 32, 1, 1}));
  return b;
}

template <typename Run>
std::vector<Seen> layers_of(const GraphBuilder& b, bool winograd, Run&& run) {
  CompileOptions options;
  options.winograd = winograd;
  ThreadPool pool(2);
  const auto session = cpu_backend()
                           .compile(b.graph, std::vector<Shape>{{1, 32, 16, 16}}, options)
                           ->create_session(pool);
  std::vector<Seen> seen;
  run(*session);  // Nobody listens yet; backgrounds are found now.
  session->observe([&](const LayerRun& layer) {
    EXPECT_EQ(layer.precision, layer.kind == "active" ? "" : "fp32");
    seen.push_back({std::string(layer.name), std::string(layer.kind), layer.ms, layer.flop});
  });
  run(*session);
  session->observe({});
  const std::size_t count = seen.size();
  run(*session);
  EXPECT_EQ(seen.size(), count);
  return seen;
}

double sum_of_flop(const std::vector<Seen>& layers) {
  double flop = 0;
  for (const Seen& layer : layers) flop += layer.flop;
  return flop;
}

TEST(Layers, NameTheNodesAndCountTheProducts) {
  GraphBuilder b = backbone();
  const Tensor image = b.random({1, 32, 16, 16});
  const auto layers =
      layers_of(b, false, [&](Session& session) { session.run(views_of({image})); });
  std::set<std::string> names;
  for (const Seen& layer : layers) {
    EXPECT_TRUE(names.insert(layer.name).second) << layer.name;
    EXPECT_GE(layer.ms, 0);
  }
  EXPECT_TRUE(names.count("#0 + #1 + #2 + #3"));  // With its ReLU; heads joined, in its bands.
  EXPECT_TRUE(names.count("(scan the image)"));   // Found to be full.
  EXPECT_EQ(sum_of_flop(layers), 2.0 * 256 * (9 * 32 * 32 + 32 * 12));
}

TEST(Layers, CountOnlyWhatASweepNeeds) {
  const GraphBuilder b = backbone();
  Sweep sweep;
  sweep.image = {1, 32, 16, 16};
  sweep.cells = {{5, 5}};
  sweep.features.assign(32, 1);
  const auto run = [&](Session& session) { session.run(sweep.view()); };
  const auto direct = layers_of(b, false, run);
  EXPECT_EQ(direct[0].kind, "active");
  // 3 x 3 cells see the pillar.
  EXPECT_EQ(sum_of_flop(direct), 2.0 * 9 * (9 * 32 * 32 + 32 * 12));
  const auto tiles = layers_of(b, true, run);
  const auto is_winograd = [](const Seen& layer) { return layer.kind == "winograd"; };
  const auto found = std::find_if(tiles.begin(), tiles.end(), is_winograd);
  ASSERT_NE(found, tiles.end());
  EXPECT_EQ(found->flop, 2.0 * 36 * 32 * 32);  // Cells 4 to 6, both ways, are in one tile.
}

}  // namespace
}  // namespace colonnade::cpu
