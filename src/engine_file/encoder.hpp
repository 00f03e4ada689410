// Values -> bytes: numbers little-endian, strings and lists behind their length, structs member by
// member. Decoder reads the same back.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "engine_file/weights.hpp"
#include "graph/graph.hpp"
#include "graph/members.hpp"

namespace colonnade {

class Encoder {
 public:
  /// `weights` takes the tensors, of which the bytes here hold the numbers.
  explicit Encoder(WeightWriter& weights) : weights_(weights) {}

  template <typename T>
  requires std::is_arithmetic_v<T>
  void put(T value) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&value);
    bytes_.insert(bytes_.end(), bytes, bytes + sizeof value);
  }
  template <typename T>
  requires std::is_enum_v<T>
  void put(T value) { put(static_cast<std::underlying_type_t<T>>(value)); }
  void put(const std::string& text) {
    put(static_cast<std::uint32_t>(text.size()));
    const auto bytes = std::as_bytes(std::span(text));
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  template <typename T>
  void put(const std::vector<T>& list) {
    put(static_cast<std::uint32_t>(list.size()));
    for (const T& item : list) put(item);
  }
  template <typename T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  void put(const Shape& shape) {
    put(static_cast<std::uint8_t>(shape.rank()));
    for (const std::int64_t dim : shape) put(dim);
  }
  /// 0: none; else its number + 1.
  void put(const Tensor& tensor) { put(tensor ? weights_.add(tensor) + 1 : std::uint32_t{0}); }
  void put(const Op& op) {
    put(static_cast<std::uint8_t>(op.index()));
    std::visit([&](const auto& one) { put(one); }, op);
  }
  void put(const Node& node) {
    put(node.name);
    put(node.onnx_op);
    put(node.op);
    put(node.inputs);
    put(node.outputs);
  }
  template <typename T>
  requires std::is_aggregate_v<T>
  void put(const T& value) {
    for_each_member(value, [&](const auto& member) { put(member); });
  }

  std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  WeightWriter& weights_;
  std::vector<std::byte> bytes_;
};

}  // namespace colonnade
