#include "kernels/widen.hpp"

#include "kernels/integers.hpp"

namespace colonnade {

std::vector<double> to_doubles(const ConstTensorView& tensor) {
  const auto count = static_cast<std::size_t>(tensor.shape.elements());
  std::vector<double> values(count);
  dispatch(tensor.dtype, [&]<typename T>(TypeTag<T>) {
    for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<double>(tensor.as<T>()[i]);
  });
  return values;
}

void store_doubles(std::span<const double> values, const TensorView& out, std::int64_t first) {
  dispatch(out.dtype, [&]<typename T>(TypeTag<T>) {
    T* y = out.as<T>() + first;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
        y[i] = saturate_to<T>(values[i]);
      } else {
        y[i] = static_cast<T>(values[i]);
      }
    }
  });
}

}  // namespace colonnade
