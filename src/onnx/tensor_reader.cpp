#include "onnx/tensor_reader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "base/sizes.hpp"

namespace colonnade {
namespace {

static_assert(std::endian::native == std::endian::little, "ONNX's raw data is little-endian");

Shape read_dims(const wire::TensorProto& proto, const std::string& where) {
  if (static_cast<std::size_t>(proto.dims_size()) > kMaxRank) {
    throw Error(
        ErrorCode::limit, where,
        fmt::format("has {} dimensions; at most {} are supported", proto.dims_size(), kMaxRank));
  }
  Shape shape;
  for (const std::int64_t dim : proto.dims()) {
    if (dim < 0) throw Error(ErrorCode::format, where, fmt::format("has a dimension of {}", dim));
    shape.push_back(dim);
  }
  return shape;
}

// Elements of `shape`, of which `available` are there. Checked before anything is allocated.
std::size_t checked_elements(const Shape& shape, std::size_t available, const std::string& where) {
  std::int64_t expected = 0;
  try {
    expected = shape.elements();
  } catch (const Error& error) {
    throw Error(ErrorCode::limit, where, error.what());
  }
  if (static_cast<std::uint64_t>(expected) != available) {
    throw Error(ErrorCode::format, where,
                fmt::format("holds {} elements; its shape {} needs {}", available,
                            shape.to_string(), expected));
  }
  return available;
}

Tensor from_bytes(DType dtype, const Shape& shape, std::span<const std::byte> bytes,
                  const std::string& where) {
  const std::size_t size = size_of(dtype);
  if (bytes.size() % size != 0) {
    throw Error(ErrorCode::format, where,
                fmt::format("holds {} bytes, which isn't a multiple of {}'s {}", bytes.size(),
                            name_of(dtype), size));
  }
  const std::size_t count = checked_elements(shape, bytes.size() / size, where);
  Tensor tensor(dtype, shape);
  if (count == 0) return tensor;
  std::memcpy(tensor.data(), bytes.data(), bytes.size());
  if (dtype == DType::boolean) {  // A bool of another byte than 0 or 1 is undefined behaviour.
    auto* flags = static_cast<unsigned char*>(tensor.data());
    for (std::size_t i = 0; i < count; ++i) flags[i] = flags[i] != 0 ? 1 : 0;
  }
  return tensor;
}

// The typed fields hold narrower types in wider ones: float16 as its bits in int32_data, say.
template <typename T, typename Field>
Tensor from_field(const Shape& shape, const Field& field, const std::string& where) {
  const std::size_t count = checked_elements(shape, static_cast<std::size_t>(field.size()), where);
  Tensor tensor(DTypeOf<T>::value, shape);
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = field[static_cast<int>(i)];
    if constexpr (std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>) {
      tensor.as<T>()[i].bits = static_cast<std::uint16_t>(value);
    } else {
      tensor.as<T>()[i] = static_cast<T>(value);
    }
  }
  return tensor;
}

Tensor from_typed_fields(DType dtype, const Shape& shape, const wire::TensorProto& proto,
                         const std::string& where) {
  switch (dtype) {
    case DType::f32: return from_field<float>(shape, proto.float_data(), where);
    case DType::f64: return from_field<double>(shape, proto.double_data(), where);
    case DType::i64: return from_field<std::int64_t>(shape, proto.int64_data(), where);
    case DType::u32: return from_field<std::uint32_t>(shape, proto.uint64_data(), where);
    case DType::u64: return from_field<std::uint64_t>(shape, proto.uint64_data(), where);
    default: break;
  }
  return dispatch(dtype, [&]<typename T>(TypeTag<T>) {
    return from_field<T>(shape, proto.int32_data(), where);
  });
}

// Digits beyond a size_t are refused like any other text.
std::size_t parse_number(const std::string& text, const std::string& key,
                         const std::string& where) {
  std::size_t number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorCode::format, where,
                fmt::format("external data's {} is '{}'; expected a byte count", key, text));
  }
  return number;
}

// How many of `available` bytes a tensor takes: all of them where it needs more.
std::size_t bytes_within(DType dtype, const Shape& shape, std::size_t available,
                         const std::string& where) {
  std::int64_t needed = 0;
  try {
    needed = shape.elements();
  } catch (const Error& error) {
    throw Error(ErrorCode::limit, where, error.what());
  }
  if (__builtin_mul_overflow(needed, static_cast<std::int64_t>(size_of(dtype)), &needed)) {
    return available;
  }
  return std::min(checked_cast<std::size_t>(needed, where, "its size"), available);
}

// A model may come from anywhere: nothing outside of its folder is read, through links neither.
std::optional<std::string> path_inside(const std::string& directory, const std::string& location) {
  namespace fs = std::filesystem;
  const fs::path relative(location);
  if (!relative.is_relative()) return std::nullopt;
  if (std::find(relative.begin(), relative.end(), "..") != relative.end()) return std::nullopt;
  std::error_code failure;
  const fs::path root = fs::canonical(directory, failure);
  if (failure) return std::nullopt;
  const fs::path path = fs::weakly_canonical(root / relative, failure);
  if (failure) return std::nullopt;
  const fs::path from_root = path.lexically_relative(root);
  if (from_root.empty() || *from_root.begin() == "..") return std::nullopt;
  return path.string();
}

}  // namespace

std::optional<DType> dtype_from_onnx(std::int64_t type) noexcept {
  switch (type) {
    case wire::TensorProto::FLOAT: return DType::f32;
    case wire::TensorProto::DOUBLE: return DType::f64;
    case wire::TensorProto::FLOAT16: return DType::f16;
    case wire::TensorProto::BFLOAT16: return DType::bf16;
    case wire::TensorProto::INT8: return DType::i8;
    case wire::TensorProto::UINT8: return DType::u8;
    case wire::TensorProto::INT16: return DType::i16;
    case wire::TensorProto::UINT16: return DType::u16;
    case wire::TensorProto::INT32: return DType::i32;
    case wire::TensorProto::UINT32: return DType::u32;
    case wire::TensorProto::INT64: return DType::i64;
    case wire::TensorProto::UINT64: return DType::u64;
    case wire::TensorProto::BOOL: return DType::boolean;
    default: return std::nullopt;
  }
}

std::string onnx_type_name(std::int64_t type) {
  if (const auto dtype = dtype_from_onnx(type)) return std::string(name_of(*dtype));
  switch (type) {
    case wire::TensorProto::UNDEFINED: return "undefined";
    case wire::TensorProto::STRING: return "string";
    case wire::TensorProto::COMPLEX64: return "complex64";
    case wire::TensorProto::COMPLEX128: return "complex128";
    case wire::TensorProto::FLOAT8E4M3FN: return "float8e4m3fn";
    case wire::TensorProto::FLOAT8E4M3FNUZ: return "float8e4m3fnuz";
    case wire::TensorProto::FLOAT8E5M2: return "float8e5m2";
    case wire::TensorProto::FLOAT8E5M2FNUZ: return "float8e5m2fnuz";
    case wire::TensorProto::UINT4: return "uint4";
    case wire::TensorProto::INT4: return "int4";
    case wire::TensorProto::FLOAT4E2M1: return "float4e2m1";
    case wire::TensorProto::FLOAT8E8M0: return "float8e8m0";
    case wire::TensorProto::UINT2: return "uint2";
    case wire::TensorProto::INT2: return "int2";
    default: return fmt::format("number {}", type);
  }
}

Tensor TensorReader::read(const wire::TensorProto& proto, const std::string& where) {
  Tensor& tensor = tensors_[&proto];
  if (!tensor) tensor = read_new(proto, where);
  return tensor;
}

Tensor TensorReader::read_new(const wire::TensorProto& proto, const std::string& where) {
  const auto dtype = dtype_from_onnx(proto.data_type());
  if (!dtype) {
    throw Error(ErrorCode::unsupported, where,
                fmt::format("has the element type {}, which isn't supported",
                            onnx_type_name(proto.data_type())));
  }
  const Shape shape = read_dims(proto, where);
  if (proto.data_location() == wire::TensorProto::EXTERNAL) {
    return read_external(proto, *dtype, shape, where);
  }
  if (proto.has_raw_data()) {
    const std::string& raw = proto.raw_data();
    return from_bytes(*dtype, shape, std::as_bytes(std::span(raw.data(), raw.size())), where);
  }
  return from_typed_fields(*dtype, shape, proto, where);
}

Tensor TensorReader::read_external(const wire::TensorProto& proto, DType dtype, const Shape& shape,
                                   const std::string& where) {
  std::string location;
  std::size_t offset = 0;
  std::optional<std::size_t> length;
  for (const auto& entry : proto.external_data()) {
    if (entry.key() == "location") location = entry.value();
    if (entry.key() == "offset") offset = parse_number(entry.value(), "offset", where);
    if (entry.key() == "length") length = parse_number(entry.value(), "length", where);
  }
  const std::span<const std::byte> bytes = open(location, where).bytes();
  if (offset > bytes.size() || (length && *length > bytes.size() - offset)) {
    throw Error(
        ErrorCode::format, where,
        fmt::format("its data should start at byte {} of '{}' and be {} long; the file has "
                    "{} bytes",
                    offset, location, length ? std::to_string(*length) : "any", bytes.size()));
  }
  const std::span<const std::byte> rest = bytes.subspan(offset);
  // Without a length the tensor takes what its shape needs, of what there is.
  const std::size_t needed = bytes_within(dtype, shape, rest.size(), where);
  return from_bytes(dtype, shape, rest.first(length ? *length : needed), where);
}

std::vector<std::string> TensorReader::files() const {
  std::vector<std::string> names;
  for (const auto& [name, file] : files_) {
    if (file) names.push_back(name);
  }
  return names;
}

const WholeFile& TensorReader::open(const std::string& location, const std::string& where) {
  if (location.empty()) {
    throw Error(ErrorCode::format, where, "its data is external but names no file");
  }
  if (directory_.empty()) {
    throw Error(ErrorCode::unsupported, where,
                fmt::format("its data lies in '{}', but the model was read from memory and its "
                            "folder isn't known",
                            location));
  }
  auto& file = files_[location];
  if (file) return *file;
  const std::optional<std::string> path = path_inside(directory_, location);
  if (!path) {
    throw Error(ErrorCode::unsupported, where,
                fmt::format("its data lies in '{}'; only files in the model's own folder are read",
                            location));
  }
  try {
    file = WholeFile::read(*path);
  } catch (const Error& error) {
    throw Error(
        ErrorCode::io, where,
        fmt::format("its data can't be read (copy the file beside the model): {}", error.what()));
  }
  return *file;
}

}  // namespace colonnade
