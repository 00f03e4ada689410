#include "base/shape.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "colonnade/error.hpp"

namespace colonnade {

Shape::Shape(std::initializer_list<std::int64_t> dims)
    : Shape(std::span<const std::int64_t>(dims.begin(), dims.size())) {}

Shape::Shape(std::span<const std::int64_t> dims) {
  for (const std::int64_t dim : dims) push_back(dim);
}

void Shape::push_back(std::int64_t dim) {
  if (rank_ == kMaxRank) {
    throw Error(ErrorCode::limit, fmt::format("a tensor has more than {} dimensions", kMaxRank));
  }
  dims_[rank_++] = dim;
}

void Shape::resize(std::size_t rank, std::int64_t fill) {
  while (rank_ > rank) dims_[--rank_] = 0;
  while (rank_ < rank) push_back(fill);
}

bool Shape::is_static() const noexcept {
  return std::all_of(begin(), end(), [](std::int64_t d) { return d >= 0; });
}

std::int64_t Shape::elements(std::size_t first, std::size_t last) const {
  std::int64_t product = 1;
  bool zero = false;
  bool overflow = false;
  for (std::size_t i = first; i < last; ++i) {
    if (dims_[i] < 0) {
      throw Error(ErrorCode::internal, "elements of " + to_string() + " aren't known");
    }
    zero = zero || dims_[i] == 0;
    overflow = overflow || __builtin_mul_overflow(product, dims_[i], &product);
  }
  if (overflow && !zero) {
    throw Error(ErrorCode::limit, "shape " + to_string() + " has more than 2^63 elements");
  }
  return zero ? 0 : product;
}

bool operator==(const Shape& a, const Shape& b) noexcept {
  return a.rank_ == b.rank_ && std::equal(a.begin(), a.end(), b.begin());
}

std::string Shape::to_string() const {
  std::string text = "[";
  for (std::size_t i = 0; i < rank_; ++i) {
    if (i > 0) text += ',';
    text += dims_[i] < 0 ? "?" : std::to_string(dims_[i]);
  }
  return text + "]";
}

Shape broadcast(const Shape& a, const Shape& b) {
  const std::size_t rank = std::max(a.rank(), b.rank());
  Shape result;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t x = i + a.rank() < rank ? 1 : a[i + a.rank() - rank];
    const std::int64_t y = i + b.rank() < rank ? 1 : b[i + b.rank() - rank];
    if (x == 1)
      result.push_back(y);
    else if (y == 1 || x == y)
      result.push_back(x);
    else if (x < 0)
      result.push_back(y);
    else if (y < 0)
      result.push_back(x);
    else {
      throw Error(ErrorCode::mismatch, fmt::format("shapes {} and {} can't be broadcast together",
                                                   a.to_string(), b.to_string()));
    }
  }
  return result;
}

std::size_t normalize_axis(std::int64_t axis, std::size_t rank) {
  const auto n = static_cast<std::int64_t>(rank);
  if (axis < -n || axis >= n) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("axis {} is outside of a tensor of {} dimensions", axis, rank));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + n : axis);
}

}  // namespace colonnade
