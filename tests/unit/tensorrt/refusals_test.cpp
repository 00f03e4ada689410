#include "tensorrt/refusals.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace colonnade {
namespace {

// As TensorRT-RTX 1.7 tells them: source text of the check that failed.
constexpr const char* kNoPlugin =
    "creator && \"Plugin not found, are the plugin name, version, and namespace correct?\"";

TEST(Refusals, SayWhereWhatAndWhatHelps) {
  EXPECT_EQ(describe(Refusal{3, "det", "Det", 8, "false"}),
            "node 'det' (Det): it lacks the operator; export it as other operators, or use a newer "
            "TensorRT");
  EXPECT_EQ(describe(Refusal{2, "mine", "NoSuchOp", 6, kNoPlugin}),
            "node 'mine' (NoSuchOp): it has no such operator and no such plugin; export it as "
            "standard operators, or load a plugin of that name where the library takes one");
  EXPECT_EQ(describe(Refusal{2, "s", "PPScatterPlugin", 6, kNoPlugin}),
            "node 's' (PPScatterPlugin): it has no such operator and no such plugin; `colonnade "
            "convert` replaces it");
  EXPECT_EQ(
      describe(Refusal{7, "", "", 8, ""}),
      "node #7: it lacks the operator; export it as other operators, or use a newer TensorRT");
  EXPECT_EQ(describe(Refusal{-1, "", "", 5, "the graph has no output"}),
            "the graph has no output; `colonnade inspect --graph` shows what leads to it");
  EXPECT_EQ(
      describe(Refusal{1, "k", "TopK", 12, "K must be constant"}),
      "node 'k' (TopK): a dynamic dimension: K must be constant; export with fixed sizes there");
}

TEST(Refusals, AreListedAllOfThem) {
  const std::vector<Refusal> two{{0, "a", "Det", 8, "false"}, {1, "b", "Unique", 8, "false"}};
  EXPECT_EQ(
      describe(two),
      "its parser refuses 2 nodes: (1) node 'a' (Det): it lacks the operator; export it as "
      "other operators, or use a newer TensorRT; (2) node 'b' (Unique): it lacks the operator; "
      "group points before the network: its result's size depends on their values");
  EXPECT_EQ(describe(std::span(two).first(1)).find("its parser refuses a node: node 'a'"), 0u);
}

}  // namespace
}  // namespace colonnade
