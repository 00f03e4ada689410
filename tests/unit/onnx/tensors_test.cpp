// Initializers: typed fields, raw and external data, and sizes that lie.
#include <filesystem>
#include <fstream>

#include "read.hpp"
#include "temporary_folder.hpp"

namespace colonnade {
namespace {

using namespace test;
namespace fs = std::filesystem;

std::string model_of(const Message& initializer) {
  return model(13, {{}, {}, {value("w", kFloat, {})}, {initializer}});
}

Tensor initializer(const Message& message, const std::string& directory = {}) {
  const Graph graph = read(model_of(message), directory);
  return graph.values[graph.outputs[0]].constant;
}

TEST(Tensors, NarrowTypesLieInWiderFields) {
  const Tensor half = initializer(tensor("w", kHalf, {2}).number(5, 0x3c00).number(5, 0xc000));
  EXPECT_EQ(half.dtype(), DType::f16);
  EXPECT_EQ(static_cast<double>(half.as<Float16>()[1]), -2);
  EXPECT_EQ(initializer(tensor("w", 16, {1}).number(5, 0x3f80)).as<BFloat16>()[0].bits, 0x3f80);
  EXPECT_EQ(initializer(tensor("w", 3, {1}).number(5, -5)).as<std::int8_t>()[0], -5);
  EXPECT_EQ(initializer(tensor("w", 12, {1}).number(11, 4000000000)).as<std::uint32_t>()[0],
            4000000000u);
  EXPECT_EQ(initializer(tensor("w", kInt64, {1}).number(7, -1)).as<std::int64_t>()[0], -1);
}

TEST(Tensors, BoolsAreZeroOrOne) {
  const Tensor flags = initializer(raw_tensor<std::uint8_t>("w", kBool, {3}, {0, 1, 255}));
  EXPECT_EQ(to_int64(std::as_const(flags).view()), (std::vector<std::int64_t>{0, 1, 1}));
}

TEST(Tensors, SizesThatLieAreRefusedBeforeAllocating) {
  EXPECT_CONTAINS(
      error_of(model_of(raw_tensor<float>("w", kFloat, {3}, {1, 2})), ErrorCode::format),
      "initializer 'w': holds 2 elements; its shape [3] needs 3");
  EXPECT_CONTAINS(
      error_of(model_of(raw_tensor<float>("w", kFloat, {1LL << 40}, {1})), ErrorCode::format),
      "holds 1 elements");
  EXPECT_CONTAINS(error_of(model_of(tensor("w", kFloat, {1LL << 40, 1LL << 40})), ErrorCode::limit),
                  "'w'");
  EXPECT_CONTAINS(error_of(model_of(tensor("w", kFloat, {-1})), ErrorCode::format),
                  "dimension of -1");
  EXPECT_CONTAINS(
      error_of(model_of(tensor("w", kFloat, {1, 1, 1, 1, 1, 1, 1, 1, 1})), ErrorCode::limit),
      "9 dimensions");
  EXPECT_CONTAINS(
      error_of(model_of(raw_tensor<std::uint8_t>("w", kFloat, {1}, {1, 2, 3})), ErrorCode::format),
      "3 bytes");
}

TEST(Tensors, UnsupportedTypesAreNamed) {
  EXPECT_CONTAINS(error_of(model_of(tensor("w", 17, {1})), ErrorCode::unsupported), "float8e4m3fn");
  EXPECT_CONTAINS(error_of(model_of(tensor("w", 22, {1})), ErrorCode::unsupported), "int4");
  EXPECT_CONTAINS(error_of(model_of(tensor("w", kString, {1})), ErrorCode::unsupported), "string");
}

class ExternalData : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(root_ / "model" / "sub");
    write(root_ / "secret.bin");
    write(root_ / "model" / "weights.bin");
    write(root_ / "model" / "sub" / "weights.bin");
  }

  static void write(const fs::path& path) {
    const float values[] = {1, 2, 3, 4};
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(values), sizeof values);
  }
  static Message external(const std::string& location, const std::string& offset,
                          const std::string& length) {
    const auto entry = [](const char* key, const std::string& text) {
      return Message().text(1, key).text(2, text);
    };
    Message message =
        tensor("w", kFloat, {2}).message(13, entry("location", location)).number(14, 1);
    if (!offset.empty()) message.message(13, entry("offset", offset));
    if (!length.empty()) message.message(13, entry("length", length));
    return message;
  }
  std::string folder() const { return (root_ / "model").string(); }
  std::string refusal(const Message& message, ErrorCode code) const {
    return error_of(model_of(message), code, folder());
  }

  testing::TemporaryFolder folder_;
  fs::path root_ = folder_.path();
};

TEST_F(ExternalData, IsReadFromTheModelsFolder) {
  EXPECT_EQ(initializer(external("weights.bin", "4", "8"), folder()).as<float>()[0], 2);
  EXPECT_EQ(initializer(external("sub/weights.bin", "8", ""), folder()).as<float>()[1], 4);
  EXPECT_EQ(initializer(external("weights.bin", "", ""), folder()).as<float>()[1], 2);
}

TEST_F(ExternalData, IsNotReadFromElsewhere) {
  EXPECT_CONTAINS(refusal(external("../secret.bin", "0", "8"), ErrorCode::unsupported),
                  "own folder");
  EXPECT_CONTAINS(refusal(external("sub/../weights.bin", "0", "8"), ErrorCode::unsupported),
                  "own folder");
  EXPECT_CONTAINS(
      refusal(external((root_ / "secret.bin").string(), "0", "8"), ErrorCode::unsupported),
      "own folder");
  fs::create_symlink(root_ / "secret.bin", root_ / "model" / "link.bin");
  EXPECT_CONTAINS(refusal(external("link.bin", "0", "8"), ErrorCode::unsupported), "own folder");
  EXPECT_CONTAINS(error_of(model_of(external("weights.bin", "0", "8")), ErrorCode::unsupported),
                  "memory");
}

TEST_F(ExternalData, MustBeThere) {
  EXPECT_CONTAINS(refusal(external("missing.bin", "0", "8"), ErrorCode::io), "missing.bin");
  EXPECT_CONTAINS(refusal(external("weights.bin", "12", "8"), ErrorCode::format),
                  "the file has 16 bytes");
  EXPECT_CONTAINS(refusal(external("weights.bin", "18446744073709551615", "8"), ErrorCode::format),
                  "the file has 16 bytes");
  EXPECT_CONTAINS(refusal(external("weights.bin", "-4", "8"), ErrorCode::format), "offset is '-4'");
  EXPECT_CONTAINS(refusal(external("weights.bin", "0", "4"), ErrorCode::format),
                  "holds 1 elements");
}

}  // namespace
}  // namespace colonnade
