// Dense row-major tensors: an owning one, and the view that kernels take.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/dtype.hpp"
#include "base/shape.hpp"

namespace colonnade {

/// Borrowed elements, row-major and contiguous. `data` may be null for an absent optional input or
/// an empty tensor; `present` tells which.
struct ConstTensorView {
  DType dtype = DType::f32;
  Shape shape;
  const void* data = nullptr;
  bool present = true;

  template <typename T>
  const T* as() const noexcept {
    return static_cast<const T*>(data);
  }
};

struct TensorView {
  DType dtype = DType::f32;
  Shape shape;
  void* data = nullptr;

  template <typename T>
  T* as() const noexcept {
    return static_cast<T*>(data);
  }
  operator ConstTensorView() const noexcept { return {dtype, shape, data, true}; }
};

/// Owning, 64-byte aligned. Copies share the elements (a graph's constants are copied freely);
/// `clone` makes a separate tensor.
class Tensor {
 public:
  Tensor() = default;
  Tensor(DType dtype, const Shape& shape);  ///< Zero-filled. Error(limit) if it can't be had.
  /// Shares `owner`'s bytes (a mapped file, say) without a copy.
  Tensor(DType dtype, const Shape& shape, std::shared_ptr<void> owner, void* data);

  template <typename T>
  static Tensor of(const Shape& shape, std::span<const T> values) {
    Tensor t(DTypeOf<T>::value, shape);
    for (std::size_t i = 0; i < values.size(); ++i) t.as<T>()[i] = values[i];
    return t;
  }
  template <typename T>
  static Tensor of(const Shape& shape, std::initializer_list<T> values) {
    return of<T>(shape, std::span<const T>(values.begin(), values.size()));
  }
  template <typename T>
  static Tensor scalar(T value) {
    return of<T>({}, {value});
  }

  explicit operator bool() const noexcept { return owner_ != nullptr; }
  DType dtype() const noexcept { return dtype_; }
  const Shape& shape() const noexcept { return shape_; }
  std::size_t elements() const noexcept { return elements_; }
  std::size_t bytes() const noexcept { return elements_ * size_of(dtype_); }
  void* data() noexcept { return data_; }
  const void* data() const noexcept { return data_; }
  template <typename T>
  T* as() noexcept {
    return static_cast<T*>(data_);
  }
  template <typename T>
  const T* as() const noexcept {
    return static_cast<const T*>(data_);
  }

  TensorView view() noexcept { return {dtype_, shape_, data_}; }
  ConstTensorView view() const noexcept { return {dtype_, shape_, data_, true}; }
  /// Nobody else has these elements.
  bool is_alone() const noexcept { return owner_.use_count() == 1; }
  Tensor clone() const;
  /// The same elements under another shape of equal element count.
  Tensor reshaped(const Shape& shape) const;

 private:
  DType dtype_ = DType::f32;
  Shape shape_;
  std::size_t elements_ = 0;
  std::shared_ptr<void> owner_;
  void* data_ = nullptr;
};

/// Elements of an integer tensor (int32, int64, ...) as int64. Error(mismatch) on other types.
std::vector<std::int64_t> to_int64(const ConstTensorView& tensor);

}  // namespace colonnade
