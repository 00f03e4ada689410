#include "onnx/recognise.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace colonnade {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  std::string_view what;
};

// What people pass by mistake.
constexpr Magic kMagics[] = {
    {0, "version https://git-lfs"sv,
     "a Git LFS pointer; fetch the file itself with git lfs pull"sv},
    {0, "PK\x03\x04"sv, "a ZIP archive (a PyTorch checkpoint or an .npz, perhaps)"sv},
    {0, "\x1f\x8b"sv, "gzip-compressed; decompress it first"sv},
    {0, "\x28\xb5\x2f\xfd"sv, "zstd-compressed; decompress it first"sv},
    {0, "\x89PNG"sv, "a PNG picture"sv},
    {0, "\xff\xd8\xff"sv, "a JPEG picture"sv},
    {0, "%PDF"sv, "a PDF document"sv},
    {0, "\x93NUMPY"sv, "a NumPy array"sv},
    {0, "\x89HDF"sv, "an HDF5 file (a Keras model, perhaps)"sv},
    {0, "\x80\x02"sv, "a Python pickle (a PyTorch checkpoint, perhaps)"sv},
    {0, "ftrt"sv, "a TensorRT engine; pass the ONNX file it was built from"sv},
    {0, "ptrt"sv, "a TensorRT engine; pass the ONNX file it was built from"sv},
    {4, "TFL3"sv, "a TensorFlow Lite model"sv},
    {4, "ORTM"sv, "an ONNX Runtime ORT file; pass the ONNX file it was made from"sv},
    {0,
     "\x7f"
     "ELF"sv,
     "an ELF executable or library"sv},
};

bool is_text(std::string_view bytes) noexcept {
  const std::string_view head = bytes.substr(0, 512);
  return std::all_of(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 || byte == '\n' || byte == '\r' || byte == '\t';
  });
}

// Reads a base-128 number; false at the end of the bytes or past ten of them.
bool read_varint(std::string_view& rest, std::uint64_t& value) noexcept {
  value = 0;
  for (int shift = 0; shift < 70 && !rest.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    if (shift < 64) value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

// ModelProto's fields by wire type: numbers (0) and things with a length (2).
bool is_model_field(std::uint64_t key) noexcept {
  const std::uint64_t field = key >> 3;
  if ((key & 7) == 0) return field == 1 || field == 5;
  if ((key & 7) != 2) return false;
  return (field >= 2 && field <= 8 && field != 5) || field == 14 || field == 20 || field == 25 ||
         field == 26;
}

}  // namespace

std::string recognise(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const Magic& magic : kMagics) {
    if (text.size() >= magic.offset &&
        text.substr(magic.offset, magic.bytes.size()) == magic.bytes) {
      return std::string(magic.what);
    }
  }
  return is_text(text) ? "text" : "";
}

bool is_truncated_model(std::span<const std::byte> bytes) noexcept {
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  bool first = true;
  while (!rest.empty()) {
    std::uint64_t key = 0, number = 0;
    if (!read_varint(rest, key)) return !first;
    if (!is_model_field(key)) return false;
    first = false;
    if (!read_varint(rest, number)) return rest.empty();
    if ((key & 7) == 0) continue;
    if (number > rest.size()) return true;
    rest.remove_prefix(static_cast<std::size_t>(number));
  }
  return false;
}

}  // namespace colonnade
