// What bytes that aren't an ONNX model are instead.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace colonnade {

/// "a PNG picture", "text", ...; empty where nothing is recognised.
std::string recognise(std::span<const std::byte> bytes);

/// Whether the bytes begin as a protobuf message ModelProto does and end inside one of its fields.
bool is_truncated_model(std::span<const std::byte> bytes) noexcept;

}  // namespace colonnade
