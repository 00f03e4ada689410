// The loops over elements: widen, apply, round once.
#pragma once

#include "base/dtype.hpp"
#include "base/tensor.hpp"
#include "kernels/strides.hpp"

namespace colonnade::reference {

/// y[i] = f(x[i]) on Wide<T>.
template <typename T, typename F>
void map_elements(const ConstTensorView& x, const TensorView& y, F&& f) {
  const std::int64_t count = y.shape.elements();
  for (std::int64_t i = 0; i < count; ++i) {
    y.as<T>()[i] = static_cast<T>(f(static_cast<Wide<T>>(x.as<T>()[i])));
  }
}

/// map_elements for an operator that is defined on floating-point types only.
template <typename F>
void map_floats(const ConstTensorView& x, const TensorView& y, F&& f) {
  dispatch(y.dtype, [&]<typename T>(TypeTag<T>) {
    if constexpr (is_floating(DTypeOf<T>::value)) map_elements<T>(x, y, f);
  });
}

/// y = f(a, b), both broadcast to y's shape; f takes Wide values.
template <typename A, typename B, typename Y, typename F>
void zip_elements(const ConstTensorView& a, const ConstTensorView& b, const TensorView& y, F&& f) {
  Y* out = y.as<Y>();
  for (Odometer<2> at(y.shape,
                      {broadcast_strides(a.shape, y.shape), broadcast_strides(b.shape, y.shape)});
       !at.done(); at.next()) {
    *out++ = static_cast<Y>(f(static_cast<Wide<A>>(a.as<A>()[at.offset(0)]),
                              static_cast<Wide<B>>(b.as<B>()[at.offset(1)])));
  }
}

}  // namespace colonnade::reference
