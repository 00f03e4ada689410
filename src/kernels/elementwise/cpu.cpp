#include "kernels/elementwise/cpu.hpp"

#include <cmath>
#include <type_traits>

namespace colonnade::cpu {
namespace {

template <typename F>
void unary_rows(const LoopNest& nest, float* to, const float* from, F f) {
  const std::size_t last = nest.dims.rank() - 1;
  const std::int64_t n = nest.dims[last];
  const std::int64_t step_to = nest.strides[0][last], step_from = nest.strides[1][last];
  for_each_row(nest, 1, [&](const auto& offset) {
    float* t = to + offset[0];
    const float* x = from + offset[1];
    if (step_to == 1 && step_from == 1) {
      for (std::int64_t i = 0; i < n; ++i) t[i] = f(x[i]);
    } else {
      for (std::int64_t i = 0; i < n; ++i) t[i * step_to] = f(x[i * step_from]);
    }
  });
}

template <typename F>
void binary_rows(const LoopNest& nest, float* to, const float* a, const float* b, F f) {
  const std::size_t last = nest.dims.rank() - 1;
  const std::int64_t n = nest.dims[last];
  const std::int64_t step_to = nest.strides[0][last];
  const std::int64_t step_a = nest.strides[1][last], step_b = nest.strides[2][last];
  for_each_row(nest, 1, [&](const auto& offset) {
    float* t = to + offset[0];
    const float* x = a + offset[1];
    const float* y = b + offset[2];
    if (step_to == 1 && step_a == 1 && step_b == 1) {
      for (std::int64_t i = 0; i < n; ++i) t[i] = f(x[i], y[i]);
    } else if (step_to == 1 && step_a == 1 && step_b == 0) {
      for (std::int64_t i = 0; i < n; ++i) t[i] = f(x[i], *y);
    } else {
      for (std::int64_t i = 0; i < n; ++i) t[i * step_to] = f(x[i * step_a], y[i * step_b]);
    }
  });
}

}  // namespace

bool is_fast(const UnaryFunction& function) noexcept {
  using enum op::UnaryKind;
  const auto* kind = std::get_if<op::UnaryKind>(&function);
  if (kind == nullptr) return true;
  switch (*kind) {
    case abs:
    case neg:
    case exp:
    case log:
    case sqrt:
    case sin:
    case cos:
    case atan:
    case tanh:
    case sigmoid:
    case softplus:
    case softsign:
    case erf:
    case reciprocal:
    case floor:
    case ceil:
    case relu: return true;
    default: return false;
  }
}

bool is_fast(op::BinaryKind kind) noexcept {
  using enum op::BinaryKind;
  return kind == add || kind == sub || kind == mul || kind == div || kind == prelu;
}

namespace {

template <typename Rows>
void compute_kind(op::UnaryKind kind, Rows&& rows) {
  using enum op::UnaryKind;
  switch (kind) {
    case abs: return rows([](float x) { return std::fabs(x); });
    case neg: return rows([](float x) { return -x; });
    case exp: return rows([](float x) { return std::exp(x); });
    case log: return rows([](float x) { return std::log(x); });
    case sqrt: return rows([](float x) { return std::sqrt(x); });
    case sin: return rows([](float x) { return std::sin(x); });
    case cos: return rows([](float x) { return std::cos(x); });
    case atan: return rows([](float x) { return std::atan(x); });
    case tanh: return rows([](float x) { return std::tanh(x); });
    case sigmoid: return rows([](float x) { return 1 / (1 + std::exp(-x)); });
    case softplus:
      return rows(
          [](float x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); });
    case softsign: return rows([](float x) { return x / (1 + std::fabs(x)); });
    case erf: return rows([](float x) { return std::erf(x); });
    case reciprocal: return rows([](float x) { return 1 / x; });
    case floor: return rows([](float x) { return std::floor(x); });
    case ceil: return rows([](float x) { return std::ceil(x); });
    case relu: return rows([](float x) { return x < 0 ? 0 : x; });  // NaN stays.
    default: throw Error(ErrorCode::internal, "no fast kernel for this unary operator");
  }
}

}  // namespace

void compute_unary(const UnaryFunction& function, const LoopNest& nest, float* to,
                   const float* from) {
  const auto rows = [&](auto f) { unary_rows(nest, to, from, f); };
  std::visit(
      [&]<typename F>(const F& f) {
        if constexpr (std::is_same_v<F, op::UnaryKind>) {
          compute_kind(f, rows);
        } else if constexpr (std::is_same_v<F, op::LeakyRelu>) {
          rows([a = f.alpha](float x) { return x < 0 ? a * x : x; });
        } else if constexpr (std::is_same_v<F, op::Elu>) {
          rows([a = f.alpha](float x) { return x < 0 ? a * std::expm1(x) : x; });
        } else if constexpr (std::is_same_v<F, op::HardSigmoid>) {
          rows([a = f.alpha, b = f.beta](float x) {
            const float y = a * x + b;
            return y < 0 ? 0 : y > 1 ? 1 : y;
          });
        } else {
          rows([low = f.min, high = f.max](float x) {
            const float y = x < low ? low : x;
            return y > high ? high : y;
          });
        }
      },
      function);
}

void compute_binary(op::BinaryKind kind, const LoopNest& nest, float* to, const float* a,
                    const float* b) {
  using enum op::BinaryKind;
  const auto rows = [&](auto f) { binary_rows(nest, to, a, b, f); };
  switch (kind) {
    case add: return rows([](float x, float y) { return x + y; });
    case sub: return rows([](float x, float y) { return x - y; });
    case mul: return rows([](float x, float y) { return x * y; });
    case div: return rows([](float x, float y) { return x / y; });
    case prelu: return rows([](float x, float slope) { return x < 0 ? x * slope : x; });
    default: throw Error(ErrorCode::internal, "no fast kernel for this binary operator");
  }
}

}  // namespace colonnade::cpu
