#include "seed_graphs.hpp"

#include <initializer_list>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "unit/onnx/model_writer.hpp"

namespace colonnade::fuzz {
namespace {

using namespace test;
using Dims = std::initializer_list<std::int64_t>;
using Attributes = std::initializer_list<Message>;

constexpr int kInt8 = 3;
constexpr std::int64_t kOpset = 17;

std::vector<float> values_for(Dims dims) {
  std::size_t count = 1;
  for (const std::int64_t dim : dims) count *= static_cast<std::size_t>(dim);
  Random random(count);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.uniform(-1, 1));
  return values;
}

Message floats(const std::string& name, Dims dims) {
  return raw_tensor<float>(name, kFloat, dims, values_for(dims));
}
Message positive(const std::string& name, Dims dims) {
  std::vector<float> values = values_for(dims);
  for (float& value : values) value = 0.5F + value * value;
  return raw_tensor<float>(name, kFloat, dims, values);
}
Message integers(const std::string& name, std::vector<std::int64_t> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return raw_tensor<std::int64_t>(name, kInt64, {count}, std::move(values));
}

/// Seeds by name; a name that's taken gets a number.
class Seeds {
 public:
  void add(const std::string& name, const GraphParts& parts, std::int64_t opset = kOpset) {
    files_[name + "_" + std::to_string(files_.size()) + ".onnx"] = model(opset, parts);
  }
  /// One node on the float input x [dims] and constants.
  void op(const std::string& type, Dims x, std::vector<Message> constants = {},
          Attributes attributes = {}, std::vector<const char*> inputs = {"x"}, int outputs = 1,
          std::int64_t opset = kOpset) {
    Message made;
    for (const char* const input : inputs) made.text(1, input);
    for (int i = 0; i < outputs; ++i) made.text(2, i == 0 ? "y" : "z");
    made.text(4, type);
    for (const Message& attribute : attributes) made.message(5, attribute);
    add(type, {{made}, {value("x", kFloat, x)}, {value("y", kFloat, {})}, std::move(constants)},
        opset);
  }
  std::map<std::string, std::string> take() { return std::move(files_); }

 private:
  std::map<std::string, std::string> files_;
};

void add_elementwise(Seeds& s) {
  for (const char* const type : {"Abs",
                                 "Neg",
                                 "Exp",
                                 "Log",
                                 "Sqrt",
                                 "Sin",
                                 "Cos",
                                 "Tan",
                                 "Asin",
                                 "Acos",
                                 "Atan",
                                 "Sinh",
                                 "Cosh",
                                 "Tanh",
                                 "Asinh",
                                 "Acosh",
                                 "Atanh",
                                 "Erf",
                                 "Sign",
                                 "Reciprocal",
                                 "Floor",
                                 "Ceil",
                                 "Round",
                                 "Sigmoid",
                                 "Relu",
                                 "Elu",
                                 "Selu",
                                 "Softplus",
                                 "Softsign",
                                 "Identity",
                                 "IsNaN",
                                 "HardSwish",
                                 "Mish",
                                 "Celu",
                                 "LeakyRelu",
                                 "HardSigmoid",
                                 "Dropout",
                                 "Shape",
                                 "Size",
                                 "NonZero",
                                 "GlobalAveragePool",
                                 "GlobalMaxPool",
                                 "DynamicQuantizeLinear"}) {
    s.op(type, {1, 2, 3});
  }
  for (const char* const type : {"Add", "Sub", "Mul", "Div", "Pow", "PRelu", "Mod", "Min", "Max",
                                 "Sum", "Mean", "Equal", "Less", "GreaterOrEqual"}) {
    s.op(type, {2, 1, 3}, {floats("c", {4, 1})}, {}, {"x", "c"});
    s.op(type, {2, 3, 4}, {floats("c", {4})}, {}, {"c", "x"});
  }
  s.op("Clip", {2, 3}, {floats("l", {}), floats("h", {})}, {}, {"x", "l", "h"});
  s.op("Cast", {2, 3}, {}, {attribute_int("to", kInt64)});
  s.op("Softmax", {2, 3}, {}, {attribute_int("axis", 1)});
  s.op("LogSoftmax", {2, 3}, {}, {attribute_int("axis", 0)}, {"x"}, 1, 12);
  s.add("Where", {{node("Less", {"x", "c"}, {"b"}), node("Where", {"b", "x", "c"}, {"y"})},
                  {value("x", kFloat, {2, 3})},
                  {value("y", kFloat, {})},
                  {floats("c", {3})}});
}

void add_shapes(Seeds& s) {
  s.op("Reshape", {2, 3, 4}, {integers("c", {0, -1})}, {}, {"x", "c"});
  s.op("Flatten", {2, 3, 4}, {}, {attribute_int("axis", 2)});
  s.op("Squeeze", {1, 3, 1}, {integers("c", {0, 2})}, {}, {"x", "c"});
  s.op("Unsqueeze", {2, 3}, {integers("c", {0, -1})}, {}, {"x", "c"});
  s.op("Transpose", {2, 3, 4}, {}, {attribute_ints("perm", {2, 0, 1})});
  s.op("Concat", {2, 3}, {floats("c", {2, 2})}, {attribute_int("axis", 1)}, {"x", "c", "x"});
  s.op("Split", {5, 3}, {integers("c", {2, 3})}, {attribute_int("axis", 0)}, {"x", "c"}, 2);
  s.op("Slice", {5, 4},
       {integers("b", {1, -1}), integers("e", {9, -9}), integers("a", {0, 1}),
        integers("t", {2, -1})},
       {}, {"x", "b", "e", "a", "t"});
  s.op("Expand", {3, 1}, {integers("c", {2, 3, 4})}, {}, {"x", "c"});
  s.op("Tile", {2, 3}, {integers("c", {2, 3})}, {}, {"x", "c"});
  for (const char* const mode : {"constant", "reflect", "edge", "wrap"}) {
    s.op("Pad", {3, 4}, {integers("c", {1, 0, -1, 2})}, {attribute_text("mode", mode)}, {"x", "c"},
         1, 19);
  }
  s.op("ConstantOfShape", {1}, {integers("c", {2, 3})}, {}, {"c"});
  s.op("Range", {1}, {integers("c", {0})}, {}, {"x", "x", "x"});
  s.op("CumSum", {2, 3}, {integers("c", {1})}, {attribute_int("exclusive", 1)}, {"x", "c"});
  s.op("Gather", {4, 3}, {integers("c", {0, -1, 2})}, {attribute_int("axis", 0)}, {"x", "c"});
  s.op("GatherElements", {3, 2}, {raw_tensor<std::int64_t>("c", kInt64, {1, 2}, {2, -1})}, {},
       {"x", "c"});
  s.op("GatherND", {3, 2}, {raw_tensor<std::int64_t>("c", kInt64, {2, 1}, {2, -1})}, {},
       {"x", "c"});
  for (const char* const reduction : {"none", "add", "mul", "max"}) {
    s.op("ScatterND", {4, 2},
         {raw_tensor<std::int64_t>("c", kInt64, {2, 1}, {1, 3}), floats("u", {2, 2})},
         {attribute_text("reduction", reduction)}, {"x", "c", "u"}, 1, 18);
    s.op("ScatterElements", {3, 3},
         {raw_tensor<std::int64_t>("c", kInt64, {1, 2}, {2, 0}), floats("u", {1, 2})},
         {attribute_text("reduction", reduction)}, {"x", "c", "u"}, 1, 18);
  }
}

void add_reductions(Seeds& s) {
  for (const char* const type :
       {"ReduceMax", "ReduceMin", "ReduceMean", "ReduceProd", "ReduceL1", "ReduceL2",
        "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"}) {
    s.op(type, {2, 3, 4}, {}, {attribute_ints("axes", {1, -1}), attribute_int("keepdims", 0)});
  }
  s.op("ReduceSum", {2, 3, 4}, {integers("c", {1})}, {}, {"x", "c"});
  s.op("ArgMax", {2, 3}, {}, {attribute_int("axis", 1)});
  s.op("ArgMin", {2, 3}, {}, {attribute_int("select_last_index", 1)});
  s.op("TopK", {2, 5}, {integers("c", {2})}, {attribute_int("axis", 1)}, {"x", "c"}, 2);
}

void add_products(Seeds& s) {
  s.op("MatMul", {2, 3, 4}, {floats("c", {4, 5})}, {}, {"x", "c"});
  s.op("MatMul", {4}, {floats("c", {2, 4, 3})}, {}, {"x", "c"});
  s.op("Gemm", {4, 3}, {floats("c", {5, 4}), floats("b", {5})},
       {attribute_int("transA", 1), attribute_int("transB", 1), attribute_float("alpha", 0.5F)},
       {"x", "c", "b"});
  s.op("Einsum", {2, 3, 4}, {floats("c", {2, 4, 5})}, {attribute_text("equation", "bij,bjk->bik")},
       {"x", "c"});
  s.op("Einsum", {3, 3}, {}, {attribute_text("equation", "ii->i")});
  s.op("BatchNormalization", {2, 3, 4},
       {floats("g", {3}), floats("b", {3}), floats("m", {3}), positive("v", {3})}, {},
       {"x", "g", "b", "m", "v"});
  s.op("Conv", {1, 3, 5, 6}, {floats("w", {4, 3, 3, 3}), floats("b", {4})},
       {attribute_ints("pads", {1, 1, 1, 1}), attribute_ints("strides", {2, 2})}, {"x", "w", "b"});
  s.op("Conv", {2, 4, 5}, {floats("w", {4, 2, 3})},
       {attribute_int("group", 2), attribute_ints("dilations", {2})}, {"x", "w"});
  s.op("Conv", {1, 2, 3, 3, 3}, {floats("w", {2, 2, 2, 2, 2})},
       {attribute_text("auto_pad", "SAME_UPPER")}, {"x", "w"});
  s.op("ConvTranspose", {1, 3, 4, 3}, {floats("w", {3, 2, 2, 2}), floats("b", {2})},
       {attribute_ints("strides", {2, 2})}, {"x", "w", "b"});
  s.op("ConvTranspose", {1, 2, 4}, {floats("w", {2, 2, 3})},
       {attribute_ints("output_padding", {1}), attribute_ints("strides", {2}),
        attribute_ints("pads", {1, 0})},
       {"x", "w"});
  s.op("MaxPool", {1, 2, 5, 5}, {},
       {attribute_ints("kernel_shape", {3, 2}), attribute_int("ceil_mode", 1)}, {"x"}, 2);
  s.op("AveragePool", {1, 2, 5, 5}, {},
       {attribute_ints("kernel_shape", {2, 2}), attribute_int("count_include_pad", 1),
        attribute_ints("pads", {1, 0, 0, 1})});
}

void add_resizes(Seeds& s) {
  for (const char* const mode : {"nearest", "linear", "cubic"}) {
    s.op("Resize", {1, 1, 3, 4}, {raw_tensor<float>("c", kFloat, {4}, {1, 1, 2, 1.5F})},
         {attribute_text("mode", mode)}, {"x", "", "c"}, 1, 18);
    s.op("Resize", {1, 1, 3, 4}, {integers("c", {1, 1, 2, 7})},
         {attribute_text("mode", mode),
          attribute_text("coordinate_transformation_mode", "align_corners"),
          attribute_int("antialias", 1)},
         {"x", "", "", "c"}, 1, 18);
  }
  s.op("Upsample", {1, 1, 2, 2}, {raw_tensor<float>("c", kFloat, {4}, {1, 1, 2, 2})}, {},
       {"x", "c"}, 1, 9);
}

void add_quantized(Seeds& s) {
  const Message scale = raw_tensor<float>("s", kFloat, {}, {0.1F});
  const Message zero = raw_tensor<std::int8_t>("o", kInt8, {}, {1});
  s.op("QuantizeLinear", {2, 3}, {scale, zero}, {}, {"x", "s", "o"});
  s.add("QLinearConv",
        {{node("QuantizeLinear", {"x", "s", "o"}, {"q"}),
          node("QLinearConv", {"q", "s", "o", "w", "s", "o", "s", "o"}, {"r"}),
          node("DequantizeLinear", {"r", "s", "o"}, {"y"})},
         {value("x", kFloat, {1, 2, 4, 4})},
         {value("y", kFloat, {})},
         {scale, zero,
          raw_tensor<std::int8_t>("w", kInt8, {1, 2, 2, 2}, {1, -2, 3, 4, 5, -6, 7, 8})}});
}

// PointPillars' own parts, in small.
void add_networks(Seeds& s) {
  s.add("pfn", {{node("MatMul", {"x", "w"}, {"a"}),
                 node("Transpose", {"a"}, {"t"}, {attribute_ints("perm", {0, 2, 1})}),
                 node("BatchNormalization", {"t", "g", "b", "m", "v"}, {"n"}),
                 node("Transpose", {"n"}, {"u"}, {attribute_ints("perm", {0, 2, 1})}),
                 node("Relu", {"u"}, {"r"}),
                 node("ReduceMax", {"r"}, {"y"},
                      {attribute_ints("axes", {1}), attribute_int("keepdims", 0)})},
                {value("x", kFloat, {0, 3, 4})},
                {value("y", kFloat, {})},
                {floats("w", {4, 5}), floats("g", {5}), floats("b", {5}), floats("m", {5}),
                 positive("v", {5})}});
  s.add("rpn", {{node("Conv", {"x", "w1"}, {"c1"},
                      {attribute_ints("pads", {1, 1, 1, 1}), attribute_ints("strides", {2, 2})}),
                 node("BatchNormalization", {"c1", "g", "b", "m", "v"}, {"n1"}),
                 node("Relu", {"n1"}, {"r1"}),
                 node("Conv", {"r1", "w2"}, {"c2"},
                      {attribute_ints("pads", {1, 1, 1, 1}), attribute_ints("strides", {2, 2})}),
                 node("Relu", {"c2"}, {"r2"}),
                 node("ConvTranspose", {"r2", "w3"}, {"u2"}, {attribute_ints("strides", {2, 2})}),
                 node("Relu", {"u2"}, {"v2"}),
                 node("Concat", {"r1", "v2"}, {"cat"}, {attribute_int("axis", 1)}),
                 node("Conv", {"cat", "w4", "b4"}, {"head"}),
                 node("Transpose", {"head"}, {"y"}, {attribute_ints("perm", {0, 2, 3, 1})}),
                 node("Sigmoid", {"y"}, {"p"}), node("Reshape", {"p", "flat"}, {"z"})},
                {value("x", kFloat, {1, 3, 8, 8})},
                {value("y", kFloat, {}), value("z", kFloat, {})},
                {floats("w1", {4, 3, 3, 3}), floats("w2", {4, 4, 3, 3}), floats("w3", {4, 4, 2, 2}),
                 floats("w4", {6, 8, 1, 1}), floats("b4", {6}), floats("g", {4}), floats("b", {4}),
                 floats("m", {4}), positive("v", {4}), integers("flat", {1, -1, 3})}});
  for (const char* const plugin : {"PPScatterPlugin", "PillarScatterPlugin"}) {
    s.add(plugin,
          {{node(plugin, {"f", "c", "n"}, {"y"}, {attribute_ints("dense_shape", {4, 5})})},
           {value("f", kFloat, {3, 2}), value("c", kInt32, {3, 4}), value("n", kInt32, {1})},
           {value("y", kFloat, {})},
           {}});
  }
  // SmallMunich's scatter: indices from coordinates, into a canvas of zeros.
  s.add("scatter", {{node("ConstantOfShape", {"size"}, {"canvas"}),
                     node("Cast", {"c"}, {"i"}, {attribute_int("to", kInt64)}),
                     node("Slice", {"i", "zero", "two"}, {"rows"}),
                     node("ScatterND", {"canvas", "rows", "f"}, {"y"})},
                    {value("c", kInt32, {2, 1}), value("f", kFloat, {2, 3})},
                    {value("y", kFloat, {})},
                    {integers("size", {6, 3}), integers("zero", {0}), integers("two", {2})}});
  // Shape arithmetic as exporters write it.
  s.add("reshape_by_shape", {{node("Shape", {"x"}, {"s"}), node("Gather", {"s", "zero"}, {"n"}),
                              node("Concat", {"n", "rest"}, {"to"}, {attribute_int("axis", 0)}),
                              node("Reshape", {"x", "to"}, {"y"})},
                             {value("x", kFloat, {0, 2, 3})},
                             {value("y", kFloat, {})},
                             {integers("zero", {0}), integers("rest", {-1})}});
}

}  // namespace

std::map<std::string, std::string> seed_graphs() {
  Seeds seeds;
  add_elementwise(seeds);
  add_shapes(seeds);
  add_reductions(seeds);
  add_products(seeds);
  add_resizes(seeds);
  add_quantized(seeds);
  add_networks(seeds);
  return seeds.take();
}

}  // namespace colonnade::fuzz
