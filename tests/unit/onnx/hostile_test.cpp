// Files made to take memory or time out of proportion to their size, or to garble a terminal.
#include <fmt/core.h>

#include <chrono>

#include "kernels/infer_graph.hpp"
#include "plan/describe.hpp"
#include "read.hpp"

namespace colonnade {
namespace {

using namespace test;

constexpr std::int64_t kHuge = std::int64_t{1} << 60;

TEST(Hostile, HugeDimsAreDescribed) {
  const Graph graph =
      read(model(13, {{node("Conv", {"x", "w"}, {"a"}), node("MatMul", {"x", "x"}, {"b"})},
                      {value("x", kFloat, {kHuge, 1, kHuge, kHuge})},
                      {value("b", kFloat, {})},
                      {raw_tensor<float>("w", kFloat, {1, 1, 1, 1}, {1})}}));
  const GraphDescription description = describe(graph);
  EXPECT_GT(description.flops, std::int64_t{1} << 61);
  EXPECT_CONTAINS(description.inputs[0].shape, "1152921504606846976");
}

// Each function calls the next twice: 2^40 nodes in a file of two kilobytes.
TEST(Hostile, DoublingFunctionsEndAtALimit) {
  std::vector<Message> functions;
  for (int level = 0; level < 40; ++level) {
    const std::string next = fmt::format("F{}", level + 1);
    Message function;
    function.text(1, fmt::format("F{}", level)).text(4, "a").text(5, "c").text(10, "f");
    for (const auto& [in, out] : {std::pair("a", "b"), std::pair("b", "c")}) {
      function.message(
          7, level == 39 ? node("Neg", {in}, {out}) : node(next, {in}, {out}, {}, "", "f"));
    }
    functions.push_back(function.message(9, opset(13)));
  }
  const auto bytes = model(13,
                           {{node("F0", {"x"}, {"y"}, {}, "", "f")},
                            {value("x", kFloat, {1})},
                            {value("y", kFloat, {})},
                            {}},
                           functions);
  EXPECT_CONTAINS(error_of(bytes, ErrorCode::limit), "nodes once its functions are inlined");
}

// Builders ask what is known of their inputs. Asking anew from the first node on made this
// quadratic: minutes.
TEST(Hostile, LongChainsAreReadInOnePass) {
  constexpr int kNodes = 20'000;
  GraphParts parts{{}, {value("x0", kFloat, {2, 3})}, {}, {}};
  for (int i = 0; i < kNodes; ++i) {
    const std::string in = fmt::format("x{}", i), out = fmt::format("x{}", i + 1);
    parts.nodes.push_back(node("Clip", {in.c_str()}, {out.c_str()}, {attribute_float("min", 0)}));
  }
  parts.outputs.push_back(value(fmt::format("x{}", kNodes), kFloat, {}));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(read(model(6, parts)).nodes.size(), static_cast<std::size_t>(kNodes));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

// 3e7 multiply-adds a node and no input: the first are folded, the rest are left to a run.
TEST(Hostile, FoldingStopsAtABudget) {
  constexpr std::int64_t kSide = 316;  // Its square is just small enough to be folded.
  GraphParts parts{
      {},
      {value("x", kFloat, {1})},
      {value("y", kFloat, {})},
      {raw_tensor<float>("a", kFloat, {kSide, kSide}, std::vector<float>(kSide * kSide, 1.0F))}};
  std::string sum = "x";
  for (int i = 0; i < 100; ++i) {
    const std::string term = fmt::format("t{}", i), next = i == 99 ? "y" : fmt::format("s{}", i);
    parts.nodes.push_back(node("MatMul", {"a", "a"}, {term.c_str()}));
    parts.nodes.push_back(node("Add", {sum.c_str(), term.c_str()}, {next.c_str()}));
    sum = next;
  }
  const Graph graph = read(model(13, parts));
  const InferredGraph inferred = infer_graph(graph);
  std::size_t folded = 0;
  for (const Tensor& tensor : inferred.folded) folded += tensor ? 1 : 0;
  EXPECT_GT(folded, 20U);
  EXPECT_LT(folded, 40U);
}

TEST(Hostile, MessagesArePrintableWhateverNamesHold) {
  const std::string name = "\x1b]0;owned\x07\nline two";
  const std::string message = error_of(model(13, {{node("Loop", {"x"}, {"y"}, {}, name)},
                                                  {value("x", kFloat, {1})},
                                                  {value("y", kFloat, {})},
                                                  {}}),
                                       ErrorCode::unsupported);
  EXPECT_CONTAINS(message, "?]0;owned??line two");
  const std::string longest =
      error_of(model(13, {{node("Loop", {"x"}, {"y"}, {}, std::string(1 << 20, 'n'))},
                          {value("x", kFloat, {1})},
                          {value("y", kFloat, {})},
                          {}}),
               ErrorCode::unsupported);
  EXPECT_LT(longest.size(), 5000U);
}

// 2^32 + 3 isn't int8, whose number is 3, and 2^32 + 1 isn't float32.
TEST(Hostile, TypesBeyond32BitsAreNoTypes) {
  constexpr std::int64_t kBeyond = std::int64_t{1} << 32;
  const auto scale = raw_tensor<float>("s", kFloat, {}, {1});
  EXPECT_CONTAINS(error_of(one_node(21,
                                    node("QuantizeLinear", {"x", "s"}, {"y"},
                                         {attribute_int("output_dtype", kBeyond + 3)}),
                                    {scale}),
                           ErrorCode::unsupported),
                  "4294967299");
  EXPECT_CONTAINS(
      error_of(one_node(13, node("Cast", {"x"}, {"y"}, {attribute_int("to", kBeyond + 1)})),
               ErrorCode::unsupported),
      "4294967297");
}

TEST(Hostile, DeepBranchesAreAnAnswer) {
  Message inner = graph({{node("Neg", {"x"}, {"out"})}, {}, {value("out", kFloat, {})}, {}});
  for (int depth = 0; depth < 300; ++depth) {
    inner = graph({{node("If", {"c"}, {"out"}, {attribute_graph("then_branch", inner)})},
                   {},
                   {value("out", kFloat, {})},
                   {}});
  }
  const auto bytes = model(13, {{node("If", {"c"}, {"y"}, {attribute_graph("then_branch", inner)})},
                                {value("x", kFloat, {1})},
                                {value("y", kFloat, {})},
                                {raw_tensor<unsigned char>("c", kBool, {}, {1})}});
  EXPECT_CONTAINS(error_of(bytes, ErrorCode::format), "m.onnx");
}

}  // namespace
}  // namespace colonnade
