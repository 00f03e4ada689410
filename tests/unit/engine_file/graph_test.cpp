// Graphs survive being stored, whatever operators they hold.
#include <gtest/gtest.h>

#include "all_ops.hpp"
#include "base/hash.hpp"
#include "engine_file/contents.hpp"
#include "engine_file/decoder.hpp"
#include "engine_file/encoder.hpp"
#include "fails_with.hpp"
#include "fixtures.hpp"
#include "onnx/reader.hpp"

namespace colonnade {
namespace {

struct Plain {
  int a = 0;
  std::string b;
  std::vector<int> c;
};
struct Nested {
  Plain plain;
  double d = 0;
};

TEST(Members, AreCountedAndVisitedInOrder) {
  EXPECT_EQ(count_members<Plain>(), 3U);
  EXPECT_EQ(count_members<Nested>(), 2U);
  EXPECT_EQ(count_members<op::Resize>(), 9U);
  EXPECT_EQ(count_members<op::Clip>(), 0U);
  EXPECT_EQ(count_members<op::QLinearConv>(), 2U);
  EXPECT_EQ(count_members<op::Window>(), 5U);
  EXPECT_EQ(count_members<op::PillarScatter>(), 3U);
}

std::vector<std::byte> stored(const Graph& graph, WeightWriter& weights) {
  Encoder encoder(weights);
  encoder.put(graph);
  return {encoder.bytes().begin(), encoder.bytes().end()};
}

Graph through_bytes(const Graph& graph) {
  WeightWriter writer;
  const std::vector<std::byte> bytes = stored(graph, writer);
  const auto owner =
      std::make_shared<std::vector<std::byte>>(writer.bytes().begin(), writer.bytes().end());
  const WeightReader weights(writer.table(), *owner, owner);
  Decoder decoder(bytes, &weights);
  Graph result = decoder.take<Graph>();
  decoder.finish();
  return result;
}

TEST(StoredGraph, KeepsEveryMemberOfEveryOperator) {
  const Graph graph = testing::graph_of_every_op();
  const Graph again = through_bytes(graph);
  ASSERT_EQ(again.nodes.size(), std::variant_size_v<Op>);
  EXPECT_EQ(to_text(again), to_text(graph));
  WeightWriter a, b;
  EXPECT_EQ(stored(again, a), stored(graph, b));
  EXPECT_EQ(std::vector(a.bytes().begin(), a.bytes().end()),
            std::vector(b.bytes().begin(), b.bytes().end()));
}

// An operator, a member or an enumerator that was put in elsewhere than at an end, taken out or
// changed in type moves these bytes: raise kEngineFormat (engine_file/format.hpp), and tell here
// the new hash.
TEST(StoredGraph, IsOfThisFormat) {
  ASSERT_EQ(std::variant_size_v<Op>, 51U);
  WeightWriter weights;
  EXPECT_EQ(hash_text(stored(testing::graph_of_every_op(), weights)),
            "154df7e408eb5698298d2125530161e0");
}

TEST(StoredGraph, StoresEqualTensorsOnce) {
  WeightWriter weights;
  const Tensor a = Tensor::of<float>({2}, {1, 2}), b = Tensor::of<float>({1, 2}, {1, 2});
  EXPECT_EQ(weights.add(a), 0U);
  EXPECT_EQ(weights.add(b), 1U);  // Of another shape.
  EXPECT_EQ(weights.add(a.clone()), 0U);
  EXPECT_EQ(weights.bytes().size(), 64U + 8U);
}

TEST(StoredGraph, RefusesWhatCantBeMeant) {
  const auto take = [](auto tag, std::vector<unsigned char> bytes) {
    using T = decltype(tag);
    return [bytes] { return Decoder(std::as_bytes(std::span(bytes)), nullptr).take<T>(); };
  };
  using testing::fails_with;
  EXPECT_TRUE(fails_with(take(bool{}, {2}), "bool of 2"));
  EXPECT_TRUE(fails_with(take(DType{}, {13}), "enumerator 13 of 13"));
  EXPECT_TRUE(fails_with(take(Op{}, {51}), "operator 51 of 51"));
  EXPECT_TRUE(fails_with(take(Shape{}, {9}), "9 dimensions"));
  EXPECT_TRUE(fails_with(take(Shape{}, {1, 254, 255, 255, 255, 255, 255, 255, 255}), "of -2"));
  EXPECT_TRUE(fails_with(take(std::string{}, {255, 255, 255, 255, 'a'}), "4294967295 more bytes"));
  EXPECT_TRUE(fails_with(take(std::vector<Value>{}, {255, 255, 255, 255}), "more bytes"));
  EXPECT_TRUE(fails_with(take(Tensor{}, {1, 0, 0, 0}), "tensor 1 of 0"));
}

TEST(StoredTensors, LieInsideOfTheirBytes) {
  const auto owner = std::make_shared<std::vector<std::byte>>(128);
  (*owner)[64] = std::byte{2};
  const auto read = [&](const StoredTensor& stored) {
    return [&owner, stored] { WeightReader(std::span(&stored, 1), *owner, owner); };
  };
  using testing::fails_with;
  EXPECT_NO_THROW(read({DType::f32, {16}, 64})());
  EXPECT_TRUE(fails_with(read({DType::f32, {17}, 64}), "byte 64 of the 128"));
  EXPECT_TRUE(fails_with(read({DType::f32, {1}, 192}), "byte 192"));
  EXPECT_TRUE(fails_with(read({DType::f64, {std::int64_t{1} << 61}, 0}), "byte 0"));
  EXPECT_TRUE(fails_with(read({DType::f32, {1}, 4}), "aligned"));
  EXPECT_TRUE(fails_with(read({DType::f32, {kUnknownDim}, 0}), "unknown"));
  EXPECT_TRUE(fails_with(read({DType::boolean, {1}, 64}), "neither 0 nor 1"));
}

class StoredExport : public ::testing::TestWithParam<testing::GraphCase> {};

TEST_P(StoredExport, ReadsBackTheSame) {
  const Graph graph = read_onnx(GetParam().graph.string());
  const Graph again = through_bytes(graph);
  EXPECT_EQ(to_text(again), to_text(graph));
  const Graph both[] = {graph, again};
  EXPECT_EQ(content_hash(std::span(both, 1)), content_hash(std::span(both + 1, 1)));
}

INSTANTIATE_TEST_SUITE_P(
    Golden, StoredExport,
    ::testing::ValuesIn(testing::graph_cases(testing::fs::path(COLONNADE_SOURCE_DIR) /
                                             "tests/golden")),
    [](const auto& parameter) { return testing::test_name(parameter.param.name); });

TEST(StoredExports, OfRealNetworksReadBackTheSame) {
  COLONNADE_SKIP_WITHOUT_FIXTURES();
  for (const testing::GraphCase& one : testing::graph_cases()) {
    SCOPED_TRACE(one.name);
    const Graph graph = read_onnx(one.graph.string());
    EXPECT_EQ(to_text(through_bytes(graph)), to_text(graph));
  }
}

}  // namespace
}  // namespace colonnade
