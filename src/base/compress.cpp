#include "base/compress.hpp"

#include <fmt/core.h>
#include <lz4.h>
#include <lz4hc.h>

#include <cstdint>
#include <cstring>

#include "base/tensor.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

/// In front of LZ4's block: what becomes of it.
using Length = std::uint64_t;
/// No byte of a block stands for more of them.
constexpr std::uint64_t kMostOfAByte = 255;

}  // namespace

std::vector<std::byte> compress(std::span<const std::byte> bytes) {
  if (bytes.empty()) return {};
  if (bytes.size() > LZ4_MAX_INPUT_SIZE) {
    throw Error(ErrorCode::limit,
                fmt::format("{} bytes can't be compressed as one block", bytes.size()));
  }
  const Length length = bytes.size();
  const int size = static_cast<int>(length), most = LZ4_compressBound(size);
  std::vector<std::byte> result(sizeof length + static_cast<std::size_t>(most));
  std::memcpy(result.data(), &length, sizeof length);
  const int used = LZ4_compress_HC(reinterpret_cast<const char*>(bytes.data()),
                                   reinterpret_cast<char*>(result.data() + sizeof length), size,
                                   most, LZ4HC_CLEVEL_DEFAULT);
  result.resize(sizeof length + static_cast<std::size_t>(used));
  return result;
}

Decompressed decompress(std::span<const std::byte> compressed) {
  if (compressed.empty()) return {};
  Length length = 0;
  if (compressed.size() <= sizeof length)
    throw Error(ErrorCode::format, "it ends before what is compressed");
  std::memcpy(&length, compressed.data(), sizeof length);
  const auto block = compressed.subspan(sizeof length);
  if (length == 0 || length > LZ4_MAX_INPUT_SIZE || block.size() > LZ4_MAX_INPUT_SIZE ||
      length > block.size() * kMostOfAByte) {
    throw Error(ErrorCode::format, fmt::format("{} bytes can't become {}", block.size(), length));
  }
  const auto tensor = std::make_shared<Tensor>(DType::u8, Shape{static_cast<std::int64_t>(length)});
  const int found = LZ4_decompress_safe(reinterpret_cast<const char*>(block.data()),
                                        static_cast<char*>(tensor->data()),
                                        static_cast<int>(block.size()), static_cast<int>(length));
  if (found != static_cast<int>(length))
    throw Error(ErrorCode::format,
                fmt::format("expected {} bytes out of {}", length, block.size()));
  return {{static_cast<const std::byte*>(tensor->data()), static_cast<std::size_t>(length)},
          tensor};
}

}  // namespace colonnade
