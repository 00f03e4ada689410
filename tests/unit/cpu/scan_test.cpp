// An image given whole is computed where its cells that aren't zero can change something; the bits
// are those of all of it.
#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "allocations/allocations.hpp"
#include "backbone.hpp"
#include "backends/cpu/active/scan.hpp"
#include "graphs.hpp"
#include "sweep.hpp"

namespace colonnade::cpu {
namespace {

constexpr const char* kScan = "(scan the image)";
constexpr const char* kActive = "(find active cells)";

/// What a run tells of.
std::vector<std::string> layers_of(Session& session, const std::vector<Tensor>& inputs) {
  std::vector<std::string> names;
  session.observe([&](const LayerRun& layer) { names.emplace_back(layer.name); });
  session.run(views_of(inputs));
  session.observe({});
  return names;
}

bool tells(const std::vector<std::string>& layers, const char* name) {
  return std::find(layers.begin(), layers.end(), name) != layers.end();
}

void expect_bits(const Session& session, const std::vector<Tensor>& expected) {
  const std::vector<Tensor> actual = copies_of(session.outputs());
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) expect_equal_bits(actual[i], expected[i]);
}

TEST(Scan, EqualsTheWholeImageBitForBit) {
  std::size_t few = 0, all = 0;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    Backbone net(seed);
    ThreadPool threads(1 + static_cast<int>(seed % 3));
    const auto program = cpu_backend().compile(net.graph().graph, {&net.image(), 1});
    const auto session = program->create_session(threads);
    for (const int percent : {1, 100, 30, 0, 3, 60, 30}) {
      const Sweep sweep = net.random().sweep(net.image(), percent);
      const std::vector<Tensor> dense{sweep.dense()};
      const std::vector<Tensor> expected = run_whole(net.graph().graph, dense);
      if (net.random().chance(20)) session->run(sweep.view());  // Both ways in turns.
      const auto layers = layers_of(*session, dense);
      expect_bits(*session, expected);
      EXPECT_EQ(tells(layers, kActive), program->leaves_out(views_of(dense)));
      if (tells(layers, kScan)) ++(tells(layers, kActive) ? few : all);
      if (::testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(few, 300U);  // Or nothing was ever left out, or nothing computed whole.
  EXPECT_GT(all, 150U);
}

/// An image convolved twice.
struct Net {
  Net() {
    op::Window same;
    same.pads = {1, 1, 1, 1};
    b.output(b.conv(b.relu(b.conv(b.input(image), {4, 3, 3, 3}, same)), {2, 4, 3, 3}, same));
  }
  const Shape image{1, 3, 40, 70};  ///< More cells than one task scans.
  GraphBuilder b;
};

TEST(Scan, FindsEachCellByItself) {
  Net net;
  ThreadPool threads(2);
  const auto session = cpu_backend().compile(net.b.graph, {&net.image, 1})->create_session(threads);
  const std::int64_t plane = net.image[2] * net.image[3];
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const std::int64_t cell : {std::int64_t{0}, std::int64_t{69}, std::int64_t{1023},
                                  std::int64_t{1024}, plane - 70, plane - 1}) {
    for (const std::int64_t channel : {0, 2}) {
      for (const float value : {1.0f, -0.0f, nan, std::numeric_limits<float>::infinity(),
                                std::numeric_limits<float>::denorm_min()}) {
        std::vector<Tensor> image;
        image.emplace_back(DType::f32, net.image);
        image[0].as<float>()[channel * plane + cell] = value;
        EXPECT_TRUE(tells(layers_of(*session, image), kActive));
        expect_bits(*session, run_whole(net.b.graph, image));
      }
    }
  }
}

TEST(Scan, CountsWhatIsNotZeroBitByBit) {
  const Shape shape{1, 2, 1, 6};
  Canvas canvas;
  Tensor map(DType::f32, shape), image(DType::f32, shape);
  canvas = Canvas(map.as<float>(), shape, {12, 1, 12, 2});
  ThreadPool threads(1);
  ImageScan scan(shape);
  image.as<float>()[1] = -0.0f;
  image.as<float>()[6 + 3] = 2;
  scan.draw(image.as<float>(), canvas, threads);
  ASSERT_TRUE(scan.few());
  ASSERT_EQ(scan.cells().size(), 2U);
  EXPECT_EQ(scan.cells()[0].ix, 1);
  EXPECT_EQ(scan.cells()[1].ix, 3);
  EXPECT_EQ(map.as<float>()[3 * 2 + 1], 2.0f);
  image.as<float>()[0] = 1;
  scan.draw(image.as<float>(), canvas, threads);
  EXPECT_FALSE(scan.few());
  EXPECT_TRUE(scan.cells().empty());
  EXPECT_FALSE(has_few_cells(image.as<float>(), shape));
}

TEST(Scan, LeavesNothingOutWhereAllIsAskedFor) {
  Net net;
  CompileOptions options;
  options.dense = true;
  ThreadPool threads(1);
  const auto program = cpu_backend().compile(net.b.graph, {&net.image, 1}, options);
  std::vector<Tensor> image;
  image.emplace_back(DType::f32, net.image);
  EXPECT_FALSE(program->leaves_out(views_of(image)));
  const auto layers = layers_of(*program->create_session(threads), image);
  EXPECT_FALSE(tells(layers, kScan));
  EXPECT_FALSE(tells(layers, kActive));
}

// Of two inputs neither is the image.
TEST(Scan, LooksAtTheOnlyInput) {
  const Shape shapes[] = {{1, 2, 9, 9}, {1, 3, 9, 9}};
  GraphBuilder b;
  const ValueId first = b.input(shapes[0]), second = b.input(shapes[1]);
  b.output(b.conv(b.add(op::Concat{1}, {first, second}), {4, 5, 3, 3}));
  b.output(b.conv(first, {4, 2, 3, 3}));
  ThreadPool threads(1);
  const auto program = cpu_backend().compile(b.graph, shapes);
  std::vector<Tensor> images{Tensor(DType::f32, shapes[0]), b.random(shapes[1])};
  EXPECT_FALSE(program->leaves_out(views_of(images)));
  const auto session = program->create_session(threads);
  session->run(views_of(images));
  expect_bits(*session, run_whole(b.graph, images));
}

TEST(Scan, AllocatesNothingOnceBothWaysHaveBeenTaken) {
  Net net;
  ThreadPool threads(2);
  const auto session = cpu_backend().compile(net.b.graph, {&net.image, 1})->create_session(threads);
  Random random(3);
  std::vector<std::vector<Tensor>> images;
  for (const int percent : {100, 5, 40, 0, 80}) {
    images.push_back({random.sweep(net.image, percent).dense()});
  }
  std::vector<std::vector<ConstTensorView>> views;
  for (const auto& image : images) views.push_back(views_of(image));
  for (std::size_t i = 0; i < 2; ++i) session->run(views[i]);
  const std::size_t before = testing::allocation_count();
  for (const auto& each : views) session->run(each);
  EXPECT_EQ(testing::allocation_count(), before);
}

}  // namespace
}  // namespace colonnade::cpu
