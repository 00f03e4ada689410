// Bytes -> values, as Encoder wrote them. The bytes may come from anywhere: a length is never
// believed beyond the bytes that are there, and an enumerator, a bool, a rank or a tensor's number
// that can't be meant is refused.
#pragma once

#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "colonnade/error.hpp"
#include "engine_file/weights.hpp"
#include "graph/enum_ends.hpp"
#include "graph/graph.hpp"
#include "graph/members.hpp"

namespace colonnade {

/// All members throw Error(format).
class Decoder {
 public:
  Decoder(std::span<const std::byte> bytes, const WeightReader* weights)
      : bytes_(bytes), weights_(weights) {}

  template <typename T>
  T take() {
    T value{};
    take(value);
    return value;
  }
  /// Nothing may be left.
  void finish() const {
    if (!bytes_.empty()) refuse(fmt::format("{} bytes are left over", bytes_.size()));
  }

 private:
  template <typename T>
  requires std::is_arithmetic_v<T>
  void take(T& value) { std::memcpy(&value, next(sizeof value).data(), sizeof value); }
  void take(bool& value) {
    const auto flag = take<std::uint8_t>();
    if (flag > 1) refuse(fmt::format("found a bool of {}", flag));
    value = flag == 1;
  }
  template <typename T>
  requires std::is_enum_v<T>
  void take(T& value) {
    const auto number = take<std::underlying_type_t<T>>();
    if (number > static_cast<std::underlying_type_t<T>>(kLast<T>)) {
      refuse(fmt::format("found enumerator {} of {}", number, static_cast<int>(kLast<T>) + 1));
    }
    value = static_cast<T>(number);
  }
  void take(std::string& text) {
    const auto bytes = next(take<std::uint32_t>());
    text.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  // An item takes a byte or more: the list grows no further than there are bytes.
  template <typename T>
  void take(std::vector<T>& list) {
    const auto size = take<std::uint32_t>();
    list.clear();
    for (std::uint32_t i = 0; i < size; ++i) take(list.emplace_back());
  }
  template <typename T>
  void take(std::optional<T>& value) {
    value.reset();
    if (take<bool>()) take(value.emplace());
  }
  void take(Shape& shape) {
    const auto rank = take<std::uint8_t>();
    if (rank > kMaxRank) refuse(fmt::format("found {} dimensions", rank));
    shape.resize(rank);
    for (std::int64_t& dim : shape) {
      take(dim);
      if (dim < kUnknownDim) refuse(fmt::format("found a dimension of {}", dim));
    }
  }
  void take(Tensor& tensor) {
    const auto number = take<std::uint32_t>();
    if (number == 0) return;
    if (weights_ == nullptr || number > weights_->size()) {
      refuse(fmt::format("found tensor {} of {}", number, weights_ ? weights_->size() : 0));
    }
    tensor = (*weights_)[number - 1];
  }
  void take(Op& op) { take_alternative(op, std::make_index_sequence<std::variant_size_v<Op>>()); }
  template <std::size_t... I>
  void take_alternative(Op& op, std::index_sequence<I...>) {
    const auto index = take<std::uint8_t>();
    const bool found = ((index == I && (take(op.template emplace<I>()), true)) || ...);
    if (!found) refuse(fmt::format("found operator {} of {}", index, sizeof...(I)));
  }
  void take(Node& node) {
    take(node.name);
    take(node.onnx_op);
    take(node.op);
    take(node.inputs);
    take(node.outputs);
  }
  template <typename T>
  requires std::is_aggregate_v<T>
  void take(T& value) {
    for_each_member(value, [&](auto& member) { take(member); });
  }

  std::span<const std::byte> next(std::size_t count) {
    if (count > bytes_.size()) {
      refuse(fmt::format("needs {} more bytes, has {}", count, bytes_.size()));
    }
    const auto taken = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return taken;
  }
  [[noreturn]] static void refuse(const std::string& message) {
    throw Error(ErrorCode::format, message);
  }

  std::span<const std::byte> bytes_;
  const WeightReader* weights_;
};

}  // namespace colonnade
