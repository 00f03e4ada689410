// Files that aren't models, aren't whole, or are of another time: one distinct sentence each.
#include "read.hpp"

namespace colonnade {
namespace {

using namespace test;

std::string good() {
  return model(13,
               {{node("Conv", {"x", "w"}, {"a"}, {attribute_ints("pads", {1, 1, 1, 1})}, "conv"),
                 node("Relu", {"a"}, {"y"})},
                {value("x", kFloat, {1, 1, 0, 4})},
                {value("y", kFloat, {})},
                {raw_tensor<float>("w", kFloat, {1, 1, 3, 3}, std::vector<float>(9, 1.0f))}});
}

TEST(BadFiles, SayWhatTheyAre) {
  EXPECT_CONTAINS(error_of("", ErrorCode::format), "m.onnx: is empty");
  EXPECT_CONTAINS(error_of("\x89PNG\r\n\x1a\nxxxx", ErrorCode::format), "PNG");
  EXPECT_CONTAINS(error_of(std::string("PK\x03\x04\x14\0\0\0", 8), ErrorCode::format), "ZIP");
  EXPECT_CONTAINS(error_of("version https://git-lfs.github.com/spec/v1\n", ErrorCode::format),
                  "git lfs pull");
  EXPECT_CONTAINS(error_of("{\"layers\": []}", ErrorCode::format), "but text");
  EXPECT_CONTAINS(error_of(std::string(64, '\xff'), ErrorCode::format), "isn't an ONNX model");
}

TEST(BadFiles, TruncationIsToldAtEveryLength) {
  const std::string whole = good();
  ASSERT_NO_THROW(read(whole));
  for (std::size_t length = 3; length < whole.size(); ++length) {
    SCOPED_TRACE(length);
    try {
      read(whole.substr(0, length));
      ADD_FAILURE() << "was read";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::format) << error.what();
    }
  }
  EXPECT_CONTAINS(error_of(whole.substr(0, whole.size() / 2), ErrorCode::format), "truncated");
}

TEST(BadFiles, AnyChangedByteIsReadOrRefused) {
  const std::string whole = good();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      try {
        read(damaged);
      } catch (const Error&) {
      }
    }
  }
}

TEST(BadFiles, NewerFormatsAreRefused) {
  const GraphParts parts{
      {node("Relu", {"x"}, {"y"})}, {value("x", kFloat, {})}, {value("y", kFloat, {})}, {}};
  EXPECT_CONTAINS(error_of(model(13, parts, {}, 99), ErrorCode::unsupported), "IR version 99");
  EXPECT_CONTAINS(error_of(model(26, parts), ErrorCode::unsupported), "opset 26");
  EXPECT_NO_THROW(read(model(25, parts, {}, 13)));
}

TEST(BadFiles, OtherKindsOfValuesAreNamed) {
  const Message sequence = Message().text(1, "x").message(2, Message().message(4, Message()));
  EXPECT_CONTAINS(
      error_of(model(13, {{node("Relu", {"x"}, {"y"})}, {sequence}, {value("y", kFloat, {})}, {}}),
               ErrorCode::unsupported),
      "input 'x': is a sequence");
}

}  // namespace
}  // namespace colonnade
