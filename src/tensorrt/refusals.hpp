// What a TensorRT parser refuses, in words for people, with what would help.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace colonnade {

struct Refusal {
  std::int64_t index = -1;  ///< Of the node in the ONNX file; -1: of the whole graph.
  std::string node, op;     ///< May be empty: TensorRT 8 tells neither.
  std::int32_t code = 0;    ///< nvonnxparser::ErrorCode, the same in all versions.
  std::string reason;       ///< The parser's: often the source text of what failed.
};

/// "node 'det' (Det): it lacks the operator; export it as other operators".
std::string describe(const Refusal& refusal);

/// All of them, in one sentence.
std::string describe(std::span<const Refusal> refusals);

}  // namespace colonnade
