// Damaged, cut and hostile engine files: a plain error that says what is wrong, or the same engine.
#include <gtest/gtest.h>

#include <cstring>
#include <utility>

#include "base/file.hpp"
#include "base/random.hpp"
#include "engine_file/contents.hpp"
#include "engine_file/format.hpp"
#include "engine_file/target.hpp"
#include "fails_with.hpp"
#include "forge_engine.hpp"
#include "temporary_folder.hpp"
#include "test_graph.hpp"

namespace colonnade {
namespace {

using testing::fails_with;

EngineContents small_engine() {
  EngineContents contents;
  contents.target = {this_architecture(), "cpu", "portable"};
  contents.origin = {this_tool(), "linear.onnx", "0123"};
  Graph graph;
  graph.name = "linear";
  const ValueId x = testing::add_input(graph, "x", DType::f32, Shape{kUnknownDim, 3});
  std::vector<float> weights(3 * 16, 0.5F);
  const ValueId w = graph.add_constant("w", Tensor::of<float>({3, 16}, weights));
  graph.outputs = {testing::add_node(graph, op::MatMul{}, {x, w}, "y")};
  contents.profiles = {{{{"x", {1, 3}, {4, 3}, {9, 3}}}, 500},
                       {{{"x", {2, 3}, {2, 3}, {2, 3}}}, 0}};
  contents.graphs.push_back(std::move(graph));
  contents.warm = {Tensor::of<float>({2, 3}, {1, 0, 0, 2, 0, 0}), Tensor(DType::i32, Shape{0, 2})};
  return contents;
}

/// Aligned, as a file that was read.
EngineContents decode_copy(std::span<const std::byte> bytes) {
  std::shared_ptr<void> block(::operator new (bytes.size() + 1, std::align_val_t{64}),
                              [](void* at) { ::operator delete (at, std::align_val_t{64}); });
  std::memcpy(block.get(), bytes.data(), bytes.size());
  return decode({static_cast<const std::byte*>(block.get()), bytes.size()}, block, "a.engine");
}

TEST(EngineFile, HoldsWhatItWasGiven) {
  const EngineContents given = small_engine();
  const EngineContents found = decode_copy(encode(given));
  EXPECT_EQ(to_text(found.graphs.at(0)), to_text(given.graphs[0]));
  EXPECT_EQ(found.target.isa, "portable");
  EXPECT_EQ(found.origin.source, "linear.onnx");
  ASSERT_EQ(found.profiles.size(), 2U);
  EXPECT_EQ(found.profiles[0].inputs.at(0).max, (Shape{9, 3}));
  EXPECT_EQ(found.profiles[0].context_bytes, 500U);
  EXPECT_EQ(found.profiles[1].inputs.at(0).min, (Shape{2, 3}));
  EXPECT_FALSE(found.model);
  ASSERT_EQ(found.warm.size(), 2U);
  EXPECT_EQ(found.warm[0].as<float>()[3], 2);
  EXPECT_EQ(found.warm[1].shape(), (Shape{0, 2}));
  const Tensor& weights = found.graphs[0].values[1].constant;
  EXPECT_EQ(std::memcmp(weights.data(), given.graphs[0].values[1].constant.data(), 3 * 16 * 4), 0);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(weights.data()) % 64, 0U);
  EXPECT_EQ(encode(found), encode(given));
}

TEST(EngineFile, NoticesEveryFlippedByte) {
  const std::vector<std::byte> whole = encode(small_engine());
  std::size_t same = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const unsigned char mask : {0x01, 0x80, 0xff}) {
      std::vector<std::byte> bytes = whole;
      bytes[at] ^= std::byte{mask};
      try {
        same += encode(decode_copy(bytes)) == whole ? 1 : 1'000'000;
      } catch (const Error& error) {
        EXPECT_EQ(error.where(), "a.engine") << at;
        EXPECT_NE(error.code(), ErrorCode::internal) << at << error.what();
      }
    }
  }
  // Only what fills up to the next aligned section isn't looked at: of ten sections, 63 bytes
  // each.
  EXPECT_LE(same, 10U * 63U * 3U);
}

TEST(EngineFile, NoticesEveryLength) {
  std::vector<std::byte> bytes = encode(small_engine());
  const std::size_t whole = bytes.size();
  bytes.push_back(std::byte{0});
  EXPECT_TRUE(fails_with([&] { decode_copy(bytes); }, "damaged"));
  for (std::size_t size = 0; size < whole; ++size) {
    EXPECT_TRUE(fails_with([&] { decode_copy(std::span(bytes).first(size)); },
                           size < 8 ? "isn't an engine file" : "truncated"))
        << size;
  }
}

TEST(EngineFile, SaysWhichSectionIsDamaged) {
  std::vector<std::byte> bytes = encode(small_engine());
  bytes.back() ^= std::byte{1};  // The last section is that of weights.
  EXPECT_TRUE(fails_with([&] { decode_copy(bytes); }, "its section 'weights'"));
}

TEST(EngineFile, SaysWhichSectionIsMissing) {
  std::vector<std::byte> bytes = encode(small_engine());
  constexpr std::size_t kHeader = 32, kEntry = 32;
  for (const char* name : {"about", "graphs", "weights"}) {
    std::vector<std::byte> forged = bytes;
    std::size_t entry = kHeader;
    while (std::strncmp(reinterpret_cast<const char*>(&forged[entry]), name, 8) != 0)
      entry += kEntry;
    forged[entry] = std::byte{'x'};
    testing::forge_checksums(forged);
    try {
      decode_copy(forged);
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_EQ(
          error.what(),
          std::string("a.engine: is a damaged engine file: it has no section '") + name + "'");
    }
  }
}

TEST(EngineFile, SaysThatItsFormatIsAnother) {
  std::vector<std::byte> bytes = encode(small_engine());
  bytes[8] = std::byte{kEngineFormat + 1};
  EXPECT_TRUE(
      fails_with([&] { decode_copy(bytes); }, "newer format " + std::to_string(kEngineFormat + 1)));
  bytes[8] = std::byte{0};
  EXPECT_TRUE(fails_with([&] { decode_copy(bytes); }, "older format 0"));
}

TEST(EngineFile, SurvivesForgersOfAnyBytes) {
  const std::vector<std::byte> whole = encode(small_engine());
  Random random(1);
  std::size_t read = 0, refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::byte> bytes = whole;
    for (int i = static_cast<int>(random.bits() % 4); i >= 0; --i) {
      // Mostly one of the numbers that matter: small, or all ones.
      const std::size_t at = 12 + random.bits() % (bytes.size() - 12);
      const std::uint64_t value = random.bits();
      bytes[at] = value % 3 == 0   ? std::byte{0xff}
                  : value % 3 == 1 ? static_cast<std::byte>(value >> 8 & 7)
                                   : static_cast<std::byte>(value >> 8);
    }
    testing::forge_checksums(bytes);
    try {
      encode(decode_copy(bytes));
      ++read;
    } catch (const Error& error) {
      ASSERT_NE(error.code(), ErrorCode::internal) << error.what();
      ++refused;
    }
  }
  EXPECT_GT(read, 100U);  // Names and weights may be anything.
  EXPECT_GT(refused, 100U);
}

TEST(EngineFile, HoldsGraphsAsTheReaderLeavesThem) {
  const auto reading = [](auto change) {
    EngineContents contents = small_engine();
    change(contents);
    return [bytes = encode(contents)] { decode_copy(bytes); };
  };
  EXPECT_TRUE(fails_with(reading([](auto& e) { e.graphs[0].nodes[0].inputs[0] = 9; }),
                         "section 'graphs': graph: a node's inputs names value 9 of 3"));
  EXPECT_TRUE(fails_with(reading([](auto& e) { e.graphs[0].nodes[0].inputs.pop_back(); }),
                         "has 1 inputs; expected 2"));
  EXPECT_TRUE(
      fails_with(reading([](auto& e) { (*e.graphs[0].values[0].shape)[1] = 4; }), "(MatMul)"));
  EXPECT_TRUE(fails_with(reading([](auto& e) { (*e.graphs[0].values[0].shape)[0] = 0; }),
                         "input 'x' is declared as [0,3]"));
  EXPECT_TRUE(fails_with(reading([](auto& e) {
                           auto& inputs = e.profiles[1].inputs;
                           inputs.push_back(inputs[0]);
                         }),
                         "its profile isn't"));
  EXPECT_TRUE(
      fails_with(reading([](auto& e) { e.profiles[0].inputs[0].min = {1}; }), "several ranks"));
  EXPECT_TRUE(fails_with(reading([](auto& e) {
                           e.profiles[1].inputs[0] = {"x", {1}, {1}, {1}};
                         }),
                         "several ranks"));
}

TEST(EngineFile, HoldsNoNodesThatNothingNeeds) {
  EngineContents contents = small_engine();
  Graph& graph = contents.graphs[0];
  graph.nodes[0].outputs[0] = kNoValue;
  graph.outputs = {graph.inputs[0]};
  EXPECT_TRUE(decode_copy(encode(contents)).graphs[0].nodes.empty());
}

TEST(EngineFile, HoldsOperatorsThatCanBeMeant) {
  const auto reading = [](Op op, std::size_t inputs) {
    EngineContents contents = small_engine();
    Node& node = contents.graphs[0].nodes[0];
    node.op = std::move(op);
    node.inputs.resize(inputs, 0);
    return [bytes = encode(contents)] { decode_copy(bytes); };
  };
  op::Conv conv;
  conv.group = 0;
  EXPECT_TRUE(fails_with(reading(conv, 2), "group is 0"));
  EXPECT_TRUE(fails_with(reading(op::ConstantOfShape{Tensor::of<float>({2}, {1, 2})}, 1),
                         "2 elements; expected one"));
  EXPECT_TRUE(fails_with(reading(op::PillarScatter{}, 3), "0 rows and 0 columns"));
}

TEST(EngineFile, IsForItsTarget) {
  EngineContents contents = small_engine();
  const auto check = [&](const char* backend, const char* isa) {
    return [&contents, backend, isa] {
      check_target(contents, {backend, isa, "auto"}, "a.engine");
    };
  };
  EXPECT_NO_THROW(check("auto", "auto")());
  EXPECT_NO_THROW(check("cpu", "portable")());
  EXPECT_TRUE(fails_with(check("reference", "auto"),
                         "colonnade build linear.onnx --backend reference -o a.engine"));
  EXPECT_TRUE(fails_with(check("cpu", "avx2"), "colonnade build linear.onnx --isa avx2"));
  contents.target.isa = "avx1024";
  EXPECT_TRUE(fails_with(check("auto", "auto"), "colonnade build linear.onnx -o a.engine"));
  contents.target.architecture = "vax";
  EXPECT_TRUE(fails_with(check("auto", "auto"), "this machine is"));
}

TEST(EngineFile, IsOfItsPrecision) {
  EngineContents contents = small_engine();
  contents.precision = {"bf16", "bf16", {}, {{"linear", "bf16"}}};
  contents = decode_copy(encode(contents));
  ASSERT_EQ(contents.precision.layers.size(), 1U);
  EXPECT_EQ(contents.precision.layers[0].precision, "bf16");
  const auto asked = [&](const char* precision) {
    return [&contents, precision] {
      check_target(contents, {"auto", "auto", precision}, "a.engine");
    };
  };
  EXPECT_NO_THROW(asked("auto")());
  EXPECT_NO_THROW(asked("bf16")());
  EXPECT_TRUE(fails_with(asked("fp32"), "build linear.onnx --precision fp32 -o a.engine"));
  const auto found = [&](const PrecisionChoice& choice) {
    return [&contents, choice] { check_precision(contents, choice, "a.engine"); };
  };
  EXPECT_NO_THROW(found({Precision::bf16, Precision::bf16, ""})());
  EXPECT_TRUE(fails_with(found({Precision::bf16, Precision::fp32, "no such unit"}),
                         "here: requested bf16, effective fp32: no such unit; rebuild it with: "
                         "colonnade build linear.onnx --precision bf16 -o a.engine"));
}

TEST(EngineFile, IsToldFromOtherFilesByContent) {
  const testing::TemporaryFolder folder;
  write_file(folder.file("a"), encode(small_engine()));
  write_file(folder.file("b"), "version: 1\n");
  EXPECT_TRUE(is_engine_file(folder.file("a")));
  EXPECT_FALSE(is_engine_file(folder.file("b")));
  EXPECT_FALSE(is_engine_file(folder.file("c")));
  EXPECT_FALSE(is_engine_file(folder.path().string()));
  EXPECT_EQ(read_engine(folder.file("a")).graphs.size(), 1U);
}

}  // namespace
}  // namespace colonnade
