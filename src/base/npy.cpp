#include "base/npy.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "base/file.hpp"
#include "base/npy_header.hpp"
#include "base/sizes.hpp"

namespace colonnade {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are copied as they lie");

// Overflow-safe, because the shape is the file's word only.
std::size_t expected_bytes(const NpyHeader& header, const std::string& where) {
  std::int64_t bytes = 0;
  bool too_large = false;
  try {
    too_large = __builtin_mul_overflow(header.shape.elements(),
                                       static_cast<std::int64_t>(size_of(header.dtype)), &bytes);
  } catch (const Error&) {
    too_large = true;
  }
  if (too_large) {
    throw Error(ErrorCode::limit, where,
                fmt::format("declares the shape {}, which is too large for any file",
                            header.shape.to_string()));
  }
  return checked_cast<std::size_t>(bytes, where, "the array's size");
}

void swap_bytes(std::byte* data, std::size_t elements, std::size_t size) {
  for (std::size_t i = 0; i < elements; ++i) std::reverse(data + i * size, data + (i + 1) * size);
}

// Copies elements that lie with the first axis fastest into row-major order.
void copy_fortran(const Shape& shape, std::size_t size, const std::byte* from, std::byte* to,
                  std::size_t elements) {
  std::array<std::size_t, kMaxRank> index{}, stride{};
  std::size_t product = 1;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    stride[axis] = product;
    product *= static_cast<std::size_t>(shape[axis]);
  }
  std::size_t source = 0;
  for (std::size_t i = 0; i < elements; ++i) {
    std::memcpy(to + i * size, from + source * size, size);
    for (std::size_t axis = shape.rank(); axis-- > 0;) {
      source += stride[axis];
      if (++index[axis] < static_cast<std::size_t>(shape[axis])) break;
      source -= stride[axis] * index[axis];
      index[axis] = 0;
    }
  }
}

}  // namespace

Tensor parse_npy(std::string_view file, const std::string& where) {
  const NpyHeader header = parse_npy_header(file, where);
  const std::size_t expected = expected_bytes(header, where);
  const std::size_t found = file.size() - header.data_offset;
  if (found != expected) {
    throw Error(ErrorCode::format, where,
                fmt::format("expected {} bytes of elements for {} {}, found {}", expected,
                            name_of(header.dtype), header.shape.to_string(), found));
  }
  Tensor tensor(header.dtype, header.shape);
  if (expected == 0) return tensor;
  const auto* const from = reinterpret_cast<const std::byte*>(file.data() + header.data_offset);
  auto* const to = static_cast<std::byte*>(tensor.data());
  const std::size_t size = size_of(header.dtype);
  if (header.fortran_order)
    copy_fortran(header.shape, size, from, to, tensor.elements());
  else
    std::memcpy(to, from, expected);
  if (header.big_endian) swap_bytes(to, tensor.elements(), size);
  if (header.dtype == DType::boolean) {
    // Any other byte in a C++ bool is undefined behaviour.
    std::transform(to, to + expected, to, [](std::byte b) { return std::byte{b != std::byte{0}}; });
  }
  return tensor;
}

Tensor read_npy(const std::string& path) {
  const auto file = WholeFile::read(path);
  return parse_npy(file->text(), path);
}

void write_npy(const std::string& path, const ConstTensorView& tensor) {
  if (tensor.dtype == DType::bf16) {
    Tensor wide(DType::f32, tensor.shape);
    for (std::size_t i = 0; i < wide.elements(); ++i) {
      wide.as<float>()[i] = static_cast<float>(static_cast<double>(tensor.as<BFloat16>()[i]));
    }
    return write_npy(path, wide.view());
  }
  const std::string header = npy_header(tensor.dtype, tensor.shape);
  const std::size_t bytes =
      static_cast<std::size_t>(tensor.shape.elements()) * size_of(tensor.dtype);
  std::vector<std::byte> file(header.size() + bytes);
  std::memcpy(file.data(), header.data(), header.size());
  if (bytes > 0) std::memcpy(file.data() + header.size(), tensor.data, bytes);
  write_file(path, file);
}

}  // namespace colonnade
