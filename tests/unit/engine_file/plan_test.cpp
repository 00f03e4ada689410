// An engine that holds a TensorRT plan in place of graphs.
#include <gtest/gtest.h>

#include "engine_file/contents.hpp"
#include "engine_file/target.hpp"
#include "fails_with.hpp"

namespace colonnade {
namespace {

TEST(StoredPlan, ComesBackAndIsNotRun) {
  EngineContents contents;
  contents.target = {this_architecture(), kTensorRtBackend, "rtx 1.7.1"};
  contents.origin = {this_tool(), "mfn.onnx", "key"};
  contents.profiles = {{{{"coords", Shape{120, 4}, Shape{6000, 4}, Shape{12000, 4}}}, 77}};
  contents.plan = {std::byte{1}, std::byte{0}, std::byte{255}};
  const std::vector<std::byte> bytes = encode(contents);
  const EngineContents read = decode(bytes, nullptr, "mfn.engine");
  EXPECT_EQ(read.plan, contents.plan);
  EXPECT_EQ(read.target.isa, "rtx 1.7.1");
  ASSERT_EQ(read.profiles.size(), 1u);
  EXPECT_EQ(read.profiles[0].inputs.at(0).opt, (Shape{6000, 4}));
  EXPECT_EQ(read.profiles[0].context_bytes, 77u);
  EXPECT_TRUE(read.graphs.empty());
  EXPECT_TRUE(testing::fails_with([&] { check_target(read, {}, "mfn.engine"); },
                                  "holds a plan of TensorRT (rtx 1.7.1)"));
}

}  // namespace
}  // namespace colonnade
