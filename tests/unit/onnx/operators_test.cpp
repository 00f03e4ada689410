// Operators: older opsets take the newest form, mistyped attributes are taken for what's meant.
#include <cmath>

#include "read.hpp"

namespace colonnade {
namespace {

using namespace test;
using Integers = std::vector<std::int64_t>;

// NVIDIA's exports (2022 on) store keepdims as INTS [0], those of 2021 Squeeze's axes as INT 1.
TEST(Attributes, MayBeMistyped) {
  const Graph reduce =
      read(one_node(11, node("ReduceMax", {"x"}, {"y"},
                             {attribute_int("axes", 1), attribute_ints("keepdims", {0})})));
  EXPECT_FALSE(op_of<op::Reduce>(reduce).keep_dims);
  EXPECT_EQ(integers(reduce, 1), (Integers{1}));
  const Graph squeeze =
      read(one_node(11, node("Squeeze", {"x"}, {"y"}, {attribute_int("axes", 1)})));
  EXPECT_EQ(integers(squeeze, 1), (Integers{1}));
  const Graph relu =
      read(one_node(11, node("LeakyRelu", {"x"}, {"y"}, {attribute_int("alpha", 2)})));
  EXPECT_EQ(op_of<op::LeakyRelu>(relu).alpha, 2);
  const Graph concat =
      read(one_node(11, node("Concat", {"x"}, {"y"}, {attribute_float("axis", 2)})));
  EXPECT_EQ(op_of<op::Concat>(concat).axis, 2);
}

TEST(Attributes, ThatCannotBeMeantAreRefused) {
  EXPECT_CONTAINS(
      error_of(one_node(11, node("Concat", {"x"}, {"y"}, {attribute_float("axis", 0.5f)}, "c")),
               ErrorCode::format),
      "node 'c' (Concat): attribute 'axis'");
  EXPECT_CONTAINS(
      error_of(one_node(11, node("Concat", {"x"}, {"y"}, {attribute_ints("axis", {0, 1})})),
               ErrorCode::format),
      "one integer");
  EXPECT_CONTAINS(
      error_of(
          one_node(11, node("MaxPool", {"x"}, {"y"},
                            {attribute_ints("kernel_shape", {2}), attribute_ints("strides", {0})})),
          ErrorCode::format),
      "'strides' holds 0");
  EXPECT_CONTAINS(error_of(one_node(11, node("MaxPool", {"x"}, {"y"},
                                             {attribute_ints("kernel_shape", {2, 2}),
                                              attribute_ints("pads", {1, 1})})),
                           ErrorCode::format),
                  "'pads' has 2 numbers; expected 4");
}

TEST(OldOpsets, AttributesBecomeInputs) {
  const Graph slice =
      read(one_node(9, node("Slice", {"x"}, {"y"},
                            {attribute_ints("starts", {1}), attribute_ints("ends", {2}),
                             attribute_ints("axes", {-1})})));
  EXPECT_EQ(integers(slice, 1), (Integers{1}));
  EXPECT_EQ(integers(slice, 2), (Integers{2}));
  EXPECT_EQ(integers(slice, 3), (Integers{-1}));

  const Graph pad = read(one_node(
      10, node("Pad", {"x"}, {"y"},
               {attribute_ints("pads", {0, 0, 1, 0, 0, 1}), attribute_float("value", 1.5f)})));
  EXPECT_EQ(integers(pad, 1), (Integers{0, 0, 1, 0, 0, 1}));
  EXPECT_EQ(pad.values[pad.nodes[0].inputs[2]].constant.as<float>()[0], 1.5f);

  const Graph topk = read(one_node(9, node("TopK", {"x"}, {"y"}, {attribute_int("k", 5)})));
  EXPECT_EQ(integers(topk, 1), (Integers{5}));

  const Graph split =
      read(one_node(11, node("Split", {"x"}, {"y", "z"},
                             {attribute_ints("split", {1, 2}), attribute_int("axis", 1)})));
  EXPECT_EQ(integers(split, 1), (Integers{1, 2}));
  EXPECT_EQ(split.nodes[0].outputs.size(), 2u);

  const Graph clip = read(one_node(10, node("Clip", {"x"}, {"y"}, {attribute_float("max", 6)})));
  EXPECT_EQ(clip.nodes[0].inputs[1], kNoValue);
  EXPECT_EQ(clip.values[clip.nodes[0].inputs[2]].constant.as<float>()[0], 6);
}

// A float16 network's Clip keeps one element type.
TEST(OldOpsets, ScalarsTakeTheInputsType) {
  const Graph graph = read(model(
      10, {{node("Relu", {"x"}, {"r"}), node("Clip", {"r"}, {"y"}, {attribute_float("min", 0.5f)})},
           {value("x", kHalf, {4})},
           {value("y", kHalf, {4})},
           {}}));
  const Tensor& min = graph.values[graph.nodes[1].inputs[1]].constant;
  ASSERT_EQ(min.dtype(), DType::f16);
  EXPECT_EQ(static_cast<double>(min.as<Float16>()[0]), 0.5);
}

TEST(OldOpsets, ScalarsThatTheInputsTypeCannotHoldAreRefused) {
  for (const float bound : {NAN, 1e30f, -1e30f}) {
    EXPECT_THROW(read(model(10, {{node("Clip", {"x"}, {"y"}, {attribute_float("min", bound)})},
                                 {value("x", kInt64, {4})},
                                 {value("y", kInt64, {4})},
                                 {}})),
                 Error);
  }
}

TEST(OldOpsets, SoftmaxFlattensBefore13) {
  EXPECT_TRUE(op_of<op::Softmax>(read(one_node(11, node("Softmax", {"x"}, {"y"})))).flatten);
  EXPECT_EQ(op_of<op::Softmax>(read(one_node(11, node("Softmax", {"x"}, {"y"})))).axis, 1);
  EXPECT_FALSE(op_of<op::Softmax>(read(one_node(13, node("Softmax", {"x"}, {"y"})))).flatten);
  EXPECT_EQ(op_of<op::Softmax>(read(one_node(13, node("Softmax", {"x"}, {"y"})))).axis, -1);
}

TEST(OldOpsets, UpsampleIsAnAsymmetricResize) {
  const Graph upsample =
      read(one_node(7, node("Upsample", {"x"}, {"y"}, {attribute_floats("scales", {1, 1, 2})})));
  const auto& resize = op_of<op::Resize>(upsample);
  EXPECT_EQ(resize.coordinates, op::ResizeCoordinates::asymmetric);
  EXPECT_EQ(resize.nearest, op::NearestMode::floor);
  ASSERT_EQ(upsample.nodes[0].inputs.size(), 3u);
  EXPECT_EQ(upsample.values[upsample.nodes[0].inputs[2]].constant.as<float>()[2], 2);
  const Graph ten = read(one_node(10, node("Resize", {"x", "s"}, {"y"}),
                                  {raw_tensor<float>("s", kFloat, {3}, {1, 1, 2})}));
  EXPECT_EQ(op_of<op::Resize>(ten).coordinates, op::ResizeCoordinates::asymmetric);
  EXPECT_EQ(ten.nodes[0].inputs[1], kNoValue);
}

// PyTorch at opset 11 writes roi and scales without elements instead of leaving them out.
TEST(Resize, EmptyInputsAreAbsent) {
  const Graph graph = read(one_node(11, node("Resize", {"x", "roi", "roi", "sizes"}, {"y"}),
                                    {raw_tensor<float>("roi", kFloat, {0}, {}),
                                     raw_tensor<std::int64_t>("sizes", kInt64, {3}, {2, 3, 8})}));
  EXPECT_EQ(graph.nodes[0].inputs[1], kNoValue);
  EXPECT_EQ(graph.nodes[0].inputs[2], kNoValue);
  EXPECT_EQ(integers(graph, 3), (Integers{2, 3, 8}));
  EXPECT_EQ(op_of<op::Resize>(graph).coordinates, op::ResizeCoordinates::half_pixel);
}

TEST(Scatter, OldNameAndReductions) {
  const auto scatter = [](const char* op, std::int64_t version, const char* reduction) {
    return model(
        version,
        {{node(op, {"x", "i", "u"}, {"y"},
               {attribute_text("reduction", reduction), attribute_int("axis", 1)})},
         {value("x", kFloat, {2, 3}), value("i", kInt64, {2, 1}), value("u", kFloat, {2, 1})},
         {value("y", kFloat, {2, 3})},
         {}});
  };
  EXPECT_EQ(op_of<op::ScatterElements>(read(scatter("Scatter", 9, "none"))).axis, 1);
  EXPECT_EQ(op_of<op::ScatterElements>(read(scatter("ScatterElements", 18, "max"))).reduction,
            op::Reduction::max);
  EXPECT_CONTAINS(error_of(scatter("ScatterElements", 18, "median"), ErrorCode::unsupported),
                  "reduction 'median'");
}

TEST(Training, IsRefused) {
  const std::vector<Message> yes = {raw_tensor<std::uint8_t>("t", kBool, {}, {1})};
  EXPECT_CONTAINS(
      error_of(one_node(12, node("Dropout", {"x", "", "t"}, {"y"}), yes), ErrorCode::unsupported),
      "eval mode");
  const std::vector<Message> no = {raw_tensor<std::uint8_t>("t", kBool, {}, {0})};
  EXPECT_EQ(read(one_node(12, node("Dropout", {"x", "", "t"}, {"y"}), no)).nodes[0].inputs.size(),
            1u);
  EXPECT_CONTAINS(error_of(one_node(14, node("BatchNormalization", {"x", "x", "x", "x", "x"}, {"y"},
                                             {attribute_int("training_mode", 1)})),
                           ErrorCode::unsupported),
                  "eval mode");
}

TEST(Constant, HasManyForms) {
  const auto constant = [](const Message& attribute) {
    const Graph graph = read(
        model(13, {{node("Constant", {}, {"y"}, {attribute})}, {}, {value("y", kFloat, {})}, {}}));
    return graph.values[graph.outputs[0]].constant;
  };
  EXPECT_EQ(constant(attribute_float("value_float", 2.5f)).as<float>()[0], 2.5f);
  EXPECT_EQ(constant(attribute_floats("value_floats", {1, 2})).shape(), (Shape{2}));
  EXPECT_EQ(constant(attribute_int("value_int", -7)).as<std::int64_t>()[0], -7);
  EXPECT_EQ(constant(attribute_ints("value_ints", {1, 2, 3})).as<std::int64_t>()[2], 3);
  EXPECT_EQ(constant(attribute_tensor("value", raw_tensor<float>("", kFloat, {1, 1}, {4}))).shape(),
            (Shape{1, 1}));
  EXPECT_CONTAINS(
      error_of(model(13, {{node("Constant", {}, {"y"}, {attribute_text("value_string", "s")})},
                          {},
                          {value("y", kFloat, {})},
                          {}}),
               ErrorCode::unsupported),
      "strings");
}

}  // namespace
}  // namespace colonnade
