// Sums of products as the reference kernels of matrices do them.
#pragma once

#include <cstdint>
#include <type_traits>
#include <vector>

#include "kernels/integers.hpp"

namespace colonnade {

/// sum + a * b; integers wrap.
template <typename W>
W multiply_add(W sum, W a, W b) {
  if constexpr (std::is_integral_v<W>) {
    return wrapping_add(sum, wrapping_mul(a, b));
  } else {
    return sum + a * b;
  }
}

/// A matrix whose element (i, j) lies at data[i * row_step + j * column_step].
template <typename W>
struct Matrix {
  const W* data = nullptr;
  std::int64_t row_step = 0, column_step = 0;
};

/// row[j] = sum over k of a(i, k) * b(k, j).
template <typename W>
void product_row(const Matrix<W>& a, const Matrix<W>& b, std::int64_t i, std::int64_t depth,
                 std::vector<W>& row) {
  row.assign(row.size(), W{0});
  for (std::int64_t k = 0; k < depth; ++k) {
    const W factor = a.data[i * a.row_step + k * a.column_step];
    const W* from = b.data + k * b.row_step;
    for (std::size_t j = 0; j < row.size(); ++j) {
      row[j] = multiply_add(row[j], factor, from[static_cast<std::int64_t>(j) * b.column_step]);
    }
  }
}

}  // namespace colonnade
