// The header of a .npy file: a Python dict literal behind a magic, a version and a length.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/dtype.hpp"
#include "base/shape.hpp"

namespace colonnade {

inline constexpr std::string_view kNpyMagic = "\x93NUMPY";

struct NpyHeader {
  DType dtype = DType::f32;
  bool big_endian = false;
  bool fortran_order = false;
  Shape shape;
  std::size_t data_offset = 0;  ///< Of the first element, in the file.
};

/// `where` names the file in errors: Error(format) for what isn't a header, Error(unsupported) for
/// element types that Tensor lacks, Error(limit) for shapes that can't be held.
NpyHeader parse_npy_header(std::string_view file, const std::string& where);

/// Magic to line end, padded to 64 bytes so that the elements are aligned in a mapped file.
std::string npy_header(DType dtype, const Shape& shape);

}  // namespace colonnade
