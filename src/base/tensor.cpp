#include "base/tensor.hpp"

#include <fmt/core.h>

#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/large_block.hpp"
#include "base/sizes.hpp"

namespace colonnade {
namespace {

std::size_t checked_bytes(DType dtype, const Shape& shape) {
  std::int64_t bytes = 0;
  if (__builtin_mul_overflow(shape.elements(), static_cast<std::int64_t>(size_of(dtype)), &bytes)) {
    throw Error(ErrorCode::limit, "a tensor of shape " + shape.to_string() + " is too large");
  }
  return checked_cast<std::size_t>(bytes, {}, "a tensor's size");
}

}  // namespace

Tensor::Tensor(DType dtype, const Shape& shape)
    : dtype_(dtype), shape_(shape), elements_(static_cast<std::size_t>(shape.elements())) {
  constexpr std::size_t kAlignment = 64;
  const std::size_t bytes = checked_bytes(dtype, shape);
  const std::size_t padded = (bytes + kAlignment) / kAlignment * kAlignment;  // Never 0.
  // Large or not, what isn't touched costs nothing; calloc's alignment is made by hand.
  if (padded >= kLargePage) {
    owner_ = large_block(padded);
  } else if (padded >= bytes) {
    owner_ = std::shared_ptr<void>(std::calloc(1, padded + kAlignment), std::free);
  }
  if (!owner_) {
    throw Error(ErrorCode::limit, fmt::format("no memory for a tensor of shape {} ({} bytes)",
                                              shape.to_string(), bytes));
  }
  const auto address = reinterpret_cast<std::uintptr_t>(owner_.get());
  data_ = reinterpret_cast<void*>((address + kAlignment - 1) / kAlignment * kAlignment);
}

Tensor::Tensor(DType dtype, const Shape& shape, std::shared_ptr<void> owner, void* data)
    : dtype_(dtype),
      shape_(shape),
      elements_(static_cast<std::size_t>(shape.elements())),
      owner_(std::move(owner)),
      data_(data) {
  checked_bytes(dtype, shape);
}

Tensor Tensor::clone() const {
  Tensor copy(dtype_, shape_);
  if (bytes() > 0) std::memcpy(copy.data_, data_, bytes());
  return copy;
}

Tensor Tensor::reshaped(const Shape& shape) const {
  if (static_cast<std::size_t>(shape.elements()) != elements_) {
    throw Error(ErrorCode::mismatch,
                fmt::format("{} can't be viewed as {}", shape_.to_string(), shape.to_string()));
  }
  Tensor result = *this;
  result.shape_ = shape;
  return result;
}

std::vector<std::int64_t> to_int64(const ConstTensorView& tensor) {
  if (is_floating(tensor.dtype)) {
    throw Error(ErrorCode::mismatch,
                fmt::format("expected integers, found {}", name_of(tensor.dtype)));
  }
  const auto count = static_cast<std::size_t>(tensor.shape.elements());
  std::vector<std::int64_t> values(count);
  dispatch(tensor.dtype, [&]<typename T>(TypeTag<T>) {
    if constexpr (std::is_integral_v<T>) {
      for (std::size_t i = 0; i < count; ++i)
        values[i] = static_cast<std::int64_t>(tensor.as<T>()[i]);
    }
  });
  return values;
}

}  // namespace colonnade
