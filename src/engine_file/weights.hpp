// The tensors of an engine: each stored once, in one section, at aligned offsets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/tensor.hpp"

namespace colonnade {

/// Where a tensor lies in the section of weights.
struct StoredTensor {
  DType dtype{};
  Shape shape;
  std::uint64_t offset = 0;
};

class WeightWriter {
 public:
  /// The tensor's number. Equal tensors have one.
  std::uint32_t add(const Tensor& tensor);

  const std::vector<StoredTensor>& table() const noexcept { return table_; }
  std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  std::vector<StoredTensor> table_;
  std::vector<std::byte> bytes_;
  std::multimap<std::uint64_t, std::uint32_t> by_hash_;
};

class WeightReader {
 public:
  /// The tensors share `owner`, which holds `bytes`, aligned. Error(format): one that reaches
  /// beyond `bytes`, isn't aligned, or holds a bool that is neither 0 nor 1.
  WeightReader(std::span<const StoredTensor> table, std::span<const std::byte> bytes,
               std::shared_ptr<const void> owner);

  std::size_t size() const noexcept { return tensors_.size(); }
  const Tensor& operator[](std::size_t number) const noexcept { return tensors_[number]; }

 private:
  std::vector<Tensor> tensors_;
};

}  // namespace colonnade
