// A sweep given by its pillars is computed where it can change something; the bits are those of the
// whole image, computed whole.
#include <algorithm>
#include <iterator>

#include "backends/cpu/active/active_plan.hpp"
#include "backends/cpu/active/mask.hpp"
#include "backends/cpu/plan.hpp"
#include "backends/cpu/weight_store.hpp"
#include "graphs.hpp"
#include "passes/fold_constants.hpp"
#include "sweep.hpp"

namespace colonnade::cpu {
namespace {

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::int64_t from(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(engine_);
  }
  bool chance(int percent) { return from(1, 100) <= percent; }

  /// Each cell with this chance; in an order of its own.
  Sweep sweep(const Shape& image, int percent) {
    Sweep sweep;
    sweep.image = image;
    for (std::int64_t y = 0; y < image[2]; ++y) {
      for (std::int64_t x = 0; x < image[3]; ++x) {
        if (!chance(percent)) continue;
        sweep.cells.push_back({static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)});
      }
    }
    std::shuffle(sweep.cells.begin(), sweep.cells.end(), engine_);
    std::uniform_real_distribution<float> value(-1, 1);
    for (std::size_t i = 0; i < sweep.cells.size() * static_cast<std::size_t>(image[1]); ++i) {
      sweep.features.push_back(value(engine_));
    }
    return sweep;
  }

 private:
  std::mt19937 engine_;
};

/// A value of the graph under construction.
struct Map {
  ValueId value = kNoValue;
  std::int64_t channels = 0, height = 0, width = 0;
};

/// Backbones of random layers on one image: convolutions of any window, transposed ones, sums of
/// scales, heads; now and then an operator that needs the whole map.
class Backbone {
 public:
  explicit Backbone(unsigned seed) : graph_(seed), random_(seed) {
    image_ = {1, random_.from(1, 6), random_.from(1, 24), random_.from(1, 24)};
    Map map{graph_.input(image_), image_[1], image_[2], image_[3]};
    std::vector<Map> scales;
    for (std::int64_t blocks = random_.from(1, 3); blocks > 0; --blocks) {
      for (std::int64_t layers = random_.from(1, 3); layers > 0; --layers) map = layer(map);
      scales.push_back(map);
    }
    for (Map& scale : scales) {
      if (random_.chance(50)) scale = transposed(scale);
    }
    const Map joined = join(scales);
    for (std::int64_t heads = random_.from(1, 2); heads > 0; --heads) head(joined);
    if (random_.chance(20)) head(scales.front());
    if (random_.chance(15)) {  // Reads the image where the others see but its pillars.
      graph_.output(graph_.add(op::GlobalPool{true}, {graph_.graph.inputs.front()}));
    }
  }

  GraphBuilder& graph() { return graph_; }
  const Shape& image() const { return image_; }
  Random& random() { return random_; }

 private:
  static std::int64_t outputs(std::int64_t size, std::int64_t begin, std::int64_t end,
                              std::int64_t kernel, std::int64_t dilation, std::int64_t stride) {
    return (size + begin + end - (kernel - 1) * dilation - 1) / stride + 1;
  }

  Map layer(const Map& from) {
    op::Window window;
    Map to;
    const std::int64_t kh = random_.from(1, 3), kw = random_.from(1, 3);
    do {
      window.strides = {random_.from(1, 3), random_.from(1, 2)};
      window.dilations = {random_.from(1, 2), random_.from(1, 2)};
      window.pads = {random_.from(0, 2), random_.from(0, 2), random_.from(0, 2),
                     random_.from(0, 2)};
      const bool fits =
          from.height + window.pads[0] + window.pads[2] > (kh - 1) * window.dilations[0] &&
          from.width + window.pads[1] + window.pads[3] > (kw - 1) * window.dilations[1];
      if (!fits) continue;
      to.height = outputs(from.height, window.pads[0], window.pads[2], kh, window.dilations[0],
                          window.strides[0]);
      to.width = outputs(from.width, window.pads[1], window.pads[3], kw, window.dilations[1],
                         window.strides[1]);
    } while (to.height < 1 || to.width < 1);
    const std::int64_t group = from.channels % 2 == 0 && random_.chance(25) ? 2 : 1;
    to.channels = group * random_.from(1, 5);
    to.value = graph_.conv(from.value, {to.channels, from.channels / group, kh, kw}, window, group);
    if (random_.chance(30)) to.value = graph_.batch_norm(to.value, to.channels);
    if (random_.chance(70)) to.value = graph_.relu(to.value);
    if (random_.chance(5)) to.value = graph_.sigmoid(to.value);
    return to;
  }

  Map transposed(const Map& from) {
    op::Window window;
    const std::int64_t sh = random_.from(1, 3), sw = random_.from(1, 3);
    const std::int64_t kh = sh + random_.from(0, 1), kw = sw + random_.from(0, 1);
    window.strides = {sh, sw};
    Map to{kNoValue, random_.from(1, 5), (from.height - 1) * sh + kh, (from.width - 1) * sw + kw};
    to.value = graph_.relu(
        graph_.conv_transpose(from.value, {from.channels, to.channels, kh, kw}, window));
    return to;
  }

  // Those scales that have the first one's size.
  Map join(const std::vector<Map>& scales) {
    Map joined = scales.front();
    std::vector<ValueId> parts{joined.value};
    for (std::size_t i = 1; i < scales.size(); ++i) {
      if (scales[i].height != joined.height || scales[i].width != joined.width) continue;
      parts.push_back(scales[i].value);
      joined.channels += scales[i].channels;
    }
    // And one more of the first scale, whose active cells are others.
    if (random_.chance(60)) {
      op::Window window;
      window.pads = {1, 1, 1, 1};
      parts.push_back(
          graph_.conv(scales.front().value, {3, scales.front().channels, 3, 3}, window));
      joined.channels += 3;
    }
    if (parts.size() > 1) joined.value = graph_.add(op::Concat{1}, parts);
    return joined;
  }

  void head(const Map& map) {
    const ValueId y = graph_.conv(map.value, {random_.from(1, 9), map.channels, 1, 1});
    graph_.output(random_.chance(50) ? graph_.transpose(y, {0, 2, 3, 1}) : y);
  }

  GraphBuilder graph_;
  Random random_;
  Shape image_;
};

std::size_t active_steps(const Graph& graph) {
  WeightStore weights(usable_isas().front());
  const Plan plan = make_plan(graph, weights);
  return static_cast<std::size_t>(std::count_if(plan.active.steps.begin(), plan.active.steps.end(),
                                                [](const auto& step) { return step.has_value(); }));
}

TEST(Active, EqualsTheWholeImageBitForBit) {
  ThreadPool threads(2);
  for (unsigned seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    Backbone net(seed);
    const auto session =
        cpu_backend().compile(net.graph().graph, {&net.image(), 1})->create_session(threads);
    const int shares[] = {0, 3, 100, 10, 40, 0, 3};
    for (const int percent : shares) {
      const Sweep sweep = net.random().sweep(net.image(), percent);
      const std::vector<Tensor> dense{sweep.dense()};
      const std::vector<Tensor> expected = run_on_cpu(net.graph().graph, dense);
      if (net.random().chance(20)) session->run(views_of(dense));  // Leaves nothing behind either.
      session->run(sweep.view());
      const std::vector<Tensor> actual = copies_of(session->outputs());
      for (std::size_t i = 0; i < expected.size(); ++i) expect_equal_bits(actual[i], expected[i]);
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(Active, CornersBordersAndCheckerboards) {
  ThreadPool threads(2);
  Backbone net(7);
  const std::int64_t height = net.image()[2], width = net.image()[3];
  const auto session =
      cpu_backend().compile(net.graph().graph, {&net.image(), 1})->create_session(threads);
  const auto check = [&](auto&& occupied) {
    Sweep sweep = net.random().sweep(net.image(), 100);
    Sweep some{{}, {}, sweep.image};
    for (std::size_t p = 0; p < sweep.cells.size(); ++p) {
      if (!occupied(sweep.cells[p].iy, sweep.cells[p].ix)) continue;
      some.cells.push_back(sweep.cells[p]);
      const auto channels = static_cast<std::size_t>(sweep.image[1]);
      std::copy_n(sweep.features.begin() + static_cast<std::ptrdiff_t>(p * channels), channels,
                  std::back_inserter(some.features));
    }
    const std::vector<Tensor> dense{some.dense()};
    session->run(some.view());
    const std::vector<Tensor> expected = run_on_cpu(net.graph().graph, dense);
    const std::vector<Tensor> actual = copies_of(session->outputs());
    for (std::size_t i = 0; i < expected.size(); ++i) expect_equal_bits(actual[i], expected[i]);
  };
  for (const std::int64_t y : {std::int64_t{0}, height - 1}) {
    for (const std::int64_t x : {std::int64_t{0}, width - 1}) {
      check([&](std::int64_t iy, std::int64_t ix) { return iy == y && ix == x; });
    }
  }
  check([&](std::int64_t iy, std::int64_t) { return iy == 0 || iy == height - 1; });
  check([&](std::int64_t, std::int64_t ix) { return ix == 0 || ix == width - 1; });
  check([](std::int64_t iy, std::int64_t ix) { return (iy + ix) % 2 == 0; });
}

// Pads that take all of a transposed convolution's map away leave it without a piece.
TEST(Active, MapsWithoutCells) {
  const Shape image{1, 2, 4, 1};
  op::Window cropped;
  cropped.strides = {2, 2};
  cropped.pads = {0, 1, 0, 1};
  GraphBuilder b;
  const ValueId x = b.relu(b.conv(b.input(image), {3, 2, 1, 1}));
  b.output(b.conv_transpose(x, {3, 2, 2, 2}, cropped));
  b.output(b.conv(x, {2, 3, 1, 1}));
  ThreadPool threads(1);
  const auto session = cpu_backend().compile(b.graph, {&image, 1})->create_session(threads);
  Random random(1);
  for (const int percent : {100, 0, 50}) {
    const Sweep sweep = random.sweep(image, percent);
    const std::vector<Tensor> dense{sweep.dense()};
    session->run(sweep.view());
    const std::vector<Tensor> actual = copies_of(session->outputs());
    const std::vector<Tensor> expected = run_on_cpu(b.graph, dense);
    for (std::size_t i = 0; i < expected.size(); ++i) expect_equal_bits(actual[i], expected[i]);
  }
}

// A test of equality would pass where nothing was ever left out.
TEST(Active, CoversTheConvolutionsOfABackbone) {
  GraphBuilder b;
  op::Window same, half;
  same.pads = half.pads = {1, 1, 1, 1};
  half.strides = {2, 2};
  op::Window twice;
  twice.strides = {2, 2};
  const ValueId x = b.input({1, 4, 16, 12});
  const ValueId fine = b.relu(b.conv(b.relu(b.conv(x, {8, 4, 3, 3}, half)), {8, 8, 3, 3}, same));
  const ValueId coarse = b.relu(b.conv(fine, {8, 8, 3, 3}, half));
  const ValueId joined = b.add(
      op::Concat{1},
      {b.relu(b.conv(fine, {6, 8, 1, 1})), b.relu(b.conv_transpose(coarse, {8, 6, 2, 2}, twice))});
  b.output(b.transpose(b.conv(joined, {7, 12, 1, 1}), {0, 2, 3, 1}));
  const Shape image{1, 4, 16, 12};
  EXPECT_EQ(active_steps(fold_constants(b.graph, {&image, 1})), 6u);
}

// Two scales' upsampled maps and heads on them: the joined map is never whole, whoever comes first.
TEST(Bands, HoldTheMapThatHeadsRead) {
  GraphBuilder b;
  op::Window same, half;
  same.pads = half.pads = {1, 1, 1, 1};
  half.strides = {2, 2};
  const ValueId first = b.relu(b.conv(b.input({1, 4, 64, 24}), {8, 4, 3, 3}, same));
  op::Window twice;
  twice.strides = {2, 2};
  const ValueId near = b.relu(b.conv_transpose(first, {8, 6, 1, 1}, {}));
  const ValueId second = b.relu(b.conv(first, {16, 8, 3, 3}, half));
  const ValueId far = b.relu(b.conv_transpose(second, {16, 6, 2, 2}, twice));
  b.output(b.conv(b.add(op::Concat{1}, {near, far}), {3, 12, 1, 1}));
  for (const bool dense : {false, true}) {
    WeightStore weights(usable_isas().front());
    PlanOptions options;
    options.dense = dense;
    const Plan plan = make_plan(fold_constants(b.graph, {}), weights, options);
    ASSERT_EQ(plan.banded.size(), 1u);
    const BandedSteps& banded = plan.banded.front();
    EXPECT_EQ(banded.last - banded.first, 2u);
    EXPECT_EQ(banded.rows, 2);
    EXPECT_EQ(plan.band_floats, 2 * 24 * 12);
    EXPECT_LT(plan.arena_bytes, 64 * 24 * 12 * 4 + 64 * 24 * 8 * 4);
  }
}

TEST(Active, WindowsSpreadAsTheyRead) {
  Random random(3);
  std::vector<std::uint8_t> scratch;
  for (int i = 0; i < 300; ++i) {
    ConvWindow w;
    w.kernel_h = random.from(1, 4), w.kernel_w = random.from(1, 4);
    w.stride_h = random.from(1, 3), w.stride_w = random.from(1, 3);
    w.dilation_h = random.from(1, 3), w.dilation_w = random.from(1, 3);
    w.pad_top = random.from(-2, 3), w.pad_left = random.from(-2, 3);
    CellMask from(random.from(1, 17), random.from(1, 17)),
        to(random.from(1, 19), random.from(1, 19));
    for (std::int64_t c = 0; c < from.height() * from.width(); ++c) {
      if (random.chance(8)) from.set(c);
    }
    spread(from, w, scratch, to);
    for (std::int64_t y = 0; y < to.height(); ++y) {
      for (std::int64_t x = 0; x < to.width(); ++x) {
        bool reads = false;
        for (std::int64_t ky = 0; ky < w.kernel_h; ++ky) {
          for (std::int64_t kx = 0; kx < w.kernel_w; ++kx) {
            const std::int64_t iy = y * w.stride_h - w.pad_top + ky * w.dilation_h;
            const std::int64_t ix = x * w.stride_w - w.pad_left + kx * w.dilation_w;
            reads |= iy >= 0 && iy < from.height() && ix >= 0 && ix < from.width() &&
                     from.test(iy * from.width() + ix);
          }
        }
        ASSERT_EQ(to.test(y * to.width() + x), reads) << i << ": " << y << ", " << x;
      }
    }
  }
}

}  // namespace
}  // namespace colonnade::cpu
