#include "base/isa.hpp"

#include <gtest/gtest.h>

#include "fails_with.hpp"

namespace colonnade {
namespace {

TEST(Isa, EveryMachineHasThePortableOneLast) {
  ASSERT_FALSE(usable_isas().empty());
  EXPECT_EQ(usable_isas().back(), Isa::portable);
  EXPECT_EQ(parse_isa("auto"), usable_isas().front());
  for (const Isa isa : usable_isas()) EXPECT_EQ(parse_isa(std::string(isa_name(isa))), isa);
}

TEST(Isa, AnUnknownNameIsAnsweredWithThoseThatThereAre) {
  const auto failure = [] { parse_isa("mmx"); };
  EXPECT_TRUE(testing::fails_with(failure, "doesn't know the instruction set 'mmx'"));
  EXPECT_TRUE(testing::fails_with(failure, "portable"));
}

}  // namespace
}  // namespace colonnade
