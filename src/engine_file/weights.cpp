#include "engine_file/weights.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "base/hash.hpp"
#include "engine_file/format.hpp"

namespace colonnade {
namespace {

std::span<const std::byte> bytes_of(const Tensor& tensor) {
  return {static_cast<const std::byte*>(tensor.data()), tensor.bytes()};
}

/// The bytes of `stored` within `all`; null where they reach beyond it.
const std::byte* locate(const StoredTensor& stored, std::span<const std::byte> all) {
  std::int64_t needed = 0;
  if (__builtin_mul_overflow(stored.shape.elements(),
                             static_cast<std::int64_t>(size_of(stored.dtype)), &needed) ||
      stored.offset > all.size() ||
      static_cast<std::uint64_t>(needed) > all.size() - stored.offset) {
    return nullptr;
  }
  return all.data() + stored.offset;
}

}  // namespace

std::uint32_t WeightWriter::add(const Tensor& tensor) {
  const std::uint64_t hash = hash64(bytes_of(tensor));
  const auto [first, last] = by_hash_.equal_range(hash);
  for (auto at = first; at != last; ++at) {
    const StoredTensor& stored = table_[at->second];
    if (stored.dtype == tensor.dtype() && stored.shape == tensor.shape() &&
        (tensor.bytes() == 0 ||
         std::memcmp(bytes_.data() + stored.offset, tensor.data(), tensor.bytes()) == 0)) {
      return at->second;
    }
  }
  const auto number = static_cast<std::uint32_t>(table_.size());
  bytes_.resize((bytes_.size() + kSectionAlignment - 1) / kSectionAlignment * kSectionAlignment);
  table_.push_back({tensor.dtype(), tensor.shape(), bytes_.size()});
  const auto bytes = bytes_of(tensor);
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  by_hash_.emplace(hash, number);
  return number;
}

WeightReader::WeightReader(std::span<const StoredTensor> table, std::span<const std::byte> bytes,
                           std::shared_ptr<const void> owner) {
  // Tensors of a graph are never written to, though their type would allow it.
  const auto shared = std::const_pointer_cast<void>(owner);
  for (std::size_t i = 0; i < table.size(); ++i) {
    const StoredTensor& stored = table[i];
    const auto refuse = [&](const std::string& message) {
      throw Error(ErrorCode::format, fmt::format("tensor {} {}{}: {}", i, name_of(stored.dtype),
                                                 stored.shape.to_string(), message));
    };
    if (!stored.shape.is_static()) refuse("expected a shape without unknown dimensions");
    if (stored.offset % kSectionAlignment != 0) refuse("isn't aligned");
    const std::byte* data = locate(stored, bytes);
    if (data == nullptr) {
      refuse(fmt::format("should begin at byte {} of the {} of all weights", stored.offset,
                         bytes.size()));
    }
    const auto count = static_cast<std::size_t>(stored.shape.elements());
    if (stored.dtype == DType::boolean &&
        std::any_of(data, data + count, [](std::byte flag) { return flag > std::byte{1}; })) {
      refuse("holds a bool that is neither 0 nor 1");
    }
    tensors_.emplace_back(stored.dtype, stored.shape, shared, const_cast<std::byte*>(data));
  }
}

}  // namespace colonnade
