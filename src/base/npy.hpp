// NumPy's .npy, versions 1 to 3, C and Fortran order, little- and big-endian.
#pragma once

#include <string>

#include "base/tensor.hpp"

namespace colonnade {

Tensor read_npy(const std::string& path);
void write_npy(const std::string& path, const ConstTensorView& tensor);  ///< Version 1, C order.

}  // namespace colonnade
