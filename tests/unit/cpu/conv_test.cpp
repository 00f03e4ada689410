// Convolutions as exporters write them, against the reference.
#include "graphs.hpp"
#include "kernels/conv/cpu.hpp"

namespace colonnade::cpu {
namespace {

op::Window window(std::vector<std::int64_t> strides, std::vector<std::int64_t> pads,
                  std::vector<std::int64_t> dilations = {}) {
  op::Window w;
  w.strides = std::move(strides);
  w.pads = std::move(pads);
  w.dilations = std::move(dilations);
  return w;
}

struct ConvCase {
  std::string name;
  Shape input, weights;
  op::Window window;
  std::int64_t group = 1;
};

const std::vector<ConvCase>& cases() {
  static const std::vector<ConvCase> table = {
      {"same", {1, 5, 9, 7}, {6, 5, 3, 3}, window({1, 1}, {1, 1, 1, 1})},
      {"strided", {1, 3, 11, 8}, {65, 3, 3, 3}, window({2, 2}, {1, 1, 1, 1})},
      {"asymmetric_pads", {1, 4, 6, 7}, {17, 4, 3, 2}, window({1, 2}, {2, 0, 1, 1})},
      {"pointwise", {1, 33, 5, 6}, {130, 33, 1, 1}, window({}, {})},
      {"pointwise_strided", {1, 8, 7, 9}, {12, 8, 1, 1}, window({2, 3}, {})},
      // SmallMunich's PFN: 34 taps, three apart, over the 100 point slots.
      {"dilated_row", {1, 9, 13, 100}, {16, 9, 1, 34}, window({1, 1}, {0, 0, 0, 0}, {1, 3})},
      {"dilated", {1, 2, 12, 12}, {3, 2, 3, 3}, window({1, 1}, {2, 2, 2, 2}, {2, 2})},
      {"one_channel", {1, 1, 4, 5}, {1, 1, 3, 3}, window({1, 1}, {1, 1, 1, 1})},
      {"one_column", {1, 3, 6, 1}, {4, 3, 3, 1}, window({1, 1}, {1, 0, 1, 0})},
      {"batch", {3, 4, 5, 6}, {7, 4, 3, 3}, window({1, 1}, {1, 1, 1, 1})},
      {"pointwise_batch", {3, 4, 5, 6}, {7, 4, 1, 1}, window({}, {})},
      {"groups", {1, 6, 5, 6}, {8, 3, 3, 3}, window({1, 1}, {1, 1, 1, 1}), 2},
      {"depthwise", {1, 5, 6, 6}, {5, 1, 3, 3}, window({1, 1}, {1, 1, 1, 1}), 5},
      // zhulf0804's PFN: one spatial axis, pillars as the batch.
      {"one_axis", {11, 9, 32}, {64, 9, 1}, window({1}, {0, 0})},
      {"one_axis_window", {2, 3, 17}, {5, 3, 4}, window({2}, {1, 2})},
  };
  return table;
}

class Conv : public testing::TestWithParam<std::size_t> {};

TEST_P(Conv, IsLikeTheReference) {
  const ConvCase& c = cases()[GetParam()];
  GraphBuilder b;
  const ValueId x = b.input(c.input);
  b.output(b.conv(x, c.weights, c.window, c.group));
  b.output(b.relu(b.conv(x, c.weights, c.window, c.group)));
  expect_like_reference(b.graph, {b.random(c.input)});
}

INSTANTIATE_TEST_SUITE_P(Cases, Conv, testing::Range<std::size_t>(0, cases().size()),
                         [](const auto& p) { return cases()[p.param].name; });

TEST(Conv, AutoPadUpperAndLowerDifferWhereThePadIsOdd) {
  for (const op::AutoPad pad : {op::AutoPad::same_upper, op::AutoPad::same_lower}) {
    GraphBuilder b;
    op::Window w = window({2, 2}, {});
    w.auto_pad = pad;
    b.output(b.conv(b.input({1, 3, 8, 7}), {4, 3, 3, 3}, w));
    expect_like_reference(b.graph, {b.random({1, 3, 8, 7})});
  }
}

TEST(Conv, NanPassesThroughRelu) {
  GraphBuilder b;
  b.output(b.relu(b.conv(b.input({1, 2, 3, 3}), {3, 2, 1, 1})));
  Tensor input = b.random({1, 2, 3, 3});
  input.as<float>()[4] = NAN;
  expect_like_reference(b.graph, {input});
}

struct TransposeCase {
  std::string name;
  Shape input, weights;
  op::Window window;
  std::vector<std::int64_t> output_padding = {};
  std::int64_t group = 1;
};

const std::vector<TransposeCase>& transpose_cases() {
  static const std::vector<TransposeCase> table = {
      {"itself", {1, 5, 4, 3}, {5, 21, 1, 1}, window({1, 1}, {})},
      {"blocks", {1, 5, 4, 3}, {5, 21, 2, 2}, window({2, 2}, {})},
      {"wide_blocks", {2, 5, 4, 3}, {5, 21, 4, 4}, window({4, 4}, {})},
      {"overlapping", {1, 3, 4, 5}, {3, 4, 3, 3}, window({2, 2}, {})},
      // mmdetection's and torchvision's upsampling by two.
      {"twice_as_large", {1, 6, 5, 7}, {6, 17, 4, 4}, window({2, 2}, {1, 1, 1, 1})},
      {"output_padding", {2, 3, 4, 5}, {3, 9, 3, 3}, window({2, 2}, {1, 1, 1, 1}), {1, 1}},
      {"gaps", {1, 3, 4, 5}, {3, 4, 1, 2}, window({3, 4}, {})},
      {"dilated", {1, 3, 4, 5}, {3, 4, 3, 2}, window({2, 3}, {1, 0, 2, 1}, {2, 2})},
      {"dilated_coprime", {1, 2, 5, 4}, {2, 3, 3, 3}, window({3, 2}, {0, 1, 1, 0}, {2, 3})},
      {"stride_one", {1, 3, 6, 5}, {3, 7, 3, 3}, window({1, 1}, {1, 1, 1, 1})},
      {"groups", {1, 6, 4, 5}, {6, 5, 3, 3}, window({2, 2}, {1, 0, 0, 1}), {}, 3},
      {"one_axis", {3, 4, 9}, {4, 5, 4}, window({3}, {1, 2})},
  };
  return table;
}

class ConvTranspose : public testing::TestWithParam<std::size_t> {};

TEST_P(ConvTranspose, IsLikeTheReference) {
  const TransposeCase& c = transpose_cases()[GetParam()];
  GraphBuilder b;
  const ValueId y =
      b.conv_transpose(b.input(c.input), c.weights, c.window, c.output_padding, c.group);
  b.output(b.relu(b.batch_norm(y, c.weights[1] * c.group)));
  expect_like_reference(b.graph, {b.random(c.input)});
}

INSTANTIATE_TEST_SUITE_P(Cases, ConvTranspose,
                         testing::Range<std::size_t>(0, transpose_cases().size()),
                         [](const auto& p) { return transpose_cases()[p.param].name; });

// Each cell alone, in any order, gives the bits of the whole map: what a sparse run stands on.
class ConvCells : public testing::TestWithParam<std::size_t> {};

TEST_P(ConvCells, AListGivesTheBitsOfTheWholeMap) {
  const std::int64_t height = 7, width = 9, inputs = 5, outputs = 70;
  GraphBuilder b;
  const Tensor weights = b.random({outputs, inputs, 3, 3}), bias = b.random({outputs});
  const Tensor input = b.random({height, width, inputs}), zeros(DType::f32, {inputs});
  const WeightSource source{weights.as<float>(), outputs, 3, 3, inputs, 0, inputs * 9, 3, 1, 9};
  const PackedWeights packed = pack_weights(conv_kernels()[GetParam()], source, bias.as<float>());
  Tensor whole(DType::f32, {height, width, outputs}), listed(DType::f32, {height, width, outputs});
  ConvArgs args;
  args.input = input.as<float>();
  args.height = height;
  args.width = width;
  args.input_cell = inputs;
  args.window = {3, 3, 1, 1, 1, 1, 1, 1};
  args.weights = &packed;
  args.output = whole.as<float>();
  args.output_width = width;
  args.output_cell = outputs;
  args.output_row = width * outputs;
  args.zeros = zeros.as<float>();
  Tensor scratch(DType::u8, {conv_scratch_bytes(packed, height * width)});
  conv_cells(args, {nullptr, 0, height * width}, 0, packed.blocks(), scratch.data());

  std::vector<std::int32_t> list(static_cast<std::size_t>(height * width));
  for (std::size_t i = 0; i < list.size(); ++i) list[i] = static_cast<std::int32_t>(i * 40 % 63);
  args.output = listed.as<float>();
  for (std::int64_t first = 0; first < height * width; first += 10) {
    const std::int64_t count = std::min<std::int64_t>(10, height * width - first);
    for (std::int64_t block = 0; block < packed.blocks(); ++block) {
      conv_cells(args, {list.data(), first, count}, block, block + 1, scratch.data());
    }
  }
  expect_equal_bits(listed, whole);
}

INSTANTIATE_TEST_SUITE_P(Kernels, ConvCells, testing::Range<std::size_t>(0, conv_kernels().size()),
                         [](const auto& p) { return conv_kernels()[p.param].target; });

}  // namespace
}  // namespace colonnade::cpu
