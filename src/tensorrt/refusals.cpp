#include "tensorrt/refusals.hpp"

#include <fmt/core.h>

#include <string_view>

namespace colonnade {
namespace {

/// nvonnxparser::ErrorCode, of which 8 has the first nine.
enum Code : std::int32_t {
  kInvalidNode = 6,
  kUnsupportedNode = 8,
  kUnsupportedAttribute,
  kUnsupportedInput,
  kUnsupportedType,
  kUnsupportedDynamic,
  kUnsupportedShape,
};

struct Remedy {
  std::string_view op, text;
};
constexpr Remedy kByOperator[] = {
    {"PPScatterPlugin", "`colonnade convert` replaces it"},
    {"PillarScatterPlugin", "`colonnade convert` replaces it"},
    {"ScatterBEV", "`colonnade convert` replaces it"},
    {"DynamicQuantizeLinear", "quantize with stored scales (QuantizeLinear)"},
    {"Unique", "group points before the network: its result's size depends on their values"},
    {"NonMaxSuppression", "end the export before it: boxes are chosen behind the network"},
};

bool has(const Refusal& refusal, std::string_view text) {
  return refusal.reason.find(text) != std::string::npos;
}

std::string problem_of(const Refusal& refusal) {
  if (has(refusal, "Plugin not found")) return "it has no such operator and no such plugin";
  // A check of the parser's that isn't said in words: "false".
  const bool is_told = refusal.reason.find(' ') != std::string::npos;
  switch (refusal.code) {
    case kUnsupportedNode: return is_told ? refusal.reason : "it lacks the operator";
    case kUnsupportedAttribute: return "an attribute's value: " + refusal.reason;
    case kUnsupportedInput: return "an input: " + refusal.reason;
    case kUnsupportedType: return "an element type: " + refusal.reason;
    case kUnsupportedDynamic: return "a dynamic dimension: " + refusal.reason;
    case kUnsupportedShape: return "a shape: " + refusal.reason;
    default: return refusal.reason;
  }
}

std::string_view remedy_of(const Refusal& refusal) {
  for (const Remedy& remedy : kByOperator) {
    if (remedy.op == refusal.op) return remedy.text;
  }
  if (has(refusal, "Plugin not found")) {
    return "export it as standard operators, or load a plugin of that name where the library takes "
           "one";
  }
  switch (refusal.code) {
    case kUnsupportedType: return "cast to float32 or int32 before it";
    case kUnsupportedDynamic:
    case kUnsupportedShape: return "export with fixed sizes there";
    case kUnsupportedNode:
    case kUnsupportedAttribute:
    case kUnsupportedInput: return "export it as other operators, or use a newer TensorRT";
    default: return "`colonnade inspect --graph` shows what leads to it";
  }
}

}  // namespace

std::string describe(const Refusal& refusal) {
  std::string where;
  if (!refusal.node.empty() || !refusal.op.empty()) {
    where = fmt::format("node '{}' ({}): ", refusal.node, refusal.op);
  } else if (refusal.index >= 0) {
    where = fmt::format("node #{}: ", refusal.index);
  }
  return fmt::format("{}{}; {}", where, problem_of(refusal), remedy_of(refusal));
}

std::string describe(std::span<const Refusal> refusals) {
  std::string all = refusals.size() == 1
                        ? std::string("its parser refuses a node: ")
                        : fmt::format("its parser refuses {} nodes: ", refusals.size());
  for (std::size_t i = 0; i < refusals.size(); ++i) {
    if (refusals.size() > 1) all += fmt::format("{}({}) ", i == 0 ? "" : "; ", i + 1);
    all += describe(refusals[i]);
  }
  return all;
}

}  // namespace colonnade
