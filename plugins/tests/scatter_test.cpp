// The scatter of the plugins against the reference operator, bit for bit.
#include "core/scatter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include "base/random.hpp"
#include "base/tensor.hpp"
#include "kernels/reference_ops.hpp"
#include "tests/device.hpp"

namespace colonnade::plugins {
namespace {

using testing::OnDevice;

struct Case {
  std::int32_t rows, channels, height, width;
  Element element = Element::f32;
  bool float_coords = false;
};

DType dtype_of(Element element) {
  return element == Element::f32 ? DType::f32 : element == Element::f16 ? DType::f16 : DType::i8;
}

/// Any bits: features are moved. The reference moves them too, so that no NaN is changed either.
Tensor random_features(const Case& one, Random& random) {
  Tensor tensor(dtype_of(one.element), {one.rows, one.channels});
  auto* bytes = static_cast<unsigned char*>(tensor.data());
  for (std::size_t i = 0; i < tensor.bytes(); ++i) {
    bytes[i] = static_cast<unsigned char>(random.bits());
  }
  return tensor;
}

/// On few cells, so that many pillars share one, and one in eight outside of the image.
std::vector<std::int32_t> random_coords(const Case& one, Random& random) {
  const auto within = [&](std::int32_t size) {
    const auto range = static_cast<std::uint64_t>(std::min(size, std::max(1, one.rows / 8)));
    return static_cast<std::int32_t>(random.bits() % range);
  };
  std::vector<std::int32_t> coords;
  for (std::int32_t row = 0; row < one.rows; ++row) {
    std::int32_t y = within(one.height), x = within(one.width);
    switch (random.bits() % 32) {
      case 0: y = -1; break;
      case 1: y = one.height; break;
      case 2: x = INT32_MIN; break;
      case 3: x = one.width + 7; break;
      default: break;
    }
    coords.insert(coords.end(), {3, -2, y, x});  // Batch and z take no part.
  }
  return coords;
}

std::vector<float> as_floats(const std::vector<std::int32_t>& coords) {
  return {coords.begin(), coords.end()};
}

std::int32_t outside(const Case& one, const std::vector<std::int32_t>& coords, std::int32_t count) {
  std::int32_t dropped = 0;
  for (std::int32_t row = 0; row < count; ++row) {
    const std::int32_t y = coords[row * 4 + 2], x = coords[row * 4 + 3];
    dropped += y < 0 || y >= one.height || x < 0 || x >= one.width ? 1 : 0;
  }
  return dropped;
}

std::vector<unsigned char> bytes_of(const Tensor& tensor) {
  const auto* bytes = static_cast<const unsigned char*>(tensor.data());
  return {bytes, bytes + tensor.bytes()};
}

Tensor expected_image(const Case& one, const Tensor& features,
                      const std::vector<std::int32_t>& coords, std::int32_t count) {
  const Tensor places = Tensor::of<std::int32_t>({one.rows, 4}, std::span(coords));
  const Tensor counted = Tensor::of<std::int32_t>({1}, {count});
  Tensor image(dtype_of(one.element), {1, one.channels, one.height, one.width});
  const std::vector<ConstTensorView> in{features.view(), places.view(), counted.view()};
  const std::vector<TensorView> out{image.view()};
  reference::compute(op::PillarScatter{op::PillarScatterForm::plugin, one.height, one.width}, in,
                     out);
  return image;
}

void expect_as_reference(const Case& one, std::int32_t count, std::uint64_t seed) {
  Random random(seed);
  const Tensor features = random_features(one, random);
  const std::vector<std::int32_t> coords = random_coords(one, random);
  const ScatterShape shape{1, one.rows, one.channels, one.height, one.width};
  const OnDevice<unsigned char> given(bytes_of(features)), workspace(scatter_workspace(shape));
  const OnDevice<std::int32_t> counts(std::vector<std::int32_t>{count}),
      dropped(std::vector<std::int32_t>{0}), whole(coords);
  const OnDevice<float> fractional(as_floats(coords));
  const Tensor expected = expected_image(one, features, coords, count);
  const OnDevice<unsigned char> image(expected.bytes());
  ScatterInputs inputs{given.data(), whole.data(), false, counts.data(), nullptr};
  if (one.float_coords) {
    inputs.coords = fractional.data();
    inputs.float_coords = true;
  }
  testing::must(
      scatter(shape, one.element, inputs, image.data(), workspace.data(), dropped.data(), nullptr));
  EXPECT_EQ(image.read(), bytes_of(expected));
  EXPECT_EQ(dropped.read().front(), outside(one, coords, count));
}

TEST(ScatterCore, EqualsTheReferenceForAnyChannelsSizesAndElements) {
  COLONNADE_SKIP_WITHOUT_CUDA();
  std::uint64_t seed = 1;
  for (const std::int32_t channels : {1, 2, 3, 7, 8, 9, 31, 32, 63, 64, 65, 128, 255, 512}) {
    for (const Element element : {Element::f32, Element::f16, Element::i8}) {
      for (const bool float_coords : {false, true}) {
        SCOPED_TRACE(::testing::Message()
                     << channels << " channels, element " << static_cast<int>(element)
                     << ", float coordinates " << float_coords);
        expect_as_reference({301, channels, 37, 53, element, float_coords}, 277, seed++);
      }
    }
  }
  constexpr std::pair<std::int32_t, std::int32_t> kSizes[] = {
      {1, 1}, {1, 257}, {255, 1}, {2, 3}, {97, 101}};
  for (const auto& [height, width] : kSizes) {
    SCOPED_TRACE(::testing::Message() << height << " x " << width);
    expect_as_reference({64, 5, height, width}, 64, seed++);
  }
}

TEST(ScatterCore, EqualsTheReferenceOnKittisGrid) {
  COLONNADE_SKIP_WITHOUT_CUDA();
  for (const Element element : {Element::f32, Element::f16, Element::i8}) {
    expect_as_reference({12000, 64, 496, 432, element}, 6000, 99);
  }
}

TEST(ScatterCore, TakesNoPillarsAndAllOfThem) {
  COLONNADE_SKIP_WITHOUT_CUDA();
  for (const std::int32_t count : {0, 1, 40}) expect_as_reference({40, 6, 9, 11}, count, 7);
}

/// A count that lies is clamped: what TensorRT hands over is not to be trusted with memory.
TEST(ScatterCore, ClampsTheCountToTheRows) {
  COLONNADE_SKIP_WITHOUT_CUDA();
  const Case one{20, 4, 5, 6};
  Random random(5);
  const Tensor features = random_features(one, random);
  const std::vector<std::int32_t> coords = random_coords(one, random);
  const ScatterShape shape{1, one.rows, one.channels, one.height, one.width};
  const OnDevice<unsigned char> given(bytes_of(features)), workspace(scatter_workspace(shape));
  const OnDevice<std::int32_t> places(coords);
  constexpr std::pair<std::int32_t, std::int32_t> kCounts[] = {{21, 20}, {INT32_MAX, 20}, {-1, 0}};
  for (const auto& [stated, counted] : kCounts) {
    const OnDevice<std::int32_t> counts(std::vector<std::int32_t>{stated});
    const Tensor expected = expected_image(one, features, coords, counted);
    const OnDevice<unsigned char> image(expected.bytes());
    testing::must(scatter(shape, one.element,
                          {given.data(), places.data(), false, counts.data(), nullptr},
                          image.data(), workspace.data(), nullptr, nullptr));
    EXPECT_EQ(image.read(), bytes_of(expected)) << "count " << stated;
  }
}

TEST(ScatterCore, DropsCoordinatesThatAreNoNumbers) {
  COLONNADE_SKIP_WITHOUT_CUDA();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> coords{0, 0, nan, 1, 0, 0, 1, infinity, 0, 0, -infinity, 0,
                                  0, 0, 1,   2, 0, 0, 1, -0.5f,    0, 0, 1.75f,     0.25f};
  const ScatterShape shape{1, 6, 1, 2, 3};
  const OnDevice<float> features(std::vector<float>{1, 2, 3, 4, 5, 6}), places(coords), image(6);
  const OnDevice<unsigned char> workspace(scatter_workspace(shape));
  const OnDevice<std::int32_t> dropped(std::vector<std::int32_t>{0});
  testing::must(scatter(shape, Element::f32,
                        {features.data(), places.data(), true, nullptr, nullptr}, image.data(),
                        workspace.data(), dropped.data(), nullptr));
  EXPECT_EQ(image.read(), (std::vector<float>{0, 0, 0, 6, 0, 4}));
  EXPECT_EQ(dropped.read().front(), 4);
}

/// ScatterBEV's params say the image's size once more: another one is not scattered into.
TEST(ScatterCore, TakesScatterBevsParams) {
  COLONNADE_SKIP_WITHOUT_CUDA();
  const ScatterShape shape{1, 3, 2, 2, 2};
  const OnDevice<float> features(std::vector<float>{1, 2, 3, 4, 5, 6}),
      coords(std::vector<float>{0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1}), image(8);
  const OnDevice<unsigned char> workspace(scatter_workspace(shape));
  const auto image_with = [&](std::vector<std::uint32_t> numbers) {
    const OnDevice<std::uint32_t> params(numbers);
    testing::must(scatter(shape, Element::f32,
                          {features.data(), coords.data(), true, nullptr, params.data()},
                          image.data(), workspace.data(), nullptr, nullptr));
    return image.read();
  };
  EXPECT_EQ(image_with({1, 2, 2, 2, 2}), (std::vector<float>{1, 0, 0, 3, 2, 0, 0, 4}));
  EXPECT_EQ(image_with({1, 2, 2, 2, 3}), (std::vector<float>{1, 5, 0, 3, 2, 6, 0, 4}));
  EXPECT_EQ(image_with({1, 2, 4, 1, 3}), std::vector<float>(8));
}

/// TensorRT's own PillarScatterPlugin scatters frames side by side, each with its count.
TEST(ScatterCore, KeepsTheFramesOfABatchApart) {
  COLONNADE_SKIP_WITHOUT_CUDA();
  const Case one{50, 9, 13, 17};
  const std::vector<std::int32_t> counts{50, 0, 31};
  Random random(11);
  std::vector<unsigned char> features, expected;
  std::vector<std::int32_t> coords;
  for (const std::int32_t count : counts) {
    const Tensor of_frame = random_features(one, random);
    const std::vector<std::int32_t> places = random_coords(one, random);
    const std::vector<unsigned char> image = bytes_of(expected_image(one, of_frame, places, count)),
                                     bytes = bytes_of(of_frame);
    features.insert(features.end(), bytes.begin(), bytes.end());
    coords.insert(coords.end(), places.begin(), places.end());
    expected.insert(expected.end(), image.begin(), image.end());
  }
  const ScatterShape shape{3, one.rows, one.channels, one.height, one.width};
  const OnDevice<unsigned char> given(features), workspace(scatter_workspace(shape)),
      image(expected.size());
  const OnDevice<std::int32_t> places(coords), counted(counts);
  testing::must(scatter(shape, one.element,
                        {given.data(), places.data(), false, counted.data(), nullptr}, image.data(),
                        workspace.data(), nullptr, nullptr));
  EXPECT_EQ(image.read(), expected);
}

/// All pillars in one cell, many times: the originals' race would show.
TEST(ScatterCore, KeepsTheLastOfManyInOneCellInEveryRun) {
  COLONNADE_SKIP_WITHOUT_CUDA();
  constexpr std::int32_t kRows = 10000;
  const ScatterShape shape{1, kRows, 1, 1, 1};
  std::vector<std::int32_t> numbers(kRows);
  for (std::int32_t row = 0; row < kRows; ++row) numbers[row] = row;
  const OnDevice<std::int32_t> features(numbers), coords(std::vector<std::int32_t>(kRows * 4)),
      image(1);
  const OnDevice<unsigned char> workspace(scatter_workspace(shape));
  for (int run = 0; run < 100; ++run) {
    testing::must(scatter(shape, Element::f32,
                          {features.data(), coords.data(), false, nullptr, nullptr}, image.data(),
                          workspace.data(), nullptr, nullptr));
    ASSERT_EQ(image.read().front(), kRows - 1);
  }
}

TEST(ScatterCore, RefusesShapesThatAreNone) {
  constexpr ScatterShape kShapes[] = {
      {0, 1, 1, 1, 1}, {1, -1, 1, 1, 1}, {1, 1, 0, 1, 1}, {1, 1, 1, 0, 1}};
  for (const ScatterShape& shape : kShapes) {
    EXPECT_EQ(scatter(shape, Element::f32, {}, nullptr, nullptr, nullptr, nullptr),
              cudaErrorInvalidValue);
  }
}

}  // namespace
}  // namespace colonnade::plugins
