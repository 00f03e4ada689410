#include "base/precision.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

constexpr std::array<std::string_view, 5> kNames{"fp32", "tf32", "bf16", "fp16", "int8"};

}  // namespace

std::string_view precision_name(Precision precision) noexcept {
  return kNames[static_cast<std::size_t>(precision)];
}

Precision parse_precision(const std::string& name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found != kNames.end()) return static_cast<Precision>(found - kNames.begin());
  throw Error(
      ErrorCode::invalid_argument,
      fmt::format("there is no precision '{}'; expected fp32, tf32, bf16, fp16 or int8", name));
}

std::string PrecisionChoice::text() const {
  if (requested == effective) return std::string(precision_name(effective));
  return fmt::format("requested {}, effective {}: {}", precision_name(requested),
                     precision_name(effective), reason);
}

}  // namespace colonnade
