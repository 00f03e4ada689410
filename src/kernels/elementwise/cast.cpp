#include "kernels/elementwise/loops.hpp"
#include "kernels/integers.hpp"
#include "kernels/reference_ops.hpp"
#include "kernels/type_rules.hpp"

namespace colonnade::reference {
namespace {

/// As NumPy's astype, but a real beyond an integer type's range saturates and NaN becomes 0, where
/// NumPy's answer depends on the processor. Integers wrap.
template <typename To, typename From>
To convert(From x) {
  if constexpr (std::is_same_v<To, bool>) {
    return static_cast<Wide<From>>(x) != 0;
  } else if constexpr (std::is_integral_v<To> && !std::is_integral_v<From>) {
    return saturate_to<To>(static_cast<double>(x));
  } else if constexpr (std::is_arithmetic_v<To> && std::is_arithmetic_v<From>) {
    return static_cast<To>(x);  // int64 to float32 rounds once; through double it would twice.
  } else {
    return static_cast<To>(static_cast<double>(x));
  }
}

}  // namespace

Types infer(const op::Cast& op, InferInputs in, std::size_t) {
  require_inputs(in, 1, 1);
  return {type_of(op.to, in[0].shape)};
}

void compute(const op::Cast&, In in, Out out) {
  const std::int64_t count = out[0].shape.elements();
  dispatch(in[0].dtype, [&]<typename From>(TypeTag<From>) {
    dispatch(out[0].dtype, [&]<typename To>(TypeTag<To>) {
      for (std::int64_t i = 0; i < count; ++i) {
        out[0].as<To>()[i] = convert<To>(in[0].as<From>()[i]);
      }
    });
  });
}

}  // namespace colonnade::reference
