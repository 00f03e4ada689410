#include "kernels/elementwise/rules.hpp"

#include <fmt/core.h>

#include "colonnade/error.hpp"

namespace colonnade::reference {
namespace {

[[noreturn]] void refuse(std::string_view expected, const TypeInfo& x) {
  throw Error(ErrorCode::unsupported,
              fmt::format("expected {}, found {}", expected, name_of(x.dtype)));
}

}  // namespace

std::optional<Shape> broadcast_all(std::span<const TypeInfo> in) {
  Shape shape;
  for (const TypeInfo& input : in) {
    if (!input.shape) return std::nullopt;
    shape = broadcast(shape, *input.shape);
  }
  return shape;
}

void require_floating(const TypeInfo& x) {
  if (!is_floating(x.dtype)) refuse("a floating-point tensor", x);
}

void require_number(const TypeInfo& x) {
  if (x.dtype == DType::boolean) refuse("a tensor of numbers", x);
}

void require_bool(const TypeInfo& x) {
  if (x.dtype != DType::boolean) refuse("a bool tensor", x);
}

}  // namespace colonnade::reference
