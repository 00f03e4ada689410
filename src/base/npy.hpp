// NumPy's .npy, versions 1 to 3, C and Fortran order, little- and big-endian.
#pragma once

#include <string>
#include <string_view>

#include "base/tensor.hpp"

namespace colonnade {

/// Error(io | format | unsupported | limit), each naming the file. A file that holds more or fewer
/// bytes than its shape says is refused. NumPy has no bfloat16: such a file is refused (its '<V2'
/// could be any two bytes).
Tensor read_npy(const std::string& path);
Tensor parse_npy(std::string_view file, const std::string& where);  ///< Of a file's bytes.

/// Version 1, C order. bfloat16 is written as float32, which holds it exactly and every tool reads.
void write_npy(const std::string& path, const ConstTensorView& tensor);

}  // namespace colonnade
